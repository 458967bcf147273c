"""Networks, one to a file, each a function that returns an ordinary Keras model."""

from .classifier import classifier
from .detector import detector
from .gan import Gan, gan
from .unet import unet

__all__ = ["Gan", "classifier", "detector", "gan", "unet"]
