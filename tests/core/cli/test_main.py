import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from core.cli.commands import app
from core.errors import IcdrlError

REPOSITORY = Path(__file__).parents[3]
ICDRL = Path(sys.executable).with_name("icdrl")
LIST_MODULES = (
    "import sys, core.cli.__main__ as cli\n"
    "try: cli.main()\n"
    "except SystemExit as ended: assert not ended.code\n"
    "print({'torch', 'sklearn', 'scipy'} & set(sys.modules) or 'neither')"
)


def commands_below(command: Any, path: str = "icdrl") -> Iterator[tuple[str, Any]]:
    """Yield every command that can be typed, with its path."""
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands_below(inner, f"{path} {name}")


@pytest.mark.parametrize("command", [[], ["runs"], ["data"], ["presets"]])
def test_that_no_line_of_the_help_is_cut(icdrl: Callable[..., Any], command: list[str]) -> None:
    answer = icdrl(*command, "--help")
    assert answer.code == 0
    assert f"Usage: {' '.join(['icdrl', *command])} " in answer.out
    commands = answer.out.partition("Commands:\n")[2].splitlines()
    assert len(commands) > 1
    assert [line for line in commands if not line.endswith(".") or line.endswith("...")] == []


def test_that_every_command_option_and_argument_is_explained() -> None:
    commands = dict(commands_below(typer.main.get_command(app)))
    assert {"icdrl train", "icdrl runs delete", "icdrl data info"} <= set(commands)
    silent = [
        f"{path} {parameter.name}"
        for path, command in commands.items()
        for parameter in command.params
        if not parameter.help
    ]
    assert silent == []
    assert [path for path, command in commands.items() if not command.help] == []


@pytest.mark.parametrize(
    "command",
    [
        *("--help", "train --help", "score --help", "evaluate --help"),
        *("runs list", "runs list --json", "presets list"),
    ],
)
def test_that_what_must_be_quick_loads_neither_torch_nor_scikit_learn(command: str) -> None:
    finished = subprocess.run(
        [sys.executable, "-c", LIST_MODULES, *command.split()],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.splitlines()[-1] == "neither"


@pytest.mark.parametrize("command", [[], ["runs"], ["data"], ["presets"]])
def test_that_a_command_without_its_subcommand_shows_the_help(
    icdrl: Callable[..., Any], command: list[str]
) -> None:
    answer = icdrl(*command)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"Usage: {' '.join(['icdrl', *command])} ")
    assert "Commands:" in answer.err


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("travers", "No such command 'travers'. Did you mean 'traverse'?"),
        ("train --step 3", "No such option: --step (Possible options: "),
        ("train --steps many", "Invalid value for '--steps'"),
        ("traverse", "Missing argument 'RUN' (see `icdrl traverse --help`)."),
        ("traverse run --columns 1", "Invalid value for '--columns'"),
        ("runs show one two", "Got unexpected extra argument"),
    ],
)
def test_that_wrong_usage_gets_one_sentence_and_leads_to_the_help(
    icdrl: Callable[..., Any], command: str, sentence: str
) -> None:
    answer = icdrl(*command.split())
    assert answer.code == 2
    assert answer.sentence().startswith(sentence)
    assert " --help`)." in answer.sentence()


def test_that_an_expected_error_is_one_sentence_without_a_traceback(
    icdrl: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(root: Path) -> None:
        raise IcdrlError("The disk [/full] is gone.")

    monkeypatch.setattr("core.cli.runs.list_runs", fail)
    answer = icdrl("runs", "list")
    assert (answer.code, answer.sentence()) == (1, "The disk [/full] is gone.")


def test_that_a_defect_keeps_its_traceback(
    icdrl: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(root: Path) -> None:
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr("core.cli.runs.list_runs", fail)
    with pytest.raises(ZeroDivisionError, match="a defect"):
        icdrl("runs", "list")


def test_that_ctrl_c_is_told_in_one_word(
    icdrl: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(root: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("core.cli.runs.list_runs", interrupt)
    answer = icdrl("runs", "list")
    assert (answer.code, answer.sentence()) == (130, "Interrupted.")


@pytest.mark.parametrize("command", ["train --steps 1", "benchmark"])
def test_that_ctrl_c_while_torch_is_imported_is_told_in_one_word(command: str) -> None:
    # The child says when it imports torch, by the first file of torch that it opens.
    program = (
        "import sys, core.cli.__main__ as cli\n"
        "said = []\n"
        "def hear(event, arguments):\n"
        "    if event == 'import' and arguments[0] == 'torch._C' and not said:\n"
        "        said.append(print('torch', flush=True))\n"
        "sys.addaudithook(hear)\n"
        "cli.main()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, *command.split()],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "torch\n"
        process.send_signal(signal.SIGINT)
        rest, complaints = process.communicate()
    assert (process.returncode, rest, complaints) == (130, "", "error: Interrupted.\n")


@pytest.mark.parametrize("command", ["presets show dsprites-quick", "presets list"])
def test_that_a_reader_who_has_enough_is_no_defect(command: str) -> None:
    with subprocess.Popen(
        [ICDRL, *command.split()], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        complaints = process.stderr.read()
    assert (process.returncode, complaints) == (1, "")
