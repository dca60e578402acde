"""The command line of the app."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.preferences import preferences_path
from icdrl_gui import app
from icdrl_gui.notifications import Messages


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


def test_that_ctrl_c_while_qt_is_imported_leaves_no_traceback() -> None:
    program = (
        "import sys, icdrl_gui.__main__ as gui\n"
        "said = []\n"
        "def hear(event, arguments):\n"
        "    if event == 'import' and arguments[0] == 'PySide6.QtWidgets' and not said:\n"
        "        said.append(print('Qt', flush=True))\n"
        "sys.addaudithook(hear)\n"
        "gui.main()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "Qt\n"
        process.send_signal(signal.SIGINT)
        rest, complaints = process.communicate()
    assert (process.returncode, rest, complaints) == (130, "", "")


@pytest.mark.parametrize(
    ("preferences", "threads", "told"),
    [
        ('{"threads": 1024}', 0, "1,024 threads, but this machine has"),
        ('{"threads": "many"}', 0, "Until then the defaults are used."),
        ('{"threads": 1}', 1, ""),
    ],
)
def test_that_preferences_of_another_machine_leave_the_app_usable(
    preferences: str, threads: int, told: str, tmp_path: Path
) -> None:
    preferences_path().parent.mkdir(parents=True, exist_ok=True)
    preferences_path().write_text(preferences)
    messages = Messages(log=tmp_path / "app.log")
    assert app.usable_preferences(messages).threads == threads
    sentences = [message.sentence for message in messages.entries]
    messages.close()
    assert told in "".join(sentences)
    assert bool(told) == bool(sentences)


def test_that_an_unknown_option_is_wrong_usage(
    ran: list[tuple[object, dict[str, object]]], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as error:
        app.main(["--fast"])
    assert error.value.code == 2
    assert "--fast" in capsys.readouterr().err
    assert ran == []
