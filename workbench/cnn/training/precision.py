"""Half precision for speed, on hardware that has it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..backend import keras

PRECISIONS = ("single", "mixed")


@contextmanager
def computing(model: keras.Model, precision: str) -> Iterator[None]:
    """Let a model compute in another precision for a while; its weights stay single.

    Parameters
    ----------
    model : keras.Model
        Any made of layers.
    precision : str
        ``"single"``, or ``"mixed"``: bfloat16 inside, whose range needs no scaling of the loss; the layers of
        normalization and output stay single. Works everywhere; a gain on graphics processors and on processors
        with bfloat16 units, a loss on others.
    """
    if precision == "single":
        yield
        return
    outputs = {tensor._keras_history.operation.name for tensor in keras.tree.flatten(model.output)}
    changed = [
        layer
        for layer in model._flatten_layers(include_self=False)
        if layer.name not in outputs | {"intensities"} and not isinstance(layer, keras.layers.InputLayer)
    ]
    before = [layer.dtype_policy for layer in changed]
    try:
        for layer in changed:
            layer.dtype_policy = "mixed_bfloat16"
        yield
    finally:
        for layer, policy in zip(changed, before, strict=True):
            layer.dtype_policy = policy
