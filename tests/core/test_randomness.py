import torch
from hypothesis import given
from hypothesis import strategies as st

from core.randomness import Randomness, seed_for, seeded_initialisation

CPU = torch.device("cpu")


def test_that_seeds_stay_what_they_were_when_runs_were_made_with_them() -> None:
    assert seed_for(0, "latents") == 1_991_707_896_263_668_839


@given(st.integers(0, 2**32 - 1), st.text(max_size=20))
def test_that_every_seed_is_one_that_torch_takes(seed: int, purpose: str) -> None:
    assert 0 <= seed_for(seed, purpose) < 2**63


def test_that_a_seed_depends_on_run_and_purpose() -> None:
    seeds = {seed_for(seed, purpose) for seed in (0, 1, 10) for purpose in ("a", "b", "0:a")}
    assert len(seeds) == 9


def test_that_drawing_for_one_purpose_changes_nothing_for_another() -> None:
    random, other = Randomness(0, CPU), Randomness(0, CPU)
    torch.rand(100, generator=random.generator("previews"))
    drawn = torch.rand(4, generator=random.generator("latents"))
    assert torch.equal(drawn, torch.rand(4, generator=other.generator("latents")))


def test_that_each_stream_goes_on_where_its_state_was_taken() -> None:
    random = Randomness(0, CPU)
    for purpose in ("latents", "code noise"):
        torch.rand(3, generator=random.generator(purpose))
    state = {purpose: tensor.clone() for purpose, tensor in random.state().items()}
    expected = [torch.rand(4, generator=random.generator(p)) for p in ("latents", "code noise")]
    resumed = Randomness(0, CPU)
    resumed.load_state(state)
    drawn = [torch.rand(4, generator=resumed.generator(p)) for p in ("latents", "code noise")]
    torch.testing.assert_close(drawn, expected, rtol=0, atol=0)


def test_that_an_initialisation_is_the_same_whatever_was_drawn_before_and_leaves_no_trace() -> None:
    torch.manual_seed(0)
    with seeded_initialisation(7, "generator"):
        first = torch.rand(4)
    after = torch.rand(4)
    with seeded_initialisation(7, "generator"):
        again = torch.rand(4)
    with seeded_initialisation(7, "discriminator"):
        other = torch.rand(4)
    torch.manual_seed(0)
    assert torch.equal(after, torch.rand(4))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
