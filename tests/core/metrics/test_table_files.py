import io
import os
import tracemalloc
from pathlib import Path

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray

from core.metrics import MetricError
from core.metrics.table_files import read_table, require_npz, save_tables

VALUES = np.array([[1.5, 2.0], [-3.0, 4e-3]])
RANDOM = np.random.default_rng(0).random((20, 3))


def saved(values: NDArray[np.float64]) -> bytes:
    """A compressed .npz with the values as its only array."""
    file = io.BytesIO()
    np.savez_compressed(file, codes=values)
    return file.getvalue()


def promising(shape: str) -> bytes:
    """An .npy whose header promises an array of float64 of this shape, and holds none."""
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode()


def encrypted(archive: bytes) -> bytes:
    """The archive with the flag that says so on its only member, in both places."""
    data, central = bytearray(archive), archive.index(b"PK\x01\x02")
    data[6] |= 1
    data[central + 8] |= 1
    return bytes(data)


def torn(archive: bytes) -> bytes:
    """The archive with a compressed block of no known type at the start of its only member."""
    name, extra = archive[26:28], archive[28:30]
    start = 30 + int.from_bytes(name, "little") + int.from_bytes(extra, "little")
    return archive[:start] + b"\x07" + archive[start + 1 :]


def test_that_an_array_is_read_as_it_was_saved(tmp_path: Path) -> None:
    np.save(tmp_path / "codes.npy", VALUES)
    table = read_table(tmp_path / "codes.npy", "codes")
    np.testing.assert_array_equal(table.values, VALUES)
    assert table.names == ()


def test_that_one_file_can_hold_factors_and_codes_with_their_names(tmp_path: Path) -> None:
    path = tmp_path / "both.npz"
    save_tables(path, VALUES, ("c1", "c2"), VALUES[:, :1], ("shape",))
    codes, factors = read_table(path, "codes"), read_table(path, "factors")
    assert (codes.names, factors.names) == (("c1", "c2"), ("shape",))
    np.testing.assert_array_equal(codes.values, VALUES)
    np.testing.assert_array_equal(factors.values, VALUES[:, :1])


def test_that_codes_can_be_saved_without_factors(tmp_path: Path) -> None:
    save_tables(tmp_path / "codes.npz", VALUES, ("c1", "c2"), None, ())
    with np.load(tmp_path / "codes.npz") as arrays:
        assert set(arrays) == {"codes", "code_names"}


def test_that_the_only_array_of_a_file_may_have_any_name(tmp_path: Path) -> None:
    np.savez(tmp_path / "one.npz", latents=VALUES)
    np.testing.assert_array_equal(read_table(tmp_path / "one.npz", "factors").values, VALUES)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("1.5,2\n-3,4e-3\n", ()),
        ("x,y\n1.5,2\n\n-3,4e-3", ("x", "y")),
        ('\ufeff"x", y \r\n1.5,2\r\n-3,4e-3\r\n', ("x", "y")),
    ],
)
def test_that_numbers_with_commas_are_read_with_or_without_names(
    tmp_path: Path, text: str, names: tuple[str, ...]
) -> None:
    (tmp_path / "t.CSV").write_text(text, encoding="utf-8", newline="")
    table = read_table(tmp_path / "t.CSV", "codes")
    np.testing.assert_array_equal(table.values, VALUES)
    assert table.names == names


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("none.npy", None, "Cannot read none.npy: No such file or directory."),
        ("t.txt", b"1", "t.txt is no table: give the codes as .npy, .npz, .csv."),
        ("t.npy", b"", "t.npy cannot be read (EOF: reading magic string"),
        ("t.npy", b"\x93NUMPY\x01", "t.npy cannot be read (EOF: reading magic string"),
        ("t.npz", b"PK\x03\x04", "t.npz cannot be read (File is not a zip file): it may be"),
        ("t.npz", b"1,2", "t.npz cannot be read (File is not a zip file): it may be damaged"),
        ("t.csv", b"x,y\n1,2\n3,four\n", "t.csv holds 'four' in row 3; give numbers."),
        (
            "t.csv",
            b"x,y\n1,2,3\n",
            "t.csv has rows of different lengths: 3 in row 2, 2 in the first.",
        ),
        ("t.csv", b"1,2\n3\n", "t.csv has rows of different lengths: 1 in row 2, 2 in the first."),
        ("t.csv", b"\xff\xfe1", "t.csv is damaged or of another kind: "),
        ("t.csv", b"9" * 131_073, "t.csv is damaged or of another kind: field larger than field"),
        ("t.npy", promising("(9,"), "t.npy cannot be read ("),
        ("t.npy", promising(f"({10**30},)"), "t.npy cannot be read (its length does not match"),
        ("t.npy", promising(f"({10**14},)"), "t.npy cannot be read (its length does not match"),
        ("t.npz", torn(saved(RANDOM)), "'codes' in t.npz cannot be read ("),
        ("t.npz", encrypted(saved(RANDOM)), "'codes' in t.npz cannot be read (File 'codes.npy'"),
    ],
)
def test_that_a_file_that_cannot_be_read_gets_a_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    content: bytes | None,
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    if content is not None:
        Path(name).write_bytes(content)
    with pytest.raises(MetricError) as caught:
        read_table(Path(name), "codes")
    assert str(caught.value).startswith(sentence)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("name", ["t.npy", "t.npz", "t.csv"])
def test_that_a_pipe_is_told_and_not_waited_for(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(MetricError, match=f"Cannot read .*{name}: It is a pipe, not a file"):
        read_table(tmp_path / name, "codes")


@pytest.mark.parametrize("name", ["t.npy", "t.csv"])
def test_that_a_table_that_does_not_fit_into_memory_is_refused_unread(
    tmp_path: Path, name: str
) -> None:
    count = psutil.virtual_memory().total // 8
    with (tmp_path / name).open("wb") as file:
        file.write(promising(f"({count},)"))
        file.truncate(file.tell() + 8 * count)
    with pytest.raises(MetricError, match=f"{name} needs .* of memory, more than half of the .*"):
        read_table(tmp_path / name, "codes")


def test_that_a_row_of_millions_is_not_taken_apart_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(",".join(["11"] * 1_000_000))
    tracemalloc.start()
    with pytest.raises(MetricError, match="has a row of 1,048,576 characters or more"):
        read_table(tmp_path / "t.csv", "codes")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 64 << 20


def test_that_names_in_any_form_are_read(tmp_path: Path) -> None:
    np.savez(tmp_path / "t.npz", codes=VALUES[:, 0], code_names=7)
    assert read_table(tmp_path / "t.npz", "codes").names == ("7",)


def test_that_a_file_of_several_arrays_must_say_which(tmp_path: Path) -> None:
    np.savez(tmp_path / "two.npz", a=VALUES, b=VALUES)
    with pytest.raises(MetricError, match="has no array 'codes' but a, b: save it with"):
        read_table(tmp_path / "two.npz", "codes")


def test_that_a_file_with_the_wrong_suffix_is_told_the_right_one(tmp_path: Path) -> None:
    np.save(tmp_path / "t.npy", VALUES)
    np.savez(tmp_path / "t.npz", VALUES)
    (tmp_path / "t.npy").rename(tmp_path / "single.npz")
    (tmp_path / "t.npz").rename(tmp_path / "several.npy")
    with pytest.raises(MetricError, match=r"single\.npz is no archive: call it \.npy"):
        read_table(tmp_path / "single.npz", "codes")
    with pytest.raises(MetricError, match=r"several\.npy is an archive: call it \.npz"):
        read_table(tmp_path / "several.npy", "codes")


def test_that_nothing_is_unpickled(tmp_path: Path) -> None:
    np.save(tmp_path / "t.npy", np.array([print], dtype=object), allow_pickle=True)
    with pytest.raises(MetricError, match="pickled Python objects, which are never loaded"):
        read_table(tmp_path / "t.npy", "codes")


def test_that_a_place_where_nothing_can_be_saved_is_told_before_the_work(tmp_path: Path) -> None:
    require_npz(tmp_path / "t.npz")
    with pytest.raises(MetricError, match=r"choose a name that ends in \.npz"):
        require_npz(tmp_path / "t.csv")
    with pytest.raises(MetricError, match="there is no folder"):
        require_npz(tmp_path / "none" / "t.npz")
    (tmp_path / "t.npz").mkdir()
    with pytest.raises(MetricError, match="cannot be written: Is a directory"):
        save_tables(tmp_path / "t.npz", VALUES, (), None, ())
