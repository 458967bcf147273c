"""What a scanner makes of anatomy: X-rays are attenuated, counted one by one, and turned back into an image."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

#: Linear attenuation of water at the mean energy of a 120 kV beam, per mm.
WATER = 0.0192


def computed_tomography(
    hounsfield: NDArray, *, spacing: float, photons: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Add the noise that counting photons leaves in a slice reconstructed by filtered back-projection.

    The slice is projected along parallel rays, each ray's photons are drawn from the Poisson distribution, and the
    error of their logarithm is back-projected through a ramp filter. So the noise has the ramp's grain, is
    stronger where the rays are long, and streaks along bone. Reconstruction is linear, so only the error is
    reconstructed and the anatomy keeps its own values.

    Parameters
    ----------
    hounsfield : (N, N) ndarray
        The noise-free slice, in HU.
    spacing : float
        Millimetres from one pixel to the next.
    photons : float
        Sent along each ray.
    rng : numpy.random.Generator
        Draws the counts.

    Returns
    -------
    (N, N) ndarray of float32
        The slice with noise, in HU.

    References
    ----------
    Kak AC, Slaney M. Principles of Computerized Tomographic Imaging. IEEE Press (1988), chapters 3 and 5.

    Examples
    --------
    >>> air = np.full((32, 32), -1000.0)
    >>> noisy = computed_tomography(air, spacing=3.0, photons=1e4, rng=np.random.default_rng(0))
    >>> bool(abs(noisy.mean() + 1000) < 10), bool(noisy.std() > 1)
    (True, True)
    """
    size = len(hounsfield)
    # Fewer views than pixels would show as spokes in the noise; three quarters do not yet.
    views = 3 * size // 4
    angles = np.pi * np.arange(views) / views
    attenuation = (WATER * (1 + np.asarray(hounsfield, np.float32) / 1000)).clip(0)
    rays = np.stack([_project(attenuation, angle) for angle in angles]) * np.float32(spacing)
    error = (rays + np.log(np.maximum(rng.poisson(photons * np.exp(-rays)), 1) / photons)).astype(np.float32)
    error = -_ramp(error, spacing)
    noise = np.zeros_like(attenuation)
    for row, angle in zip(error, angles, strict=True):
        noise += _smear(row, angle)
    return (hounsfield + noise * np.float32(np.pi / views / WATER * 1000)).astype(np.float32)


def radiograph(
    attenuation: NDArray, *, photons: float, blur: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Count the photons behind a body and return the logarithm of what was lost.

    Parameters
    ----------
    attenuation : (M, N) ndarray
        Line integral of the linear attenuation along each ray (Beer-Lambert), without unit.
    photons : float
        Sent towards each pixel.
    blur : float
        Standard deviation of the detector's spread of light, in pixels. Half of the light spreads before it is
        counted, so the noise is correlated too.
    rng : numpy.random.Generator
        Draws the counts.

    Returns
    -------
    (M, N) ndarray of float32
        Natural logarithm of photons sent over photons counted.

    References
    ----------
    Bushberg JT et al. The Essential Physics of Medical Imaging, 3rd ed. (2011), chapter 7.

    Examples
    --------
    >>> body = np.full((64, 64), 2.0)
    >>> radiograph(body, photons=1e6, blur=0.5, rng=np.random.default_rng(0)).mean().round(2)
    np.float32(2.0)
    """
    expected = photons * np.exp(-np.asarray(attenuation, float))
    counts = rng.poisson(cv2.GaussianBlur(expected, (0, 0), blur, borderType=cv2.BORDER_REFLECT)).astype(
        np.float32
    )
    counts = cv2.GaussianBlur(counts, (0, 0), blur / 2, borderType=cv2.BORDER_REFLECT)
    return np.log(np.float32(photons) / np.maximum(counts, 1))


def _project(image: NDArray, angle: float) -> NDArray:
    """Sum along the rays that run at `angle`."""
    cos, sin = math.cos(angle), math.sin(angle)
    return _sample(image, [[cos, -sin], [sin, cos]]).sum(axis=0)


def _smear(row: NDArray, angle: float) -> NDArray:
    """Spread the values of one projection back along their rays."""
    return _sample(row[None], [[math.cos(angle), math.sin(angle)], [0, 0]])


def _sample(source: NDArray, turn: list[list[float]]) -> NDArray:
    size, middles = source.shape[1], ((source.shape[1] - 1) / 2, (len(source) - 1) / 2)
    about_the_middle = np.array(
        [[a, b, middle - (a + b) * middles[0]] for (a, b), middle in zip(turn, middles, strict=True)]
    )
    return cv2.warpAffine(source, about_the_middle, (size, size), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)


def _ramp(rays: NDArray, spacing: float) -> NDArray:
    length = 2 * rays.shape[1]
    frequency = np.fft.rfftfreq(length).astype(np.float32)
    # A Hann window tames the ramp as a soft-tissue kernel does.
    response = frequency * (0.5 + 0.5 * np.cos(2 * np.pi * frequency)) / spacing
    return np.fft.irfft(np.fft.rfft(rays, length) * response, length)[:, : rays.shape[1]].astype(np.float32)
