"""Workbench for medical-image analysis in notebooks.

Submodules load when first used, so ``import workbench`` is instant:

>>> import workbench
>>> workbench.processing.mean([[0.0, 3.0, 0.0]], size=(1, 3))
array([[1., 1., 1.]])

For research and teaching; not a medical device.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=[
        "cnn",
        "cohorts",
        "course",
        "detection",
        "evaluation",
        "experiments",
        "explorers",
        "features",
        "images",
        "phantoms",
        "plots",
        "privacy",
        "processing",
        "recognition",
        "registration",
        "reports",
        "samples",
        "segmentation",
        "studies",
        "synthesis",
    ],
)
