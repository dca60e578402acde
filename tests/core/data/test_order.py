import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.data.order import DataOrder

CPU = torch.device("cpu")


def indices(order: DataOrder, batches: int) -> list[int]:
    return [int(i) for _ in range(batches) for i in order.next_batch()]


@given(st.integers(1, 40), st.integers(1, 12), st.integers(0, 5))
def test_that_no_image_comes_twice_in_an_epoch(images: int, batch: int, seed: int) -> None:
    batch = min(batch, images)
    order = DataOrder(images, batch, seed, CPU)
    for _ in range(3):
        epoch = indices(order, images // batch)
        assert len(set(epoch)) == len(epoch)
        assert set(epoch) <= set(range(images))


def test_that_every_image_comes_once_an_epoch_and_epochs_differ() -> None:
    order = DataOrder(24, 8, 0, CPU)
    first, second = indices(order, 3), indices(order, 3)
    assert sorted(first) == sorted(second) == list(range(24))
    assert first != second


def test_that_equal_seeds_give_the_same_order_and_others_give_others() -> None:
    orders = [indices(DataOrder(24, 8, seed, CPU), 6) for seed in (0, 0, 1)]
    assert orders[0] == orders[1]
    assert orders[0] != orders[2]


@pytest.mark.parametrize("batches", [0, 1, 3, 4, 7])
def test_that_it_goes_on_in_the_middle_of_an_epoch(batches: int) -> None:
    order = DataOrder(26, 8, 0, CPU)
    indices(order, batches)
    state = {name: tensor.clone() for name, tensor in order.state().items()}
    resumed = DataOrder(26, 8, 0, CPU)
    indices(resumed, 5)
    resumed.load_state(state)
    assert indices(resumed, 10) == indices(order, 10)


def test_that_a_batch_is_int64_on_the_device() -> None:
    index = DataOrder(10, 4, 0, CPU).next_batch()
    assert (index.dtype, index.shape, index.device) == (torch.int64, (4,), CPU)
