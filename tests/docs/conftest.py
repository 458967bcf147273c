import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from pages import PAGES


@pytest.fixture(params=PAGES, ids=lambda page: page.name)
def page(request):
    return request.param


@pytest.fixture
def pages():
    return PAGES
