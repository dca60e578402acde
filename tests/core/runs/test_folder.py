import json
import os
import re
from pathlib import Path

import pytest

from core.config import ConfigError, RunConfig, changed, dump_config, flat
from core.files.atomic import write_atomically
from core.runs import RunError, RunFolder, State, step_of


def touch(run: RunFolder, *names: str) -> None:
    for name in names:
        (run.path / name).write_bytes(b"")


def names(paths: list[Path]) -> list[str]:
    return [path.name for path in paths]


def test_that_a_new_run_keeps_its_config_as_started(run: RunFolder) -> None:
    assert run.config().steps == 100
    assert run.current_config() == run.config()
    assert (run.state(), run.last_step(), run.last_total_correlation()) == ("new", 0, None)
    assert RunFolder.open(run.path).config() == run.config()


def test_that_an_empty_folder_can_become_a_run(tmp_path: Path) -> None:
    assert RunFolder.create(tmp_path, RunConfig()).config() == RunConfig()


def test_that_a_folder_with_something_in_it_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("irreplaceable")
    with pytest.raises(RunError, match=r"is not empty: give a new folder\.$"):
        RunFolder.create(tmp_path, RunConfig())
    assert names(list(tmp_path.iterdir())) == ["thesis.tex"]


def test_that_of_several_who_create_one_run_at_once_only_one_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them saw the folder free, as they do who look before any has begun."""
    monkeypatch.setattr(RunFolder, "require_free", lambda path: None)
    RunFolder.create(tmp_path / "run", RunConfig(seed=1))
    with pytest.raises(RunError, match=r"^Cannot create the run folder .*/run: File exists\.$"):
        RunFolder.create(tmp_path / "run", RunConfig(seed=2))
    assert RunFolder.open(tmp_path / "run").config().seed == 1


def test_that_a_run_in_the_way_can_be_gone_on_with(run: RunFolder) -> None:
    with pytest.raises(RunError, match=f"or go on with `icdrl resume {run.path}`"):
        RunFolder.require_free(run.path)


def test_that_a_run_below_a_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match=r"is not empty"):
        RunFolder.create(tmp_path / "file", RunConfig())
    with pytest.raises(RunError, match=r"^Cannot \w+ .*file/run: Not a directory\.$"):
        RunFolder.create(tmp_path / "file" / "run", RunConfig())


def test_that_a_folder_that_is_no_run_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"is no run: it has no config\.json"):
        RunFolder.open(tmp_path)


def test_that_changes_hold_in_the_order_in_which_they_were_made(run: RunFolder) -> None:
    run.record_change(10, "method.independence.weight", 0.5)
    run.record_change(20, "method.independence.weight", 0.7)
    run.record_change(20, "method.independence.enabled", False)
    assert [change["step"] for change in run.changes()] == [10, 20, 20]
    assert run.current_config() == changed(
        run.config(), {"method.independence.weight": 0.7, "method.independence.enabled": False}
    )
    assert flat(run.config())["method.independence.enabled"]


def test_that_a_damaged_change_is_not_passed_over(run: RunFolder) -> None:
    run.record_change(10, "steps", 200)
    with (run.path / "changes.jsonl").open("a") as file:
        file.write("\0\0\0\n")
    with pytest.raises(RunError, match=r"changes\.jsonl is damaged in line 2"):
        run.current_config()


def test_that_labels_are_read_back(run: RunFolder) -> None:
    assert run.name == "first"
    run.save_labels({"name": "größer [kept]", "codes": {"c1": "size"}})
    assert run.name == "größer [kept]"
    assert run.labels()["codes"] == {"c1": "size"}


def test_that_damaged_labels_cost_only_the_names(run: RunFolder) -> None:
    (run.path / "labels.json").write_text("{")
    assert run.labels() == {}
    assert run.name == "first"


def test_that_labels_that_cannot_be_saved_are_told_in_one_sentence(run: RunFolder) -> None:
    (run.path / "labels.json").mkdir()
    with pytest.raises(RunError, match=r"^Cannot write .*labels\.json: Is a directory\.$"):
        run.save_labels({"name": "new"})


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        ([], "new"),
        (["started"], "interrupted"),
        (["started", "health", "changed"], "interrupted"),
        (["started", "finished"], "finished"),
        (["started", "stopped"], "stopped"),
        (["started", "failed"], "failed"),
        (["started", "stopped", "resumed", "health"], "interrupted"),
        (["started", "stopped", "resumed", "finished"], "finished"),
    ],
)
def test_that_the_state_follows_from_the_events(
    run: RunFolder, kinds: list[str], state: State
) -> None:
    for kind in kinds:
        run.record_event(1, kind, "Said.")
    assert run.state() == state


def test_that_a_trained_run_is_running_whatever_its_events_say(run: RunFolder) -> None:
    run.record_event(1, "finished", "Said.")
    with run.locked():
        assert run.state() == "running"


def test_that_an_event_fills_one_line_whatever_its_sentence_holds(run: RunFolder) -> None:
    run.record_event(7, "health", "A tab\tand a\nline break.")
    assert run.history() == [(7, "health", "A tab and a line break.")]


def test_that_damaged_events_are_passed_over(run: RunFolder) -> None:
    run.record_event(1, "started", "Said.")
    with run.events.open("a") as file:
        file.write("\0\0\0\n\nwhen\tx\tfailed\tnever\ntorn\t5\tfin")
    assert run.history() == [(1, "started", "Said.")]
    assert run.state() == "interrupted"


def test_that_the_first_row_writes_the_header_and_values_are_quoted(run: RunFolder) -> None:
    run.record_row(run.losses, {"step": 20, "a, b": 'x "y"'})
    run.record_row(run.losses, {"step": 40, "a, b": ""})
    assert run.losses.read_text() == 'step,"a, b"\n20,"x ""y"""\n40,\n'
    assert run.rows(run.losses) == [
        {"step": "20", "a, b": 'x "y"'},
        {"step": "40", "a, b": ""},
    ]


def test_that_a_row_with_a_new_column_adds_it_to_the_rows_before(run: RunFolder) -> None:
    run.record_row(run.scores, {"step": 10, "images": 40})
    run.record_row(run.scores, {"step": 20, "a, b": 0.5, "images": 40})
    run.record_row(run.scores, {"images": 60, "step": 30})
    assert run.scores.read_text() == 'step,images,"a, b"\n10,40,\n20,40,0.5\n30,60,\n'
    assert [row["a, b"] for row in run.rows(run.scores)] == ["", "0.5", ""]


def test_that_a_torn_line_is_gone_once_a_column_was_added(run: RunFolder) -> None:
    run.record_row(run.scores, {"step": 10})
    with run.scores.open("a") as file:
        file.write("2")
    run.record_row(run.scores, {"step": 20, "mig": 0.5})
    assert run.scores.read_text() == "step,mig\n10,\n20,0.5\n"


def test_that_the_last_step_is_that_of_a_row_or_of_a_later_checkpoint(run: RunFolder) -> None:
    run.record_row(run.losses, {"step": 20, "loss": 1.0})
    assert run.last_step() == 20
    touch(run, "checkpoints/step-13.safetensors")
    assert (run.last_step(), run.checkpoint_step()) == (20, 13)
    touch(run, "checkpoints/step-33.safetensors")
    assert (run.last_step(), run.checkpoint_step()) == (33, 33)


def test_that_a_table_with_its_header_alone_tells_no_step(run: RunFolder) -> None:
    run.losses.write_text("step,loss\n")
    assert run.last_step() == 0


def test_that_a_damaged_score_is_passed_over(run: RunFolder) -> None:
    run.record_row(run.scores, {"step": 20, "total_correlation": "0.25"})
    run.record_row(run.scores, {"step": 40, "total_correlation": "?"})
    assert run.last_total_correlation() == 0.25


def test_that_the_total_correlation_is_that_of_the_last_step_while_training(run: RunFolder) -> None:
    for step, mode, value in [(20, "live", 0.3), (20, "full", 0.2), (10, "full", 0.1)]:
        row = {"step": step, "protocol": mode, "total_correlation": value}
        run.record_row(run.scores, row)
    assert run.last_total_correlation() == 0.3


def test_that_scores_join_the_table_of_a_run_in_training_only_where_no_row_can_be_lost(
    run: RunFolder,
) -> None:
    run.record_row(run.scores, {"step": 1, "mig": 0.1})
    with run.locked():
        run.record_scores({"step": 2, "mig": 0.2})
        with pytest.raises(RunError, match="evaluate again when the training is over"):
            run.record_scores({"step": 3, "dci": 0.3})
    run.record_scores({"step": 3, "dci": 0.3})
    assert [(row["step"], row["mig"], row["dci"]) for row in run.rows(run.scores)] == [
        *(("1", "0.1", ""), ("2", "0.2", ""), ("3", "", "0.3"))
    ]


def test_that_a_row_that_cannot_be_written_is_told_in_one_sentence(run: RunFolder) -> None:
    run.events.mkdir()
    with pytest.raises(RunError, match=r"^Cannot write .*events\.log: Is a directory"):
        run.record_event(1, "started", "Said.")


def test_that_all_written_after_a_step_can_be_dropped(run: RunFolder) -> None:
    for step in (10, 20, 30):
        run.record_row(run.losses, {"step": step, "loss": 1.0})
        run.record_row(run.scores, {"step": step, "total_correlation": 0.1})
        run.record_change(step, "steps", 100 + step)
        run.record_event(step, "health", "Said.")
        touch(run, f"checkpoints/step-{step}.safetensors", f"snapshots/step-{step}.safetensors")
        touch(run, f"pictures/step-{step}.png")
    for path in (run.losses, run.events, run.path / "changes.jsonl"):
        with path.open("a") as file:
            file.write("damaged\nto")
    run.cut_back(20)
    assert run.losses.read_text() == "step,loss\n10,1.0\n20,1.0\n"
    assert [row["step"] for row in run.rows(run.scores)] == ["10", "20"]
    assert [change["step"] for change in run.changes()] == [10, 20]
    assert [step for step, _, _ in run.history()] == [10, 20]
    for paths in (run.checkpoints(), run.snapshots(), run.pictures()):
        assert list(map(step_of, paths)) == [10, 20]


def test_that_what_a_killed_trainer_was_just_writing_takes_no_space_for_good(
    run: RunFolder,
) -> None:
    """A temporary file is made as `write_atomically` makes it, and left as a kill leaves it."""
    half_written: list[Path] = []
    for folder in ("checkpoints", "snapshots", "pictures"):
        path = run.path / folder / "step-20.safetensors"
        write_atomically(path, lambda file: half_written.append(Path(file.name)))
        half_written[-1].write_bytes(b"half")
    run.cut_back(20)
    assert [path for path in half_written if path.exists()] == []
    assert list(map(step_of, run.checkpoints())) == [20]


def test_that_numbered_files_come_in_the_order_of_their_steps(run: RunFolder) -> None:
    touch(run, *(f"pictures/step-{step}.png" for step in (1000, 90, 8)), "pictures/other.png")
    assert names(run.pictures()) == ["step-8.png", "step-90.png", "step-1000.png"]


def test_that_a_snapshot_is_found_by_its_step_or_as_the_newest(run: RunFolder) -> None:
    with pytest.raises(RunError, match="has no snapshot yet"):
        run.snapshot_at(None)
    touch(run, "snapshots/step-90.safetensors", "snapshots/step-500.safetensors")
    assert run.snapshot_at(None).name == "step-500.safetensors"
    assert run.snapshot_at(90).name == "step-90.safetensors"
    with pytest.raises(RunError, match=r"no snapshot of step 7: there are 90, 500\.$"):
        run.snapshot_at(7)


def test_that_a_config_that_cannot_be_read_is_named(run: RunFolder) -> None:
    (run.path / "config.json").write_text(json.dumps({"schema": 9}))
    with pytest.raises(ConfigError, match=r"config\.json was written by a newer version"):
        run.config()


def test_that_a_deleted_run_lies_whole_in_the_trash(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    trashed: list[Path] = []
    monkeypatch.setattr("send2trash.send2trash", trashed.append)
    monkeypatch.chdir(run.path.parent)
    RunFolder(Path("first")).move_to_trash()
    assert trashed == [run.path]


def test_that_a_run_being_trained_is_not_deleted(run: RunFolder) -> None:
    with run.locked(), pytest.raises(RunError, match="is being trained"):
        run.move_to_trash()
    assert run.config().steps == 100


def test_that_a_trash_that_refuses_is_told_in_one_sentence(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("send2trash.send2trash", refuse)
    with pytest.raises(RunError, match=r"^Cannot move .* to the trash: .*Permission denied\.$"):
        run.move_to_trash()


def refusal_to_delete(run: RunFolder) -> str:
    """Try to delete the run, which must be refused and change nothing; the sentence why."""
    before = sorted(run.path.rglob("*"))
    with pytest.raises(RunError) as caught:
        run.move_to_trash()
    assert sorted(run.path.rglob("*")) == before
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"name": "a project", "version": 1}', "no setting name"),
        ("{}", "not what a run holds"),
        ('{"steps": 10}', "not what a run holds"),
        ("[]", "no JSON object"),
        ("{", "not JSON"),
        ('{"schema": 99}', r"newer version \(schema 99"),
    ],
)
def test_that_a_folder_that_only_looks_like_a_run_is_deleted_by_nobody_but_a_person(
    run: RunFolder, content: str, reason: str
) -> None:
    (run.path / "config.json").write_text(content)
    (run.path / "thesis.tex").write_text("irreplaceable")
    sentence = refusal_to_delete(run)
    assert re.search(reason, sentence)
    assert sentence.endswith("It is not deleted: if it is to go, delete the folder by hand.")


def test_that_the_config_of_a_run_among_other_things_makes_no_run(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(dump_config(RunConfig()))
    assert "not what a run holds" in refusal_to_delete(RunFolder.open(tmp_path))


@pytest.mark.parametrize("inside", [".", "snapshots"])
def test_that_the_current_folder_is_not_deleted_and_none_around_it(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch, inside: str
) -> None:
    monkeypatch.chdir(run.path / inside)
    for path in (run.path, Path(os.path.relpath(run.path))):
        assert "the current folder is or lies in it" in refusal_to_delete(RunFolder(path))
