"""Keras on TensorFlow, loaded without their banners."""

import gc
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

for _name, _value in {
    "KERAS_BACKEND": "tensorflow",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "1",
}.items():
    os.environ.setdefault(_name, _value)


@contextmanager
def _standard_error_held_back() -> Iterator[None]:
    # TensorFlow's libraries write to the file descriptor before its log level is read; only this keeps it quiet.
    kept = os.dup(2)
    with tempfile.TemporaryFile() as buffer:
        os.dup2(buffer.fileno(), 2)
        try:
            yield
        except BaseException:
            buffer.seek(0)
            os.write(kept, buffer.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


@contextmanager
def _rubbish_left() -> Iterator[None]:
    # Importing makes objects by the million and hardly any rubbish: looking for it takes a sixth of the time.
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


with _standard_error_held_back(), _rubbish_left():
    import keras
    import tensorflow

tensorflow.get_logger().setLevel("ERROR")

__all__ = ["keras", "tensorflow"]
