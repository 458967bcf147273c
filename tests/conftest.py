import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples each time, so that what passed once passes; CONTRIBUTING.md says how to draw new ones.
settings.register_profile("same", derandomize=True)
settings.load_profile("same")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    beside = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("WORKBENCH_SHARED_DATA", beside))
    if not folder.is_dir():
        pytest.skip("no shared data: set WORKBENCH_SHARED_DATA to its folder to run this test")
    return folder


@pytest.fixture
def run_coroutine():
    # In a thread of its own: Playwright leaves a running event loop in that of the tests.
    with ThreadPoolExecutor(1) as pool:
        yield lambda coroutine: pool.submit(asyncio.run, coroutine).result()
