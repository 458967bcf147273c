"""What `import workbench` costs: claimed under 0.15 s, Python's own start subtracted."""

import statistics
import subprocess
import sys
import time

RUNS = 15
STATEMENTS = {"nothing": "pass", "workbench": "import workbench", "numpy, for scale": "import numpy"}


def seconds(statement: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)  # noqa: S603 (our own Python)
    return time.perf_counter() - start


def main() -> None:
    for statement in STATEMENTS.values():
        seconds(statement)  # the first import reads from disk and writes byte code
    times = {name: [] for name in STATEMENTS}
    for _ in range(RUNS):
        for name, statement in STATEMENTS.items():
            times[name].append(seconds(statement))
    base = statistics.median(times["nothing"])
    print(f"import, median of {RUNS} interleaved starts, Python's own {base * 1e3:.0f} ms subtracted")
    for name in list(STATEMENTS)[1:]:
        print(f"  {name:18} {(statistics.median(times[name]) - base) * 1e3:6.1f} ms")


if __name__ == "__main__":
    main()
