"""Time and memory of an audit of 10,000 images: ``python benchmarks/auditing.py``.

Each study is audited in a process of its own, on one core and on all, so that its peak memory is its own.
"""

import multiprocessing
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from timing import print_table

IMAGES = 10_000
LAYOUTS = {
    "MedMNIST .npz, 28 x 28": 28,
    "PNG in class folders, 128 x 128": 128,
    "PNG in class folders, 256 x 256": 256,
}


def smooth_noise(rng, size):
    import cv2

    noise = cv2.GaussianBlur(rng.normal(size=(size, size)).astype(np.float32), (0, 0), size / 12)
    noise = noise / noise.std() * 40 + rng.normal(size=noise.shape) * 4 + 120
    return np.clip(noise, 0, 255).astype(np.uint8)


def write(folder, title, size):
    from PIL import Image as Picture

    rng = np.random.default_rng(0)
    if ".npz" in title:
        stack = np.stack([smooth_noise(rng, size) for _ in range(IMAGES)])
        half = IMAGES // 2
        labels = rng.integers(0, 2, (IMAGES, 1))
        parts = {"train": slice(0, half), "val": slice(half, None)}
        arrays = {f"{key}_{name}": data[part] for key, part in parts.items()
                  for name, data in (("images", stack), ("labels", labels))}  # fmt: skip
        np.savez_compressed(folder / "set.npz", **arrays)
        return
    for index in range(IMAGES):
        path = folder / ("train", "test")[index % 2] / ("healthy", "ill")[index // 2 % 2] / f"{index:05}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Picture.fromarray(smooth_noise(rng, size)).save(path, compress_level=1)


def measure(folder, jobs, results):
    from workbench import cohorts

    start = time.perf_counter()
    table = cohorts.read(folder).audit(jobs=jobs)
    seconds = time.perf_counter() - start
    # Kibibytes on Linux, bytes on macOS.
    unit = 2**20 if sys.platform == "darwin" else 2**10
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    # Of the workers the largest is known; all together have no more than that, each.
    worker = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / unit if jobs != 1 else 0
    results.put((seconds, own + worker * (os.cpu_count() if jobs != 1 else 0), len(table)))


def main():
    context = multiprocessing.get_context("spawn")
    rows = []
    for title, size in LAYOUTS.items():
        with tempfile.TemporaryDirectory() as name:
            write(Path(name), title, size)
            for jobs in (1, -1):
                results = context.Queue()
                process = context.Process(target=measure, args=(name, jobs, results))
                process.start()
                seconds, memory, findings = results.get()
                process.join()
                cores = "1" if jobs == 1 else str(os.cpu_count())
                rows.append([title, cores, f"{seconds:.1f}", f"{memory:.0f}", str(findings)])
    print_table([f"{IMAGES:,} images", "cores", "seconds", "peak memory [MiB]", "findings"], rows)


if __name__ == "__main__":
    main()
