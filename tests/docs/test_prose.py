"""Spelling and readability of the pages and of the notebooks' prose."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

WORDS = Path(__file__).with_name("words.txt")
# Newspapers have about 20 words in a sentence; a reading ease of 60 and more is called plain English.
MEAN_WORDS, LONG, SHARE_OF_LONG = 20, 40, 0.05
READING_EASE = {".ipynb": 60, ".md": 50}  # pages are fuller of names
LISTS = {"CHANGELOG.md", "benchmarks/README.md"}  # notes and tables, not running text


def sentences(page):
    parts = (re.split(r"(?<=[.!?])[”\"')]*\s+(?=[A-Z“\"(])", paragraph) for paragraph in page.paragraphs)
    return [found for part in parts for found in part if len(words(found)) > 2]


def words(text):
    return re.findall(r"[^\W\d_][\w’'-]*", text)


def syllables(word):
    count = len(re.findall(r"[aeiouy]+", word.lower()))
    silent = word.lower().endswith("e") and not word.lower().endswith("le")
    return max(count - silent, 1)


def reading_ease(found):
    """Flesch's measure (1948), with groups of vowels for syllables."""
    told = [word for sentence in found for word in words(sentence)]
    return 206.835 - 1.015 * len(told) / len(found) - 84.6 * sum(map(syllables, told)) / len(told)


def misspelt(folder):
    of_authors = r"\b[A-Z][a-z]+ [A-Z]{1,3}\b"
    options = ["--ignore-words", str(WORDS), "--ignore-regex", of_authors]
    command = [sys.executable, "-m", "codespell_lib", *options, str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()


def test_words_are_spelt_right(pages, tmp_path):
    for page in pages:
        (tmp_path / page.name.replace("/", "_")).write_text(f"{page.text}\n{page.code}")
    assert misspelt(tmp_path) == []


def test_the_check_of_spelling_finds_errors(tmp_path):
    (tmp_path / "page.md").write_text("The segmentaion of teh image\n")
    assert len(misspelt(tmp_path)) == 2


def test_words_are_british(page):
    import codespell_lib

    pairs = (Path(codespell_lib.__file__).parent / "data" / "dictionary_en-GB_to_en-US.txt").read_text()
    american = {pair.partition("->")[2].strip(" ,") for pair in pairs.splitlines()}
    # Both are right in British English: -ize, and these words of computing.
    american = {word for word in american if "iz" not in word} - {"program", "license", "stories"}
    text = " ".join(page.paragraphs)
    assert [word for word in words(text) if word.lower() in american] == []


@pytest.mark.parametrize(
    ("text", "ease"),
    [
        ("The cat sat on the mat.", 206.835 - 1.015 * 6 - 84.6),
        ("Radiomics matters.", 206.835 - 1.015 * 2 - 84.6 * 2.5),
    ],
)
def test_reading_ease_is_fleschs_measure(text, ease):
    assert reading_ease([text]) == pytest.approx(ease)


def test_prose_can_be_read_at_ease(page):
    found = sentences(page)
    if page.name in LISTS or len(found) < 15:
        pytest.skip("no running text")
    lengths = [len(words(sentence)) for sentence in found]
    assert sum(lengths) / len(lengths) <= MEAN_WORDS
    too_long = [sentence for sentence, length in zip(found, lengths, strict=True) if length > LONG]
    assert len(too_long) <= SHARE_OF_LONG * len(found), too_long
    assert reading_ease(found) >= READING_EASE[page.path.suffix]
