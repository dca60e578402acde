import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.config import RunConfig, changed
from core.protocol import Evaluated
from icdrl_gui.models.runs.history import History
from icdrl_gui.models.scores.table import score_sheet
from icdrl_gui.models.scores.titles import column_of

MIG, DCI = column_of("mig"), column_of("dci")

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
        made.started_config = changed(RunConfig(), wanted)
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
    assert [(line.kind, *line.facts[:3], line.text(MIG)) for line in sheet.lines] == [
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
    assert (last.facts[0], last.facts[2], last.text(MIG)) == (
        "difference 2 − 1",
        "1 seed",
        "−0.250",
    )


def test_that_other_seeds_are_not_paired(history: Callable[..., History]) -> None:
    sheet = score_sheet([history(False, 0, 0.5), history(True, 1, 0.25)], "full")
    assert sheet.lines[-1].facts[2] == "not paired"
    assert sheet.lines[-1].text(MIG) == "−0.250"


@pytest.mark.parametrize(
    ("settings", "alike"),
    [
        ({"preset": "other"}, True),
        ({"evaluate_every": 7}, True),
        ({"steps": 99}, True),
        ({"batch_size": 32}, False),
        ({"method__information__weight": 0.5}, False),
        ({"data__source": "elsewhere"}, False),
    ],
)
def test_that_only_what_decides_a_step_keeps_runs_apart(
    history: Callable[..., History], settings: dict[str, Any], alike: bool
) -> None:
    preset = settings.pop("preset", None)
    second = history(False, 0, 0.5, **settings)
    if preset and second.started_config:
        second.started_config = second.started_config.model_copy(update={"preset": preset})
    sheet = score_sheet([history(True, 0, 0.25), second], "full")
    assert (sheet.lines[-1].kind == "difference") is alike


def test_that_the_settings_of_a_constraint_that_is_off_keep_no_runs_apart(
    history: Callable[..., History],
) -> None:
    weight = {"method__independence__weight": 0.5}
    off = [history(False, 0, 0.5), history(False, 1, 0.3, **weight)]
    on = [history(True, 0, 0.75), history(True, 0, 0.875, **weight)]
    sheet = score_sheet([*off, *on], "full")
    assert [(line.facts[0], line.text(MIG)) for line in sheet.lines[4:]] == [
        ("mean ± sd of 1, 2", "0.400 ± 0.141"),
        ("difference 3 − 1", "+0.250"),
        ("difference 4 − 1", "+0.375"),
    ]


def test_that_a_run_whose_constraint_was_switched_is_alike_to_none_from_then_on(
    history: Callable[..., History],
) -> None:
    switched = history(False, 0, 0.5, (4, 10))
    switched.mark(5, "method.independence.enabled", True)
    others = [history(True, 1, 0.25), history(False, 0, 0.25)]
    sheet = score_sheet([switched, *others], "full")
    assert [line.facts[1] for line in sheet.lines] == ["on", "on", "off", "on − off"]
    assert sheet.lines[-1].facts[0] == "difference 2 − 3"
    before = score_sheet([switched, history(True, 0, 0.75, (4,))], "full")
    assert [line.facts[1] for line in before.lines] == ["off", "on", "on − off"]
    assert before.lines[-1].text(MIG) == "+0.250"


def test_that_a_change_that_decides_no_step_keeps_a_run_in_its_group(
    history: Callable[..., History],
) -> None:
    resumed = history(True, 0, 0.75)
    resumed.mark(4, "steps", 2000)
    resumed.mark(6, "picture_every", 7)
    assert score_sheet([resumed, history(False, 0, 0.5)], "full").lines[-1].kind == "difference"
    resumed.mark(7, "batch_size", 7)
    assert score_sheet([resumed, history(False, 0, 0.5)], "full").lines[-1].kind == "run"


def test_that_runs_of_one_seed_are_averaged_before_seeds_are(
    history: Callable[..., History],
) -> None:
    same = [history(True, 0, 0.25), history(True, 0, 0.75)]
    assert [line.kind for line in score_sheet(same, "full").lines] == ["run", "run"]
    sheet = score_sheet([*same, history(True, 1, 0.7), history(False, 0, 0.25)], "full")
    assert [(line.facts[0], line.facts[2], line.text(MIG)) for line in sheet.lines[4:]] == [
        ("mean ± sd of 1, 2, 3", "2 seeds", "0.600 ± 0.141"),
        ("difference 1,2 − 4", "1 seed", "+0.250"),
    ]


def test_that_a_run_without_scores_is_not_among_the_seeds(
    history: Callable[..., History],
) -> None:
    runs = [history(True, 0, 0.5), history(True, 1, 0.7), history(True, 2, 0.9, ())]
    *_, mean = score_sheet(runs, "full").lines
    assert mean.facts[:3] == ("mean ± sd of 1, 2", "on", "2 seeds")


def test_that_a_score_which_some_seed_lacks_has_no_mean_and_no_difference(
    history: Callable[..., History], evaluation: Evaluation
) -> None:
    on, off = ([history(on, 0, 0.5, ()), history(on, 1, 0.5, ())] for on in (True, False))
    for run in (*on, *off):
        run.scores.add(evaluation(10, "full", mig=0.5, dci=0.25))
    off[1].scores.add(evaluation(10, "full", mig=0.5))
    lines = score_sheet([*on, *off], "full").lines[4:]
    assert [line.text(DCI) for line in lines] == ["0.250 ± 0.000", "", ""]
    assert [line.text(MIG) for line in lines] == ["0.500 ± 0.000"] * 2 + ["+0.000 ± 0.000"]


def test_that_an_infinite_score_is_shown_and_spoils_nothing(
    history: Callable[..., History], evaluation: Evaluation
) -> None:
    runs = [history(True, 0, 0.5), history(True, 1, 0.5), history(False, 0, 0.5)]
    runs[0].scores.add(evaluation(10, "full", mig=0.5, total_correlation=math.inf))
    sheet = score_sheet(runs, "full")
    assert [line.text(column_of("total_correlation")) for line in sheet.lines] == [
        "∞",
        *[sheet.lines[1].text(column_of("total_correlation"))] * 2,
        "∞",
        "",
    ]


def test_that_different_numbers_of_images_are_not_compared(
    history: Callable[..., History], evaluation: Evaluation
) -> None:
    few = history(False, 0, 0.5, ())
    few.scores.add(evaluation(10, "full", images=40, mig=0.5))
    sheet = score_sheet([history(True, 0, 0.25), few], "full")
    assert [line.facts[4] for line in sheet.lines] == ["20,000", "40"]
    assert sheet.note == (
        "Step 10, the newest that all 2 runs have: full evaluation, 40 to 20,000 images; "
        "only equal steps and numbers of images are compared."
    )


def test_that_runs_are_compared_at_the_newest_step_that_all_have(
    history: Callable[..., History],
) -> None:
    runs = [history(True, 0, 0.5, (10, 20, 30)), history(False, 0, 0.25, (10, 20))]
    sheet = score_sheet(runs, "full")
    assert [line.facts[3] for line in sheet.lines] == ["20", "20", "20"]
    assert sheet.note == "Step 20, the newest that all 2 runs have: full evaluation, 20,000 images."
    newest = score_sheet(runs, "full", at_common_step=False)
    assert [line.facts[3] for line in newest.lines] == ["30", "20"]
    assert newest.note == (
        "The newest step of each run: full evaluation, 20,000 images; "
        "only equal steps and numbers of images are compared."
    )


def test_that_it_is_said_when_there_is_no_common_step_or_a_run_has_no_scores(
    history: Callable[..., History],
) -> None:
    runs = [history(True, 0, 0.5, (10,)), history(True, 1, 0.5, (20,)), history(True, 2, 0.5, ())]
    sheet = score_sheet(runs, "full")
    assert sheet.note == (
        "The newest step of each run (there is none that all have): full evaluation, 20,000 "
        "images; only equal steps and numbers of images are compared. 1 of 3 runs have none."
    )
    assert sheet.lines[2].facts[3:] == ("–", "–")
    assert score_sheet(runs, "live").note == (
        "None of the shown runs was evaluated so yet: while training."
    )


def test_that_a_run_that_is_not_read_yet_has_a_line_of_its_own() -> None:
    sheet = score_sheet([History(Path("run"))], "full")
    assert [line.facts for line in sheet.lines] == [("run", "", "", "–", "–")]
