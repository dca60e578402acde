"""`icdrl-gui --self-test` and `--version`, as a process."""

import subprocess
import sys

import platformdirs

from core.preferences import APP_NAME, Preferences, save_preferences
from icdrl_gui.diagnostics import version


def _app(option: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "icdrl_gui", option]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_that_a_sound_installation_passes_and_leaves_no_run_behind() -> None:
    save_preferences(Preferences(threads=1))
    done = _app("--self-test")
    assert (done.returncode, done.stderr) == (0, "")
    assert "training: 2 steps on cpu\n" in done.stdout
    assert done.stdout.endswith("All is well.\n")
    report = platformdirs.user_log_path(APP_NAME, appauthor=False) / "self-test.txt"
    assert report.read_text(encoding="utf-8") == done.stdout
    assert not Preferences().run_root.exists()


def test_that_a_check_that_fails_says_why_and_ends_the_self_test() -> None:
    save_preferences(Preferences(device="cuda:7"))
    done = _app("--self-test")
    assert (done.returncode, done.stderr) == (1, "")
    assert "training: FAILED: There is no device 'cuda:7' here" in done.stdout
    assert "export" not in done.stdout
    assert "Something is broken; the logs: " in done.stdout


def test_that_the_version_is_told_at_once() -> None:
    done = _app("--version")
    assert (done.returncode, done.stdout) == (0, f"ICDRL {version()}\n")
