import os
import socket
from pathlib import Path

import pytest

from core.files.plain import require_plain_file


def test_that_a_file_and_a_link_to_one_are_plain(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    link = tmp_path / "link"
    link.symlink_to(file)
    require_plain_file(file)
    require_plain_file(link)


def test_that_what_would_be_waited_for_is_told_by_its_kind(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        for path, kind in [
            (tmp_path, "a folder"),
            (tmp_path / "pipe", "a pipe"),
            (tmp_path / "socket", "a socket"),
            (Path(os.devnull), "a device"),
        ]:
            with pytest.raises(OSError, match=f"It is {kind}, not a file"):
                require_plain_file(path)


def test_that_a_missing_file_is_told_as_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        require_plain_file(tmp_path / "none")
