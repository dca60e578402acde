import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from core import evaluation
from core.config import ConfigError, RunConfig
from core.data.errors import DataError
from core.export import Recipe, TraversalGrid, compose, read_recipe
from core.latents import Matching
from core.metrics.report import columns
from core.protocol import CheckpointSaved, Ended, Evaluated, Event, Losses, Picture, SnapshotSaved
from core.runs import RunError, RunFolder, checkpoint
from core.training.loop import Training

Start = Callable[..., Training]
LossesOf = Callable[[Training], list[dict[str, str]]]

INTERVALS = {
    "steps": 10,
    "report_every": 2,
    "picture_every": 4,
    "evaluate_every": 5,
    "checkpoint_every": 3,
}


def names(training: Training, folder: str = "") -> list[str]:
    return sorted(path.name for path in (training.run.path / folder).iterdir())


def training_data(training: Training) -> Any:
    """Data, the images that are evaluated, and a step."""
    return training._dataset, torch.arange(40), 0


def events_of(training: Training, kind: type[Event]) -> list[Any]:
    return [event for each in training.events() for event in each.events if type(event) is kind]


def test_that_a_run_leaves_the_files_that_the_architecture_names(finished: Start) -> None:
    training = finished(INTERVALS)
    assert names(training) == [
        *("checkpoints", "config.json", "events.log", "lock", "losses.csv"),
        *("pictures", "scores.csv", "snapshots"),
    ]
    assert names(training, "checkpoints") == ["step-10.safetensors", "step-9.safetensors"]
    steps = (0, 10, 4, 8)
    assert names(training, "snapshots") == [f"step-{step}.safetensors" for step in steps]
    assert names(training, "pictures") == [f"step-{step}.png" for step in steps]
    assert training.run.state() == "finished"


def test_that_the_config_stands_as_it_was_started(
    finished: Start, tiny_config: Callable[..., RunConfig]
) -> None:
    assert finished(INTERVALS).run.config() == tiny_config(INTERVALS)


def test_that_losses_csv_has_a_column_for_every_scalar_and_blanks_where_it_is_off(
    finished: Start,
) -> None:
    training = finished(INTERVALS)
    with training.run.losses.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    times = ["step", "trained_s", "wall_time", "images_per_s"]
    assert header == [*times, *training.method.scalars]
    assert [row[0] for row in rows] == ["2", "4", "6", "8", "10"]
    # The bank is not full after ten steps, so the constraint does not pull yet.
    off = {"tc_density_ratio", "tc_plugin", "tc_stratified", "tc_discriminator"}
    off.add("gradient_independence")
    for row in rows:
        assert {name for name, value in zip(header, row, strict=True) if not value} == off


def test_that_a_row_is_the_mean_of_the_steps_since_the_row_before(
    finished: Start, losses_of: LossesOf
) -> None:
    single = losses_of(finished({"report_every": 1}, name="single"))
    paired = losses_of(finished({"report_every": 2}, name="paired"))
    assert [row["step"] for row in paired] == ["2", "4"]
    for name in ("discriminator", "generator", "information", "code_error.c3"):
        first, second, third, fourth = (float(row[name]) for row in single)
        means = [(first + second) / 2, (third + fourth) / 2]
        assert [float(row[name]) for row in paired] == pytest.approx(means, rel=1e-5)


def test_that_scores_csv_tells_the_dependence_of_every_pair_of_codes(finished: Start) -> None:
    training = finished(INTERVALS)
    rows = training.run.rows(training.run.scores)
    assert [row["step"] for row in rows] == ["5", "10", "10"]
    assert [row["protocol"] for row in rows] == ["live", "live", "full"]
    pairs = [f"correlation.c{i}.c{j}" for i in range(1, 6) for j in range(i + 1, 6)]
    assert list(rows[0]) == ["step", "images", "protocol", *columns(), *pairs]
    assert (rows[0]["images"], rows[0]["protocol"]) == ("40", "live")
    # The toy has no factors.
    assert {name for name in columns() if rows[0][name]} == {
        *("total_correlation", "total_correlation_knn", "active_codes"),
    }


def test_that_the_log_tells_how_the_run_began_and_ended(finished: Start) -> None:
    (first, begun, how), (last, ended, sentence) = finished(INTERVALS).run.history()
    assert (first, begun, last, ended) == (0, "started", 10, "finished")
    assert how.startswith("float32 on cpu, torch ")
    assert sentence.startswith("Finished 10 steps in ")


def test_that_every_report_has_the_events_that_are_due(start: Start) -> None:
    reports = list(start(INTERVALS).events())
    assert [report.step for report in reports[:12]] == [*range(11), 10]
    assert {report.step for report in reports[12:]} == {10}
    kinds = [[type(event) for event in report.events] for report in reports]
    assert kinds[0] == [Picture, SnapshotSaved, CheckpointSaved]
    assert kinds[1] == []
    assert kinds[4] == [Losses, Picture, SnapshotSaved]
    assert kinds[5] == [Evaluated]
    assert kinds[9] == [CheckpointSaved]
    assert kinds[10] == [Losses, Evaluated]
    assert kinds[11] == [Picture, SnapshotSaved, CheckpointSaved]
    assert [kind for kind in kinds[12:] if kind] == [[Evaluated, Ended]]


def test_that_whoever_stops_while_the_last_scores_are_computed_is_heard(start: Start) -> None:
    training = start({"steps": 2})
    reports = training.events()
    while not any(type(event) is CheckpointSaved for event in next(reports).events[1:]):
        pass
    while training.step < 2:
        next(reports)
    next(reports)
    next(reports)
    assert training.stop()[-1] == Ended(2, "stopped", "Stopped at step 2.")
    assert [row["protocol"] for row in training.run.rows(training.run.scores)] == ["live"]
    training.close()
    *_, last = start(resume=True).events()
    assert [type(event) for event in last.events] == [Evaluated, Ended]


def test_that_a_picture_names_the_factor_that_a_code_follows_unless_a_person_named_it(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = start({"steps": 2, "evaluate_every": 1, "picture_every": 1})
    found = replace(
        evaluation.evaluate(training.method, *training_data(training)),
        matching=Matching(1, 2000, {"c1": ("size", 0.806), "c3": ("posX", 1.0)}),
    )
    monkeypatch.setattr("core.training.scoring.evaluate", lambda *_: found)
    training.run.save_labels({"codes": {"c3": "to the right"}})
    seen: list[tuple[str, ...]] = []

    def watched_compose(grid: TraversalGrid) -> Any:
        seen.append(grid.row_labels)
        return compose(grid)

    monkeypatch.setattr("core.exploring.picture.compose", watched_compose)
    list(training.events())
    assert seen[1] == ("c1 size .81", "c2", "c3 to the right", "c4", "c5")


def test_that_a_picture_event_is_the_picture_in_the_folder_which_knows_its_origin(
    start: Start,
) -> None:
    picture = events_of(start(), Picture)[0]
    recipe = read_recipe(Path(picture.path))
    assert isinstance(recipe, Recipe)
    assert (recipe.run, recipe.step, recipe.anchor, recipe.range_rule) == (
        *("run", 0, "random:0", "prior"),
    )
    assert picture.image.dtype == np.uint8
    assert picture.image.ndim == 3


def test_that_pictures_evaluations_and_checkpoints_change_no_loss(
    finished: Start, losses_of: LossesOf
) -> None:
    often = {"picture_every": 1, "evaluate_every": 1, "checkpoint_every": 1}
    assert losses_of(finished(often, name="often")) == losses_of(finished(name="seldom"))


def test_that_flipping_the_constraint_changes_no_image_of_any_batch(start: Start) -> None:
    batches: list[list[Tensor]] = []
    for enabled in (True, False):
        training = start(
            {"steps": 7, "method.independence.enabled": enabled},
            name=str(enabled),
            full_bank=True,
        )
        batches.append(watched(training))
        for _ in training.events():
            pass
    assert len(batches[0]) == 7
    torch.testing.assert_close(batches[0], batches[1], rtol=0, atol=0)
    assert not torch.equal(batches[0][0], batches[0][5])


def watched(training: Training) -> list[Tensor]:
    """A list that the images of every step go into."""
    images: list[Tensor] = []
    step = training.method.train_step

    def train_step(batch: Tensor) -> dict[str, Tensor]:
        images.append(batch)
        return step(batch)

    training.method.train_step = train_step  # type: ignore[assignment,method-assign]
    return images


def test_that_every_image_is_shown_once_an_epoch(start: Start) -> None:
    training = start({"steps": 5})
    shown = watched(training)
    for _ in training.events():
        pass
    images = torch.cat(shown).flatten(1)
    whole = training._dataset.batch(torch.arange(40)).flatten(1)
    assert sorted(images.tolist()) == sorted(whole.tolist())


class Clock:
    """Goes on by a second at each look, and by whatever a test adds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        monkeypatch.setattr(
            "core.training.loop.time", SimpleNamespace(perf_counter=self._look, time=self._look)
        )

    def _look(self) -> float:
        self.now += 1
        return self.now


def test_that_a_pause_adds_nothing_to_the_time_trained(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch)
    training = start()
    for _ in training.events():
        clock.now += 3600
    assert training.trained_s == 4
    speeds = [float(row["images_per_s"]) for row in training.run.rows(training.run.losses)]
    assert speeds == [8, 8, 8, 8]


def test_that_a_run_resumed_between_two_rows_tells_its_own_speed(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    Clock(monkeypatch)
    training = start({"steps": 5, "report_every": 5, "checkpoint_every": 3})
    events = training.events()
    while next(events).step < 4:
        pass
    training.close()
    resumed = start(resume=True)
    for _ in resumed.events():
        pass
    # A second a step of eight images, three steps before and two after.
    (row,) = resumed.run.rows(resumed.run.losses)
    assert (float(row["trained_s"]), float(row["images_per_s"])) == (5, 8)


def test_that_only_the_newest_snapshot_and_evenly_spaced_ones_stay(
    finished: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.training.loop.MAX_SNAPSHOTS", 4)
    training = finished({"steps": 11, "picture_every": 1})
    # Every fourth step, what has come since within the limit of four, and the newest.
    assert [int(path.stem[5:]) for path in training.run.snapshots()] == [0, 4, 8, 10, 11]
    assert len(training.run.pictures()) == 12


def test_that_a_snapshot_has_the_weights_that_an_explorer_needs_and_nothing_else(
    finished: Start,
) -> None:
    training = finished()
    tensors, header = checkpoint.load(training.run.snapshot_at(None), torch.device("cpu"))
    assert header.step == 4
    assert header.run_config() == training.config
    expected = {name: tensor.detach() for name, tensor in training.method.weights().items()}
    torch.testing.assert_close(tensors, expected, rtol=0, atol=0)


def test_that_a_run_that_trains_refuses_a_second_training_until_it_is_closed(
    start: Start,
) -> None:
    first = start()
    assert first.run.state() == "running"
    with pytest.raises(RunError, match="is being trained by another process"):
        start(resume=True)
    next(first.events())
    first.close()
    assert start(resume=True).step == 0


def test_that_a_training_that_cannot_start_frees_the_run(start: Start, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="toy has 40 images, fewer than a batch of 64") as caught:
        start({"batch_size": 64})
    assert "lower batch_size" in str(caught.value)
    assert not RunFolder(tmp_path / "run").is_locked()


def test_that_stopping_keeps_this_step_and_closing_saves_nothing(start: Start) -> None:
    training = start({"steps": 100})
    events = training.events()
    for _ in range(4):
        next(events)
    assert names(training, "checkpoints") == ["step-0.safetensors"]
    saved, snapshot, ended = training.stop()
    training.close()
    assert isinstance(ended, Ended)
    assert (ended.step, ended.reason, ended.sentence) == (3, "stopped", "Stopped at step 3.")
    assert names(training, "checkpoints") == ["step-0.safetensors", "step-3.safetensors"]
    assert names(training, "snapshots") == ["step-0.safetensors", "step-3.safetensors"]
    assert saved == CheckpointSaved(3, str(training.run.checkpoints()[-1]))
    assert snapshot == SnapshotSaved(3, str(training.run.snapshots()[-1]))
    assert training.run.state() == "stopped"


def test_that_stopping_at_once_saves_nothing_and_tells_of_the_last_checkpoint(
    start: Start,
) -> None:
    training = start({"steps": 100, "checkpoint_every": 2})
    events = training.events()
    for _ in range(4):
        next(events)
    (ended,) = training.stop(keep=False)
    training.close()
    assert isinstance(ended, Ended)
    sentence = "Stopped at step 3 at once; the last checkpoint is of step 2."
    assert (ended.step, ended.reason, ended.sentence) == (3, "stopped", sentence)
    assert names(training, "checkpoints") == ["step-0.safetensors", "step-2.safetensors"]
    assert training.run.history()[-1] == (3, "stopped", sentence)
    assert training.run.state() == "stopped"


def test_that_a_traversal_drawn_between_two_steps_changes_no_loss(
    start: Start, losses_of: Callable[[Training], list[dict[str, str]]]
) -> None:
    rows = []
    for name, looks in (("looked at", True), ("left alone", False)):
        training = start({"steps": 6, "precision": "auto"}, name=name, full_bank=True)
        for report in training.events():
            if looks:
                grid, recipe = training.traversal("random:1", "fixed:-2,2", 4)
                assert (recipe.step, grid.images.shape[1]) == (report.step, 4)
        rows.append(losses_of(training))
    assert rows[0] == rows[1]


@pytest.mark.parametrize("anchor", ["data:0", "latent:1", "zero"])
def test_that_a_traversal_around_another_anchor_is_refused(start: Start, anchor: str) -> None:
    with pytest.raises(ConfigError, match="anchor"):
        start().traversal(anchor, "prior", 4)
