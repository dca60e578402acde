from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.config import RunConfig, changed
from core.protocol import Evaluated
from icdrl_gui.models.run_history import History
from icdrl_gui.models.score_lines import score_sheet

Evaluation = Callable[..., Evaluated]


@pytest.fixture
def history(evaluation: Evaluation) -> Callable[..., History]:
    """A run of this constraint and seed with full scores at these steps."""

    def history(
        on: bool, seed: int, mig: float, at: tuple[int, ...] = (10,), **settings: Any
    ) -> History:
        name = f"{'on' if on else 'off'} {seed}"
        made = History(Path(name.replace(" ", "-")), name)
        wanted = {"method.independence.enabled": on, "seed": seed} | {
            key.replace("__", "."): value for key, value in settings.items()
        }
        made.config = changed(RunConfig(), wanted)
        for step in at:
            made.scores.add(evaluation(step, "full", mig=mig))
        return made

    return history


def test_that_runs_of_equal_settings_but_seed_get_mean_and_spread_and_the_constraint_its_difference(
    history: Callable[..., History],
) -> None:
    runs = [history(True, 0, 0.5), history(False, 0, 0.25), history(True, 1, 0.7)]
    runs.append(history(False, 1, 0.35))
    sheet = score_sheet(runs, "full")
    assert [column.name for column in sheet.columns] == ["mig", "total_correlation"]
    assert [(line.kind, *line.facts[:3], line.text("mig")) for line in sheet.lines] == [
        ("run", "on 0", "on", "0", "0.500"),
        ("run", "off 0", "off", "0", "0.250"),
        ("run", "on 1", "on", "1", "0.700"),
        ("run", "off 1", "off", "1", "0.350"),
        ("mean", "mean ± sd of 1, 3", "on", "2 seeds", "0.600 ± 0.141"),
        ("mean", "mean ± sd of 2, 4", "off", "2 seeds", "0.300 ± 0.071"),
        ("difference", "difference 1,3 − 2,4", "on − off", "2 seeds", "+0.300 ± 0.071"),
    ]


def test_that_one_pair_has_a_difference_without_a_spread(history: Callable[..., History]) -> None:
    sheet = score_sheet([history(False, 0, 0.5), history(True, 0, 0.25)], "full")
    *_, last = sheet.lines
    assert (last.facts[0], last.facts[2], last.text("mig")) == (
        "difference 2 − 1",
        "1 seed",
        "−0.250",
    )


def test_that_other_seeds_are_not_paired(history: Callable[..., History]) -> None:
    sheet = score_sheet([history(False, 0, 0.5), history(True, 1, 0.25)], "full")
    assert sheet.lines[-1].facts[2] == "not paired"
    assert sheet.lines[-1].text("mig") == "−0.250"


@pytest.mark.parametrize(
    ("settings", "alike"),
    [
        ({"preset": "other"}, True),
        ({"evaluate_every": 7}, True),
        ({"steps": 99}, True),
        ({"batch_size": 32}, False),
        ({"method__independence__weight": 0.5}, False),
        ({"data__source": "elsewhere"}, False),
    ],
)
def test_that_only_what_decides_a_step_keeps_runs_apart(
    history: Callable[..., History], settings: dict[str, Any], alike: bool
) -> None:
    preset = settings.pop("preset", None)
    second = history(False, 0, 0.5, **settings)
    if preset and second.config:
        second.config = second.config.model_copy(update={"preset": preset})
    sheet = score_sheet([history(True, 0, 0.25), second], "full")
    assert (sheet.lines[-1].kind == "difference") is alike


def test_that_a_run_whose_constraint_was_switched_meanwhile_is_alike_to_none_that_never_was(
    history: Callable[..., History],
) -> None:
    switched = history(False, 0, 0.5)
    switched.mark(5, "method.independence.enabled", True)
    assert switched.config is not None
    assert switched.config.method.independence.enabled
    sheet = score_sheet([switched, history(True, 1, 0.25), history(False, 0, 0.25)], "full")
    assert [line.kind for line in sheet.lines] == ["run", "run", "run", "difference"]
    assert sheet.lines[-1].facts[0] == "difference 2 − 3"


def test_that_runs_are_compared_at_the_newest_step_that_all_have(
    history: Callable[..., History],
) -> None:
    runs = [history(True, 0, 0.5, (10, 20, 30)), history(False, 0, 0.25, (10, 20))]
    sheet = score_sheet(runs, "full")
    assert [line.facts[3] for line in sheet.lines] == ["20", "20", "20"]
    assert sheet.note == ("Step 20, the newest that all 2 runs have: 20,000 images, full protocol.")
    newest = score_sheet(runs, "full", at_common_step=False)
    assert [line.facts[3] for line in newest.lines] == ["30", "20", "various"]
    assert newest.note == "The newest step of each run: 20,000 images, full protocol."


def test_that_it_is_said_when_there_is_no_common_step_or_a_run_has_no_scores(
    history: Callable[..., History],
) -> None:
    runs = [history(True, 0, 0.5, (10,)), history(True, 1, 0.5, (20,)), history(True, 2, 0.5, ())]
    sheet = score_sheet(runs, "full")
    assert sheet.note == (
        "The newest step of each run (there is none that all have): 20,000 images, full protocol. "
        "1 of 3 runs have none."
    )
    assert sheet.lines[2].facts[3:] == ("–", "–")
    assert score_sheet(runs, "live").note == (
        "No run on show was evaluated so yet: 2,000 images, while training."
    )


def test_that_a_run_that_is_not_read_yet_has_a_line_of_its_own() -> None:
    sheet = score_sheet([History(Path("run"))], "full")
    assert [line.facts for line in sheet.lines] == [("run", "", "", "–", "–")]
