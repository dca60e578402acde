import time
from pathlib import Path

import numpy as np
import pytest

from core.curves.loss_table import read_losses
from core.runs import RunError

HEADER = "step,trained_s,wall_time,images_per_s,generator,tc_gaussian\n"


def write(path: Path, *rows: str) -> Path:
    file = path / "losses.csv"
    file.write_text(HEADER + "".join(rows))
    return file


def test_that_columns_come_back_with_nan_where_there_was_nothing(tmp_path: Path) -> None:
    columns, damaged = read_losses(
        write(tmp_path, "20,1.0,100.0,640.0,2.5,\n", "40,2.0,101.0,640.0,1.5,0.25\n")
    )
    assert damaged == 0
    assert columns["step"].tolist() == [20, 40]
    assert columns["generator"].tolist() == [2.5, 1.5]
    assert np.isnan(columns["tc_gaussian"][0])
    assert columns["tc_gaussian"][1] == 0.25


def test_that_a_table_of_50_000_columns_is_refused_in_a_moment(tmp_path: Path) -> None:
    file = tmp_path / "losses.csv"
    header = ["step", "trained_s", "wall_time", *(f"loss.{i}" for i in range(50_000))]
    file.write_text("\n".join([",".join(header), "1," * 50_002 + "1", ""]))
    with pytest.raises(RunError, match="50,003 columns, more than the 260 that a run may report"):
        read_losses(file)


def test_that_a_run_without_losses_has_an_empty_table(tmp_path: Path) -> None:
    assert read_losses(tmp_path / "losses.csv") == ({}, 0)
    assert len(read_losses(write(tmp_path))[0]["step"]) == 0


def test_that_a_row_that_is_still_being_written_is_left_out(tmp_path: Path) -> None:
    columns, damaged = read_losses(write(tmp_path, "20,1.0,1.0,1.0,1.0,\n", "40,2.0,1.0,1"))
    assert columns["step"].tolist() == [20]
    assert damaged == 0


@pytest.mark.parametrize(
    "row", ["40,2.0\n", "\n", "forty,2.0,1.0,1.0,1.0,\n", ",2.0,1.0,1.0,1.0,\n", "20,2,1,1,1,\n"]
)
def test_that_a_damaged_row_is_left_out_and_counted(tmp_path: Path, row: str) -> None:
    columns, damaged = read_losses(
        write(tmp_path, "20,1.0,1.0,1.0,1.0,\n", row, "60,3.0,1.0,1.0,1.0,\n")
    )
    assert columns["step"].tolist() == [20, 60]
    assert damaged == 1


def test_that_a_clock_that_was_set_back_does_not_turn_the_curve_back(tmp_path: Path) -> None:
    columns, _ = read_losses(write(tmp_path, "20,1.0,500.0,1,1,\n", "40,2.0,400.0,1,1,\n"))
    assert columns["wall_time"].tolist() == [500.0, 500.0]


def test_that_a_file_that_is_no_such_table_is_refused_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "losses.csv"
    file.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\n")
    with pytest.raises(RunError, match=r"losses\.csv is damaged in line 1"):
        read_losses(file)


def test_that_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "losses.csv").mkdir()
    with pytest.raises(RunError, match="Cannot read"):
        read_losses(tmp_path / "losses.csv")


def test_that_a_long_run_is_read_in_moments(tmp_path: Path) -> None:
    count = 57_600
    rows = [f"{20 * i},{i}.5,{i}.25,1400.1,0.8065755844116211,\n" for i in range(1, count + 1)]
    file = write(tmp_path, *rows)
    started = time.process_time()
    columns, _ = read_losses(file)
    assert len(columns["step"]) == count
    assert time.process_time() - started < 5
