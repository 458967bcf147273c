"""Networks that others designed, and weights learned before."""

from __future__ import annotations

import sys
import warnings
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

from ..backend import keras

IMAGENET = "imagenet"
# Of the grey levels of photographs: what standardized images are brought to before a network made for photographs.
PHOTO_MEAN, PHOTO_DEVIATION = 118.0, 58.0


def application(name: str, maps: Any, *, weights: str | Path | None, download: bool, seed: int) -> Any:
    """Lead standardized images through a network of ``keras.applications``.

    Parameters
    ----------
    name : str
        Such as ``"MobileNetV3Small"``.
    maps : (batch, rows, columns, 1 or 3) tensor
        Of mean 0 and standard deviation 1.
    weights : str, Path or None
        ``"imagenet"``, or a file of the network's weights without its top.
    download : bool
        Whether Keras may fetch them.
    seed : int
        Of the initial weights.

    Returns
    -------
    (batch, rows, columns, maps) tensor
        What the network makes of them.

    Raises
    ------
    ValueError
        If there is no such network, or it does not take such images.
    FileNotFoundError
        If the weights are not there.
    """
    module = _module(name)
    if len(maps.shape) != 4 or maps.shape[-1] not in {1, 3}:
        raise ValueError(f"{name} takes 2-D images of 1 or 3 channels, received shape {tuple(maps.shape[1:])}")
    source = _source(name, weights, download=download)
    if maps.shape[-1] == 1:
        maps = keras.layers.Concatenate(name="grey_to_colour")([maps, maps, maps])
    photo = keras.layers.Rescaling(PHOTO_DEVIATION, PHOTO_MEAN, name="photograph")(maps)
    keras.utils.set_random_seed(seed)
    network = getattr(module, name)(
        include_top=False, weights=IMAGENET if source == IMAGENET else None, input_shape=tuple(maps.shape[1:])
    )
    if isinstance(source, Path):
        load_weights(network, source)
    network.name = "backbone"
    return network(module.preprocess_input(photo))


def load_weights(model: keras.Model, path: str | Path) -> None:
    """Begin with weights learned before; a last layer for other classes stays as it is.

    Parameters
    ----------
    model : keras.Model
        Changed in place.
    path : str or Path
        Ends in ``.keras``, ``.weights.h5`` or ``.h5``.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it holds no weights of this network.
    """
    path = Path(path).expanduser()
    if not path.is_file():
        raise FileNotFoundError(f"no weights at {path}; give the path of a file, or weights=None for random ones")
    before = model.get_weights()
    try:
        with warnings.catch_warnings():
            # Of the last layer, if it has other classes; whether anything fits is asked below.
            warnings.filterwarnings("ignore", message="A total of|Skipping")
            _load(model, path)
    except (ValueError, OSError, KeyError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path.name} holds no weights of this network: {error}") from error
    if all((one == other).all() for one, other in zip(before, model.get_weights(), strict=True)):
        raise ValueError(f"{path.name} holds no weights of this network: no layer of it fits")


def _load(model: keras.Model, path: Path) -> None:
    if path.suffix == ".keras":
        _take_over(model, keras.saving.load_model(path, compile=False, safe_mode=True))
    elif path.name.endswith(".weights.h5"):
        model.load_weights(path, skip_mismatch=True)
    else:
        model.load_weights(path, by_name=True, skip_mismatch=True)


def _take_over(model: keras.Model, learned: keras.Model) -> None:
    known = {layer.name: layer.get_weights() for layer in learned.layers}
    for layer in model.layers:
        found = known.get(layer.name, [])
        if [value.shape for value in found] == [value.shape for value in layer.get_weights()]:
            layer.set_weights(found)


def _module(name: str) -> ModuleType:
    names = sorted(
        each for each, value in vars(keras.applications).items() if each[0].isupper() and callable(value)
    )
    if name not in names:
        raise ValueError(f"backbone must be 'residual' or one of {', '.join(names)}, received {name!r}")
    return sys.modules[getattr(keras.applications, name).__module__]


def _source(name: str, weights: str | Path | None, *, download: bool) -> Path | str | None:
    if weights is None or str(weights) != IMAGENET:
        return None if weights is None else Path(weights)
    if not download:
        raise FileNotFoundError(
            f"the weights of {name} come from Keras' server; pass download=True to fetch them (once, or use those "
            "fetched before), or weights= the path of a file"
        )
    return IMAGENET
