from typing import Any

import pytest

from core.analysis import Grouped, grouped
from core.config import CONSTRAINT, CONSTRAINT_ENABLED, RunConfig, changed


def of(settings: dict[str, Any], *changes: tuple[int, str, Any]) -> Grouped:
    return grouped(changed(RunConfig(), settings), changes)


@pytest.mark.parametrize(
    "settings", [{"seed": 5}, {"steps": 9}, {"report_every": 3}, {"checkpoint_every": 7}]
)
def test_that_runs_that_differ_in_nothing_that_a_step_computes_are_repetitions(
    settings: dict[str, Any],
) -> None:
    assert of(settings) == of({})


@pytest.mark.parametrize(
    "settings",
    [
        {"batch_size": 8},
        {"method.kind": "vae"},
        {f"{CONSTRAINT}.weight": 0.5},
        {"precision": "float32"},
    ],
)
def test_that_any_other_setting_makes_another_group(settings: dict[str, Any]) -> None:
    assert of(settings) != of({})


def test_that_runs_with_the_constraint_on_and_off_are_alike_in_the_rest() -> None:
    on, off = of({f"{CONSTRAINT}.weight": 0.5}), of({CONSTRAINT_ENABLED: False})
    assert (on.is_on, off.is_on) == (True, False)
    assert on.rest == off.rest
    assert on != off


def test_that_settings_of_a_constraint_that_is_off_do_not_matter() -> None:
    off = {CONSTRAINT_ENABLED: False}
    assert of(off | {f"{CONSTRAINT}.weight": 0.5}) == of(off)


def test_that_a_method_without_a_constraint_is_neither_on_nor_off() -> None:
    assert of({"method.kind": "vae"}).is_on is None


def test_that_what_was_changed_while_a_run_trained_counts() -> None:
    change = (5, CONSTRAINT_ENABLED, False)
    assert of({CONSTRAINT_ENABLED: False}, change) != of({CONSTRAINT_ENABLED: False})
    assert of({}, (5, "steps", 100)) == of({})
