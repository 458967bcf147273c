"""IBSI 2: our responses are within 1 % of the range of the consensus at every voxel.

The phantoms are drawn here from their definition. The whole maps are compared where the shared data is; a table of
twelve voxels of each map (ibsi2_facts.csv; the maps are CC0) is compared everywhere.

Two things are not taken literally. The list that comes with the maps gives 9.b.1 a mirrored border, yet its map
is that of zeros beyond the border (0.4 % away; mirrored, 181 voxels are up to 2.2 % away). The maps of 8.a.2 and
8.a.3 were made on a grid of frequencies without frequency 0, which `simoncelli` offers as ``grid="ibsi"``; the
exact grid is up to 2.5 % and 8.0 % away.
"""

import csv
from pathlib import Path

import numpy as np
import pytest

from workbench import images
from workbench.processing import responses

FACTS = Path(__file__).with_name("ibsi2_facts.csv")
SPACING = (2.0, 2.0, 2.0)
SLICES = (1, 2)
DIRECTIONS = {step: tuple(np.arange(0, 180, step)) for step in (45, 22.5)}


def checkerboard():
    return np.where(np.indices((64, 64, 64)).__floordiv__(8).sum(axis=0) % 2, 255.0, 0.0)


def impulse():
    image = np.zeros((64, 64, 64))
    image[31, 31, 31] = 255
    return image


def sphere():
    distance = np.sqrt(((np.indices((64, 64, 64)) - 31) ** 2).sum(axis=0))
    return np.where(np.searchsorted([2, 6, 10, 15, 19, 24, 28], distance) % 2, 0.0, 255.0)


def pattern_1():
    middle = np.isin(np.indices((64, 64, 64)), (31, 32)).sum(axis=0)
    return np.where(middle >= 2, 255.0, 0.0)


PHANTOMS = {made.__name__: made for made in (checkerboard, impulse, sphere, pattern_1)}


def riesz_of_log(image, *, order, border):
    response = responses.laplacian_of_gaussian(image, sigma=3.0, spacing=SPACING, border=border)
    return responses.riesz(response, order=order, border=border)


def riesz_of_simoncelli(image, *, order, border, grid):
    return responses.riesz(responses.simoncelli(image, border=border, grid=grid), order=order, border=border)


def log(sigma, **options):
    return responses.laplacian_of_gaussian, {"sigma": sigma, "spacing": SPACING, **options}


def laws(kernels, **options):
    return responses.laws, {"kernels": kernels, **options}


def energy(kernels, **options):
    return responses.laws_energy, {"kernels": kernels, "distance": 7, "pooling": "max", **options}


def gabor(sigma, wavelength, aspect, angles, **options):
    waves = {"sigma": sigma, "wavelength": wavelength, "aspect": aspect, "angles": angles}
    return responses.gabor, {**waves, "spacing": SPACING, **options}


def wavelet(family, band, **options):
    return responses.wavelet, {"family": family, "band": band, **options}


def simoncelli(level, grid="ibsi"):
    return responses.simoncelli, {"level": level, "grid": grid, "border": "wrap"}


ZERO, PERIODIC, MIRROR = ({"border": responses.IBSI_BORDERS[name]} for name in ("zero", "periodic", "mirror"))
CONFIGURATIONS = {
    "1.a.1": ("checkerboard", (responses.mean, {"size": 15, **ZERO})),
    "1.a.2": ("checkerboard", (responses.mean, {"size": 15, "border": "nearest"})),
    "1.a.3": ("checkerboard", (responses.mean, {"size": 15, **PERIODIC})),
    "1.a.4": ("checkerboard", (responses.mean, {"size": 15, **MIRROR})),
    "1.b.1": ("impulse", (responses.mean, {"size": (1, 15, 15), **ZERO})),
    "2.a": ("impulse", log(3.0, **ZERO)),
    "2.b": ("checkerboard", log(5.0, **MIRROR)),
    "2.c": ("checkerboard", log((0.0, 5.0, 5.0), **MIRROR)),
    "3.a.1": ("impulse", laws("E5L5S5", **ZERO)),
    "3.a.2": ("impulse", laws("E5L5S5", pooling="max", **ZERO)),
    "3.a.3": ("impulse", energy("E5L5S5", **ZERO)),
    "3.b.1": ("checkerboard", laws("E3W5R5", **MIRROR)),
    "3.b.2": ("checkerboard", laws("E3W5R5", pooling="max", **MIRROR)),
    "3.b.3": ("checkerboard", energy("E3W5R5", **MIRROR)),
    "3.c.1": ("checkerboard", laws("L5S5", axes=SLICES, **MIRROR)),
    "3.c.2": ("checkerboard", laws("L5S5", axes=SLICES, pooling="max", **MIRROR)),
    "3.c.3": ("checkerboard", energy("L5S5", axes=SLICES, **MIRROR)),
    "4.a.1": ("impulse", gabor(10.0, 4.0, 0.5, 60.0, axes=SLICES, **ZERO)),
    "4.a.2": ("impulse", gabor(10.0, 4.0, 0.5, DIRECTIONS[45], **ZERO)),
    "4.b.1": ("sphere", gabor(20.0, 8.0, 2.5, 225.0, axes=SLICES, **MIRROR)),
    "4.b.2": ("sphere", gabor(20.0, 8.0, 2.5, DIRECTIONS[22.5], **MIRROR)),
    "5.a.1": ("impulse", wavelet("db2", "LHL", **ZERO)),
    "5.a.2": ("impulse", wavelet("db2", "LHL", pooling="average", **ZERO)),
    "6.a.1": ("sphere", wavelet("coif1", "HHL", **PERIODIC)),
    "6.a.2": ("sphere", wavelet("coif1", "HHL", pooling="average", **PERIODIC)),
    "7.a.1": ("checkerboard", wavelet("haar", "LLL", level=2, pooling="average", **MIRROR)),
    "7.a.2": ("checkerboard", wavelet("haar", "HHH", level=2, pooling="average", **MIRROR)),
    "8.a.1": ("checkerboard", simoncelli(1)),
    "8.a.2": ("checkerboard", simoncelli(2)),
    "8.a.3": ("checkerboard", simoncelli(3)),
    "9.a": ("impulse", (riesz_of_log, {"order": (0, 0, 1), **ZERO})),
    "9.b.1": ("sphere", (riesz_of_log, {"order": (0, 2, 0), **ZERO})),
    "10.b.1": ("pattern_1", (riesz_of_simoncelli, {"order": (0, 2, 0), "grid": "ibsi", **PERIODIC})),
}
# Those that the mathematically exact grid of frequencies also reproduces.
EXACT = {
    "8.a.1": ("checkerboard", simoncelli(1, "exact")),
    "10.b.1": ("pattern_1", (riesz_of_simoncelli, {"order": (0, 2, 0), "grid": "exact", **PERIODIC})),
}
# By how much others are away, in percent of the range: recorded so that a change is noticed.
AWAY = {
    "8.a.2": (("checkerboard", simoncelli(2, "exact")), 2.54),
    "8.a.3": (("checkerboard", simoncelli(3, "exact")), 7.97),
    "9.b.1": (("sphere", (riesz_of_log, {"order": (0, 2, 0), **MIRROR})), 2.22),
}


def respond(configuration):
    phantom, (function, options) = configuration
    return function(PHANTOMS[phantom](), **options)


def stored(folder, name):
    # Stored as (x, y, z); in slices, rows, columns.
    pixels = images.read(folder / name).pixels
    assert pixels.shape == (64, 64, 64)
    return pixels.astype(np.float64)


def percent_away(response, truth):
    return 100 * np.abs(response - truth).max() / np.ptp(truth)


@pytest.fixture(scope="module")
def ibsi2(shared_data):
    return shared_data / "ibsi2_digital_phantom"


@pytest.mark.parametrize("name", PHANTOMS)
def test_a_phantom_is_drawn_as_it_is_stored(name, ibsi2):
    np.testing.assert_array_equal(PHANTOMS[name](), stored(ibsi2 / "phantoms", f"{name}.nii.gz"))


def reference(folder, configuration):
    return stored(folder / "reference_maps", f"{configuration.replace('.', '_')}-ValidCRM.nii.gz")


def test_every_map_of_the_consensus_is_compared(ibsi2):
    with (ibsi2 / "phase1_test_configurations.csv").open(newline="") as lines:
        assert {row["test"]: row["phantom"] for row in csv.DictReader(lines)} == {
            name: phantom for name, (phantom, _) in CONFIGURATIONS.items()
        }
    assert len(CONFIGURATIONS) == 33


@pytest.mark.parametrize(("name", "configuration"), [*CONFIGURATIONS.items(), *EXACT.items()])
def test_every_voxel_is_within_1_percent_of_the_consensus(name, configuration, ibsi2):
    assert percent_away(respond(configuration), reference(ibsi2, name)) < 1


@pytest.mark.parametrize("name", AWAY)
def test_how_far_the_other_reading_is_away(name, ibsi2):
    configuration, percent = AWAY[name]
    assert percent_away(respond(configuration), reference(ibsi2, name)) == pytest.approx(percent, abs=0.01)


def facts():
    with FACTS.open(newline="") as lines:
        for row in csv.DictReader(lines):
            place = tuple(int(row[axis]) for axis in ("slice", "row", "column"))
            yield row["configuration"], place, float(row["value"]), float(row["tolerance"])


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_known_voxels_are_within_1_percent_of_the_consensus(name):
    known = [(place, value, tolerance) for each, place, value, tolerance in facts() if each == name]
    assert len(known) == 12
    response = respond(CONFIGURATIONS[name])
    for place, value, tolerance in known:
        assert response[place] == pytest.approx(value, abs=tolerance)


def test_the_table_of_known_voxels_is_that_of_the_maps(ibsi2):
    maps = {name: reference(ibsi2, name) for name in CONFIGURATIONS}
    for name, place, value, tolerance in facts():
        assert maps[name][place] == pytest.approx(value, rel=1e-5, abs=1e-6)
        assert tolerance == pytest.approx(np.ptp(maps[name]) / 100, rel=1e-3)
