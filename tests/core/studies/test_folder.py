import os
from collections.abc import Callable
from pathlib import Path

import pytest

from core.config import ConfigError, RunConfig, changed
from core.errors import IcdrlError
from core.runs import RunError, RunFolder, list_runs
from core.studies.errors import StudyError
from core.studies.folder import StudyFolder, prepared_run
from core.studies.study import Study, dump_study


def start(path: Path, study: Study) -> StudyFolder:
    with StudyFolder.started(path, study) as folder:
        return folder


def test_that_a_study_that_was_started_says_in_full_what_it_computes(
    make_study: Callable[..., Study], tmp_path: Path
) -> None:
    started = start(tmp_path / "new" / "study", make_study())
    found = StudyFolder.open(tmp_path / "new" / "study")
    assert found.study == started.study == make_study().spelt_out()
    assert not found.is_locked()


def test_that_every_cell_has_a_folder_of_its_own_seeds_first(
    make_study: Callable[..., Study], tmp_path: Path
) -> None:
    folder = start(tmp_path / "s", make_study(seeds=[3, 1]))
    names = ["on-seed-3", "off-seed-3", "on-seed-1", "off-seed-1"]
    assert [cell.name for cell in folder.cells] == names
    assert [cell.config.seed for cell in folder.cells] == [3, 3, 1, 1]
    assert folder.run(folder.cells[0]).path == tmp_path / "s" / "runs" / "on-seed-3"


def test_that_runs_of_a_study_are_listed_like_any_others(
    scored: Callable[..., StudyFolder],
) -> None:
    folder = scored({"on": {0: 0.5, 1: 0.25}})
    summaries, broken = list_runs(folder.path / "runs")
    assert broken == []
    assert {(each.name, each.seed, each.state) for each in summaries} == {
        ("on-seed-0", 0, "finished"),
        ("on-seed-1", 1, "finished"),
    }


def test_that_a_folder_with_anything_else_in_it_is_refused_and_left_alone(
    make_study: Callable[..., Study], tmp_path: Path
) -> None:
    (tmp_path / "runs").mkdir()
    with pytest.raises(StudyError, match=r"is not empty and holds no study: give a new folder\."):
        start(tmp_path, make_study())
    assert [path.name for path in tmp_path.iterdir()] == ["runs"]


def test_that_a_file_is_no_folder(make_study: Callable[..., Study], tmp_path: Path) -> None:
    (tmp_path / "s").write_text("mine")
    with pytest.raises(StudyError, match="is not empty and holds no study"):
        start(tmp_path / "s", make_study())
    with pytest.raises(StudyError, match=r"create the study's folder .*: Not a directory"):
        start(tmp_path / "s" / "t", make_study())
    assert (tmp_path / "s").read_text() == "mine"


def test_that_what_was_killed_before_it_wrote_anything_begins_anew(
    make_study: Callable[..., Study], tmp_path: Path
) -> None:
    (tmp_path / "lock").touch()
    (tmp_path / ".icdrl-0123.tmp").write_text('{"sch')
    start(tmp_path, make_study())
    assert not (tmp_path / ".icdrl-0123.tmp").exists()
    assert StudyFolder.open(tmp_path).study.name == "small"


def test_that_a_study_may_grow(make_study: Callable[..., Study], tmp_path: Path) -> None:
    start(tmp_path / "s", make_study())
    arms = [*make_study().model_dump()["arms"], {"name": "third", "settings": {"method.codes": 5}}]
    grown = start(tmp_path / "s", make_study(seeds=[0, 1, 2], arms=arms))
    assert len(grown.cells) == 9
    assert StudyFolder.open(tmp_path / "s").study == grown.study


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"seeds": [1]}, "holds a study with seed 0: "),
        ({"steps": 5}, "holds a study whose arm on has steps 4: "),
        ({"arms": [{"name": "on"}]}, "holds a study with the arm off: "),
        (
            {"arms": [{"name": "off"}, {"name": "on"}]},
            "holds a study whose arm off has method.independence.enabled False: ",
        ),
    ],
)
def test_that_another_study_is_refused_and_the_first_one_stays(
    make_study: Callable[..., Study], tmp_path: Path, values: dict[str, object], sentence: str
) -> None:
    start(tmp_path / "s", make_study())
    before = (tmp_path / "s" / "study.json").read_bytes()
    with pytest.raises(StudyError) as refused:
        start(tmp_path / "s", make_study(**values))
    assert sentence in str(refused.value)
    assert str(refused.value).endswith(
        "give a new folder, or the settings that it was started with."
    )
    assert (tmp_path / "s" / "study.json").read_bytes() == before


def test_that_a_study_that_is_run_already_is_refused(
    make_study: Callable[..., Study], tmp_path: Path
) -> None:
    folder = start(tmp_path / "s", make_study())
    with folder.locked(), pytest.raises(RunError, match="is being run by another process"):
        start(tmp_path / "s", make_study())


def test_that_an_impossible_study_leaves_no_folder(
    make_study: Callable[..., Study], tmp_path: Path
) -> None:
    with pytest.raises(ConfigError):
        start(tmp_path / "s", make_study(settings={"stepz": 1}))
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize("content", [None, "{", "[]", '{"schema": 9}'])
def test_that_a_folder_without_a_sound_study_is_told(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "study.json").write_text(content)
    with pytest.raises(IcdrlError) as refused:
        StudyFolder.open(tmp_path)
    assert "\n" not in str(refused.value)
    assert str(tmp_path) in str(refused.value)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_that_a_folder_that_may_not_be_written_is_told(
    make_study: Callable[..., Study], tmp_path: Path
) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StudyError, match="Permission denied"):
        start(tmp_path / "s", make_study())


def test_that_a_run_is_made_once(tmp_path: Path) -> None:
    first = prepared_run(tmp_path / "run", RunConfig())
    assert prepared_run(tmp_path / "run", RunConfig()).path == first.path


def test_that_a_run_whose_making_was_killed_is_made_anew(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "run", RunConfig())
    (run.path / "config.json").rename(run.path / ".icdrl-01.tmp")
    assert prepared_run(run.path, RunConfig()).config() == RunConfig()
    assert not (run.path / ".icdrl-01.tmp").exists()


def test_that_a_run_of_other_settings_is_told_and_left_alone(tmp_path: Path) -> None:
    prepared_run(tmp_path / "run", RunConfig())
    with pytest.raises(StudyError, match=r"is a run of other settings \(batch_size, steps\): "):
        prepared_run(tmp_path / "run", changed(RunConfig(), {"steps": 7, "batch_size": 7}))


def test_that_somebody_elses_files_where_a_run_should_be_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "run" / "thesis").mkdir(parents=True)
    (tmp_path / "run" / "thesis" / "one.tex").write_text("mine")
    with pytest.raises(RunError, match="is not empty"):
        prepared_run(tmp_path / "run", RunConfig())
    assert (tmp_path / "run" / "thesis" / "one.tex").read_text() == "mine"


def test_that_the_file_of_a_study_that_did_not_grow_is_not_written_again(
    make_study: Callable[..., Study], tmp_path: Path
) -> None:
    folder = start(tmp_path / "s", make_study())
    before = (folder.path / "study.json").stat()
    start(tmp_path / "s", make_study())
    assert (folder.path / "study.json").stat().st_ino == before.st_ino
    assert (folder.path / "study.json").read_text() == dump_study(folder.study)
