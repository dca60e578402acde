import math

from core.analysis import Evaluation, evaluation_at, read_evaluations

HEADER = "step,images,protocol,mig,total_correlation,correlation.c1.c2"


def test_that_scores_are_read_without_blanks_correlations_and_what_is_no_number() -> None:
    rows = [HEADER, "5,2000,live,,0.5,0.9", "9,20000,full,0.25,inf,0.1", "9,20000,full,nan,1,1"]
    assert read_evaluations(rows) == [
        Evaluation(5, 2000, "live", {"total_correlation": 0.5}),
        Evaluation(9, 20000, "full", {"mig": 0.25, "total_correlation": math.inf}),
        Evaluation(9, 20000, "full", {"total_correlation": 1.0}),
    ]


def test_that_one_step_alone_can_be_read() -> None:
    rows = [HEADER, "9,2000,live,,0.5,0.9", "9,20000,full,0.25,1,0.1", "8,20000,full,0.5,1,1"]
    assert read_evaluations(rows, (9, "full")) == read_evaluations(rows)[1:2]


def test_that_damaged_rows_are_left_out() -> None:
    rows = [HEADER, "x,2000,live,,0.5,", "5,20", "", "7,2000,live,much,0.5,", "9,10,live,1,2,3"]
    assert [each.step for each in read_evaluations(rows)] == [9]


def test_that_nothing_is_read_from_nothing() -> None:
    assert read_evaluations([]) == []
    assert read_evaluations(["mig,sap", "1,2"]) == []


def test_that_runs_of_the_first_version_were_evaluated_while_they_trained() -> None:
    (found,) = read_evaluations(["step,images,total_correlation", "1000,2000,0.2"])
    assert found == Evaluation(1000, 2000, "live", {"total_correlation": 0.2})


def test_that_a_column_may_stand_anywhere() -> None:
    (found,) = read_evaluations(["step,images,mig,protocol", "3,10,0.5,full"])
    assert found == Evaluation(3, 10, "full", {"mig": 0.5})


def test_that_the_evaluation_of_most_images_counts_then_the_newest() -> None:
    first, more, newer = (
        Evaluation(5, 100, "full", {"mig": 0.1}),
        Evaluation(5, 200, "full", {"mig": 0.2}),
        Evaluation(5, 200, "full", {"mig": 0.3}),
    )
    assert evaluation_at([first, more, newer], 5, "full") is newer
    assert evaluation_at([newer, first], 5, "full") is newer
    assert evaluation_at([first], 5, "live") is None
    assert evaluation_at([first], 6, "full") is None
