import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from core.config import RunConfig
from core.config.edit import changed
from core.runs import RunError, RunFolder, find_run, list_runs, new_run_path, summarise


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder of three runs, called a to c, of which b was started last."""
    for name, started in (("a", 100), ("b", 300), ("c", 200)):
        run = RunFolder.create(tmp_path / "runs" / name, RunConfig())
        os.utime(run.path / "config.json", (started, started))
    return tmp_path / "runs"


def listed(root: Path) -> list[str]:
    return [summary.name for summary in list_runs(root)[0]]


def test_that_the_run_started_last_comes_first(root: Path) -> None:
    assert listed(root) == ["b", "c", "a"]


def test_that_folders_that_are_no_runs_are_not_listed(root: Path) -> None:
    (root / "notes").mkdir()
    (root / "readme.txt").write_text("mine")
    assert listed(root) == ["b", "c", "a"]


def test_that_a_place_without_runs_is_an_empty_list(tmp_path: Path) -> None:
    assert list_runs(tmp_path / "none") == ([], [])


@pytest.mark.parametrize("name", ["config.json", "changes.jsonl"])
def test_that_a_damaged_run_is_told_and_hides_no_other(root: Path, name: str) -> None:
    (root / "c" / name).write_text("{\n")
    os.utime(root / "c" / "config.json", (200, 200))
    summaries, broken = list_runs(root)
    assert [summary.name for summary in summaries] == ["b", "a"]
    assert len(broken) == 1
    assert re.match(rf"c: .*{name}", broken[0])


def test_that_a_row_tells_what_is_in_force_now(run: RunFolder) -> None:
    run.record_event(0, "started", "Said.")
    run.record_row(run.losses, {"step": 20, "loss": 1.0})
    run.record_row(run.scores, {"step": 20, "total_correlation": 0.5})
    summary = summarise(run)
    assert (summary.state, summary.step, summary.steps) == ("interrupted", 20, 100)
    assert (summary.constraint, summary.total_correlation) == ("gaussian", 0.5)
    run.record_change(21, "method.independence.enabled", False)
    run.record_change(21, "steps", 300)
    assert (summarise(run).constraint, summarise(run).steps) == ("off", 300)


def test_that_a_run_is_found_by_path_by_folder_and_by_the_name_a_person_gave(root: Path) -> None:
    RunFolder(root / "a").save_labels({"name": "the good one"})
    for name in (str(root / "a"), "a", "the good one"):
        assert find_run(root, name).path == root / "a"


def test_that_a_folder_goes_before_a_name_a_person_gave(root: Path) -> None:
    RunFolder(root / "a").save_labels({"name": "b"})
    assert find_run(root, "b").path == root / "b"


def test_that_a_name_given_twice_is_answered_with_the_folders(root: Path) -> None:
    for name in ("a", "c"):
        RunFolder(root / name).save_labels({"name": "best"})
    with pytest.raises(RunError, match=r"Several runs are called best: .* folders c, a\.$"):
        find_run(root, "best")


@pytest.mark.parametrize("name", ["none", "", "../runs/none"])
def test_that_a_run_that_is_not_there_is_named(root: Path, name: str) -> None:
    with pytest.raises(
        RunError, match=r"is no run: it has no config\.json\. See `icdrl runs list`"
    ):
        find_run(root, name)


@pytest.mark.parametrize("name", ["x" * 256, "運" * 100, "y" * 10_000])
def test_that_a_run_whose_name_no_folder_can_have_is_not_there(root: Path, name: str) -> None:
    with pytest.raises(RunError, match=r"is no run: it has no config\.json"):
        find_run(root, name)


def test_that_a_folder_of_runs_that_cannot_be_is_told_in_one_sentence(tmp_path: Path) -> None:
    root = tmp_path / ("x" * 300)
    summaries, (sentence,) = list_runs(root)
    assert summaries == []
    assert re.fullmatch(r"Cannot read the folder of runs .*: File name too long\.", sentence)
    with pytest.raises(RunError, match=r"^Cannot read the folder of runs "):
        find_run(root, "a")


def test_that_new_runs_say_what_is_trained_on_what_and_never_share_a_folder(
    tmp_path: Path,
) -> None:
    root = tmp_path / "new" / "runs"
    config = changed(RunConfig(), {"data.source": str(tmp_path / "my photos")})
    with ThreadPoolExecutor(8) as pool:
        paths = list(pool.map(lambda _: new_run_path(root, config), range(8)))
    assert set(paths) == set(root.iterdir())
    assert len(set(paths)) == 8
    assert {path.name for path in paths} == {
        "my-photos-tc_gan-on",
        *(f"my-photos-tc_gan-on-{number}" for number in range(2, 9)),
    }
    for path in paths:
        assert RunFolder.create(path, config).state() == "new"


def test_that_a_place_where_no_run_can_be_made_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone" / "far")
    for root, reason in (("file", "File exists"), ("nowhere", "File exists")):
        with pytest.raises(RunError, match=rf"^Cannot create the run folder .*: {reason}\.$"):
            new_run_path(tmp_path / root, RunConfig())


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"method.independence.enabled": False}, "dsprites-tc_gan-off"),
        ({"method.kind": "infogan"}, "dsprites-infogan"),
        ({"data.source": "../outside/.."}, "tc_gan-on"),
        ({"data.source": "c:\\x" + 300 * "y"}, f"c-x{57 * 'y'}-tc_gan-on"),
    ],
)
def test_that_a_run_is_named_by_data_method_and_constraint(
    tmp_path: Path, settings: dict[str, Any], name: str
) -> None:
    assert new_run_path(tmp_path, changed(RunConfig(), settings)) == tmp_path / name
