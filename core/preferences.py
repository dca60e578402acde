"""What belongs to this machine: where runs lie, which device and threads to use."""

import json
from pathlib import Path
from typing import Annotated

import platformdirs
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from core.atomic import write_atomically
from core.config import ConfigError, problems

APP_NAME = "icdrl"


class Preferences(BaseModel):
    """Shared by the app and the command line; saved in the user's config folder."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    run_root: Annotated[Path, AfterValidator(Path.expanduser)] = Field(
        default_factory=lambda: platformdirs.user_data_path(APP_NAME, appauthor=False) / "runs",
        description="Folder in which new runs are created.",
    )
    device: str = Field("auto", description="auto, cpu, mps, cuda or cuda:N.")
    threads: int = Field(0, ge=0, le=1024, description="CPU threads for training; 0: all cores.")


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
        return Preferences.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Preferences()
    except (OSError, ValueError) as error:
        reason = problems(error) if isinstance(error, ValidationError) else str(error)
        raise ConfigError(
            f"Cannot read the preferences {path}: {reason}. Mend or delete the file."
        ) from None


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
