"""A latent as text, and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.latents import Code, LatentSpec
from icdrl_gui.models.latent_text import (
    LatentTextError,
    checked_latent,
    latent_text,
    parse_latent,
)

SPEC = LatentSpec(1, "uniform", (Code("k1", "free", 2, 1), Code("c1", "atomic", 0, 3)))


@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=4, max_size=4))
def test_that_the_way_to_text_and_back_keeps_every_bit(numbers: list[float]) -> None:
    latent = np.array(numbers, dtype=np.float32)
    assert parse_latent(latent_text(latent), SPEC).tobytes() == latent.tobytes()


def test_that_the_text_is_short_and_has_the_form_of_an_anchor() -> None:
    latent = np.array([0.1, 0, 1, -0.25], dtype=np.float32)
    assert latent_text(latent) == "latent:0.1,0.0,1.0,-0.25"


def test_that_spaces_and_a_missing_first_word_do_no_harm() -> None:
    assert list(parse_latent("  0.5, 1,0 ,\n-1 ", SPEC)) == [0.5, 1, 0, -1]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is no latent"),
        ("hello", "“hello” is no latent"),
        ("latent:1,0,,2", "is no latent"),
        ("latent:1,0,0", "has 3 numbers, but the shown run takes 4: 1 of noise, 2 of k1, c1"),
        ("latent:1,0,0,inf", "not finite"),
        ("latent:1,0,0,1e50", "not finite"),
        ("latent:nan,0,0,1", "not finite"),
    ],
)
def test_that_another_text_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(LatentTextError, match=sentence):
        parse_latent(text, SPEC)


def test_that_a_long_text_is_quoted_in_part() -> None:
    with pytest.raises(LatentTextError) as refused:
        parse_latent("word " * 10_000, SPEC)
    assert len(str(refused.value)) < 200


def test_that_a_checked_latent_is_a_copy_that_cannot_be_written() -> None:
    given_one = np.zeros(4, dtype=np.float64)
    taken = checked_latent(given_one, SPEC)
    given_one[0] = 1
    assert taken[0] == 0
    assert taken.dtype == np.float32
    with pytest.raises(ValueError, match="read-only"):
        taken[0] = 1
