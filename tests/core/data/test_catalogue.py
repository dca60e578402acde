import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from core.config.data import DataConfig
from core.data.catalogue import describe_dataset, is_at_hand, list_datasets, prepare_dataset
from core.data.dataset import Dataset
from core.data.errors import DataError
from core.data.images import PackedImages

REPOSITORY = Path(__file__).parents[3]


def _prepared() -> dict[str, bool]:
    return {info.name: info.prepared for info in list_datasets()}


def test_that_the_small_sprites_are_prepared_once_and_found_at_once_afterwards(
    load: Callable[..., Dataset],
) -> None:
    assert not _prepared()["dsprites-small"]
    told: list[tuple[int, int]] = []
    path = prepare_dataset("dsprites-small", lambda done, total: told.append((done, total)))
    assert max(told) == (46_080, 46_080)
    assert _prepared()["dsprites-small"]

    written = path.stat().st_mtime_ns
    told.clear()
    assert prepare_dataset("dsprites-small", lambda done, total: told.append((done, total))) == path
    assert {total for _, total in told} <= {0}
    assert path.stat().st_mtime_ns == written

    dataset = load("dsprites-small")
    assert (dataset.name, dataset.shape, len(dataset)) == ("dsprites-small", (1, 64, 64), 46_080)
    assert dataset.factors is not None
    assert dataset.factors.shape == (46_080, 5)
    assert isinstance(dataset.images, PackedImages)
    mean = dataset.batch(torch.arange(0, 46_080, 7)).mean().item()
    assert mean == pytest.approx(0.0425, abs=0.001)


def test_that_two_processes_that_prepare_at_once_make_one_sound_file() -> None:
    script = "from core.data.catalogue import prepare_dataset as p; print(p('dsprites-small'))"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    outputs = [process.communicate(timeout=120)[0].strip() for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert outputs[0] == outputs[1]
    path = Path(outputs[0])
    written = path.stat().st_mtime_ns
    prepare_dataset("dsprites-small")
    assert path.stat().st_mtime_ns == written
    assert not list(path.parent.glob("*.part"))


def test_that_the_list_tells_the_shape_and_the_factors_without_images() -> None:
    infos = {info.name: info for info in list_datasets()}
    assert set(infos) == {"dsprites", "dsprites-small", "mnist", "fashion-mnist"}
    assert infos["dsprites"].count == 737_280
    assert infos["dsprites"].factor_names == ("shape", "scale", "orientation", "posX", "posY")
    assert infos["mnist"].shape == (1, 28, 28)


def test_that_the_full_sprites_are_described_without_being_drawn() -> None:
    summary = describe_dataset("dsprites")
    assert (summary.count, summary.height, summary.channels) == (737_280, 64, 1)
    assert summary.factor_sizes == (3, 6, 40, 32, 32)
    assert not _prepared()["dsprites"]


def test_that_an_unknown_name_lists_the_known_ones(refused: Callable[..., str]) -> None:
    with pytest.raises(DataError, match="known are dsprites, dsprites-small, mnist, fashion-mnist"):
        prepare_dataset("dsprite")
    assert "dsprites-small" in refused("dsprite")
    with pytest.raises(DataError, match="'dsprite' is neither"):
        describe_dataset("dsprite")


def test_that_a_missing_file_is_refused_in_one_sentence(
    tmp_path: Path, refused: Callable[..., str]
) -> None:
    for source in (tmp_path / "gone.npz", tmp_path / ("long" * 100), "~nobody-of-that-name/a.npz"):
        assert "is neither a readable file or folder" in refused(source)
        assert not is_at_hand(DataConfig(source=str(source)))


def test_that_a_pipe_or_device_is_refused_and_not_waited_for(
    tmp_path: Path, refused: Callable[..., str]
) -> None:
    os.mkfifo(tmp_path / "pipe.npz")
    assert "It is a pipe, not a file" in refused(tmp_path / "pipe.npz")
    (tmp_path / "endless.npy").symlink_to("/dev/zero")
    assert "It is a device, not a file" in refused(tmp_path / "endless.npy")


def test_that_memory_that_cannot_be_had_after_all_is_one_sentence(tmp_path: Path) -> None:
    script = """
import resource, sys
from core.data.catalogue import load_dataset
from core.config.data import DataConfig
from core.data.errors import DataError
in_use = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (in_use + (64 << 20), -1))
try:
    load_dataset(DataConfig(source=sys.argv[1]))
except DataError as error:
    print(error)
"""
    np.save(tmp_path / "many.npy", np.full((30_000, 1, 1), 200, np.uint8))
    finished = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "many.npy"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "many.npy needs more memory than can be had" in finished.stdout


def test_that_a_set_that_a_person_has_to_place_names_the_files_that_it_looks_for() -> None:
    infos = {info.name: info for info in list_datasets()}
    assert infos["dsprites"].places == ()
    first = infos["mnist"].places[0]
    assert first.name == "train-images-idx3-ubyte.gz"
    assert not infos["mnist"].prepared
    with pytest.raises(DataError, match=re.escape(f"put {first.name} and its labels into")):
        prepare_dataset("mnist")
    first.parent.mkdir(parents=True)
    first.write_bytes(b"")
    assert _prepared()["mnist"]
