"""Settings that change while a run trains."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch

from core.config import ConfigError, flat
from core.latents import Code
from core.protocol import Ended, Losses, SettingChanged
from core.runs import checkpoint
from core.training.loop import Report, Training

Start = Callable[..., Training]

ENDLESS = {"steps": 1000}
INDEPENDENCE = "method.independence."


def values(report: Report) -> dict[str, float]:
    (losses,) = (event for event in report.events if isinstance(event, Losses))
    return losses.values


def up_to(events: Iterator[Report], step: int) -> Report:
    while (report := next(events)).step < step:
        pass
    return report


@pytest.mark.parametrize(
    ("path", "before", "after", "reported"),
    [
        ("enabled", True, False, {"tc_gaussian"}),
        ("enabled", False, True, {"tc_gaussian", "gradient_independence"}),
        ("weight", 0.0, 0.5, {"tc_gaussian", "gradient_independence"}),
        (
            "estimator",
            "gaussian",
            "minibatch_weighted",
            {"tc_plugin", "tc_gaussian", "gradient_independence"},
        ),
        (
            "estimator",
            "minibatch_weighted",
            "density_ratio",
            {"tc_density_ratio", "tc_discriminator", "tc_gaussian", "gradient_independence"},
        ),
        # From weight 0.1 to the first steps of a warm-up that began when the run did.
        ("warmup_steps", 0, 100, {"tc_gaussian", "gradient_independence"}),
        ("atomic", "all", ["c1"], set()),
        ("atomic", ["c1"], ["c2", "c4"], {"tc_gaussian", "gradient_independence"}),
        # A larger bank has to fill up first.
        ("bank_size", 512, 1024, {"tc_gaussian"}),
    ],
)
def test_that_all_of_the_constraint_changes_at_the_next_step(
    start: Start, path: str, before: Any, after: Any, reported: set[str]
) -> None:
    training = start(ENDLESS | {INDEPENDENCE + path: before}, full_bank=True)
    events = training.events()
    up_to(events, 2)
    training.change(INDEPENDENCE + path, after)
    report = next(events)
    assert flat(training.config)[INDEPENDENCE + path] == after
    constraint = {name for name in values(report) if name.startswith("tc_") or "indep" in name}
    assert constraint == reported


@pytest.mark.parametrize(
    ("path", "estimator", "value"),
    [
        ("weight", "gaussian", 0.2),
        ("warmup_steps", "gaussian", 6),
        ("code_noise", "minibatch_weighted", 1.0),
        ("bank_size", "gaussian", 520),
        ("atomic", "gaussian", ["c1", "c3"]),
    ],
)
def test_that_the_step_of_a_change_is_the_first_with_another_pull(
    start: Start, path: str, estimator: str, value: Any
) -> None:
    settings = ENDLESS | {INDEPENDENCE + "estimator": estimator}
    changing, constant = (start(settings, name=name, full_bank=True) for name in ("a", "b"))
    ours, theirs = changing.events(), constant.events()
    assert values(up_to(ours, 2)) == values(up_to(theirs, 2))
    changing.change(INDEPENDENCE + path, value)
    pull, other = (values(next(each)).get("gradient_independence") for each in (ours, theirs))
    assert pull != other


def test_that_a_weight_counts_in_proportion_from_the_next_step(start: Start) -> None:
    # In one turn alone, which starts from equal weights.
    settings = ENDLESS | {"method.information.trains": "trunk", "method.generator_steps": 1}
    changing, constant = (start(settings, name=name, full_bank=True) for name in ("a", "b"))
    ours, theirs = changing.events(), constant.events()
    up_to(ours, 2)
    up_to(theirs, 2)
    changing.change(INDEPENDENCE + "weight", 0.3)
    pull, other = (values(next(each))["gradient_independence"] for each in (ours, theirs))
    assert pull == pytest.approx(3 * other, rel=1e-4)


def test_that_learning_rates_change_at_the_next_step(start: Start) -> None:
    training = start(ENDLESS)
    events = training.events()
    up_to(events, 1)
    generator = training.method.networks["generator"]
    training.change("method.generator_lr", 1e-12)
    before = [parameter.detach().clone() for parameter in generator.parameters()]
    next(events)
    torch.testing.assert_close(before, list(generator.parameters()), rtol=0, atol=1e-9)


def test_that_codes_made_free_are_called_so(start: Start) -> None:
    training = start(ENDLESS)
    events = training.events()
    up_to(events, 1)
    training.change(INDEPENDENCE + "atomic", ["c1", "c2"])
    next(events)
    codes: tuple[Code, ...] = training.method.spec.codes
    assert [code.level for code in codes] == ["atomic", "atomic", "free", "free", "free"]


def test_that_a_change_is_told_logged_and_kept_in_folder_and_checkpoint(start: Start) -> None:
    training = start(ENDLESS)
    events = training.events()
    up_to(events, 2)
    training.change(INDEPENDENCE + "weight", 0.3)
    training.change("method.real_target_low", 0.8)
    changes = [event for event in next(events).events if isinstance(event, SettingChanged)]
    expected = [(3, INDEPENDENCE + "weight", 0.3), (3, "method.real_target_low", 0.8)]
    assert [(event.step, event.path, event.value) for event in changes] == expected
    records = [dict(zip(("step", "path", "value"), each, strict=True)) for each in expected]
    lines = (training.run.path / "changes.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == records
    told = [event for event in training.run.history() if event[1] == "changed"]
    assert told == [(step, "changed", f"{path} = {value}") for step, path, value in expected]
    training.save()
    _, header = checkpoint.load(training.run.checkpoints()[-1], torch.device("cpu"))
    assert list(header.changes) == records
    assert header.run_config() == training.config == training.run.current_config()


def test_that_the_config_of_the_folder_stays_as_it_was_started(start: Start) -> None:
    training = start(ENDLESS)
    path = training.run.path / "config.json"
    before = path.read_bytes()
    events = training.events()
    up_to(events, 1)
    training.change(INDEPENDENCE + "enabled", False)
    up_to(events, 2)
    training.stop()
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "path",
    ["batch_size", "seed", "data.image_size", "method.latent.noise_dim", "precision",
     "method.information.variance", "method.information.trains"],
)  # fmt: skip
def test_that_a_setting_that_would_make_another_run_is_refused(start: Start, path: str) -> None:
    training = start(ENDLESS)
    value = {"precision": "auto", "method.information.variance": "learned"}.get(path, 32)
    value = "head_only" if path.endswith("trains") else value
    with pytest.raises(
        ConfigError, match=rf"^{path} cannot change while a run trains: start a new"
    ):
        training.change(path, value)


@pytest.mark.parametrize(
    ("path", "value"),
    [("weight", -1), ("estimator", "magic"), ("atomic", ["c9"]), ("bank_size", 64), ("colour", 1)],
)
def test_that_a_wrong_value_or_key_is_refused_and_changes_nothing(
    start: Start, path: str, value: Any
) -> None:
    training = start(ENDLESS)
    before = training.config
    with pytest.raises(ConfigError):
        training.change(INDEPENDENCE + path, value)
    events = training.events()
    up_to(events, 1)
    assert training.config == before
    assert training.run.changes() == []


def test_that_resume_replays_the_changes(
    start: Start, losses_of: Callable[[Training], list[dict[str, str]]]
) -> None:
    # Before the checkpoint of step 4: the weight; after it: the learning rate and the estimator.
    rows = []
    for name, interrupted in (("whole", False), ("interrupted", True)):
        settings = {"steps": 8, "checkpoint_every": 4}
        training = start(settings, name=name, full_bank=True)
        events = training.events()
        up_to(events, 2)
        training.change(INDEPENDENCE + "weight", 3.0)
        up_to(events, 4)
        training.change("method.generator_lr", 1e-3)
        up_to(events, 5)
        training.change(INDEPENDENCE + "estimator", "minibatch_weighted")
        if interrupted:
            up_to(events, 7)
            training.close()
            training = start(settings, name=name, resume=True)
            assert training.step == 4
            assert flat(training.config)["method.independence.weight"] == 3.0
            assert flat(training.config)["method.independence.estimator"] == "gaussian"
            assert [change["step"] for change in training.run.changes()] == [3]
            events = training.events()
        for _ in events:
            pass
        training.close()
        rows.append(losses_of(training))
        assert [change["step"] for change in training.run.changes()] == [3, 5, 6]
        assert training.run.current_config() == training.config
    assert rows[0] == rows[1]
    assert rows[0][-1]["tc_plugin"]


def test_that_a_new_wish_outdoes_a_change_that_would_be_replayed(start: Start) -> None:
    settings = {"steps": 20, "checkpoint_every": 4}
    training = start(settings)
    events = training.events()
    up_to(events, 5)
    training.change("steps", 6)
    training.change(INDEPENDENCE + "weight", 3.0)
    for _ in events:
        pass
    training.close()
    training.run.checkpoints()[-1].unlink()
    resumed = start(settings, resume=True)
    assert resumed.step == 4
    resumed.change("steps", 7)
    *_, last = resumed.events()
    changes = [(change["step"], change["path"]) for change in resumed.run.changes()]
    assert (last.step, changes) == (7, [(5, "steps"), (6, INDEPENDENCE + "weight")])


def test_that_of_two_wishes_for_one_step_the_last_is_recorded(start: Start) -> None:
    training = start(ENDLESS)
    events = training.events()
    up_to(events, 1)
    for weight in (1.0, 2.0, 3.0):
        training.change(INDEPENDENCE + "weight", weight)
    up_to(events, 2)
    assert [change["value"] for change in training.run.changes()] == [3.0]


def test_that_a_change_that_no_step_has_followed_is_kept_by_stopping(start: Start) -> None:
    training = start(ENDLESS)
    up_to(training.events(), 2)
    training.change(INDEPENDENCE + "weight", 3.0)
    training.stop()
    training.close()
    resumed = start(resume=True)
    assert (resumed.step, flat(resumed.config)["method.independence.weight"]) == (2, 3.0)
    assert [change["step"] for change in resumed.run.changes()] == [3]
    assert resumed.run.current_config() == resumed.config


def test_that_a_change_made_after_the_last_step_is_still_in_the_folder_when_it_goes_on(
    start: Start,
) -> None:
    training = start({"steps": 4})
    events = training.events()
    up_to(events, 4)
    training.change(INDEPENDENCE + "weight", 3.0)
    for _ in events:
        pass
    training.close()
    resumed = start(resume=True)
    resumed.change("steps", 6)
    for _ in resumed.events():
        pass
    changes = [(change["step"], change["path"]) for change in resumed.run.changes()]
    assert changes == [(5, INDEPENDENCE + "weight"), (5, "steps")]
    assert resumed.run.current_config() == resumed.config
    assert flat(resumed.config)["method.independence.weight"] == 3.0


def test_that_steps_changed_while_running_end_the_run_there(start: Start) -> None:
    training = start(ENDLESS)
    events = training.events()
    up_to(events, 2)
    training.change("steps", 4)
    *_, last = events
    assert isinstance(last.events[-1], Ended)
    assert (last.step, last.events[-1].reason) == (4, "finished")


def test_that_a_finished_run_goes_on_when_it_is_given_more_steps(
    start: Start, finished: Start, losses_of: Callable[[Training], list[dict[str, str]]]
) -> None:
    finished({"steps": 5, "report_every": 2}, name="run")
    training = start(resume=True)
    assert training.step == 5
    training.change("steps", 8)
    for _ in training.events():
        pass
    training.close()
    assert training.run.state() == "finished"
    whole = losses_of(finished({"steps": 8, "report_every": 2}, name="whole"))
    assert losses_of(training) == whole
