from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from core.data.errors import DataError
from core.data.packed_cache import PackedContent, PackedSet, cached_set, is_cached

BITS = np.random.default_rng(0).integers(0, 256, (100, 8), dtype=np.uint8)
MAPS = Path("/proc/self/maps")
FACTORS = np.linspace(0, 1, 200).reshape(100, 2)


def _content() -> PackedContent:
    return PackedContent(100, (1, 8, 8), FACTORS, ("a", "b"), iter([BITS[:70], BITS[70:]]))


def _must_not_be_made() -> PackedContent:
    raise AssertionError("the file is there and sound, yet it is made again")


def _assert_whole(packed: PackedSet) -> None:
    np.testing.assert_array_equal(packed.bits.numpy(), BITS)
    np.testing.assert_array_equal(packed.factors, FACTORS)
    assert packed.shape == (1, 8, 8)
    assert packed.factor_names == ("a", "b")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "made" / "toy.safetensors"


def test_that_what_was_written_is_read_back(path: Path) -> None:
    _assert_whole(cached_set(path, "key", _content))
    _assert_whole(cached_set(path, "key", _must_not_be_made))


def test_that_nothing_but_the_file_and_its_lock_is_left(path: Path) -> None:
    cached_set(path, "key", _content)
    assert {file.name for file in path.parent.iterdir()} <= {path.name, f"{path.name}.lock"}


def test_that_progress_is_told_up_to_the_end(path: Path) -> None:
    told: list[tuple[int, int]] = []
    cached_set(path, "key", _content, lambda done, total: told.append((done, total)))
    assert [each for each in told if each != (0, 0)] == [(70, 100), (100, 100)]


def test_that_a_file_made_from_something_else_is_made_anew(path: Path) -> None:
    cached_set(path, "older", _content)
    assert not is_cached(path, "key")
    cached_set(path, "key", _content)
    assert is_cached(path, "key")


def test_that_a_changed_byte_anywhere_in_the_data_is_noticed(path: Path) -> None:
    cached_set(path, "key", _content)
    sound = path.read_bytes()
    for offset in (-1, -len(BITS.tobytes()), -len(BITS.tobytes()) - 1):
        damaged = bytearray(sound)
        damaged[offset] ^= 1
        path.write_bytes(damaged)
        _assert_whole(cached_set(path, "key", _content))
        assert path.read_bytes() == sound


def test_that_a_file_cut_short_at_any_place_is_made_anew(path: Path) -> None:
    cached_set(path, "key", _content)
    sound = path.read_bytes()
    for length in (0, 5, 100, len(sound) // 2, len(sound) - 1):
        path.write_bytes(sound[:length])
        assert not is_cached(path, "key")
        _assert_whole(cached_set(path, "key", _content))


def test_that_the_leftover_of_a_killed_process_is_overwritten(path: Path) -> None:
    path.parent.mkdir()
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(b"half a file")
    _assert_whole(cached_set(path, "key", _content))
    assert not part.exists()


def test_that_an_interrupted_writer_leaves_no_file(path: Path) -> None:
    def interrupted() -> Iterator[np.ndarray]:
        yield BITS[:70]
        raise KeyboardInterrupt

    def content() -> PackedContent:
        return PackedContent(100, (1, 8, 8), FACTORS, ("a", "b"), interrupted())

    with pytest.raises(KeyboardInterrupt):
        cached_set(path, "key", content)
    assert not list(path.parent.glob("*.part"))
    assert not path.exists()


def test_that_a_full_disk_is_reported_in_one_sentence_and_leaves_no_half_file(path: Path) -> None:
    resource = pytest.importorskip("resource", reason="limits of file sizes are a Unix matter")
    row = np.zeros((4096, 512), dtype=np.uint8)
    content = PackedContent(8192, (1, 64, 64), np.zeros((8192, 1)), ("a",), iter([row, row]))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
    try:
        with pytest.raises(DataError, match=r"could not be written to .*toy.*make room.*\.$"):
            cached_set(path, "key", lambda: content)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not list(path.parent.glob("*.part"))
    assert not path.exists()


def test_that_what_would_fill_the_disk_is_refused_before_it_is_written(path: Path) -> None:
    def must_not_be_read() -> Iterator[np.ndarray]:
        raise AssertionError("it is read although there is no room for it")
        yield BITS

    content = PackedContent(10**15, (1, 8, 8), FACTORS, ("a", "b"), must_not_be_read())
    with pytest.raises(DataError, match=r"needs .* of disk, more than half of .*; make room in"):
        cached_set(path, "key", lambda: content)
    assert not list(path.parent.glob("*.part"))


def test_that_a_file_where_the_folder_should_be_is_reported_in_one_sentence(path: Path) -> None:
    path.parent.write_bytes(b"")
    with pytest.raises(DataError, match=r"could not be written to .*\.$"):
        cached_set(path, "key", _content)


@pytest.mark.skipif(not MAPS.exists(), reason="only Linux lists what is mapped")
def test_that_the_mapped_bits_are_not_a_copy_in_memory(path: Path) -> None:
    content = PackedContent(
        64, (1, 64, 64), np.zeros((64, 1)), ("a",), iter([np.zeros((64, 512), dtype=np.uint8)])
    )
    packed = cached_set(path, "key", lambda: content)
    address = packed.bits.data_ptr()
    ranges = [line.split() for line in MAPS.read_text().splitlines()]
    mapped = [
        line[-1]
        for line in ranges
        if int(line[0].split("-")[0], 16) <= address < int(line[0].split("-")[1], 16)
    ]
    assert mapped == [str(path)]


def test_that_who_waits_for_another_to_make_the_file_can_give_up(path: Path) -> None:
    told: list[tuple[int, int]] = []

    def give_up(done: int, total: int) -> None:
        told.append((done, total))
        if len(told) == 3:
            raise KeyboardInterrupt

    path.parent.mkdir()
    with FileLock(f"{path}.lock"), pytest.raises(KeyboardInterrupt):
        cached_set(path, "key", _must_not_be_made, give_up)
    assert told == [(0, 0)] * 3
    _assert_whole(cached_set(path, "key", _content))


def test_that_who_gives_up_while_the_file_is_made_or_checked_leaves_no_half_of_it(
    path: Path,
) -> None:
    def give_up(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cached_set(path, "key", _content, give_up)
    assert [file.name for file in path.parent.iterdir()] in ([], [f"{path.name}.lock"])
    cached_set(path, "key", _content)
    with pytest.raises(KeyboardInterrupt):
        cached_set(path, "key", _must_not_be_made, give_up)
    _assert_whole(cached_set(path, "key", _must_not_be_made))


def test_that_a_second_asker_waits_and_then_finds_the_file_made(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.parent.mkdir()
    original = FileLock.acquire

    def acquire_after_the_other(lock: FileLock, *args: object, **kwargs: object) -> object:
        monkeypatch.setattr(FileLock, "acquire", original)
        cached_set(path, "key", _content)
        return original(lock)

    monkeypatch.setattr(FileLock, "acquire", acquire_after_the_other)
    _assert_whole(cached_set(path, "key", _must_not_be_made))
