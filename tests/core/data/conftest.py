"""What the tests of the data room share: empty caches, real data, and a way to be refused."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from core.config.data import DataConfig
from core.data.catalogue import load_dataset
from core.data.dataset import Dataset
from core.data.errors import DataError

Load = Callable[..., Dataset]
Refused = Callable[..., str]


@pytest.fixture(autouse=True)
def empty_caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CACHE", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))


@pytest.fixture
def load() -> Load:
    """Load a source with the other fields of `DataConfig` as keywords."""

    def load(source: Path | str, **fields: object) -> Dataset:
        return load_dataset(DataConfig.model_validate({"source": str(source), **fields}))

    return load


@pytest.fixture
def refused(load: Load) -> Refused:
    """Load a source that must be refused in one sentence; returns the sentence."""

    def refused(source: Path | str, **fields: object) -> str:
        with pytest.raises(DataError) as caught:
            load(source, **fields)
        sentence = str(caught.value)
        assert sentence.endswith(".")
        assert not re.search(r"\n|[.!?] [A-Z]", sentence), sentence
        assert str(source) in sentence
        return sentence

    return refused


@pytest.fixture
def shared_data() -> Path:
    """The folder of real data; the test is skipped where there is none."""
    folder = Path(__file__).parents[4] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the folder of real data is not beside the repository")
    return folder
