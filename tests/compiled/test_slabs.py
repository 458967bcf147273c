"""Slabs cover everything once, on several threads, however they are called."""

import multiprocessing

import numpy as np
import pytest
from numba import njit

from workbench.compiled.exponential import exponential
from workbench.compiled.networks import LARGER, SHIFT, SMALLER, median_network
from workbench.compiled.slabs import over_slabs


@pytest.mark.parametrize("length", [0, 1, 2, 5, 1000])
@pytest.mark.parametrize("shortest", [1, 3, 10**6])
def test_every_index_is_visited_once(length, shortest):
    visits = np.zeros(length, int)

    def visit(start, stop):
        visits[start:stop] += 1

    over_slabs(visit, length, shortest=shortest)
    assert (visits == 1).all()


def test_a_kernel_may_call_slabs_itself():
    table = np.zeros((50, 50), int)

    def row(start, stop):
        for index in range(start, stop):
            over_slabs(lambda first, last, index=index: table[index, first:last].__iadd__(1), 50)

    over_slabs(row, 50)
    assert (table == 1).all()


def test_an_error_in_a_thread_is_raised_and_the_threads_go_on_working():
    def fail(start, stop):
        if stop == 100:
            raise ArithmeticError("in the last slab")

    with pytest.raises(ArithmeticError, match="in the last slab"):
        over_slabs(fail, 100)
    test_every_index_is_visited_once(1000, 1)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 1.2e-7), (np.float64, 4e-16)])
def test_the_exponential_is_that_of_numpy(dtype, tolerance):
    @njit
    def powers(x, result):
        for index in range(len(x)):
            result[index] = exponential(x[index])

    x = np.append(-np.geomspace(1e-9, 80, 10_000), 0).astype(dtype)
    result = np.empty_like(x)
    powers(x, result)
    exact = np.exp(x.astype(np.longdouble))
    assert (np.abs(result / exact - 1) <= tolerance * (2 + np.abs(x))).all()


@pytest.mark.parametrize("column", [1, 3, 5, 9, 15])
@pytest.mark.parametrize("columns", [1, 3, 5, 7, 9, 11, 13])
def test_networks_find_the_median(column, columns):
    steps, wire = median_network(column, columns)
    rows = np.random.default_rng(0).integers(0, 40, (column, 200))
    wires = np.zeros((max(steps[:, 1:].max(initial=0) + 1, column), 200), int)
    wires[:column] = rows
    for kind, i, j in steps:
        low, high = np.minimum(wires[i], wires[j]), np.maximum(wires[i], wires[j])
        if kind >= SHIFT:
            wires[j, : 200 - (kind - SHIFT)] = wires[i, kind - SHIFT :]
            continue
        if kind != LARGER:
            wires[i] = low
        if kind != SMALLER:
            wires[j] = high
    valid = 200 - columns + 1
    truth = [np.median(rows[:, x : x + columns]) for x in range(valid)]
    np.testing.assert_array_equal(wires[wire, :valid], truth)


def total_of_slabs(length):
    parts = np.zeros(length)

    def fill(start, stop):
        parts[start:stop] = 1

    over_slabs(fill, length)
    return parts.sum()


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_process_has_threads_of_its_own():
    assert total_of_slabs(1000) == 1000
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map(total_of_slabs, [10, 1000]) == [10, 1000]
