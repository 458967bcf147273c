import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_data() -> Path:
    beside = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("WORKBENCH_SHARED_DATA", beside))
    if not folder.is_dir():
        pytest.skip("no shared data: set WORKBENCH_SHARED_DATA to its folder to run this test")
    return folder
