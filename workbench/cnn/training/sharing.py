"""Networks that are built alike, trained one after the other by one compiled step."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any

from ..backend import keras
from ..data.examples import ExampleSet
from .compiling import loss_of, metric_of, optimizer_of
from .loop import Loop

#: Layers of these packages are what their configurations say.
KNOWN = ("keras", "workbench")

_loops: ContextVar[dict[Hashable, Loop] | None] = ContextVar("loops", default=None)


class Stand:
    """Where networks are trained one after the other, so that those of one architecture are compiled once.

    To compile a small network takes longer than to train it.

    Examples
    --------
    >>> from workbench.cnn import classifier
    >>> stand = Stand()
    >>> with stand.holding(classifier((8, 8), 2, width=2, seed=0)) as first:
    ...     pass
    >>> with stand.holding(classifier((8, 8), 2, width=2, seed=1)) as second:
    ...     pass
    >>> first is second
    True
    """

    def __init__(self) -> None:
        self._model: keras.Model | None = None
        self._built: Any = None
        self._loops: dict[Hashable, Loop] = {}

    @contextmanager
    def holding(self, fresh: keras.Model) -> Iterator[keras.Model]:
        """Give a model to be trained and asked in place of a fresh one, which has its weights in the end.

        Parameters
        ----------
        fresh : keras.Model
            Not trained yet.

        Yields
        ------
        keras.Model
            With the same layers and weights.
        """
        built = _built(fresh)
        if built is None:
            yield fresh
            return
        if self._model is None or built != self._built:
            self._model, self._built, self._loops = keras.models.clone_model(fresh), built, {}
        model = self._model
        model.set_weights(fresh.get_weights())
        before = _loops.set(self._loops)
        try:
            yield model
        finally:
            _loops.reset(before)
            fresh.set_weights(model.get_weights())


def loop_of(
    model: keras.Model,
    given: ExampleSet,
    schedule: tuple[float, float, float, int],
    loss: Callable[..., Any] | str | None,
    class_weights: Sequence[float] | str | None,
    *,
    average: float,
    precision: str,
) -> Loop:
    """Make the loop that trains a model; inside ``Stand.holding``, take that of an equal training, as new.

    Parameters
    ----------
    model : keras.Model
        To be trained.
    given : ExampleSet
        What it learns from.
    schedule : (float, float, float, int)
        Learning rate, warm-up, weight decay and number of steps, as for `optimizer_of`.
    loss, class_weights, average, precision : optional
        As for `fit`.

    Returns
    -------
    Loop
        For the model's present weights.
    """
    judge = loss_of(model, loss, class_weights, given)

    def make() -> Loop:
        return Loop(model, optimizer_of(model, *schedule), judge, metric_of(model, given), average)

    loops = _loops.get()
    if loops is None:
        return make()
    own: tuple[Any, ...] = (id(judge),)
    if class_weights is not None and isinstance(judge, partial):
        # That is a new function each time, which does the same.
        own = id(judge.func), *judge.keywords["class_weights"]
    *rates, steps = schedule
    settings = *rates, average, precision, given.kind, *own
    kept = loops.get(settings)
    if kept is None or kept.model is not model or not kept.restart(steps):
        kept = loops[settings] = make()
    return kept


def _built(model: keras.Model) -> Any:
    """Return what tells architectures apart, or None of one that cannot be told from its configuration."""
    layers = list(model._flatten_layers())
    if not all(type(layer).__module__.partition(".")[0] in KNOWN for layer in layers):
        return None
    return _plain(model.get_config(), {layer.name: str(number) for number, layer in enumerate(layers)})


def _plain(part: Any, numbers: dict[str, str]) -> Any:
    # Keras numbers names throughout a process, and weights are copied whatever seeds they came from.
    if isinstance(part, dict):
        return {key: _plain(value, numbers) for key, value in part.items() if key != "seed"}
    if isinstance(part, list | tuple):
        return [_plain(value, numbers) for value in part]
    return numbers.get(part, part) if isinstance(part, str) else part
