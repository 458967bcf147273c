"""Features beside PyRadiomics, MIRP and scikit-image: ``python benchmarks/features.py``.

All measure the same regions with bins of 25. The lowest intensity of each is 0, so that all begin their bins at
the same edge. Values are compared first, every feature of a family that both have: texture to 1e-5 of the value,
intensities to 1e-4 (MIRP sums in single precision), morphology to 1e-3 (PyRadiomics divides variances by n). Of
PyRadiomics only features that we have too are asked for. It has no distance zones; scikit-image has no regions and
of texture only co-occurrences; MIRP is measured on 5 regions, as it takes so long. Everything runs in one process.

PyRadiomics 3.1.0 cannot be built from PyPI, where its header file is missing; 3.0.1 can, up to Python 3.11 and
with numpy there beforehand: ``pip install --no-build-isolation pyradiomics==3.0.1``.
"""

import logging
import warnings
from functools import partial

import numpy as np
from scipy import ndimage
from timing import Row, main

from workbench.features import FixedBinSize, catalog, discretize, extract, glcm_features
from workbench.features.texture import texture_map
from workbench.images import Image

BINS = FixedBinSize(25)
#: PyRadiomics' names in the order of ours; None where it has no such feature or another definition of it.
PYRADIOMICS = {
    "glcm": "MaximumProbability JointAverage SumSquares JointEntropy DifferenceAverage DifferenceVariance "
    "DifferenceEntropy SumAverage None SumEntropy JointEnergy Contrast None Id Idn Idm Idmn InverseVariance "
    "Correlation Autocorrelation ClusterTendency ClusterShade ClusterProminence Imc1 Imc2",
    "glrlm": "ShortRunEmphasis LongRunEmphasis LowGrayLevelRunEmphasis HighGrayLevelRunEmphasis "
    "ShortRunLowGrayLevelEmphasis ShortRunHighGrayLevelEmphasis LongRunLowGrayLevelEmphasis "
    "LongRunHighGrayLevelEmphasis GrayLevelNonUniformity GrayLevelNonUniformityNormalized RunLengthNonUniformity "
    "RunLengthNonUniformityNormalized RunPercentage GrayLevelVariance RunVariance RunEntropy",
    "glszm": "SmallAreaEmphasis LargeAreaEmphasis LowGrayLevelZoneEmphasis HighGrayLevelZoneEmphasis "
    "SmallAreaLowGrayLevelEmphasis SmallAreaHighGrayLevelEmphasis LargeAreaLowGrayLevelEmphasis "
    "LargeAreaHighGrayLevelEmphasis GrayLevelNonUniformity GrayLevelNonUniformityNormalized "
    "SizeZoneNonUniformity SizeZoneNonUniformityNormalized ZonePercentage GrayLevelVariance ZoneVariance "
    "ZoneEntropy",
    "ngtdm": "Coarseness Contrast Busyness Complexity Strength",
    "ngldm": "SmallDependenceEmphasis LargeDependenceEmphasis LowGrayLevelEmphasis HighGrayLevelEmphasis "
    "SmallDependenceLowGrayLevelEmphasis SmallDependenceHighGrayLevelEmphasis LargeDependenceLowGrayLevelEmphasis "
    "LargeDependenceHighGrayLevelEmphasis GrayLevelNonUniformity None DependenceNonUniformity "
    "DependenceNonUniformityNormalized None GrayLevelVariance DependenceVariance DependenceEntropy None",
    "intensity_statistics": "Mean Variance Skewness None Median Minimum 10Percentile 90Percentile Maximum "
    "InterquartileRange Range MeanAbsoluteDeviation RobustMeanAbsoluteDeviation None None None Energy "
    "RootMeanSquared",
}
SOLID = {
    "MeshVolume": "volume",
    "VoxelVolume": "volume_voxels",
    "SurfaceArea": "surface_area",
    "SurfaceVolumeRatio": "surface_to_volume_ratio",
    "Sphericity": "sphericity",
    "Maximum3DDiameter": "maximum_diameter",
    "MajorAxisLength": "major_axis_length",
    "MinorAxisLength": "minor_axis_length",
    "LeastAxisLength": "least_axis_length",
    "Elongation": "elongation",
    "Flatness": "flatness",
}
PLANE = {
    "MeshSurface": "area",
    "PixelSurface": "area_pixels",
    "Perimeter": "perimeter",
    "PerimeterSurfaceRatio": "perimeter_to_area_ratio",
    "MaximumDiameter": "maximum_diameter",
    "MajorAxisLength": "major_axis_length",
    "MinorAxisLength": "minor_axis_length",
    "Elongation": "elongation",
}
CLASSES = {"ngldm": "gldm", "intensity_statistics": "firstorder"}
MIRP = {
    "intensity_statistics": "stat",
    "intensity_histogram": "ih",
    "glcm": "cm",
    "glrlm": "rlm",
    "glszm": "szm",
    "gldzm": "dzm",
    "ngtdm": "ngt",
    "ngldm": "ngl",
}
TEXTURE = ("glcm", "glrlm", "glszm", "ngtdm", "ngldm")
SCIKIT_IMAGE = {
    "contrast": "contrast",
    "dissimilarity": "dissimilarity",
    "homogeneity": "inverse_difference_moment",
    "ASM": "angular_second_moment",
    "correlation": "correlation",
    "mean": "joint_average",
    "variance": "joint_variance",
}


def region(shape, seed):
    """Smooth noise of 32 bins in the largest disc or ball that the box holds."""
    rng = np.random.default_rng(seed)
    noise = ndimage.gaussian_filter(rng.normal(size=shape), 1.5)
    mask = (
        sum((axis - (n - 1) / 2) ** 2 for axis, n in zip(np.indices(shape), shape, strict=True))
        < (min(shape) / 2) ** 2
    )
    lowest, highest = noise[mask].min(), noise[mask].max()
    pixels = np.round(799 * (noise - lowest) / (highest - lowest)).astype(np.float32)
    return Image(pixels, spacing=(1.0,) * len(shape)), mask


def volumes(image, mask):
    """Pixels and mask as peers take them: a slice as a volume of one."""
    return [array.reshape(-1, *array.shape[-2:]) for array in (image.pixels, mask.astype(np.uint8))]


def ours(regions, families):
    aggregation = "2d_averaged" if regions[0][0].ndim == 2 else "3d_averaged"
    return [
        extract(image, mask, families=families, discretization=BINS, aggregation=aggregation).to_dict()
        for image, mask in regions
    ]


def pyradiomics(regions, families):
    """A function that measures the regions; extractor and ITK images are made beforehand."""
    import SimpleITK
    from radiomics import featureextractor

    logging.getLogger("radiomics").setLevel(logging.ERROR)
    flat = regions[0][0].ndim == 2
    extractor = featureextractor.RadiomicsFeatureExtractor(
        binWidth=BINS.width, gldm_a=0, force2D=flat, force2Ddimension=0
    )
    extractor.disableAllFeatures()
    names = {}
    for family in families:
        if family == "morphology":
            shape = ("shape2D", PLANE) if flat else ("shape", SOLID)
            pairs = [(theirs, f"morphology_{name}") for theirs, name in shape[1].items()]
            kind = shape[0]
        else:
            mine = catalog().index[catalog().family == family]
            pairs = [pair for pair in zip(PYRADIOMICS[family].split(), mine, strict=True) if pair[0] != "None"]
            kind = CLASSES.get(family, family)
        extractor.enableFeaturesByName(**{kind: [theirs for theirs, _ in pairs]})
        names |= {f"original_{kind}_{theirs}": name for theirs, name in pairs}
    prepared = [list(map(SimpleITK.GetImageFromArray, volumes(image, mask))) for image, mask in regions]

    def measure():
        found = [extractor.execute(image, mask) for image, mask in prepared]
        return [{name: float(row[theirs]) for theirs, name in names.items()} for row in found]

    return measure


def pyradiomics_map(image, mask):
    """A function that maps the contrast of windows of 5 x 5."""
    import SimpleITK
    from radiomics import featureextractor

    options = {"force2D": True, "force2Ddimension": 0, "kernelRadius": 2, "initValue": np.nan, "voxelBatch": 4000}
    extractor = featureextractor.RadiomicsFeatureExtractor(binWidth=BINS.width, **options)
    extractor.disableAllFeatures()
    extractor.enableFeaturesByName(glcm=["Contrast"])
    prepared = list(map(SimpleITK.GetImageFromArray, volumes(image, mask)))
    return lambda: SimpleITK.GetArrayFromImage(
        extractor.execute(*prepared, voxelBased=True)["original_glcm_Contrast"]
    )[0]


def mirp(regions, families):
    """A function that measures the regions; the arrays are made beforehand."""
    from mirp import extract_features

    logging.disable(logging.INFO)
    flat = regions[0][0].ndim == 2
    method, where = ("2d_average", "2d") if flat else ("3d_average", "3d")
    options = {f"{family}_spatial_method": method for family in ("glcm", "glrlm")}
    options |= {f"{family}_spatial_method": where for family in ("glszm", "gldzm", "ngtdm", "ngldm")}
    names = ("image", "mask")
    prepared = [dict(zip(names, volumes(image, mask), strict=True)) for image, mask in regions]
    asked = [{"ngt": "ngtdm", "ngl": "ngldm"}.get(MIRP[family], MIRP[family]) for family in families]

    def measure():
        found = []
        for arrays in prepared:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                (table,) = extract_features(
                    **arrays,
                    **options,
                    by_slice=flat,
                    base_feature_families=asked,
                    base_discretisation_method="fixed_bin_size",
                    base_discretisation_bin_width=float(BINS.width),
                    resegmentation_intensity_range=[0.0, 1000.0],
                )
            row = {}
            for family in families:
                theirs = [column for column in table if column.startswith(f"{MIRP[family]}_")]
                mine = list(catalog().index[catalog().family == family])
                if family == "intensity_histogram":  # theirs has the mode elsewhere
                    mine.insert(9, mine.pop(mine.index("histogram_mode")))
                row |= dict(zip(mine, table.loc[0, theirs].astype(float), strict=True))
            found.append(row)
        return found

    return measure


def agree(mine, theirs):
    """Whether all features that both have are equal in all regions; those that are not are printed."""
    differing = {}
    for a, b in zip(mine, theirs, strict=True):
        for name in b.keys() & a.keys():
            tolerance = {"morphology": 1e-3, "intensity": 1e-4}.get(name.split("_")[0], 1e-5)
            if not np.isclose(a[name], b[name], rtol=tolerance, atol=1e-9):
                differing[name] = (a[name], b[name])
    if differing:
        print("differ:", differing)
    return not differing


def lazily(make, *arguments):
    """A rival that makes its function when first called, which `timing` leaves out of its count."""
    made = []

    def call():
        if not made:
            made.append(make(*arguments))
        return made[0]()

    return call


def rows():
    regions = [region((64, 64), seed) for seed in range(200)]
    ball = [region((80, 80, 80), 0)]
    whole = discretize(regions[0][0].pixels, np.ones((64, 64)), discretization=BINS)
    rivals = {
        "ours": lambda: [glcm_features(whole, aggregation="2d_averaged")],
        "scikit-image": lambda: [of_skimage(whole)],
    }
    yield Row("co-occurrence features, whole image", "64 x 64, 32 bins", rivals, same=agree)
    image, mask = region((256, 256), 0)
    levels = discretize(image.pixels, mask, discretization=BINS)
    rivals = {
        "ours": lambda: texture_map(levels, "glcm_contrast", radius=2, aggregation="2d_averaged"),
        "PyRadiomics": lazily(pyradiomics_map, image, mask),
    }
    yield Row(
        "map of co-occurrence contrast, 5 x 5 windows",
        "disc of 256 x 256",
        rivals,
        same=lambda mine, theirs: np.allclose(mine, theirs, equal_nan=True),
    )
    for title, families in {
        "5 texture families": TEXTURE,
        "5 texture families, intensities": (*TEXTURE, "intensity_statistics"),
        "5 texture families, intensities, morphology": (*TEXTURE, "intensity_statistics", "morphology"),
    }.items():
        for data, chosen in {"200 regions of 64 x 64": regions, "ball of 80 x 80 x 80": ball}.items():
            rivals = {
                "ours": partial(ours, chosen, families),
                "PyRadiomics": lazily(pyradiomics, chosen, families),
            }
            yield Row(title, data, rivals, same=agree)
    for data, chosen in {"5 regions of 64 x 64": regions[:5], "ball of 80 x 80 x 80": ball}.items():
        rivals = {"ours": partial(ours, chosen, list(MIRP)), "MIRP": lazily(mirp, chosen, list(MIRP))}
        yield Row("6 texture families, intensities, histogram", data, rivals, same=agree)


def of_skimage(levels):
    from skimage.feature import graycomatrix, graycoprops

    angles = [0, np.pi / 4, np.pi / 2, 3 * np.pi / 4]
    # Rows of a matrix stand for levels from 0, which no voxel has.
    counts = graycomatrix(
        levels.astype(np.uint8), [1], angles, levels=levels.max() + 1, symmetric=True, normed=True
    )
    return {f"glcm_{name}": graycoprops(counts, theirs).mean() for theirs, name in SCIKIT_IMAGE.items()}


if __name__ == "__main__":
    main("features", rows())
