"""Files that appear whole or not at all."""

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

import pytest

from core.files.atomic import write_atomically

posix_only = pytest.mark.skipif(os.name != "posix", reason="a matter of POSIX file systems")


def test_that_a_new_file_holds_what_was_written(tmp_path: Path) -> None:
    write_atomically(tmp_path / "new", lambda file: file.write(b"whole"))
    assert (tmp_path / "new").read_bytes() == b"whole"
    assert [entry.name for entry in tmp_path.iterdir()] == ["new"]


def test_that_an_old_file_stays_readable_until_the_new_one_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "state"
    path.write_bytes(b"old")
    seen = []

    def write(file: BinaryIO) -> None:
        file.write(b"new, and longer")
        file.flush()
        seen.append(path.read_bytes())

    write_atomically(path, write)
    assert seen == [b"old"]
    assert path.read_bytes() == b"new, and longer"


@pytest.mark.parametrize("failure", [OSError(errno.ENOSPC, "full"), KeyboardInterrupt()])
def test_that_a_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, failure: BaseException
) -> None:
    path = tmp_path / "state"
    path.write_bytes(b"old")

    def write(file: BinaryIO) -> None:
        file.write(b"half")
        raise failure

    with pytest.raises(type(failure)):
        write_atomically(path, write)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_that_a_killed_process_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "state"
    path.write_bytes(b"old")
    script = (
        "import os, sys; from pathlib import Path; from core.files.atomic import write_atomically\n"
        "def write(file):\n"
        "    file.write(b'half'); file.flush(); os._exit(9)\n"
        "write_atomically(Path(sys.argv[1]), write)"
    )
    assert subprocess.run([sys.executable, "-c", script, str(path)]).returncode == 9
    assert path.read_bytes() == b"old"


def test_that_the_content_is_on_the_disk_before_the_file_takes_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "state"
    was_there = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: was_there.append(path.exists()))
    write_atomically(path, lambda file: file.write(b"content"))
    after_the_move = [True] if os.name == "posix" else []
    assert was_there == [False, *after_the_move]


@posix_only
def test_that_a_file_system_that_cannot_sync_folders_is_good_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fsync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not for folders")

    monkeypatch.setattr(os, "fsync", fsync)
    write_atomically(tmp_path / "state", lambda file: file.write(b"content"))
    assert (tmp_path / "state").read_bytes() == b"content"


def test_that_a_missing_folder_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "nowhere" / "state", lambda file: file.write(b"content"))


@posix_only
def test_that_the_file_gets_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"")
    write_atomically(tmp_path / "atomic", lambda file: file.write(b""))
    assert (tmp_path / "atomic").stat().st_mode == (tmp_path / "plain").stat().st_mode


@posix_only
def test_that_a_name_may_be_as_long_as_the_file_system_allows(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 255)
    write_atomically(path, lambda file: file.write(b"content"))
    assert path.read_bytes() == b"content"
