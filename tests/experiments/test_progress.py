from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from workbench.experiments.progress import bar_of, share_done

START = datetime(2026, 1, 1, tzinfo=UTC)


def at(seconds):
    return START + timedelta(seconds=seconds)


def cell(weight=None, began=None, ended=None):
    times = {"iopub.status.busy": began, "shell.execute_reply": ended}
    known = {
        name: at(value).isoformat().replace("+00:00", "Z") for name, value in times.items() if value is not None
    }
    about = {"execution": known} if known else {}
    return {"cell_type": "code", "source": "x", "metadata": about | ({"weight": weight} if weight else {})}


def test_cells_count_by_their_weights():
    prose = {"cell_type": "markdown", "source": "#", "metadata": {}}
    done = [cell(6, 0, 6), prose, cell(None, 6, 7), cell(13)]
    assert share_done({"cells": done}, at(7)) == pytest.approx(7 / 20)
    assert share_done({"cells": [cell(1, 0, 1)]}, at(2)) == 1
    assert share_done({"cells": [cell("much", 0, 1), cell(-3)]}, at(2)) == 0.5


def test_a_long_cell_moves_the_bar_ever_more_slowly_and_never_to_its_end():
    running = {"cells": [cell(1, 0, 2), cell(8, 2), cell(1)]}
    shares = [share_done(running, at(second)) for second in range(2, 200, 6)]
    steps = [after - before for before, after in pairwise(shares)]
    assert shares[0] == 0.1 and shares[-1] < 0.9
    assert all(step > 0 for step in steps)
    assert steps == sorted(steps, reverse=True)
    # After the time that its weight promises, 63 % of it.
    assert share_done(running, at(18)) == pytest.approx(0.1 + 0.8 * 0.632, abs=1e-3)


def test_nothing_has_begun():
    assert share_done({"cells": [cell(), cell()]}, at(0)) == 0


def test_the_bar_of_one_run_counts_shares_and_of_several_runs():
    one, many = bar_of(1, shown=False), bar_of(3, shown=False)
    assert (one.total, many.total) == (1, 3)
