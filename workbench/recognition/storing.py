"""Saving and loading trained models, without running code from the file."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Collection, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from workbench.files import replacing

from .fitness import ModelError
from .segmenting import SEGMENTATION, TrainedSegmenter
from .training import Trained
from .types import OURS

LOADER = "loader:"


def save(trained: Trained | TrainedSegmenter, path: str | Path) -> str:
    """Save a model with its card.

    Parameters
    ----------
    trained : Trained or TrainedSegmenter
        From `train` or `train_segmenter`.
    path : str or Path
        Ends in ``.skops``. The card is inside, and for readers also beside it, in a file that ends in ``.json``.
        Each replaces an older one only when it is complete.

    Returns
    -------
    str
        SHA-256 of the file: give it to others by another way than the file, for `load`.

    Raises
    ------
    ValueError
        If the path does not end in ``.skops``.
    ModelError
        If the model holds a type that `load` would refuse.

    Examples
    --------
    >>> import pandas as pd, tempfile
    >>> from workbench.recognition import models, train
    >>> table = pd.DataFrame({"size": [1.0, 2.0, 5.0, 6.0]})
    >>> model = models("logistic", inner=2)["logistic"]
    >>> fitted = train(table, ["a", "a", "b", "b"], None, model, use="To try it.")
    >>> path = Path(tempfile.mkdtemp()) / "size.skops"
    >>> digest = save(fitted, path)
    >>> load(path, sha256=digest)
    Trained(LogisticRegression: a or b, 4 cases)
    """
    import skops.io

    path = _skops_path(path)
    content = skops.io.dumps({"model": trained.model, "card": json.dumps(trained.card, ensure_ascii=False)})
    unknown = types_in(content) - OURS
    if unknown:
        raise ModelError(f"this model cannot be saved safely: it holds {', '.join(sorted(unknown))}")
    digest = hashlib.sha256(content).hexdigest()
    with replacing(path) as temporary:
        temporary.write_bytes(content)
    with replacing(path.with_suffix(".json")) as temporary:
        card = {"file": path.name, "sha256": digest} | trained.card
        temporary.write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return digest


def load(
    path: str | Path, *, sha256: str | None = None, trusted: Collection[str] = ()
) -> Trained | TrainedSegmenter:
    """Load a model, if its file is what it should be.

    Parameters
    ----------
    path : str or Path
        Ends in ``.skops``. No code inside the file is run, and only types of our own list are made.
    sha256 : str, optional
        What `save` returned; a file that differs is refused. Without it, a changed file may still give other
        probabilities: load only files from where you trust.
    trusted : collection of str, optional
        Further types that you know, as ``"module.Class"``. Never take them from the file.

    Returns
    -------
    Trained or TrainedSegmenter
        Ready to predict.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ModelError
        If the file was changed, is no model, or holds a type that is not on our list.
    """
    import skops.io

    path = _skops_path(path)
    if not path.is_file():
        raise FileNotFoundError(f"no model at {path}; recognition.save writes one")
    content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if sha256 is not None and found != sha256.strip().lower():
        raise ModelError(f"{path}: not the file that was saved: expected SHA-256 {sha256}, received {found}")
    try:
        held = types_in(content)
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise ModelError(f"{path}: expected a model of recognition.save; {error}") from None
    allowed = OURS | set(trusted)
    if held - allowed:
        raise ModelError(
            f"{path}: refused, for it holds types that no model of ours has: {', '.join(sorted(held - allowed))}"
        )
    inside = skops.io.loads(content, trusted=sorted(name for name in allowed if not name.startswith(LOADER)))
    if not isinstance(inside, dict) or set(inside) != {"model", "card"}:
        raise ModelError(f"{path}: expected a model of recognition.save, received {type(inside).__name__}")
    card = json.loads(inside["card"])
    return (TrainedSegmenter if card.get("task") == SEGMENTATION else Trained)(inside["model"], card)


def types_in(content: bytes) -> set[str]:
    """List every type and function that a file of skops names.

    Parameters
    ----------
    content : bytes
        Of the file.

    Returns
    -------
    set of str
        ``"module.name"`` of each, and ``"loader:"`` and the way in which skops would make it.

    Examples
    --------
    >>> import skops.io
    >>> sorted(types_in(skops.io.dumps([1.5])))
    ['builtins.list', 'builtins.str', 'loader:JsonNode', 'loader:ListNode']
    """
    with zipfile.ZipFile(BytesIO(content)) as archive:
        schema = json.loads(archive.read("schema.json"))
    return set(_named(schema))


def _named(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "__class__" in node:
            yield f"{node.get('__module__')}.{node['__class__']}"
            yield f"{LOADER}{node.get('__loader__')}"
        for value in node.values():
            yield from _named(value)
    elif isinstance(node, list):
        for value in node:
            yield from _named(value)


def _skops_path(path: str | Path) -> Path:
    if Path(path).suffix != ".skops":
        raise ValueError(f"the path of a model must end in .skops, received {Path(path).name!r}")
    return Path(path)
