"""What a .keras file may hold."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from workbench.recognition.fitness import ModelError

#: The members of the archive, besides the card.
MEMBERS = frozenset({"metadata.json", "config.json", "model.weights.h5"})
CARD = "card.json"
#: What our models are made of. Keras' safe mode stops lambdas; this list stops whatever else a file could name.
OURS: frozenset[str] = frozenset(
    {
        "keras.DTypePolicy",
        "keras.Model",
        "keras.Sequential",
        "keras.src.models.functional.Functional",
        "keras.src.models.sequential.Sequential",
        *(
            f"keras.initializers.{name}"
            for name in (
                "Constant GlorotNormal GlorotUniform HeNormal HeUniform LecunNormal Ones Orthogonal RandomNormal "
                "TruncatedNormal VarianceScaling Zeros"
            ).split()
        ),
        *(f"keras.regularizers.{name}" for name in ("L1", "L1L2", "L2")),
        *(
            f"keras.layers.{name}"
            for name in (
                "Activation Add Average AveragePooling2D AveragePooling3D BatchNormalization Concatenate Conv2D "
                "Conv2DTranspose Conv3D Conv3DTranspose Dense DepthwiseConv2D Dot Dropout Embedding Flatten "
                "GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling2D GlobalMaxPooling3D "
                "GroupNormalization InputLayer LayerNormalization LeakyReLU MaxPooling2D MaxPooling3D Maximum "
                "Multiply Normalization ReLU Rescaling Reshape Resizing SeparableConv2D Softmax SpatialDropout2D "
                "SpatialDropout3D Subtract UnitNormalization UpSampling2D UpSampling3D ZeroPadding2D ZeroPadding3D"
            ).split()
        ),
    }
)
#: Keras writes these for tensors between layers; they name no code.
MARKS = frozenset({"__keras_tensor__", "__tensor__", "__numpy__", "__tuple__"})
#: Losses, metrics and layers of this package.
PACKAGE = "workbench>"


def refuse_contents(path: str | Path, *, trusted: Collection[str] = ()) -> None:
    """Raise if a file holds anything that no model of ours has.

    Parameters
    ----------
    path : str or Path
        A ``.keras`` file. Nothing in it is run or built.
    trusted : collection of str, optional
        Further layers that you know, as ``"module.Class"``. Never take them from the file.

    Raises
    ------
    ModelError
        If it is no model, or names a class that is not on our list.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "bad.keras"
    >>> with zipfile.ZipFile(path, "w") as archive:
    ...     archive.writestr("config.json", '{"class_name": "Lambda", "module": "keras.layers"}')
    >>> refuse_contents(path)
    Traceback (most recent call last):
    ...
    workbench.recognition.fitness.ModelError: bad.keras: refused, no model of ours has: keras.layers.Lambda
    """
    path = Path(path)
    try:
        with zipfile.ZipFile(path) as archive:
            members = set(archive.namelist())
            config = json.loads(archive.read("config.json"))
        # Losses and optimizers are never made: models are loaded with compile=False.
        config.pop("compile_config", None)
    except (zipfile.BadZipFile, KeyError, ValueError, AttributeError) as error:
        raise ModelError(f"{path.name}: expected a model of cnn.save; {error}") from None
    strange = (members - MEMBERS - {CARD}) | (set(named(config)) - OURS - set(trusted))
    if strange:
        raise ModelError(f"{path.name}: refused, no model of ours has: {', '.join(sorted(strange))}")


def named(config: Any) -> Iterator[str]:
    """Name every class and function that a configuration of Keras asks for.

    Parameters
    ----------
    config : dict, list or plain value
        As in ``config.json``.

    Yields
    ------
    str
        ``"module.Class"``; nothing for tensors and for classes of this package.

    Examples
    --------
    >>> list(named({"layers": [{"module": "keras.layers", "class_name": "Dense", "config": {}}]}))
    ['keras.layers.Dense']
    """
    if isinstance(config, dict):
        name = config.get("class_name")
        if isinstance(name, str) and name not in MARKS:
            registered = str(config.get("registered_name") or "")
            if not (registered.startswith(PACKAGE) and str(config.get("module")).startswith("workbench.cnn.")):
                yield f"{config.get('module')}.{name}"
        for value in config.values():
            yield from named(value)
    elif isinstance(config, list):
        for value in config:
            yield from named(value)
