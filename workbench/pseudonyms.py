"""Pseudonyms: names that stand for identifiers, the same wherever the key is the same."""

import base64
import hashlib
import hmac
import os
import tempfile
import unicodedata
from pathlib import Path

KEY_VARIABLE = "WORKBENCH_KEY"
SHORTEST_KEY = 16
LENGTH = 12


def pseudonym(identifier: str, *, key: bytes, prefix: str = "") -> str:
    """Return the name that stands for an identifier under a key.

    Without the key nobody can find the identifier, not even by trying all of them.

    Parameters
    ----------
    identifier : str
        Such as a PatientID. Spaces around it do not count.
    key : bytes
        A secret of at least 16 bytes, see `session_key`.
    prefix : str, optional
        Put in front, to say what kind of thing is named.

    Returns
    -------
    str
        `prefix` and 12 characters (60 bits) of ``A-Z2-7``.

    Raises
    ------
    ValueError
        If the identifier is empty or the key is shorter than 16 bytes.

    References
    ----------
    Krawczyk H, Bellare M, Canetti R (1997), HMAC: keyed-hashing for message authentication, RFC 2104.

    Examples
    --------
    >>> key = b"sixteen bytes or more"
    >>> pseudonym("12345", key=key) == pseudonym(" 12345 ", key=key)
    True
    >>> len(pseudonym("12345", key=key, prefix="P-"))
    14
    """
    text = unicodedata.normalize("NFC", identifier).strip(" \0")
    if not text:
        raise ValueError("identifier must not be empty: nothing tells such patients or studies apart")
    return prefix + base64.b32encode(digest(text, key=key))[:LENGTH].decode()


def digest(text: str, *, key: bytes) -> bytes:
    """Return 32 bytes that depend on a text and a key alone and tell nothing about either.

    Parameters
    ----------
    text : str
        Anything.
    key : bytes
        A secret of at least 16 bytes.

    Returns
    -------
    bytes
        HMAC-SHA256 of the text in UTF-8.

    Raises
    ------
    ValueError
        If the key is shorter than 16 bytes.

    Examples
    --------
    >>> digest("12345", key=b"sixteen bytes or more") == digest("12345", key=b"another sixteen bytes")
    False
    """
    if len(key) < SHORTEST_KEY:
        raise ValueError(f"key must have at least {SHORTEST_KEY} bytes, received {len(key)}; use session_key()")
    return hmac.new(key, text.encode(errors="surrogatepass"), hashlib.sha256).digest()


def session_key() -> bytes:
    """Return this user's key: of the environment variable ``WORKBENCH_KEY``, else of a private file.

    The file ``workbench/key`` in the user's configuration folder is made on first use, readable by the user alone.
    Whoever has the key can link pseudonyms with patients: keep it where the patients' data are kept, and share
    pseudonymized data without it.

    Returns
    -------
    bytes
        At least 16 bytes.

    Raises
    ------
    ValueError
        If the variable or the file holds fewer than 16 bytes.
    """
    given = os.environ.get(KEY_VARIABLE)
    if given is not None:
        return _checked(given.encode(), f"the environment variable {KEY_VARIABLE}")
    path = _configuration() / "workbench" / "key"
    if not path.exists():
        _create(path)
    return _checked(path.read_bytes().strip(), f"the key file {path.name} in the user's configuration folder")


def _configuration() -> Path:
    return Path(os.environ.get("XDG_CONFIG_HOME") or os.environ.get("APPDATA") or Path.home() / ".config")


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(base64.b32encode(os.urandom(30)))
        # Of processes that come here together one wins, and all read its key.
        os.link(name, path)
    except FileExistsError:
        pass
    finally:
        Path(name).unlink()


def _checked(key: bytes, where: str) -> bytes:
    if len(key) < SHORTEST_KEY:
        raise ValueError(f"{where} must hold at least {SHORTEST_KEY} bytes, received {len(key)}")
    return key
