"""Saving and loading models, without running code from the file."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.files import replacing

from .backend import keras

NOTICE = "For research and teaching; not a medical device"


def save(model: keras.Model, path: str | Path, *, notes: Mapping[str, Any] | None = None) -> None:
    """Save a model, and beside it a card that says what it is.

    Parameters
    ----------
    model : keras.Model
        Any.
    path : str or Path
        Ends in ``.keras``; the card has the same name and ends in ``.json``. Each replaces an older one only when
        it is complete.
    notes : mapping, optional
        For the card: what a later user must know, such as names of the classes, spacing and test results.

    Raises
    ------
    ValueError
        If the path does not end in ``.keras``.
    TypeError
        If the notes cannot be written as JSON.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from workbench.cnn import unet
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "tissue.keras"
    >>> save(unet((8, 8), 2, width=2, depth=1), path, notes={"classes": ["background", "brain"]})
    >>> json.loads(path.with_suffix(".json").read_text())["use"]
    'For research and teaching; not a medical device'
    >>> load(path).output_shape
    (None, 8, 8, 2)
    """
    path = _keras_path(path)
    card = {
        "use": NOTICE,
        "input": list(model.input_shape),
        "output": list(model.output_shape),
        "parameters": model.count_params(),
        "keras": keras.__version__,
        "notes": dict(notes or {}),
    }
    text = json.dumps(card, indent=2, ensure_ascii=False)
    with replacing(path) as temporary, warnings.catch_warnings():
        # Keras hands NumPy 2 a TensorFlow variable whose __array__ has no copy argument yet.
        warnings.filterwarnings("ignore", message="__array__ implementation", category=DeprecationWarning)
        model.save(temporary)
    with replacing(path.with_suffix(".json")) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8")


def load(path: str | Path) -> keras.Model:
    """Load a model, ready to predict or to be trained on.

    Parameters
    ----------
    path : str or Path
        Ends in ``.keras``. Code inside the file is never run (Keras' safe mode).

    Returns
    -------
    keras.Model
        With its weights.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not a Keras model, or needs to run code.
    """
    path = _keras_path(path)
    if not path.is_file():
        raise FileNotFoundError(f"no model at {path}; cnn.save writes one")
    return keras.saving.load_model(path, compile=False, safe_mode=True)


def _keras_path(path: str | Path) -> Path:
    if Path(path).suffix != ".keras":
        raise ValueError(f"the path of a model must end in .keras, received {Path(path).name!r}")
    return Path(path)
