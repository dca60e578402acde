import warnings
from collections.abc import Iterator

import pytest
import torch
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_info

from core.metrics.quiet_fit import quiet_fit


@pytest.fixture
def _two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("_two_threads")
def test_that_a_fit_takes_one_thread_and_leaves_a_training_its_own() -> None:
    with quiet_fit():
        inside = {pool["num_threads"] for pool in threadpool_info()}
    assert inside == {1}
    assert torch.get_num_threads() == 2


def test_that_a_fit_that_stops_early_says_nothing_and_all_else_is_heard() -> None:
    with quiet_fit():
        warnings.warn("Stopped.", ConvergenceWarning, stacklevel=1)
    with pytest.warns(UserWarning, match="Heard"), quiet_fit():
        warnings.warn("Heard.", UserWarning, stacklevel=1)
