import subprocess
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

ICDRL = Path(sys.executable).with_name("icdrl")


def test_that_the_version_is_told(icdrl: Callable[..., Any]) -> None:
    answer = icdrl("--version")
    assert (answer.code, answer.out) == (0, f"icdrl {metadata.version('icdrl')}\n")


def test_that_bash_completes_commands_and_options() -> None:
    script = (
        f'PATH="{ICDRL.parent}:$PATH"; eval "$(icdrl --show-completion)"; '
        'COMP_WORDS=({words}); COMP_CWORD={last}; _icdrl_completion icdrl; echo "${{COMPREPLY[@]}}"'
    )
    for words, completed in (
        ("icdrl tra", "train traverse"),
        ("icdrl runs d", "delete"),
        ("icdrl train --see", "--seed"),
    ):
        finished = subprocess.run(
            ["bash", "-c", script.format(words=words, last=len(words.split()) - 1)],
            capture_output=True,
            text=True,
            check=True,
        )
        assert (finished.stdout.split(), finished.stderr) == (completed.split(), "")
