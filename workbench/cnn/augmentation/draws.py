"""Random numbers that depend on seed, epoch and case, and on nothing that happened before."""

from __future__ import annotations

from typing import Any

from ..backend import tensorflow as tf


def keys_of(seed: int, epoch: Any, cases: Any) -> Any:
    """Return what all draws for some cases in an epoch depend on.

    Parameters
    ----------
    seed : int
        Of the training, below 2**31.
    epoch : int or tensor of int64
        Counted from 0.
    cases : (batch,) tensor of int64
        Row numbers.

    Returns
    -------
    (batch, 2) tensor of int64
        One key for each case.
    """
    cases = tf.cast(cases, "int64")
    first = tf.cast(epoch, "int64") + (seed << 32)
    return tf.stack([tf.broadcast_to(first, tf.shape(cases)), cases], axis=1)


def draws(keys: Any, count: int, *, purpose: int) -> Any:
    """Draw numbers that depend on each case's key and the purpose alone.

    Parameters
    ----------
    keys : (batch, 2) tensor of int64
        Of the cases.
    count : int
        How many for each.
    purpose : int
        Draws for different purposes are independent.

    Returns
    -------
    (batch, count) tensor of float32
        Even between -1 and 1.
    """
    return tf.map_fn(
        lambda key: tf.random.stateless_uniform([count], _for(key, purpose), -1.0, 1.0),
        keys,
        fn_output_signature="float32",
    )


def noise(keys: Any, shape: Any, *, purpose: int) -> Any:
    """Draw Gaussian noise that depends on each case's key and the purpose alone.

    Parameters
    ----------
    keys : (batch, 2) tensor of int64
        Of the cases.
    shape : tensor of int
        For each case.
    purpose : int
        Draws for different purposes are independent.

    Returns
    -------
    (batch, *shape) tensor of float32
        Mean 0, standard deviation 1.
    """
    return tf.map_fn(
        lambda key: tf.random.stateless_normal(shape, _for(key, purpose)),
        keys,
        fn_output_signature="float32",
    )


def _for(key: Any, purpose: int) -> Any:
    return tf.stack([key[0], key[1] + (purpose << 40)])
