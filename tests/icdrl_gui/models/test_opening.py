"""What a path is that was opened or dropped."""

import os
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
import safetensors.numpy

from core.config import ConfigError, RunConfig, dump_config
from core.errors import IcdrlError
from core.export import CurvesRecipe, ExportError, Recipe, save_losses_csv, save_png
from core.files.images import ImageFileError
from core.runs import RunFolder
from icdrl_gui.models import opening
from icdrl_gui.models.opening import (
    Config,
    Data,
    Exported,
    Image,
    OpeningError,
    Run,
    may_be_data,
    recognise,
)

RECIPE = Recipe(kind="traversal", run="r", step=5, seed=0, anchor="random:0")


def weights(path: Path, metadata: dict[str, str] | None = None) -> Path:
    """Write a small file as the trainer does."""
    tensors = {"w": np.zeros((4, 4), np.float32)}
    path.write_bytes(safetensors.numpy.save(tensors, metadata or {"icdrl": "{}"}))
    return path


@pytest.mark.parametrize("name", ["x" * 10_000, "x" * 256, "a\0b"])
def test_that_a_name_that_no_file_can_have_is_nothing_to_open(tmp_path: Path, name: str) -> None:
    with pytest.raises(OpeningError, match=r"There is nothing at |: File name too long\.$") as told:
        recognise(tmp_path / name)
    assert len(str(told.value)) < 400


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Return a run's folder with a snapshot of step 5 and a checkpoint of step 7."""
    path = tmp_path / "run"
    RunFolder.create(path, RunConfig())
    weights(path / "snapshots" / "step-5.safetensors")
    weights(path / "checkpoints" / "step-7.safetensors")
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


def test_that_a_checkpoint_without_a_snapshot_names_the_steps_that_have_one(run: Path) -> None:
    with pytest.raises(OpeningError, match=r"step-7.*no snapshot of that step.*those of step 5"):
        recognise(run / "checkpoints" / "step-7.safetensors")


@pytest.mark.parametrize(
    "content",
    [b"", b"\0" * 8, b"\xff" * 40, b"\x02" + b"\0" * 7 + b"[]", b"\x05" + b"\0" * 7 + b"{]}{}"],
)
def test_that_broken_weights_are_told_rather_than_their_run_opened(
    run: Path, content: bytes
) -> None:
    path = run / "snapshots" / "step-5.safetensors"
    path.write_bytes(content)
    with pytest.raises(OpeningError, match=r"step-5\.safetensors is damaged"):
        recognise(path)


def test_that_weights_that_are_cut_off_are_told(run: Path) -> None:
    path = run / "snapshots" / "step-5.safetensors"
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(OpeningError, match="cut off"):
        recognise(path)


def test_that_weights_of_another_program_or_of_no_run_are_told(run: Path, tmp_path: Path) -> None:
    with pytest.raises(OpeningError, match="another program"):
        recognise(weights(run / "snapshots" / "step-5.safetensors", {"format": "pt"}))
    with pytest.raises(OpeningError, match=r"lies in no run"):
        recognise(weights(tmp_path / "step-5.safetensors"))


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


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_that_a_picture_of_another_program_is_an_image_to_encode(
    tmp_path: Path, suffix: str
) -> None:
    path = picture(tmp_path / f"photo{suffix}")
    assert recognise(path) == Image(path)


def test_that_a_picture_with_a_damaged_recipe_says_so(tmp_path: Path) -> None:
    path = tmp_path / "grid.png"
    save_png(path, np.zeros((8, 8, 3), np.uint8), RECIPE)
    path.write_bytes(path.read_bytes().replace(b'"schema": 2', b'"schema": 9'))
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


@pytest.mark.parametrize("name", ["garbage.png", "garbage.jpg", "garbage.webp"])
def test_that_garbage_called_a_picture_is_no_image(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\0garbage" * 9)
    with pytest.raises(ImageFileError, match=name):
        recognise(tmp_path / name)


@pytest.mark.parametrize("name", ["film.png", "mine.json"])
def test_that_too_large_a_file_is_not_read(tmp_path: Path, name: str) -> None:
    with (tmp_path / name).open("wb") as file:
        file.truncate(65 * 2**20)
    with pytest.raises(OpeningError, match=f"{name} is too large"):
        recognise(tmp_path / name)


def test_that_a_long_table_is_opened_by_its_first_line(tmp_path: Path) -> None:
    path, recipe = tmp_path / "losses.csv", CurvesRecipe("losses", ("r",), (5,), ("a",))
    save_losses_csv(path, [{"run": "r", "step": 5, "a": 0.5}], recipe)
    with path.open("r+b") as file:
        file.truncate(2**30)
    assert recognise(path) == Exported(path, recipe)


@pytest.mark.parametrize("content", ["step,a\n1,2\n", "# icdrl {}\n"])
def test_that_another_table_has_no_recipe(tmp_path: Path, content: str) -> None:
    (tmp_path / "losses.csv").write_text(content)
    with pytest.raises(OpeningError, match=r"losses\.csv"):
        recognise(tmp_path / "losses.csv")


def test_that_images_are_looked_for_near_the_top_of_a_folder_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / "a" / "b" / "c"
    deep.mkdir(parents=True)
    picture(deep.parent / "x.png")
    assert recognise(tmp_path) == Data(tmp_path)
    (deep.parent / "x.png").rename(deep / "x.png")
    with pytest.raises(OpeningError, match="nor a folder of images"):
        recognise(tmp_path)
    picture(tmp_path / "x.png")
    monkeypatch.setattr(opening, "_MOST_ENTRIES", 0)
    with pytest.raises(OpeningError, match="first 0 files"):
        recognise(tmp_path)


def test_that_data_is_told_from_outside_without_being_read(run: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    looks = ("empty", "a.npz", "train-images-idx3-ubyte", "train-images-idx3-ubyte.gz")
    assert all(may_be_data(tmp_path / name) for name in looks)
    assert not any(may_be_data(each) for each in (run, tmp_path / "a.png", tmp_path / "a.json"))


@pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX")
@pytest.mark.parametrize("name", ["a.png", "a.json", "a.npz", "a.safetensors", "a.csv", "a.pdf"])
def test_that_a_pipe_is_told_and_not_waited_for(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(OpeningError, match=f"{name} cannot be opened: It is a pipe, not a file"):
        recognise(tmp_path / name)
