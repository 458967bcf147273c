"""How good the U-Net is: ``python benchmarks/unet.py tissues 0 1 2``; or another task, and other seeds.

``tissues``: grey and white matter of the average brain, beside two thresholds; as it is, and under a simulated
bias field and noise. Five networks, each tested on two blocks of slices with a gap of 10 mm to what it was trained
on; together the blocks are the brain, but for slices that rounding leaves in no block. ``robust_tissues``:
the same with networks made for such faults: shading removed before, neighbours seen, brightness and noise varied
in training. ``nodules``: the simulated chest study, patients apart, and from the same maps whether an image has
one. ``seams``: what a sliding window changes, and what memory it takes.
"""

import sys
import time
import tracemalloc
from typing import Any

import numpy as np

from workbench import cnn, evaluation, samples
from workbench.cohorts import Cohort

#: Where the two test blocks of each network lie. The recipe was chosen by scores of networks on those at 0.25 and
#: 0.75; the first figures were those at 0.5.
TEST_AT = (0, 0.25, 0.5, 0.75, 1)
REACH = 2


def robust_tissues(seed: int) -> dict[str, float]:
    return tissues(seed, robust=True)


def tissues(seed: int, *, robust: bool = False) -> dict[str, float]:
    slices = cnn.labelled_slices("samples")
    cases, raw = slices.table["case"], slices.images
    shaded = cnn.add_bias_field(raw, strength=0.15)
    faults = {
        "clean": raw,
        "bias": shaded,
        "noise": cnn.add_rician_noise(raw, sd=10, seed=seed),
        "both": cnn.add_rician_noise(shaded, sd=10, seed=seed),
    }
    prepared = {
        fault: cnn.with_neighbours(cnn.even_out(stack, cases), cases, reach=REACH) if robust else stack[..., None]
        for fault, stack in faults.items()
    }
    found = {
        (fault, method): np.full(slices.labels.shape, -1) for fault in faults for method in ("U-Net", "thresholds")
    }
    for at in TEST_AT:
        parts = cnn.split(slices.table, test_fraction=1 / len(TEST_AT), gap=10, at=at, blocks=2)
        model = tissue_network(prepared["clean"][parts.train], slices.labels[parts.train], seed, robust=robust)
        thresholds = cnn.fit_thresholds(raw[parts.train], slices.labels[parts.train])
        for fault, stack in faults.items():
            maps = cnn.predict(model, prepared[fault][parts.test])
            found[fault, "U-Net"][parts.test] = maps.argmax(axis=-1)
            found[fault, "thresholds"][parts.test] = thresholds.predict(stack[parts.test])
        block = agreement(
            {method: found["clean", method][parts.test] for method in ("U-Net", "thresholds")},
            slices.labels[parts.test],
        )
        print(f"blocks at {at}", {name: round(score, 4) for name, score in block.items()}, flush=True)
    tested = (found["clean", "U-Net"] >= 0).all(axis=(1, 2))
    print(f"{tested.sum()} of {len(tested)} slices tested", flush=True)
    names = {f"{fault} {method}": labels[tested] for (fault, method), labels in found.items()}
    return agreement(names, slices.labels[tested])


def tissue_network(inputs: np.ndarray, truth: np.ndarray, seed: int, *, robust: bool) -> Any:
    images, labels = cnn.random_crops(inputs, truth, size=64, count=2000, seed=seed)
    if robust:
        images = images * np.random.default_rng(seed + 100).uniform(0.97, 1.03, (len(images), 1, 1, 1))
        sd = np.random.default_rng(seed).uniform(0, 8, len(images)) * (np.arange(len(images)) % 2)
        images = cnn.add_rician_noise(images, sd=sd[:, None, None, None], seed=seed)
    model = cnn.unet((None, None), 3, channels=inputs.shape[-1], width=16, depth=3, seed=seed)
    cnn.fit(model, images, labels, epochs=5, learning_rate=5e-3, average=0.99, seed=seed, progress=False)
    return model


def agreement(found: dict[str, np.ndarray], truth: np.ndarray) -> dict[str, float]:
    return {
        f"{name} {tissue}": evaluation.dice(labels == number, truth == number)
        for name, labels in found.items()
        for number, tissue in enumerate(("grey", "white"), start=1)
    }


def arrays(cohort: Cohort) -> tuple[np.ndarray, np.ndarray]:
    images = np.stack([np.asarray(cohort.image(case)) for case in cohort])
    return images, np.stack([np.asarray(cohort.mask(case)) for case in cohort]).astype(int)


def nodules(seed: int) -> dict[str, float]:
    cohort = samples.study("chest", patients=150, images_per_patient=2, size=128, seed=5)
    images, masks = arrays(cohort)
    patients, ill = cohort.table["patient"].to_numpy(), (cohort.table["label"] == "nodule").to_numpy()
    outer = cnn.split_patients(patients, test_fraction=0.25, seed=seed)
    inner = cnn.split_patients(patients[outer.train], test_fraction=0.15, seed=seed)
    train, validation, test = outer.train[inner.train], outer.train[inner.test], outer.test
    model = cnn.unet((None, None), 2, width=8, depth=4, seed=seed)
    held_back = (images[validation], masks[validation])
    options = {"epochs": 30, "learning_rate": 4e-3, "seed": seed, "progress": False}
    cnn.fit(model, images[train], masks[train], validation=held_back, **options)
    maps = cnn.predict(model, images[test])[..., 1]
    each = [evaluation.dice(one > 0.5, truth == 1) for one, truth in zip(maps, masks[test], strict=True)]
    likeliest = np.sort(maps.reshape(len(maps), -1), axis=1)[:, -20:].mean(axis=1)
    return {
        "Dice of all pixels": evaluation.dice(maps > 0.5, masks[test] == 1),
        "mean Dice of images with a nodule": float(np.mean(np.array(each)[ill[test]])),
        "AUC of the 20 likeliest pixels": evaluation.auc(ill[test], likeliest, positive=True),
    }


def seams(seed: int) -> dict[str, float]:
    slices = cnn.labelled_slices("samples", every=4)
    images, labels = cnn.random_crops(slices.images, slices.labels, size=48, count=240, seed=seed)
    model = cnn.unet((None, None), 3, width=8, depth=3, seed=seed)
    cnn.fit(model, images, labels, epochs=3, learning_rate=5e-3, seed=seed, progress=False)
    image = slices.images[len(slices) // 2]
    whole = cnn.predict(model, image[np.newaxis])[0]
    scores = {}
    ways = {
        "64, no overlap": {"tile": 64, "overlap": 0.0},
        "64, half, Gaussian": {"tile": 64},
        "64, half, Hann": {"tile": 64, "weights": "hann"},
        "128, margin 48": {"tile": 128, "margin": 48},
    }
    for name, options in ways.items():
        error = np.abs(cnn.predict_tiles(model, image, **options) - whole).sum(axis=-1)
        scores[f"{name}: beside a tile's edge"] = float(error[60:68].mean())
        scores[f"{name}: elsewhere"] = float(np.delete(error, np.s_[60:68], axis=0).mean())
    cube = cnn.unet((None, None, None), 2, width=4, depth=2, seed=seed)
    for length in (128, 512):
        volume = np.broadcast_to(np.float32(1), (length, 128, 128))
        tracemalloc.start()
        for _ in cnn.predict_bands(cube, volume, overlap=0.25):
            pass
        scores[f"peak MB of NumPy, {length} x 128 x 128 in bands"] = tracemalloc.get_traced_memory()[1] / 1e6
        tracemalloc.stop()
    return scores


if __name__ == "__main__":
    measure = {"tissues": tissues, "robust_tissues": robust_tissues, "nodules": nodules, "seams": seams}[
        sys.argv[1]
    ]
    found = []
    for number in [int(text) for text in sys.argv[2:]] or [0]:
        start = time.perf_counter()
        found.append(measure(number))
        print(
            f"seed {number}, {time.perf_counter() - start:.0f} s", {k: round(v, 4) for k, v in found[-1].items()}
        )
    for name in found[0]:
        values = np.array([one[name] for one in found])
        # Student's t for 95 % of three seeds is 4.30.
        spread = f" +- {4.30 * values.std(ddof=1) / 3**0.5:.4f}" if len(values) == 3 else ""
        print(f"{name}: {values.mean():.4f}{spread}")
