import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.latents.errors import ExpressionError
from core.latents.expression import LONGEST_EXPRESSION, parse_expression

NAMES = ("k1_0", "c1", "c2", "c3")


def value_of(text: str, **codes: float) -> float:
    expression = parse_expression(text, NAMES)
    columns = np.array([[codes.get(name, 0.0) for name in expression.names]])
    return float(expression(columns)[0][0])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("c1 + 0.5 * c2", 4.0),
        ("c1 - c2 - 1", -3.0),
        ("-c1 * -c2", 8.0),
        ("c2 / c1 / 2", 1.0),
        ("(c1 + c2) * 2", 12.0),
        ("abs(c1 - c2)", 2.0),
        ("sqrt(c2)", 2.0),
        ("min(c1, c2, 1)", 1.0),
        ("max(c1, c2) > 3", 1.0),
        ("c1 == 2", 1.0),
        ("c1 != 2", 0.0),
        ("(c1 < c2) + (c1 >= c2) + (c1 <= 2)", 2.0),
        ("+.5e1*c1", 10.0),
        ("k1_0+c1", 2.0),
    ],
)
def test_that_an_expression_has_the_value_of_school(text: str, value: float) -> None:
    assert value_of(text, c1=2.0, c2=4.0) == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "at", "reason"),
    [
        ("c1 - c9", 5, "there is no code c9; codes are k1_0, c1, c2, c3"),
        ("c1 + ", 5, "a code, a number or a bracket should stand here, not the end"),
        ("", 0, "a code, a number or a bracket should stand here, not the end"),
        ("c1 $ c2", 3, "'$' means nothing here"),
        ("c1 c2", 3, "'c2' is not expected here"),
        ("(c1", 3, "')' should stand here, not the end"),
        ("c1)", 2, "')' is not expected here"),
        ("sin(c1)", 0, "there is no function sin; there are abs, min, max, sqrt"),
        ("abs(c1, c2)", 0, "abs takes one value, not 2"),
        ("max(c1)", 0, "max takes two values or more, not 1"),
        ("1 < c1 < 2", 7, "only two things can be compared; use brackets"),
        ("c1 / (2 - 2)", 3, "it divides by zero"),
        ("c1 / 0 * c2", 3, "it divides by zero"),
        ("1 + 2", 0, "it names no code, so it is the same everywhere"),
        ("c1 + 1e999", 5, "1e999 is too large"),
        ("c1.__class__", 2, "'.' means nothing here"),
        ("ｃ1", 0, "'ｃ' means nothing here"),
        ("(" * 1000, 40, "it is nested more than 40 deep"),
        ("-" * 900 + "c1", 40, "it is nested more than 40 deep"),
        ("abs(" * 150 + "c1" + ")" * 150, 160, "it is nested more than 40 deep"),
        ("c1" * LONGEST_EXPRESSION, 1000, "an expression has at most 1,000 characters"),
    ],
)
def test_that_what_is_no_expression_is_told_with_its_character(
    text: str, at: int, reason: str
) -> None:
    with pytest.raises(ExpressionError) as refused:
        parse_expression(text, NAMES)
    assert (refused.value.at, refused.value.reason) == (at, reason)
    assert str(refused.value).startswith(f"Character {at + 1} of ")
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 400


@given(st.text("c123k_0.e+-*/<>=!(), absqrtminx", max_size=60))
def test_that_any_text_is_read_or_refused_inside_it(text: str) -> None:
    found: list[int] = []
    try:
        expression = parse_expression(text, NAMES)
    except ExpressionError as error:
        found.append(error.at)
    else:
        found.extend(expression(np.ones((3, len(expression.names))))[0].shape)
    assert all(0 <= each <= max(len(text), 3) for each in found)


@given(st.lists(st.floats(0.2, 0.8), min_size=3, max_size=3))
def test_that_slopes_are_those_of_small_differences(codes: list[float]) -> None:
    text = "c1 * c2 / (c3 + 1) - sqrt(c2) + abs(c1 - 2) + max(c1, 3 * c3) - min(c1, -c2) + c3 * 2"
    expression = parse_expression(text, NAMES)
    assert expression.names == ("c1", "c2", "c3")
    at = np.array([codes])
    slope = expression(at)[1][0]
    for i in range(3):
        step = np.zeros((1, 3))
        step[0, i] = 1e-6
        measured = (expression(at + step)[0] - expression(at - step)[0])[0] / 2e-6
        if abs(codes[0] - 3 * codes[2]) > 1e-5:
            assert slope[i] == pytest.approx(measured, abs=1e-6)


def test_that_a_long_sum_needs_no_recursion() -> None:
    assert value_of("+".join(["c1"] * 300), c1=1.0) == 300.0


def test_that_what_is_no_number_somewhere_is_not_finite_there() -> None:
    expression = parse_expression("c1 / c2 + sqrt(c1)", NAMES)
    values, _ = expression(np.array([[1.0, 0.0], [-1.0, 1.0], [4.0, 2.0]]))
    assert np.isfinite(values).tolist() == [False, False, True]
