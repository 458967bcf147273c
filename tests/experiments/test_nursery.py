import asyncio
import subprocess
import sys
import time

import psutil
import pytest

from workbench.experiments.executing import execute
from workbench.experiments.nursery import FORKS, Forked, Nursery, NurseryError
from workbench.experiments.planning import plan

pytestmark = pytest.mark.skipif(not FORKS, reason="kernels are forked on Linux only")
SLOW = 40.0


@pytest.fixture
def slow(tmp_path):
    """A nursery that will not be ready for a while."""
    (tmp_path / "slow_to_import.py").write_text(f"import time\ntime.sleep({SLOW})")
    nursery = Nursery(("slow_to_import",), {"PYTHONPATH": str(tmp_path)})
    yield nursery
    nursery.close()


async def stopped(work, after=1):
    return await asyncio.wait_for(work, after)  # cancels it, as Ctrl-C does


def test_a_process_that_nobody_buried_has_ended():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        forked = Forked(child.pid)
        assert forked.poll() is None
        child.stdin.close()
        while psutil.Process(child.pid).status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.01)
        assert forked.poll() == -1
    assert forked.poll() == Forked(child.pid).poll() == -1


def test_a_run_is_stopped_while_its_libraries_are_imported(slow, make_notebook, run_coroutine):
    (job,) = plan([(make_notebook("1"), {})], timeout=1)
    began = time.monotonic()
    run = run_coroutine(execute(job, nursery=slow))["metadata"]["workbench"]["run"]
    assert run["stopped"] == "it took longer than 1 s"
    assert time.monotonic() - began < SLOW / 2
    assert slow.alive and not slow.ready


def test_the_user_stops_a_run_while_its_libraries_are_imported(slow, make_notebook, run_coroutine):
    (job,) = plan([(make_notebook("1"), {})])
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        run_coroutine(stopped(execute(job, nursery=slow)))
    assert time.monotonic() - began < SLOW / 2


def test_a_nursery_that_was_killed_starts_no_kernel(slow):
    slow.close()
    assert slow.ready and not slow.alive
    with pytest.raises(NurseryError):
        slow.fork("nowhere.json")
