"""The check of Debian's packages and the search for a Python, against scripted commands."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGING = Path(__file__).parents[2] / "packaging"
BORROWED = ("sh", "dirname", "sed", "awk", "grep")
WANTED = [
    line
    for line in (PACKAGING / "debian-packages.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


@dataclass
class System:
    """A folder of commands that stands for the whole system, and a copy of packaging/."""

    commands: Path
    packaging: Path

    def add(self, name: str, script: str) -> None:
        """Put a command into the system."""
        write_script(self.commands / name, script)

    def has_installed(self, *lines: str) -> None:
        """Let dpkg-query print these lines: state, architecture, name, comma, provided names."""
        printed = "\n".join(lines)
        self.add("dpkg-query", f'while read -r line; do echo "$line"; done <<END\n{printed}\nEND')

    def finds_a_python(self, found: bool) -> None:
        """Let packaging/find-python find one or none."""
        write_script(self.packaging / "find-python", f"exit {0 if found else 1}")

    def check(self) -> subprocess.CompletedProcess[str]:
        """Run the check with nothing but this system's commands in PATH."""
        return subprocess.run(
            [self.packaging / "check-system"],
            env={"PATH": str(self.commands)},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def calls_of_apt(self) -> list[str]:
        """What apt-get was called with, one string a call."""
        log = self.commands / "apt.log"
        return log.read_text(encoding="utf-8").splitlines() if log.exists() else []


def write_script(path: Path, script: str) -> None:
    """Write an executable script of the shell."""
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def debian(tmp_path: Path) -> System:
    """Return a Debian on amd64 with a suitable Python, used by a user without root."""
    system = System(tmp_path / "bin", tmp_path / "packaging")
    system.commands.mkdir()
    for name in BORROWED:
        found = shutil.which(name)
        assert found is not None
        (system.commands / name).symlink_to(found)
    system.add("dpkg", "echo amd64")
    system.add("apt-get", f'echo "$*" >> {system.commands}/apt.log')
    system.add("id", "echo 1000")
    system.packaging.mkdir()
    for name in ("check-system", "debian-packages.txt"):
        shutil.copy(PACKAGING / name, system.packaging)
    system.finds_a_python(True)
    return system


def installed(*names: str) -> list[str]:
    """Return dpkg-query's lines for packages that provide nothing else."""
    return [f"installed amd64 {name}, " for name in names]


def test_that_a_user_gets_through_where_nothing_is_missing(debian: System) -> None:
    debian.has_installed(*installed(*WANTED))
    result = debian.check()
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_that_python3_venv_is_not_wanted_where_another_python_makes_environments(
    debian: System,
) -> None:
    debian.has_installed(*installed(*(name for name in WANTED if name != "python3-venv")))
    assert debian.check().returncode == 0


def test_that_a_package_provided_by_another_is_not_missing(debian: System) -> None:
    renamed = "installed amd64 libglib2.0-0t64, libglib2.0-0 (= 2.84.4-3), libglib2 (= 2.84.4-3)"
    others = [name for name in WANTED if name != "libglib2.0-0"]
    debian.has_installed(renamed, *installed(*others))
    assert debian.check().returncode == 0


@pytest.mark.parametrize(
    "line",
    ["config-files amd64 libegl1, ", "installed i386 libegl1, ", "installed amd64 libegl10, "],
)
def test_that_a_removed_foreign_or_similar_package_does_not_count(
    debian: System, line: str
) -> None:
    debian.has_installed(line, *installed(*(name for name in WANTED if name != "libegl1")))
    assert debian.check().returncode == 1


@pytest.mark.parametrize(
    ("with_sudo", "command"),
    [
        (True, "    sudo apt-get install --yes --no-install-recommends libegl1 libgl1"),
        (False, "    su - -c 'apt-get install --yes --no-install-recommends libegl1 libgl1'"),
    ],
)
def test_that_a_user_is_told_the_one_command_that_installs_what_is_missing(
    debian: System, with_sudo: bool, command: str
) -> None:
    if with_sudo:
        debian.add("sudo", "exit 9")
    debian.has_installed(*installed(*(n for n in WANTED if n not in ("libegl1", "libgl1"))))
    result = debian.check()
    assert result.returncode == 1
    assert command in result.stderr.splitlines()
    assert debian.calls_of_apt == []


def test_that_root_installs_what_is_missing(debian: System) -> None:
    debian.add("id", "echo 0")
    debian.finds_a_python(False)
    debian.has_installed(*installed(*(n for n in WANTED if n not in ("python3-venv", "libgl1"))))
    assert debian.check().returncode == 0
    expected = "install --yes --no-install-recommends python3-venv libgl1"
    assert debian.calls_of_apt == [expected]


def test_that_root_updates_the_package_lists_only_when_installing_fails(debian: System) -> None:
    debian.add("id", "echo 0")
    log = debian.commands / "apt.log"
    debian.add("apt-get", f'echo "$*" >> {log}\n[ "$1" = update ] || grep -q update {log}')
    debian.has_installed(*installed(*(name for name in WANTED if name != "libgl1")))
    assert debian.check().returncode == 0
    assert [call.split()[0] for call in debian.calls_of_apt] == ["install", "update", "install"]


def test_that_a_system_without_apt_is_told_what_is_needed_and_goes_on(debian: System) -> None:
    (debian.commands / "apt-get").unlink()
    result = debian.check()
    assert result.returncode == 0
    assert "libegl1" in result.stdout


def test_that_the_first_suitable_python_is_named(tmp_path: Path) -> None:
    write_script(tmp_path / "python3", "exit 1")
    write_script(tmp_path / "python3.12", "exit 0")
    write_script(tmp_path / "python3.11", "exit 0")
    result = subprocess.run(
        ["/bin/sh", PACKAGING / "find-python"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stdout) == (0, "python3.12\n")
