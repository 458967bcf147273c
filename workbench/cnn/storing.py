"""Saving and loading models with their cards, without running code from the file."""

from __future__ import annotations

import hashlib
import json
import warnings
import zipfile
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from workbench.files import replacing
from workbench.recognition.cards import NOTICE
from workbench.recognition.fitness import ModelError

from .backend import keras
from .contents import CARD, refuse_contents


def save(
    model: keras.Model,
    path: str | Path,
    *,
    card: Mapping[str, Any] | None = None,
    notes: Mapping[str, Any] | None = None,
) -> str:
    """Save a model with a card that says what it is.

    Parameters
    ----------
    model : keras.Model
        Any.
    path : str or Path
        Ends in ``.keras``. The card is inside, and for readers also beside it, in a file that ends in ``.json``.
        Each replaces an older one only when it is complete.
    card : mapping, optional
        From `describe`: with it, ``workbench predict`` can serve the model.
    notes : mapping, optional
        For the card: what a later user must know besides.

    Returns
    -------
    str
        SHA-256 of the file: give it to others by another way than the file, for `load`.

    Raises
    ------
    ValueError
        If the path does not end in ``.keras``.
    TypeError
        If card or notes cannot be written as JSON.
    ModelError
        If the model has a layer that `load` would refuse.

    Examples
    --------
    >>> import tempfile
    >>> from workbench.cnn import unet
    >>> path = Path(tempfile.mkdtemp()) / "tissue.keras"
    >>> digest = save(unet((8, 8), 2, width=2, depth=1), path, notes={"classes": ["background", "brain"]})
    >>> load_card(path)["notice"]
    'For research and teaching; not a medical device'
    >>> load(path, sha256=digest).output_shape
    (None, 8, 8, 2)
    """
    path = _keras_path(path)
    whole = {
        "notice": NOTICE,
        "input": _plain(model.input_shape),
        "output": _plain(model.output_shape),
        "parameters": model.count_params(),
        "keras": keras.__version__,
        **dict(card or {}),
        "notes": dict(notes or {}),
    }
    text = json.dumps(whole, indent=2, ensure_ascii=False, allow_nan=False)
    with replacing(path) as temporary, warnings.catch_warnings():
        # Keras hands NumPy 2 a TensorFlow variable whose __array__ has no copy argument yet.
        warnings.filterwarnings("ignore", message="__array__ implementation", category=DeprecationWarning)
        model.save(temporary)
        with zipfile.ZipFile(temporary, "a") as archive:
            archive.writestr(CARD, text)
        refuse_contents(temporary)
        digest = hashlib.sha256(temporary.read_bytes()).hexdigest()
    with replacing(path.with_suffix(".json")) as temporary:
        beside = json.dumps({"file": path.name, "sha256": digest} | whole, indent=2, ensure_ascii=False)
        temporary.write_text(beside + "\n", encoding="utf-8")
    return digest


def load(path: str | Path, *, sha256: str | None = None, trusted: Collection[str] = ()) -> keras.Model:
    """Load a model, ready to predict or to be trained on.

    Parameters
    ----------
    path : str or Path
        Ends in ``.keras``. Code inside the file is never run (Keras' safe mode), and only layers of our own list
        are made.
    sha256 : str, optional
        What `save` returned; a file that differs is refused. Without it, a changed file may still give other
        probabilities: load only files from where you trust.
    trusted : collection of str, optional
        Further layers that you know, as ``"module.Class"``. Never take them from the file.

    Returns
    -------
    keras.Model
        With its weights.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ModelError
        If the file was changed, is no Keras model, or holds what no model of ours has.
    """
    path = _found(path)
    if sha256 is not None:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != sha256.strip().lower():
            raise ModelError(
                f"{path.name}: not the file that was saved: expected SHA-256 {sha256}, received {found}"
            )
    refuse_contents(path, trusted=trusted)
    return keras.saving.load_model(path, compile=False, safe_mode=True)


def load_card(path: str | Path) -> dict[str, Any]:
    """Read the card inside a model's file.

    Parameters
    ----------
    path : str or Path
        Ends in ``.keras``.

    Returns
    -------
    dict
        Plain texts, numbers, lists and dicts.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ModelError
        If it has no card.
    """
    path = _found(path)
    try:
        with zipfile.ZipFile(path) as archive:
            card = json.loads(archive.read(CARD))
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise ModelError(f"{path.name}: expected a model of cnn.save with its card; {error}") from None
    if not isinstance(card, dict):
        raise ModelError(f"{path.name}: expected a card, received {type(card).__name__}")
    return card


def _plain(shape: Any) -> Any:
    if isinstance(shape, dict):
        return {name: _plain(part) for name, part in shape.items()}
    return [_plain(part) if isinstance(part, tuple | list | dict) else part for part in shape]


def _found(path: str | Path) -> Path:
    path = _keras_path(path)
    if not path.is_file():
        raise FileNotFoundError(f"no model at {path}; cnn.save writes one")
    return path


def _keras_path(path: str | Path) -> Path:
    if Path(path).suffix != ".keras":
        raise ValueError(f"the path of a model must end in .keras, received {Path(path).name!r}")
    return Path(path)
