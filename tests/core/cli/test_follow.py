import io
import json
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from core.cli.follow import follow
from core.config import TCGANConfig
from core.protocol import Ended, Evaluated, Event, HealthWarning, Losses
from core.training.loop import Report

LOSSES = Losses(1, 0.5, 0.0, 128.0, {"discriminator": 1.2, "generator": 0.8, "information": 4.5})
EVALUATED = Evaluated(1, 2000, 0.125, np.eye(2))
FINISHED = Ended(2, "finished", "Finished 2 steps.")
FAILED = Ended(2, "failed", "A loss [/x] stopped being finite.")
STOPPED = Ended(1, "stopped", "Stopped at step 1.")


class ScriptedTraining:
    """Tells what it was given, one report a step; a signal in the script is raised."""

    def __init__(self, script: list[Event | signal.Signals], steps: int = 2) -> None:
        self.run = SimpleNamespace(path=Path("a run"))
        self.config = SimpleNamespace(steps=steps, method=TCGANConfig())
        self.stops = 0
        self._script = script

    def events(self) -> Iterator[Report]:
        for step, item in enumerate(self._script, 1):
            if isinstance(item, signal.Signals):
                signal.raise_signal(item)
                yield Report(step)
            else:
                yield Report(step, (item,))

    def stop(self) -> tuple[Ended]:
        self.stops += 1
        return (STOPPED,)


def follow_script(
    *script: Any, as_json: bool = False, steps: int = 2
) -> tuple[int, ScriptedTraining]:
    """Follow a scripted training; return the exit code and the training."""
    training = ScriptedTraining(list(script), steps)
    return follow(training, as_json), training  # type: ignore[arg-type]


def test_that_a_score_that_is_left_out_is_named_once(capsys: pytest.CaptureFixture[str]) -> None:
    without = replace(EVALUATED, refused={"exp": "It takes longer."})
    follow_script(LOSSES, without, replace(without, step=2), FINISHED, steps=4)
    told = capsys.readouterr().err.splitlines()
    assert [line for line in told if "exp" in line] == ["step 1: no exp: It takes longer."]


def test_that_a_finished_training_tells_its_outcome(capsys: pytest.CaptureFixture[str]) -> None:
    code, training = follow_script(LOSSES, EVALUATED, FINISHED)
    out, err = capsys.readouterr()
    assert (code, training.stops) == (0, 0)
    assert out.splitlines() == [
        f"Run folder: {Path.cwd() / 'a run'}",
        "Finished 2 steps.",
        "Discriminator 1.200 (at chance: 1.386), Generator 0.800, Information 4.500 (ignoring the "
        "image: 5.428); total correlation of the codes of 2,000 real images 0.125 nats "
        "(independent: 0).",
    ]
    assert err.startswith("step 1: Discriminator 1.200 (at chance: 1.386), ")


def test_that_a_training_that_told_nothing_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    follow_script(FINISHED)
    assert capsys.readouterr().out.splitlines()[-1] == "Nothing was reported yet."


def test_that_a_failed_training_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    code, training = follow_script(LOSSES, FAILED)
    assert (code, training.stops) == (1, 0)
    assert capsys.readouterr().err == "error: A loss [/x] stopped being finite.\n"


def test_that_a_warning_about_health_is_told_with_its_step(
    capsys: pytest.CaptureFixture[str],
) -> None:
    follow_script(HealthWarning(1500, "codes ignored", "The codes are ignored."), FINISHED)
    assert "step 1,500: The codes are ignored.\n" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_that_a_signal_stops_after_its_step_keeps_and_says_how_to_go_on(
    capsys: pytest.CaptureFixture[str], number: signal.Signals
) -> None:
    code, training = follow_script(LOSSES, number, FINISHED)
    assert (code, training.stops) == (0, 1)
    assert capsys.readouterr().out.splitlines()[-1] == "Go on with: icdrl resume 'a run'"


def test_that_a_signal_in_the_last_step_leaves_a_finished_training(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def events() -> Iterator[Report]:
        signal.raise_signal(signal.SIGINT)
        yield Report(2, (FINISHED,))

    training = ScriptedTraining([])
    monkeypatch.setattr(training, "events", events)
    assert follow(training, False) == 0  # type: ignore[arg-type]
    assert training.stops == 0


def test_that_a_second_signal_interrupts_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop() -> tuple[Ended]:
        signal.raise_signal(signal.SIGINT)
        return (STOPPED,)

    training = ScriptedTraining([signal.SIGINT])
    monkeypatch.setattr(training, "stop", stop)
    with pytest.raises(KeyboardInterrupt):
        follow(training, False)  # type: ignore[arg-type]
    assert capsys.readouterr().err == (
        "Stopping, and keeping this step; Ctrl-C again interrupts at once.\n"
    )


def test_that_scores_are_told_shortly(capsys: pytest.CaptureFixture[str]) -> None:
    scores = {"exp": 0.5, "mig": 0.25, "sap": 0.125, "dci": 0.75}
    follow_script(LOSSES, replace(EVALUATED, scores=scores), FINISHED)
    assert "MIG 0.250, SAP 0.125, EXP 0.500." in " ".join(capsys.readouterr().out.split())


def test_that_signals_mean_afterwards_what_they_meant_before() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    follow_script(signal.SIGINT)
    follow_script(FAILED)
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_that_a_program_gets_the_outcome_as_json_alone(capsys: pytest.CaptureFixture[str]) -> None:
    infinite = Evaluated(1, 2000, float("inf"), np.eye(2))
    code, _ = follow_script(LOSSES, infinite, signal.SIGINT, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert (code, told["reason"], told["step"]) == (0, "stopped", 1)
    assert told["losses"] == LOSSES.values
    assert told["levels"]["information"] == pytest.approx(5.428, abs=1e-3)
    assert told["total_correlation"] is None


@pytest.mark.parametrize(
    ("width", "state"),
    [
        (160, "128 img/s · discriminator 1.200 · generator 0.800 · information 4.500"),
        (80, "128 img/s · discriminator"),
    ],
)
def test_that_somebody_who_watches_sees_step_speed_and_losses_in_any_terminal(
    monkeypatch: pytest.MonkeyPatch, width: int, state: str
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", str(width))
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    follow_script(LOSSES, FINISHED, steps=100_000)
    assert "step 1/100,000" in terminal.getvalue()
    assert state in terminal.getvalue()
