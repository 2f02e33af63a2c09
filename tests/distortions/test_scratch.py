"""Kept memory is each thread's own, is given out again for the same purpose, and never grows without bound."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np

from distortions.scratch import scratch


def test_the_same_purpose_shares_memory_another_one_does_not():
    first = scratch("test one", (20, 30, 3))
    assert first.shape == (20, 30, 3)
    assert np.shares_memory(first, scratch("test one", (10, 7)))
    assert not np.shares_memory(first, scratch("test two", (20, 30, 3)))


def test_threads_do_not_share():
    both = Barrier(2)

    def ask(_: int) -> np.ndarray:
        both.wait(timeout=30)
        return scratch("test threads", (50, 50))

    with ThreadPoolExecutor(2) as crew:
        one, other = crew.map(ask, range(2))
    assert not np.shares_memory(one, other)


def test_very_large_arrays_are_not_kept():
    shape = (2**22 + 1,)
    assert not np.shares_memory(scratch("test large", shape), scratch("test large", shape))
