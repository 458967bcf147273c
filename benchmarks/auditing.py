"""Time and memory of an audit of 10,000 images: ``python benchmarks/auditing.py``.

Each study is audited in a process of its own, on one core and on all, so that its peak memory is its own.
"""

import multiprocessing
import resource
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import joblib
import numpy as np
from timing import print_table

IMAGES = 10_000
LAYOUTS = {
    "MedMNIST .npz, 28 x 28": 28,
    "PNG in class folders, 128 x 128": 128,
    "PNG in class folders, 256 x 256": 256,
}


def smooth_noise(size, seed):
    import cv2

    coarse, fine = np.random.default_rng(seed).standard_normal((2, size, size), np.float32)
    coarse = cv2.GaussianBlur(coarse, (0, 0), size / 12)
    return np.clip(coarse / coarse.std() * 40 + fine * 4 + 120, 0, 255).astype(np.uint8)


def write(folder, title, size):
    from PIL import Image as Picture

    if ".npz" in title:
        stack = np.stack([smooth_noise(size, seed) for seed in range(IMAGES)])
        half = IMAGES // 2
        labels = np.random.default_rng(0).integers(0, 2, (IMAGES, 1))
        parts = {"train": slice(0, half), "val": slice(half, None)}
        arrays = {f"{key}_{name}": data[part] for key, part in parts.items()
                  for name, data in (("images", stack), ("labels", labels))}  # fmt: skip
        np.savez_compressed(folder / "set.npz", **arrays)
        return

    def save(index):
        path = folder / ("train", "test")[index % 2] / ("healthy", "ill")[index // 2 % 2] / f"{index:05}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Picture.fromarray(smooth_noise(size, index)).save(path, compress_level=1)

    with ThreadPoolExecutor() as pool:
        list(pool.map(save, range(IMAGES)))


def measure(folder, jobs):
    from joblib.externals.loky import get_reusable_executor

    from workbench import cohorts

    start = time.perf_counter()
    table = cohorts.read(folder).audit(jobs=jobs)
    seconds = time.perf_counter() - start
    # Idle workers would keep this process for minutes, and the usage of children is of those that have ended.
    get_reusable_executor().shutdown()
    # Kibibytes on Linux, bytes on macOS.
    unit = 2**20 if sys.platform == "darwin" else 2**10
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    # Of the workers the largest is known; all together have no more than that, each.
    worker = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / unit if jobs != 1 else 0
    return seconds, own + worker * joblib.cpu_count(), len(table)


def main():
    context = multiprocessing.get_context("spawn")
    rows = []
    for title, size in LAYOUTS.items():
        with tempfile.TemporaryDirectory() as name:
            write(Path(name), title, size)
            for jobs in (1, -1):
                cores = "1" if jobs == 1 else str(joblib.cpu_count())
                with ProcessPoolExecutor(1, mp_context=context) as process:
                    seconds, memory, findings = process.submit(measure, name, jobs).result()
                print(f"auditing: {title}, {cores} cores, {seconds:.1f} s", file=sys.stderr, flush=True)
                rows.append([title, cores, f"{seconds:.1f}", f"{memory:.0f}", str(findings)])
    print_table([f"{IMAGES:,} images", "cores", "seconds", "peak memory [MiB]", "findings"], rows)


if __name__ == "__main__":
    main()
