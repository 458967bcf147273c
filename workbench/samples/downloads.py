"""Checked downloads of public data sets: resumed where they stopped, and kept only if the digest is right."""

from __future__ import annotations

import hashlib
import http.client
import urllib.error
import urllib.request
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.checks import one_of
from workbench.files import nearest

if TYPE_CHECKING:
    import pandas as pd

FOLDER = Path("data/downloads")
CHUNK = 1 << 18
ATTEMPTS = 4
SECONDS = 30


class DownloadError(Exception):
    """A data set could not be had; the message names it and what to do."""


@cache
def _table() -> pd.DataFrame:
    import pandas as pd

    return pd.read_csv(Path(__file__).with_name("public_sets.csv"), index_col="name")


def public_sets() -> pd.DataFrame:
    """List the public data sets that `fetch` knows.

    Returns
    -------
    pandas.DataFrame
        One row per set, indexed by name: url, md5, task, classes, numbers of images for training, validation and
        test, channels, licence.

    References
    ----------
    Yang J et al. MedMNIST v2: a large-scale lightweight benchmark for 2D and 3D biomedical image classification.
    Scientific Data 10 (2023) 41.

    Examples
    --------
    >>> public_sets().loc["pneumoniamnist", "licence"]
    'CC BY 4.0'
    """
    return _table().copy()


def fetch(name: str, *, folder: str | Path | None = None, progress: bool = True) -> Path:
    """Download a public data set, unless it is there already.

    An interrupted download goes on where it stopped, the next time. The file appears under its name only when it
    is complete and its MD5 digest is that of `public_sets`; a file that is there is checked again.

    Parameters
    ----------
    name : str
        One of `public_sets`.
    folder : str or Path, optional
        Where it is kept; ``data/downloads`` of the working folder by default, or of one above it that has it.
    progress : bool, optional
        Whether to show a progress bar.

    Returns
    -------
    Path
        The file, for `cohorts.read`.

    Raises
    ------
    ValueError
        If there is no such set.
    DownloadError
        If the network or the server fails, or the digest is wrong.

    Examples
    --------
    >>> fetch("pneumonia")
    Traceback (most recent call last):
    ...
    ValueError: name must be one of 'pathmnist', ..., received 'pneumonia'
    """
    table = _table()
    row = table.loc[one_of(name, list(table.index), name="name")]
    return download(str(row["url"]), _place(name, folder), md5=str(row["md5"]), progress=progress)


def downloaded(name: str, *, folder: str | Path | None = None) -> Path:
    """Find a public data set that was downloaded before; nothing is asked of the network.

    Parameters
    ----------
    name : str
        One of `public_sets`.
    folder : str or Path, optional
        Where it is kept, as for `fetch`.

    Returns
    -------
    Path
        The file, for `cohorts.read`.

    Raises
    ------
    ValueError
        If there is no such set.
    DownloadError
        If it is not there, or its digest is wrong.

    Examples
    --------
    >>> downloaded("breastmnist", folder="nowhere")
    Traceback (most recent call last):
    ...
    workbench.samples.downloads.DownloadError: breastmnist is a public data set that is not in nowhere. ...
    """
    table = _table()
    row = table.loc[one_of(name, list(table.index), name="name")]
    path = _place(name, folder)
    if not path.exists():
        raise DownloadError(
            f"{name} is a public data set that is not in {path.parent}. Nothing is downloaded unasked: say "
            f"fetch:{name} in its place, or run: workbench fetch {name}"
        )
    _check(path, str(row["md5"]), "move it away and fetch it again")
    return path


def _place(name: str, folder: str | Path | None) -> Path:
    return nearest(FOLDER if folder is None else folder) / f"{name}.npz"


def download(url: str, path: str | Path, *, md5: str, progress: bool = True) -> Path:
    """Download one file, resuming where an earlier attempt stopped.

    Parameters
    ----------
    url : str
        ``http`` or ``https``.
    path : str or Path
        The file to write. What has come so far lies beside it with ``.part`` at the end of its name.
    md5 : str
        Digest of the whole file, in hexadecimal digits.
    progress : bool, optional
        Whether to show a progress bar.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ValueError
        If the address is of another kind.
    DownloadError
        If the network or the server fails, or the digest is wrong.
    """
    if not url.startswith(("http://", "https://")):
        raise ValueError(f"url must begin with http:// or https://, received {url!r}")
    path = Path(path)
    if path.exists():
        _check(path, md5, "move it away and try again")
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    for attempt in range(ATTEMPTS):
        before = part.stat().st_size if part.exists() else 0
        try:
            _append(url, part, progress)
            break
        except urllib.error.HTTPError as error:
            # A remnant longer than the file cannot be resumed; otherwise the server's answer is final.
            error.close()
            if error.code != http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE or not part.exists():
                raise DownloadError(f"{path.name}: {url} answered {error.code} {error.reason}") from error
            if _digest(part) == md5:
                break
            part.unlink()
        except (OSError, http.client.HTTPException) as error:
            came = part.stat().st_size if part.exists() else 0
            if attempt == ATTEMPTS - 1 or came == before:
                raise DownloadError(
                    f"{path.name}: no complete download from {url} ({error}); {came} bytes are kept. Check the "
                    f"network and call again to go on, or copy the file to {path} from a computer that is online"
                ) from error
    try:
        _check(part, md5, "the server's file differs from the one in the table; nothing was kept")
    except DownloadError:
        part.unlink()
        raise
    part.replace(path)
    return path


def _append(url: str, part: Path, progress: bool) -> None:
    from tqdm.auto import tqdm

    come = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={come}-"} if come else {})  # noqa: S310 (http only)
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 (likewise)
        resumed = answer.status == http.HTTPStatus.PARTIAL_CONTENT
        come = come if resumed else 0
        length = answer.headers.get("Content-Length")
        total = None if length is None else come + int(length)
        with (
            part.open("ab" if resumed else "wb") as file,
            tqdm(
                total=total, initial=come, unit="B", unit_scale=True, desc=part.stem, disable=not progress
            ) as bar,
        ):
            while chunk := answer.read(CHUNK):
                file.write(chunk)
                bar.update(len(chunk))
                come += len(chunk)
    if total is not None and come < total:
        raise ConnectionError(f"the connection ended after {come} of {total} bytes")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _check(path: Path, md5: str, advice: str) -> None:
    received = _digest(path)
    if received != md5:
        raise DownloadError(f"{path}: expected MD5 digest {md5}, received {received}; {advice}")
