"""Image: pixels with their geometry, units and history."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from .geometry import (
    is_affine,
    lengths_mm,
    orientation_code,
    reorder,
    respaced,
    spacing_of,
)
from .history import Step, function_name
from .marks import has_moved_voxels, units_after


@dataclass(frozen=True, eq=False)
class Image:
    """Pixels of one image, slice or volume, and what is known about them.

    An Image is accepted wherever an array is. Its pixels cannot be written to.

    Parameters
    ----------
    pixels : (M, N[, C]) or (P, M, N[, C]) array_like
        Rows by columns, or slices by rows by columns. An array is not copied.
    affine : (4, 4) array_like, optional
        From (slice, row, column) indices to LPS millimetres; ``None`` where unknown.
    spacing : tuple of float, optional
        Millimetres between neighbours in axis order. Given without `affine`, the place and the directions stay
        unknown (`images.affine_from_spacing` makes the affine of axial slices); given with it, the two must agree.
    modality : str, optional
        DICOM modality, such as ``"CT"``, ``"MR"``, ``"US"``; ``"OT"`` (other) by default.
    units : str, optional
        Of the pixel values, such as ``"HU"``; empty where they have none.
    channel_axis : int, optional
        The axis that holds channels; ``None`` (default) for grey images. Never guessed.
    name : str, optional
        What to call the image in pictures and errors. Never a patient's name.
    history : tuple of Step, optional
        Every function applied so far.

    Raises
    ------
    TypeError
        If the pixels are not real numbers.
    ValueError
        If there are not 2 or 3 spatial axes, or affine and spacing are malformed or disagree.

    Examples
    --------
    >>> image = Image([[0, 9], [9, 0]], spacing=(0.5, 0.5), modality="CT", units="HU")
    >>> image.map(np.clip, a_min=0, a_max=5).pixels
    array([[0, 5],
           [5, 0]])
    >>> image
    Image(2 x 2 int64, 0.5 x 0.5 mm, CT, HU)
    """

    pixels: NDArray
    affine: NDArray | None = None
    spacing: tuple[float, ...] | None = None
    modality: str = "OT"
    units: str = ""
    channel_axis: int | None = None
    name: str = ""
    history: tuple[Step, ...] = ()

    def __post_init__(self) -> None:
        pixels = np.asarray(self.pixels)
        if pixels.dtype.kind not in "buif":
            raise TypeError(f"pixels must be real numbers, received dtype {pixels.dtype}")
        pixels = pixels.astype(pixels.dtype.newbyteorder("="), copy=False).view()
        pixels.flags.writeable = False
        object.__setattr__(self, "pixels", pixels)
        if self.channel_axis is not None:
            if not -pixels.ndim <= self.channel_axis < pixels.ndim:
                raise ValueError(
                    f"channel_axis must name an axis of shape {pixels.shape}, received {self.channel_axis}"
                )
            object.__setattr__(self, "channel_axis", self.channel_axis % pixels.ndim)
        if self.ndim not in {2, 3} or pixels.size == 0:
            raise ValueError(
                "pixels must have 2 or 3 spatial axes and not be empty, "
                f"received shape {pixels.shape} with channel_axis={self.channel_axis}"
            )
        self._settle_geometry()

    def _settle_geometry(self) -> None:
        if self.spacing is not None and len(self.spacing) != self.ndim:
            raise ValueError(f"spacing must have {self.ndim} entries, received {self.spacing}")
        if self.affine is None:
            object.__setattr__(self, "spacing", None if self.spacing is None else lengths_mm(self.spacing))
            return
        affine = np.array(self.affine, dtype=float)
        if not is_affine(affine):
            raise ValueError(
                "affine must be a finite invertible (4, 4) matrix with last row 0, 0, 0, 1, "
                f"received {affine.tolist()}"
            )
        spacing = spacing_of(affine)[-self.ndim :]
        if self.spacing is not None and not np.allclose(spacing, self.spacing, rtol=1e-3):
            raise ValueError(f"spacing {self.spacing} contradicts the affine, whose spacing is {spacing}")
        affine.flags.writeable = False
        object.__setattr__(self, "affine", affine)
        object.__setattr__(self, "spacing", spacing)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the pixels, channels included."""
        return self.pixels.shape

    @property
    def spatial_shape(self) -> tuple[int, ...]:
        """Shape without the channels."""
        return tuple(length for axis, length in enumerate(self.shape) if axis != self.channel_axis)

    @property
    def dtype(self) -> np.dtype:
        """Data type of the pixels."""
        return self.pixels.dtype

    @property
    def ndim(self) -> int:
        """Number of spatial axes, 2 or 3."""
        return self.pixels.ndim - (self.channel_axis is not None)

    @property
    def orientation(self) -> str | None:
        """Direction in which each spatial axis increases (``"SPL"`` for axial CT), ``None`` where unknown."""
        return None if self.affine is None else orientation_code(self.affine)[-self.ndim :]

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray:
        return np.array(self.pixels, dtype=dtype, copy=copy)

    def __repr__(self) -> str:
        facts = [f"{' x '.join(map(str, self.shape))} {self.dtype}"]
        if self.spacing is not None:
            facts.append(f"{' x '.join(f'{mm:.4g}' for mm in self.spacing)} mm")
        facts += [self.modality] + [self.units] * bool(self.units) + [str(step) for step in self.history]
        return f"Image({', '.join(facts)})"

    def map(self, function: Callable, **options: Any) -> Image:
        """Apply a function of the pixels that keeps their shape.

        Parameters
        ----------
        function : callable
            Called as ``function(pixels, **options)``.
        **options
            Its keyword arguments; they are recorded in the history.

        Returns
        -------
        Image
            The new pixels with the same geometry and one more step of history. Units stay, unless the function
            says otherwise (see `images.marks`) or the result is a mask, which has none.

        Raises
        ------
        ValueError
            If the result has another shape or the function moves voxels: the geometry would be wrong.

        Examples
        --------
        >>> Image([[1, 2]], spacing=(1, 1)).map(np.negative).history
        (Step(function='numpy.negative', options={}),)
        """
        name = function_name(function)
        if has_moved_voxels(function):
            raise ValueError(
                f"{name} moves voxels, so the geometry would be wrong; call it on the image itself: "
                f"{name.rpartition('.')[2]}(image{', ...' * bool(options)})"
            )
        pixels = np.asarray(function(self.pixels, **options))
        if pixels.shape != self.shape:
            raise ValueError(
                f"{name} changed the shape from {self.shape} to {pixels.shape}, so the "
                "geometry would be wrong; call it on image.pixels, or use the functions of processing.geometry"
            )
        units = "" if pixels.dtype == bool else units_after(function, self.units, options)
        return self.replace(pixels=pixels, units=units, step=Step(name, options))

    def replace(self, *, step: Step | None = None, **fields: Any) -> Image:
        """Return a copy with some fields changed.

        Parameters
        ----------
        step : Step, optional
            What to add to the history.
        **fields
            New values. With a new `affine`, the spacing follows; with a new `spacing`, the affine keeps its
            directions and origin.

        Returns
        -------
        Image
            The changed copy.

        Examples
        --------
        >>> Image([[1, 2]], spacing=(1, 1)).replace(spacing=(2, 2)).spacing
        (2.0, 2.0)
        """
        if "affine" in fields:
            fields.setdefault("spacing", None)
        elif "spacing" in fields:
            spacing = fields["spacing"]
            fields["affine"] = None if self.affine is None or spacing is None else respaced(self.affine, spacing)
        elif "pixels" in fields:
            axes = np.ndim(fields["pixels"]) - (fields.get("channel_axis", self.channel_axis) is not None)
            fields["spacing"] = None if self.affine is not None else self.spacing and self.spacing[-axes:]
        if step is not None:
            fields["history"] = (*self.history, step)
        return dataclasses.replace(self, **fields)

    def oriented(self, code: str) -> Image:
        """Reorder the axes of a volume exactly, without interpolation.

        Parameters
        ----------
        code : str
            Where each axis is to increase, such as ``"SPL"`` for axial slices from feet to head.

        Returns
        -------
        Image
            The same voxels at the same places in the patient.

        Raises
        ------
        ValueError
            If the image is not a volume with an affine, or `code` is not three different directions.

        Examples
        --------
        >>> from workbench.images import affine_from_spacing
        >>> volume = Image(np.zeros((3, 2, 1)), affine=affine_from_spacing((5, 2, 1)))
        >>> volume.oriented("PLS").shape
        (2, 1, 3)
        """
        if self.ndim != 3 or self.affine is None or self.channel_axis not in {None, 3}:
            raise ValueError(
                f"only a volume with an affine (and channels last) can be reordered, received {self!r}"
            )
        pixels, affine = reorder(self.pixels, self.affine, code)
        return self.replace(pixels=pixels, affine=affine, step=Step("Image.oriented", {"code": code}))

    def may_lie_on(self, other: Image) -> bool:
        """Tell whether nothing that is known contradicts that both have their voxels at the same places.

        Parameters
        ----------
        other : Image
            Compared by affine, to a micrometre, or where one is unknown by spacing.

        Returns
        -------
        bool
            True also where neither is known. Shapes are not compared.

        Examples
        --------
        >>> Image([[1]], spacing=(1, 1)).may_lie_on(Image([[1]], spacing=(2, 2)))
        False
        """
        if self.affine is not None and other.affine is not None:
            return np.allclose(self.affine, other.affine, rtol=0, atol=1e-3)
        if self.spacing is None or other.spacing is None or self.ndim != other.ndim:
            return True
        return np.allclose(self.spacing, other.spacing, rtol=1e-3)

    def save(self, path: str | Path) -> Path:
        """Write the image to a file; see `images.write`.

        Parameters
        ----------
        path : str or Path
            With suffix ``.nii``, ``.nii.gz``, ``.nrrd``, ``.mha``, ``.npz``, ``.npy``, ``.png`` or ``.tif``.

        Returns
        -------
        Path
            Where it was written.
        """
        from .writing import write

        return write(self, path)

    def _repr_png_(self) -> bytes:
        from .picture import render

        return render(self)
