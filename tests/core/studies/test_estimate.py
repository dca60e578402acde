import math
from collections.abc import Callable
from pathlib import Path

import pytest

from core.config import RunConfig, changed
from core.runs import RunFolder
from core.studies.estimate import in_words, kind_of, seconds_of, speeds_of
from core.studies.study import Study


def make_run(path: Path, config: RunConfig, *speeds: float) -> None:
    run = RunFolder.create(path, config)
    for step, speed in enumerate(speeds, 1):
        run.record_row(run.losses, {"step": step, "images_per_s": speed, "kl": 1.0})


def test_that_the_speed_of_a_kind_is_the_median_of_its_runs_as_they_trained_last(
    tmp_path: Path,
) -> None:
    vae = changed(RunConfig(), {"method.kind": "vae"})
    for i, speed in enumerate((100.0, 400.0, 300.0)):
        make_run(tmp_path / f"r{i}", vae, 1.0, speed)
    make_run(tmp_path / "gan", RunConfig(), 50.0)
    make_run(tmp_path / "not-begun", RunConfig())
    assert speeds_of(tmp_path) == {kind_of(vae): 300.0, kind_of(RunConfig()): 50.0}


def test_that_what_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    make_run(tmp_path / "run", RunConfig(), 50.0)
    (tmp_path / "run" / "config.json").write_text("{")
    make_run(tmp_path / "blank", RunConfig(), 0.0)
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "losses.csv").write_text("step\n1\n")
    assert speeds_of(tmp_path, tmp_path / "nowhere") == {}


def test_that_an_estimate_is_of_all_images_that_are_left(
    make_study: Callable[..., Study],
) -> None:
    study = make_study(steps=100)
    speeds = {kind_of(study.arm_config(study.arms[0])): 10.0}
    images = 2 * 2 * 100 * 8
    assert seconds_of(study, speeds) == pytest.approx(images / 10)
    assert seconds_of(study, speeds, {"on": 100}) == pytest.approx((images - 800) / 10)
    assert math.isnan(seconds_of(study, {}))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (3.0, "about 1 minute"),
        (25 * 60.0, "about 25 minutes"),
        (3 * 3600.0, "about 3 hours"),
        (5 * 86_400.0, "about 5 days"),
        (math.nan, ""),
    ],
)
def test_that_an_estimate_is_as_rough_in_words_as_it_is(seconds: float, words: str) -> None:
    assert in_words(seconds) == words
