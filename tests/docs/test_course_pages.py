"""Glossary and syllabus say of the chapters what the chapters say of themselves."""

import re

import pytest
from pages import NOTEBOOKS, ROOT, Page

GLOSSARY = (ROOT / "docs" / "glossary.md").read_text()
TERMS = re.findall(r"^### (.+)\n\n\*\*(.+?)\*\* · ((?:.+\n?)+)", GLOSSARY, re.MULTILINE)
SYLLABUS = (ROOT / "docs" / "syllabus.md").read_text()
ROWS = dict(
    re.findall(r"^\| \[.+?\]\(\.\./(notebooks/\d\d_\w+\.ipynb)\) \| (\d+ \| \d+) \|", SYLLABUS, re.MULTILINE)
)
CHAPTERS = [Page(path) for path in NOTEBOOKS if re.match(r"\d\d_", path.name)]


def test_each_term_has_its_translation_and_one_sentence():
    assert len(TERMS) == len(re.findall(r"^### ", GLOSSARY, re.MULTILINE)) >= 120
    for term, chinese, sentence in TERMS:
        assert re.search("[\u4e00-\u9fff]", chinese), term
        told = " ".join(sentence.split())
        assert told.endswith("."), term
        assert not re.search(r"\. [A-Z]", told), f"{term}: more than one sentence"
        assert len(told.split()) <= 30, term


def test_terms_stand_once_and_in_order():
    terms = [term.casefold().replace("-", " ") for term, _, _ in TERMS]
    assert terms == sorted(set(terms))


def test_terms_are_words_of_the_chapters():
    text = re.sub(r"[\s*`]+", " ", " ".join(page.text + page.code for page in map(Page, NOTEBOOKS))).casefold()
    absent = [term for term, _, _ in TERMS if term.casefold() not in text]
    assert len(absent) <= 0.2 * len(TERMS), absent


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda page: page.path.stem)
def test_the_syllabus_tells_minutes_and_exercises_as_the_chapter_does(chapter):
    minutes = re.search(r"\*Time:\* (\d+) minutes", chapter.text)
    exercises = len(re.findall(r"^\*\*Exercise \d+\.\d+\.\*\*", chapter.text, re.MULTILINE))
    assert ROWS[chapter.name] == f"{minutes[1]} | {exercises}"
