"""The command line of the app."""

from pathlib import Path

import pytest

from icdrl_gui import app


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, dict[str, object]]]:
    """Return what the app was run with, in place of running it."""
    calls: list[tuple[object, dict[str, object]]] = []

    def run(play: object = None, **options: object) -> int:
        calls.append((play, options))
        return 0

    monkeypatch.setattr(app, "run", run)
    return calls


def test_that_a_path_is_opened(ran: list[tuple[object, dict[str, object]]]) -> None:
    assert app.main(["my-run"]) == 0
    assert ran == [(None, {"path": Path("my-run"), "platform": None})]


def test_that_the_platform_is_not_taken_for_a_path(
    ran: list[tuple[object, dict[str, object]]],
) -> None:
    app.main(["-platform", "vnc"])
    assert ran == [(None, {"path": None, "platform": "vnc"})]


def test_that_the_demo_keeps_its_runs_with_its_pictures(
    ran: list[tuple[object, dict[str, object]]],
) -> None:
    app.main(["--demo", "--demo-output", "out"])
    ((play, options),) = ran
    assert play is not None
    assert options["run_root"] == Path("out/runs")


def test_that_an_unknown_option_is_wrong_usage(
    ran: list[tuple[object, dict[str, object]]], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as error:
        app.main(["--fast"])
    assert error.value.code == 2
    assert "--fast" in capsys.readouterr().err
    assert ran == []
