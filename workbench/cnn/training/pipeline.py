"""From examples to batches: read in parallel, augmented, encoded, ready before they are needed."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..augmentation.augmenting import Augmentation, compiled
from ..augmentation.draws import keys_of
from ..backend import tensorflow as tf
from ..data.examples import ExampleSet

AT_ONCE = max(2, min(os.cpu_count() or 2, 8))
AHEAD = 2


def feed(
    examples: ExampleSet,
    *,
    batch_size: int,
    epochs: Sequence[int] = (0, 1),
    seed: int = 0,
    shuffle: bool = True,
    augment: Augmentation | None = None,
    encode: Callable[[Any], Any] | None = None,
) -> Any:
    """Make batches, epoch after epoch without a gap between them.

    Several batches are read at a time, while the network works on another; their order does not depend on which is
    ready first. The order of the examples follows from seed and epoch, and what augmentation does to one from
    seed, epoch and row number: so that a training can go on from any epoch as if it had never stopped.

    Parameters
    ----------
    examples : ExampleSet
        See `from_arrays` and `from_cohort`.
    batch_size : int
        The last batch of an epoch may be smaller.
    epochs : (int, int), optional
        First, and one after the last.
    seed : int, optional
        Of order and augmentation, below 2**31.
    shuffle : bool, optional
        Whether in a new order in each epoch.
    augment : Augmentation, optional
        How far images are changed.
    encode : callable, optional
        Makes of a batch of targets, after augmentation, what the loss compares with; of TensorFlow operations.

    Returns
    -------
    tensorflow.data.Dataset
        Of images (batch, ..., channels) of float32 and targets.

    Examples
    --------
    >>> from workbench.cnn import classifier
    >>> from workbench.cnn.data.examples import from_arrays
    >>> found = from_arrays(classifier((8, 8), 2), np.zeros((5, 8, 8)), [0, 1, 1, 0, 0])
    >>> [len(targets) for images, targets in feed(found, batch_size=2, epochs=(0, 2))]
    [2, 2, 1, 2, 2, 1]
    """
    count, target = len(examples), tf.float32 if examples.kind == "boxes" else tf.int32

    @tf.autograph.experimental.do_not_convert
    def rows(epoch: Any) -> Any:
        order = tf.range(count)
        if shuffle:
            order = tf.random.experimental.stateless_shuffle(order, seed=tf.stack([tf.cast(seed, "int64"), epoch]))
        # Not zip, after which batches would be read one at a time for the sake of determinism.
        return tf.data.Dataset.from_tensor_slices(order).batch(batch_size).map(lambda some: (epoch, some))

    def take(some: NDArray) -> tuple[NDArray, NDArray]:
        return examples.batch(np.asarray(some))

    # No Python here branches on a tensor: AutoGraph would only rewrite all that is called, for seconds.
    @tf.autograph.experimental.do_not_convert
    def batch(epoch: Any, some: Any) -> tuple[Any, Any]:
        # Declared stateless, or TensorFlow would run one at a time for the sake of determinism.
        images, targets = tf.numpy_function(take, [some], [tf.float32, target], stateful=False)
        images.set_shape((None, *examples.shape))
        targets.set_shape(_target_shape(examples))
        if augment is not None:
            changed = compiled(augment, examples.kind, len(examples.shape) + 1)
            images, targets = changed(images, targets, keys_of(seed, epoch, some))
            images.set_shape((None, *examples.shape))
            targets.set_shape(_target_shape(examples))
        return images, targets if encode is None else encode(targets)

    batches = tf.data.Dataset.range(*epochs).flat_map(rows)
    ready = batches.map(batch, num_parallel_calls=AT_ONCE, deterministic=True).prefetch(AHEAD)
    options = tf.data.Options()
    # Nothing is left to tune, and the thread that would do it wakes every 5 s: each training would wait for it.
    options.autotune.enabled = False
    return ready.with_options(options)


def in_order(examples: ExampleSet, *, batch_size: int, encode: Callable[[Any], Any] | None = None) -> Any:
    """Make the batches of one epoch, to be gone through any number of times.

    Parameters
    ----------
    examples : ExampleSet
        See `from_arrays` and `from_cohort`.
    batch_size, encode : optional
        As for `feed`.

    Returns
    -------
    iterable
        Of images and targets, in the order of the examples.

    Examples
    --------
    >>> from workbench.cnn import classifier
    >>> from workbench.cnn.data.examples import from_arrays
    >>> found = from_arrays(classifier((8, 8), 2), np.zeros((5, 8, 8)), [0, 1, 1, 0, 0])
    >>> [targets.tolist() for images, targets in in_order(found, batch_size=3)]
    [[0, 1, 1], [0, 0]]
    """
    if examples.images is None or examples.targets is None or encode is not None:
        return feed(examples, batch_size=batch_size, shuffle=False, encode=encode)
    # Of what is in memory: a pipeline would take longer to start, in each epoch, than a small model to run.
    images, targets = examples.images, examples.targets
    starts = range(0, len(examples), batch_size)
    return [(images[k : k + batch_size], targets[k : k + batch_size]) for k in starts]


def _target_shape(examples: ExampleSet) -> tuple[int | None, ...]:
    if examples.targets is not None:
        return (None, *examples.targets.shape[1:])
    return (None, *examples.shape[:-1])
