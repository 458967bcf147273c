"""Figures of made images: beside real ones, beside their nearest training images, over the training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from workbench.images import Window

from .pictures import draw
from .style import COLORS, STYLE, Figure, blank, figure

if TYPE_CHECKING:
    from workbench.cnn import Nearest

WIDTH = 8.5
LABELS = 0.55


def show_rows(
    rows: Mapping[str, ArrayLike],
    *,
    alt: str,
    title: str = "",
    window: Window | tuple[float, float] | None = None,
    width: float = WIDTH,
) -> Figure:
    """Show many small images of one size, a row of them for each kind.

    Parameters
    ----------
    rows : mapping of str to (n, M, N) array_like
        What a row shows, such as ``"made: nodule"``, to its images.
    alt : str
        One sentence that says what is to be seen.
    title : str, optional
        Of the figure; say here if the images are simulated.
    window : Window or (level, width), optional
        For all.
    width : float, optional
        Of the figure, in inches.

    Returns
    -------
    Figure
        One axes per row.

    Raises
    ------
    ValueError
        If there is no row, or sizes differ.

    Examples
    --------
    >>> made = show_rows({"dark": np.zeros((3, 4, 4)), "light": np.ones((3, 4, 4))}, alt="Two rows of squares.")
    >>> [axes.get_ylabel() for axes in made.axes]
    ['dark', 'light']
    """
    strips = {name: np.asarray(images) for name, images in rows.items()}
    if len({strip.shape for strip in strips.values()}) != 1:
        raise ValueError(f"expected rows of equal shape, received {[strip.shape for strip in strips.values()]}")
    count, height, across = next(iter(strips.values())).shape
    strip_height = (width - LABELS) / count * height / across
    top = 0.3 * bool(title)
    tall = len(strips) * (strip_height + 0.03) + top
    made, grid = figure(len(strips), 1, size=(width, tall), alt=alt, squeeze=False)
    # Strips fill the figure exactly, which the automatic layout cannot do with pictures of fixed aspect.
    made.set_layout_engine(None)
    made.subplots_adjust(left=LABELS / width, right=1, bottom=0, top=1 - top / tall, hspace=0.03 / strip_height)
    with matplotlib.rc_context(STYLE):
        for axes, (name, strip) in zip(grid.flat, strips.items(), strict=True):
            _strip(axes, strip, name, window)
        if title:
            grid.flat[0].set_title(title)
    return made


def show_nearest(
    made_images: ArrayLike,
    training: ArrayLike,
    found: Nearest,
    *,
    alt: str,
    count: int = 8,
    window: Window | tuple[float, float] | None = None,
    width: float = WIDTH,
) -> Figure:
    """Show the made images that are closest to a training image, each above that image.

    Parameters
    ----------
    made_images, training : (n, M, N) array_like
        As given to `cnn.nearest_training`.
    found : cnn.Nearest
        What it found.
    alt : str
        One sentence that says what is to be seen.
    count : int, optional
        How many to show, closest first.
    window : Window or (level, width), optional
        For all.
    width : float, optional
        Of the figure, in inches.

    Returns
    -------
    Figure
        Pairs of images, and below them the distances of all made images beside those of unseen real ones.

    Raises
    ------
    ValueError
        If there is not one row of the table for each made image.
    """
    images, known = np.asarray(made_images), np.asarray(training)
    if len(images) != len(found.table):
        raise ValueError(f"expected the images of the table's {len(found.table)} rows, received {len(images)}")
    closest = found.table.sort_values("distance").head(count)
    side = (width - 0.4) / len(closest) * images.shape[1] / images.shape[2]
    made, grid = figure(
        3, 1, size=(width, 2 * side + 2.4), alt=alt, squeeze=False, height_ratios=[side, side, 2.0]
    )
    above, under, below = grid.flat
    with matplotlib.rc_context(STYLE):
        _strip(above, images[closest.index], "made", window)
        _strip(under, known[closest["training"]], "training", window)
        above.set_title(f"The {len(closest)} made images closest to a training image")
        distances = {"made": found.table["distance"].to_numpy(), "real, unseen": found.yardstick}
        edges = np.linspace(0, max(values.max() for values in distances.values()) * 1.02, 41)
        # Grey alone: a picture without colour takes a third of the room in a stored notebook.
        styles = ({"histtype": "stepfilled", "color": "0.75"}, {"histtype": "step", "color": "black"})
        for style, (name, values) in zip(styles, distances.items(), strict=True):
            below.hist(values, edges, weights=np.full(len(values), 1 / len(values)), label=name, **style)
        limit = float(np.percentile(found.yardstick, 5))
        below.axvline(limit, color="black", linestyle=":", label="5 % of unseen")
        below.set(
            xlabel="distance to the nearest training image",
            ylabel="share",
            title=f"{found.suspicious:.0%} of the made images lie left of the line",
        )
        below.legend(loc="upper left")
    return made


def show_adversaries(
    table: pd.DataFrame,
    *,
    alt: str,
    frechet: Mapping[int, float] | None = None,
    usual: float | None = None,
    width: float = WIDTH,
) -> Figure:
    """Show the training of a generative adversarial network.

    Parameters
    ----------
    table : pandas.DataFrame
        As in `cnn.GanTraining`.
    alt : str
        One sentence that says what is to be seen.
    frechet : mapping of int to float, optional
        Step to Frechet distance.
    usual : float, optional
        The distance of real images to other real ones, drawn as a line.
    width : float, optional
        Of the figure, in inches.

    Returns
    -------
    Figure
        Scores, losses and, where given, distances.

    Examples
    --------
    >>> table = pd.DataFrame({"real_score": [1.0], "generated_score": [-1.0], "discriminator_loss": [1.0],
    ...                       "generator_loss": [1.0], "gradient_penalty": [0.1]}, index=[10])
    >>> [axes.get_title(loc="left") for axes in show_adversaries(table, alt="One step.").axes]
    ['Mean score (logits)', 'Loss']
    """
    panels = {
        "Mean score (logits)": {"real": "real_score", "made": "generated_score"},
        "Loss": {"discriminator": "discriminator_loss", "generator": "generator_loss"},
    }
    made, grid = figure(1, 2 + (frechet is not None), size=(width, 2.6), alt=alt, squeeze=False)
    with matplotlib.rc_context(STYLE):
        for axes, (title, lines) in zip(grid.flat, panels.items(), strict=False):
            for color, (name, column) in zip(COLORS, lines.items(), strict=False):
                axes.plot(table.index, table[column], color=color, label=name)
            axes.set(title=title, xlabel="step")
            axes.legend()
        grid.flat[0].axhline(0, color="0.3", linewidth=1)
        if frechet is not None:
            last = grid.flat[-1]
            last.plot(list(frechet), list(frechet.values()), "o-", color=COLORS[2], label="made to unseen")
            if usual is not None:
                last.axhline(usual, color="0.3", linestyle=":", label="real to unseen")
            last.set(title="Frechet distance", xlabel="step", yscale="log")
            last.legend()
    return made


def show_cnn_against_gan(table: pd.DataFrame, *, alt: str) -> Figure:
    """Show what more cases bring to a classifier and to a generator.

    Parameters
    ----------
    table : pandas.DataFrame
        As from `cnn.cnn_against_gan`.
    alt : str
        One sentence that says what is to be seen.

    Returns
    -------
    Figure
        AUC without and with made images; their difference with its interval; Frechet distance.
    """
    made, grid = figure(1, 3, size=(WIDTH, 3), alt=alt)
    first, second, third = grid
    cases = table.index.to_numpy()
    with matplotlib.rc_context(STYLE):
        first.plot(cases, table["auc"], "o-", label="real images")
        first.plot(cases, table["auc_with_made"], "s--", label="real and made")
        first.set_title("CNN: AUC")
        first.legend()
        reach = np.abs(table[["gain_low", "gain_high"]].to_numpy().T - table["gain"].to_numpy())
        second.errorbar(cases, table["gain"], reach, fmt="o", color=COLORS[2], capsize=3)
        second.axhline(0, color="black", linewidth=1)
        second.set_title("AUC gained by made images")
        third.plot(cases, table["frechet"], "o-", color=COLORS[3], label="made")
        third.plot(cases, table["frechet_real"], ":", color="0.3", label="real")
        third.set_title("GAN: Frechet distance")
        third.set_yscale("log")
        third.legend()
        for axes in grid:
            axes.set_xscale("log")
            axes.set_xticks(cases, [str(number) for number in cases])
            axes.minorticks_off()
            axes.set_xlabel("training cases")
    return made


def _strip(axes: Axes, images: NDArray, name: str, window: Window | tuple[float, float] | None) -> None:
    blank(axes)
    draw(axes, np.concatenate(list(images), axis=1), window=window).set_interpolation("nearest")
    axes.set_ylabel(name, fontsize=9)
