"""What belongs to this machine: where runs lie, which device and threads to use."""

import os
from pathlib import Path
from typing import Annotated

import platformdirs
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json

from core.bounds import LONGEST_NAME, LONGEST_PATH
from core.config import ConfigError, problems
from core.counts import counted
from core.files.atomic import write_atomically
from core.files.plain import require_plain_file

APP_NAME = "icdrl"

CORES = os.cpu_count() or 1
"""Of this machine: more threads than these would only wait for each other."""


def _expanded(path: Path) -> Path:
    """The path of a folder, with ~ replaced.

    Raises:
        ValueError: there is no such home, or no path of this kind can be.
    """
    if "\0" in str(path) or len(str(path)) > LONGEST_PATH:
        raise ValueError("no folder can be called so")
    try:
        return path.expanduser()
    except RuntimeError:
        raise ValueError(f"{path} names the home of a user that does not exist") from None


class Preferences(BaseModel):
    """Shared by the app and the command line; saved in the user's config folder."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    run_root: Annotated[Path, AfterValidator(_expanded)] = Field(
        default_factory=lambda: platformdirs.user_data_path(APP_NAME, appauthor=False) / "runs",
        description="Folder in which new runs are created.",
    )
    device: str = Field(
        "auto", max_length=LONGEST_NAME, description="auto, cpu, mps, cuda or cuda:N."
    )
    threads: int = Field(
        0,
        ge=0,
        le=1024,
        description="CPU threads for training, at most as many as there are cores; 0: all cores.",
    )

    def require_cores(self) -> None:
        """Check that this machine has a core for each thread: the file may be of a larger one.

        Raises:
            ConfigError: it has fewer.
        """
        if self.threads > CORES:
            raise ConfigError(
                f"The preferences {preferences_path()} ask for {counted(self.threads, 'thread')}, "
                f"but this machine has {counted(CORES, 'core')}: set threads to at most {CORES}, "
                "or to 0 for all."
            )

    def within_cores(self) -> "Preferences":
        """These, but with all cores where there are fewer than threads."""
        return self.model_copy(update={"threads": 0}) if self.threads > CORES else self


def preferences_path() -> Path:
    """Where the preferences are kept."""
    return platformdirs.user_config_path(APP_NAME, appauthor=False) / "preferences.json"


def load_preferences() -> Preferences:
    """The saved preferences, or the defaults where there are none.

    Raises:
        ConfigError: the file cannot be read, or holds something else.
    """
    path = preferences_path()
    try:
        require_plain_file(path)
        return Preferences.model_validate(from_json(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Preferences()
    except ValidationError as error:
        reason = problems(error)
    except ValueError as error:
        reason = f"it is not JSON ({error})"
    except OSError as error:
        reason = str(error.strerror)
    raise ConfigError(f"Cannot read the preferences {path}: {reason}. Mend or delete the file.")


def save_preferences(preferences: Preferences) -> None:
    """Write the preferences for the next start.

    Raises:
        ConfigError: the disk is full, or the folder cannot be written.
    """
    path = preferences_path()
    content = preferences.model_dump_json(indent=2).encode() + b"\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, lambda file: file.write(content))
    except OSError as error:
        raise ConfigError(f"Cannot write the preferences {path}: {error.strerror}.") from None
