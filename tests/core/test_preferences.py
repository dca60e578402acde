import os
from pathlib import Path

import pytest

from core.config import ConfigError
from core.preferences import Preferences, load_preferences, preferences_path, save_preferences


def write(content: str) -> Path:
    path = preferences_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def test_that_runs_lie_below_the_home_unless_told_otherwise() -> None:
    preferences = load_preferences()
    assert preferences.run_root == Path.home() / ".local/share/icdrl/runs"
    assert (preferences.device, preferences.threads) == ("auto", 0)


def test_that_preferences_are_there_at_the_next_start(tmp_path: Path) -> None:
    preferences = Preferences(run_root=tmp_path, device="cpu", threads=3)
    save_preferences(preferences)
    assert load_preferences() == preferences


def test_that_what_is_not_said_keeps_its_default(tmp_path: Path) -> None:
    write(f'{{"run_root": "{tmp_path}"}}')
    assert load_preferences() == Preferences(run_root=tmp_path)


def test_that_a_tilde_means_the_home() -> None:
    write('{"run_root": "~/trainings"}')
    assert load_preferences().run_root == Path.home() / "trainings"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"threads": -1}', "threads should be greater than or equal to 0, not -1"),
        ('{"thread": 1}', "there is no setting thread"),
        ("{", "EOF while parsing an object"),
        ("[]", r"not \[\]"),
    ],
)
def test_that_a_wrong_file_is_named_with_what_is_wrong_in_it(content: str, reason: str) -> None:
    path = write(content)
    with pytest.raises(ConfigError, match=f"{path}: .*{reason}.*Mend or delete the file"):
        load_preferences()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"run_root": 3}', "run_root should be a path"),
        ('{"run_root": "a\\u0000b"}', "no folder can be called so"),
        ('{"run_root": "~nobody-at-all/runs"}', "the home of a user that does not exist"),
        ('{"threads": "two"}', "threads should be a valid integer, not 'two'"),
        ('{"device": null}', "device should be a valid string, not None"),
        ("[" * 3000, "it is not JSON"),
        ("\0", "it is not JSON"),
    ],
)
def test_that_values_of_another_kind_are_told_in_one_sentence(content: str, reason: str) -> None:
    path = write(content)
    with pytest.raises(ConfigError, match=f"{path}: .*{reason}"):
        load_preferences()


@pytest.mark.parametrize("kind", ["a folder", "a pipe", "a device"])
def test_that_what_is_no_file_in_their_place_is_not_waited_for(kind: str) -> None:
    path = preferences_path()
    path.parent.mkdir(parents=True)
    match kind:
        case "a folder":
            path.mkdir()
        case "a pipe":
            os.mkfifo(path)
        case _:
            path.symlink_to("/dev/zero")
    with pytest.raises(ConfigError, match=f"{path}: It is {kind}, not a file. Mend or delete"):
        load_preferences()


def test_that_threads_without_a_core_are_refused_and_the_app_takes_all_cores(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("core.preferences.CORES", 2)
    Preferences(threads=2).require_cores()
    assert Preferences(threads=2).within_cores().threads == 2
    of_another_machine = Preferences(threads=1024, device="cpu")
    with pytest.raises(ConfigError, match=r"1,024 threads, but this machine has 2 cores: set"):
        of_another_machine.require_cores()
    assert of_another_machine.within_cores() == Preferences(threads=0, device="cpu")


def test_that_preferences_that_cannot_be_written_are_told_in_one_sentence() -> None:
    preferences_path().parent.parent.mkdir(parents=True, exist_ok=True)
    preferences_path().parent.write_text("a file where a folder should be")
    with pytest.raises(ConfigError, match=r"Cannot write the preferences .*: File exists\."):
        save_preferences(Preferences())
