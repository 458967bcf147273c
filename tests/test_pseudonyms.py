import hashlib
import hmac
import re
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.pseudonyms import digest, pseudonym, session_key

KEY = b"a key of the tests alone"
identifiers = st.text(min_size=1).filter(lambda text: text.strip(" \0"))
keys = st.binary(min_size=16)


def test_it_is_the_published_hmac():
    # RFC 4231, test case 4
    key = bytes(range(1, 26))
    expected = "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
    assert digest("\xcd" * 0, key=key) == hmac.digest(key, b"", hashlib.sha256)
    assert hmac.digest(key, b"\xcd" * 50, hashlib.sha256).hex() == expected


@settings(deadline=None, max_examples=50)
@given(identifiers, keys)
def test_a_pseudonym_is_determined_and_well_formed(identifier, key):
    name = pseudonym(identifier, key=key, prefix="P-")
    assert name == pseudonym(f" {identifier}  ", key=key, prefix="P-")
    assert re.fullmatch("P-[A-Z2-7]{12}", name)


@settings(deadline=None, max_examples=50)
@given(st.lists(identifiers, unique_by=lambda text: text.strip(" \0"), min_size=2, max_size=20), keys, keys)
def test_identifiers_and_keys_are_told_apart(different, key, other):
    import unicodedata

    normal = {unicodedata.normalize("NFC", text).strip(" \0") for text in different}
    assert len({pseudonym(identifier, key=key) for identifier in different}) == len(normal)
    if key.rstrip(b"\0") != other.rstrip(b"\0"):
        assert pseudonym(different[0], key=key) != pseudonym(different[0], key=other)


def test_composed_and_decomposed_letters_are_one_name():
    assert pseudonym("M\u00fcller", key=KEY) == pseudonym("Mu\u0308ller", key=KEY)


@pytest.mark.parametrize("identifier", ["", "  ", "\0"])
def test_no_identifier_has_no_pseudonym(identifier):
    with pytest.raises(ValueError, match="must not be empty"):
        pseudonym(identifier, key=KEY)


def test_a_short_key_is_refused():
    with pytest.raises(ValueError, match="at least 16 bytes, received 5"):
        pseudonym("12345", key=b"short")


def test_the_environment_gives_the_key(monkeypatch):
    monkeypatch.setenv("WORKBENCH_KEY", "sixteen letters and more")
    assert session_key() == b"sixteen letters and more"
    monkeypatch.setenv("WORKBENCH_KEY", "short")
    with pytest.raises(ValueError, match="WORKBENCH_KEY must hold at least 16"):
        session_key()


def test_a_private_key_file_is_made_once(monkeypatch, tmp_path):
    monkeypatch.delenv("WORKBENCH_KEY", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "configuration"))
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: session_key(), range(32)))
    assert len(set(keys)) == 1
    assert len(keys[0]) == 48
    (path,) = (tmp_path / "configuration" / "workbench").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_damaged_key_file_is_refused(monkeypatch, tmp_path):
    monkeypatch.delenv("WORKBENCH_KEY", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "workbench").mkdir()
    (tmp_path / "workbench" / "key").write_bytes(b"")
    with pytest.raises(ValueError, match="key file"):
        session_key()
