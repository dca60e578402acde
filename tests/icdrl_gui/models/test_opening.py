"""What a path is that was opened or dropped."""

from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from core.config import ConfigError, RunConfig, dump_config
from core.errors import IcdrlError
from core.export import ExportError, Recipe, save_png
from core.runs import RunFolder
from icdrl_gui.models.opening import Config, Data, Exported, Image, OpeningError, Run, recognise

RECIPE = Recipe(kind="traversal", run="r", step=5, seed=0, anchor="random:0")


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Return a run's folder with a snapshot of step 5."""
    path = tmp_path / "run"
    RunFolder.create(path, RunConfig())
    (path / "snapshots" / "step-5.safetensors").write_bytes(b"")
    (path / "losses.csv").write_text("step\n5\n")
    return path


def picture(path: Path) -> Path:
    """Write a small picture without a recipe."""
    PIL.Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(path)
    return path


def test_that_a_folder_with_a_config_is_a_run(run: Path) -> None:
    assert recognise(run) == Run(run)


def test_that_a_snapshot_means_its_run_at_its_step(run: Path) -> None:
    assert recognise(run / "snapshots" / "step-5.safetensors") == Run(run, 5)


@pytest.mark.parametrize("name", ["losses.csv", "config.json"])
def test_that_any_file_of_a_run_means_the_run(run: Path, name: str) -> None:
    assert recognise(run / name) == Run(run)


def test_that_a_config_file_is_a_config(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text(dump_config(RunConfig(seed=7)))
    assert recognise(path) == Config(RunConfig(seed=7))


def test_that_a_broken_config_is_named_with_its_key(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text('{"steps": 0}')
    with pytest.raises(ConfigError, match="steps"):
        recognise(path)


def test_that_an_exported_picture_brings_its_recipe(tmp_path: Path) -> None:
    path = tmp_path / "grid.png"
    save_png(path, np.zeros((8, 8, 3), np.uint8), RECIPE)
    assert recognise(path) == Exported(path, RECIPE)


def test_that_the_pictures_of_a_run_are_exported_ones(run: Path) -> None:
    path = run / "pictures" / "step-5.png"
    save_png(path, np.zeros((8, 8, 3), np.uint8), RECIPE)
    assert recognise(path) == Exported(path, RECIPE)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".bmp"])
def test_that_a_picture_of_another_program_is_an_image_to_encode(
    tmp_path: Path, suffix: str
) -> None:
    path = picture(tmp_path / f"photo{suffix}")
    assert recognise(path) == Image(path)


def test_that_a_picture_with_a_damaged_recipe_says_so(tmp_path: Path) -> None:
    path = tmp_path / "grid.png"
    save_png(path, np.zeros((8, 8, 3), np.uint8), RECIPE)
    path.write_bytes(path.read_bytes().replace(b'"schema": 1', b'"schema": 9'))
    with pytest.raises(ExportError):
        recognise(path)


def test_that_a_folder_of_images_is_data(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    assert recognise(tmp_path) == Data(tmp_path)


def test_that_arrays_are_data(tmp_path: Path) -> None:
    path = tmp_path / "images.npz"
    path.write_bytes(b"PK")
    assert recognise(path) == Data(path)


@pytest.mark.parametrize("name", ["notes.txt", "table.svg", "nothing"])
def test_that_what_cannot_be_opened_gets_one_sentence(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name != "nothing":
        path.write_text("hello")
    with pytest.raises(IcdrlError, match=name):
        recognise(path)


def test_that_an_empty_folder_is_neither_run_nor_data(tmp_path: Path) -> None:
    with pytest.raises(OpeningError, match="neither a run"):
        recognise(tmp_path)
