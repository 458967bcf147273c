"""Figures of images: side by side, with masks, with a scale of their units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.patheffects import withStroke
from numpy.typing import ArrayLike, NDArray

from workbench.images import Image, Window, default_window
from workbench.images.picture import edge_letters, to_bytes
from workbench.images.spacings import own_spacing

from .style import COLORS, STYLE, Figure, blank, figure

GREY_PANEL_WIDTH = 8.5
TITLE_SIZES = (6.0, 11.0)
COLORBAR_WIDTH = 0.8


def show(
    pictures: Mapping[str, ArrayLike],
    *,
    alt: str,
    window: Window | tuple[float, float] | None = None,
    masks: Mapping[str, ArrayLike] | None = None,
    colormap: str = "gray",
    colorbar: str | None = None,
    letters: bool = False,
    columns: int = 4,
    width: float = GREY_PANEL_WIDTH,
) -> Figure:
    """Show slices side by side under their titles.

    Parameters
    ----------
    pictures : mapping of str to (M, N[, 3]) array_like
        Title to slice. An Image is drawn with its true voxel aspect.
    alt : str
        One sentence that says what is to be seen.
    window : Window or (level, width), optional
        For all; without it each picture has the window that suits its modality.
    masks : mapping of str to (M, N) array_like, optional
        Masks or label maps drawn as coloured outlines over the picture of the same title.
    colormap : str, optional
        Of matplotlib.
    colorbar : str, optional
        A label such as ``"HU"``; draws the scale beside the last picture. Give a `window` with it.
    letters : bool, optional
        Whether to name the directions at the edges (R right, L left, A front, P back, S head, I feet) of images
        whose affine is known.
    columns : int, optional
        Pictures in a row.
    width : float, optional
        Of the figure, in inches.

    Returns
    -------
    Figure
        One axes per picture.

    Raises
    ------
    ValueError
        If there is no picture, one is not a slice, or a mask has another shape or an unknown title.

    Examples
    --------
    >>> made = show({"dark": np.zeros((4, 4)), "light": np.ones((4, 4))}, alt="Two squares.")
    >>> [axes.get_title(loc="left") for axes in made.axes]
    ['dark', 'light']
    """
    if not pictures:
        raise ValueError("expected at least one picture, received none")
    unknown = set(masks or {}) - set(pictures)
    if unknown:
        raise ValueError(f"masks must have titles of pictures, received {', '.join(sorted(unknown))}")
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    shapes = [extent(picture) for picture in pictures.values()]
    across = (width - (COLORBAR_WIDTH if colorbar is not None else 0)) / columns
    heights = [
        max(h / w for h, w in shapes[row * columns : (row + 1) * columns]) * across + 0.25 for row in range(rows)
    ]
    made, grid = figure(rows, columns, size=(width, sum(heights)), alt=alt, squeeze=False, height_ratios=heights)
    # A letter is about 0.63 of its size wide; titles shrink to the room above their picture.
    fontsize = float(np.clip(72 * width / columns / max(map(len, pictures)) / 0.63, *TITLE_SIZES))
    with matplotlib.rc_context(STYLE):
        for axes in grid.flat:
            blank(axes)
            axes.set_anchor("N")
        drawn: Any = None
        for axes, (title, picture) in zip(grid.flat, pictures.items(), strict=False):
            drawn = draw(axes, picture, window=window, colormap=colormap)
            axes.set_title(title, fontsize=fontsize)
            if letters and isinstance(picture, Image):
                _write_letters(axes, picture)
            if masks and title in masks:
                outline(axes, masks[title], shape=np.shape(picture)[:2])
        if colorbar is not None:
            made.colorbar(drawn, ax=list(grid.flat), label=colorbar, shrink=0.8, pad=0.01)
        for axes in list(grid.flat)[len(pictures) :]:
            axes.remove()
    return made


def draw(
    axes: Axes,
    picture: ArrayLike,
    *,
    window: Window | tuple[float, float] | None = None,
    colormap: str = "gray",
) -> Any:
    """Draw one slice into axes.

    Parameters
    ----------
    axes : Axes
        Changed in place.
    picture : (M, N[, 3]) array_like
        A slice, grey or RGB.
    window : Window or (level, width), optional
        The one that suits the modality where not given.
    colormap : str, optional
        Of matplotlib.

    Returns
    -------
    matplotlib.image.AxesImage
        For a colour bar.

    Raises
    ------
    ValueError
        If `picture` is not a slice.
    """
    pixels = np.asarray(picture)
    if pixels.ndim != 2 and not (pixels.ndim == 3 and pixels.shape[-1] in {3, 4}):
        raise ValueError(
            f"expected a slice, grey or RGB, received shape {pixels.shape}; choose a slice of the volume"
        )
    image = picture if isinstance(picture, Image) else Image(pixels, channel_axis=-1 if pixels.ndim == 3 else None)
    level, width = window or default_window(image)
    spacing = image.spacing or (1.0, 1.0)
    options: dict[str, Any] = {}
    if pixels.ndim == 3:
        pixels = to_bytes(pixels, Window(level, width))
    else:
        options = {"cmap": colormap, "vmin": level - width / 2, "vmax": level + width / 2}
    return axes.imshow(pixels, aspect=spacing[0] / spacing[1], interpolation="antialiased", **options)


def outline(axes: Axes, mask: ArrayLike, *, shape: tuple[int, ...]) -> None:
    """Draw the borders of each label over a picture.

    Parameters
    ----------
    axes : Axes
        Changed in place.
    mask : (M, N) array_like
        Boolean, or labels with 0 for background.
    shape : tuple of int
        Of the picture below.

    Raises
    ------
    ValueError
        If `mask` has another shape.
    """
    labels = np.asarray(mask).astype(int)
    if labels.shape != tuple(shape):
        raise ValueError(f"mask must have the picture's shape {tuple(shape)}, received {labels.shape}")
    for index, label in enumerate(np.unique(labels[labels != 0])):
        axes.contour(labels == label, levels=[0.5], colors=[COLORS[1:][index % (len(COLORS) - 1)]], linewidths=1.2)


def show_labels(
    titled: Mapping[str, ArrayLike], *, names: tuple[str, ...], alt: str, width: float = GREY_PANEL_WIDTH
) -> Figure:
    """Show label maps side by side with a legend.

    Parameters
    ----------
    titled : mapping of str to (M, N) array_like of int
        Title to label map; label ``i`` is called ``names[i]``, label 0 is drawn black.
    names : tuple of str
        Of the labels, background first.
    alt : str
        One sentence that says what is to be seen.
    width : float, optional
        Of the figure, in inches.

    Returns
    -------
    Figure
        One axes per map.

    Examples
    --------
    >>> show_labels({"truth": [[0, 1]]}, names=("air", "tissue"), alt="Two pixels.").axes[0].get_title(loc="left")
    'truth'
    """
    from matplotlib.patches import Patch

    colors = ["#000000", *COLORS[: len(names) - 1]]
    shapes = [extent(labels) for labels in titled.values()]
    height = max(h / w for h, w in shapes) * width / len(titled) + 0.6
    made, grid = figure(1, len(titled), size=(width, height), alt=alt, squeeze=False)
    with matplotlib.rc_context(STYLE):
        for axes, (title, labels) in zip(grid.flat, titled.items(), strict=True):
            blank(axes)
            values: NDArray = np.asarray(labels).astype(int)
            axes.imshow(
                values, cmap=ListedColormap(colors), vmin=-0.5, vmax=len(names) - 0.5, interpolation="nearest"
            )
            axes.set_title(title)
        patches = [Patch(color=color, label=name) for color, name in zip(colors, names, strict=True)]
        made.legend(handles=patches, loc="outside lower center", ncols=len(names))
    return made


def _write_letters(axes: Axes, picture: Image) -> None:
    places = ((0.5, 0.98, "center", "top"), (0.98, 0.5, "right", "center"), (0.5, 0.02, "center", "bottom"))
    for letter, (x, y, across, along) in zip(
        edge_letters(picture), (*places, (0.02, 0.5, "left", "center")), strict=False
    ):
        written = axes.text(x, y, letter, transform=axes.transAxes, ha=across, va=along, color="white")
        written.set_path_effects([withStroke(linewidth=2, foreground="black")])


def extent(picture: ArrayLike | Image) -> tuple[float, float]:
    """Return how high and wide a picture is.

    Parameters
    ----------
    picture : (M, N[, C]) array_like or Image
        Whose shape, and spacing where it brings one.

    Returns
    -------
    tuple of float
        In mm, or in pixels where the spacing is not known.

    Examples
    --------
    >>> extent(Image([[1, 2, 3]], spacing=(2, 1)))
    (2.0, 3.0)
    """
    height, width = np.shape(picture)[:2]
    spacing = own_spacing(picture, None) or (1.0, 1.0)
    return height * spacing[0], width * spacing[1]
