import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Factors and codes: a code for each of two factors, and one that is noise."""
    generator = np.random.default_rng(0)
    factors = generator.integers(4, size=(1000, 2)).astype(float)
    codes = np.stack([factors[:, 1], -2 * factors[:, 0], generator.random(1000)], axis=1)
    np.savez(tmp_path / "f.npz", factors=factors, factor_names=["shape", "[x]"])
    np.save(tmp_path / "c.npy", codes)
    return tmp_path / "f.npz", tmp_path / "c.npy"


def test_that_people_get_scores_and_what_each_code_follows(
    icdrl: Callable[..., Any], files: tuple[Path, Path]
) -> None:
    answer = icdrl("score", "--factors", files[0], "--codes", files[1])
    assert (answer.code, answer.err) == (0, "")
    lines = [" ".join(line.split()) for line in answer.out.splitlines()]
    assert lines[0] == "1,000 rows, 3 codes, 2 factors"
    assert "SAP 0.99" in "\n".join(lines)
    assert any(line.startswith("TC, Gaussian 0.0") for line in lines)
    follows = {line.split()[0]: line for line in lines if line.startswith("c")}
    assert follows["code"] == "code shape [x] follows"
    assert "[x] (" in follows["c1"]
    assert "shape (" in follows["c2"]
    assert follows["c3"].endswith("no factor")


def test_that_programs_get_everything(icdrl: Callable[..., Any], files: tuple[Path, Path]) -> None:
    told = json.loads(icdrl("score", "--factors", files[0], "--codes", files[1], "--json").out)
    assert (told["rows"], told["codes"], told["factors"]) == (
        *(1000, ["c1", "c2", "c3"]),
        ["shape", "[x]"],
    )
    mig = told["scores"]["mig"]
    assert mig["value"] == pytest.approx(1, abs=0.02)
    assert (mig["lowest"], mig["highest"], mig["direction"]) == (0, 1, "higher")
    assert len(mig["parts"]["per_factor"]) == 2
    assert np.shape(told["mutual_information"]) == (3, 2)
    assert np.shape(told["correlation"]) == (3, 3)
    assert [each and each["factor"] for each in told["follows"]] == ["[x]", "shape", None]
    # Infinity cannot be said in JSON.
    assert told["scores"]["total_correlation"]["highest"] is None


def test_that_certain_metrics_can_be_asked_for_and_tables_come_as_text(
    icdrl: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "f.csv").write_text("shape\n" + "1\n2\n3\n" * 10)
    (tmp_path / "c.csv").write_text("left,right\n" + "1,5\n2,5\n3,5\n" * 10)
    answer = icdrl(
        *("score", "--factors", tmp_path / "f.csv", "--codes", tmp_path / "c.csv", "--json"),
        *("--metrics", "mig_over_code, mod"),
    )
    told = json.loads(answer.out)
    assert (told["codes"], told["factors"]) == (["left", "right"], ["shape"])
    scores = {name: score["value"] for name, score in told["scores"].items()}
    assert scores == pytest.approx({"mig_over_code": 1, "mod": 0.5})


def test_that_codes_alone_are_scored_by_what_needs_no_factors(
    icdrl: Callable[..., Any], files: tuple[Path, Path]
) -> None:
    answer = icdrl("score", "--codes", files[1], "--json")
    told = json.loads(answer.out)
    assert set(told["scores"]) == {"total_correlation", "total_correlation_knn", "active_codes"}
    assert (told["factors"], told["mutual_information"], told["follows"]) == ([], None, [])


def test_that_a_metric_that_refuses_is_noted(icdrl: Callable[..., Any], tmp_path: Path) -> None:
    np.save(tmp_path / "few.npy", np.arange(6.0))
    answer = icdrl("score", "--factors", tmp_path / "few.npy", "--codes", tmp_path / "few.npy")
    assert answer.code == 0
    assert "note: no z_diff: Some factor has no value that occurs twice" in answer.err
    assert "MIG" in answer.out


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("--codes", "none.npy"), 1, "Cannot read none.npy: No such file or directory."),
        (
            ("--codes", "c.npy", "--factors", "short.npy"),
            1,
            "There are 2 rows of factors and 1,000",
        ),
        (("--codes", "c.npy", "--metrics", "mig"), 1, "Without factors there is no mig: give"),
        (("--codes", "c.npy", "--metrics", "mik"), 1, "There is no metric mik: metrics are exp, "),
        (("--codes", "words.csv"), 1, "words.csv holds 'b' in row 2; give numbers."),
        (("--codes", "nan.npy"), 1, "The codes hold NaN or infinity; leave those rows out."),
        ((), 2, "Missing option '--codes'"),
    ],
)
def test_that_bad_input_gets_one_sentence(
    icdrl: Callable[..., Any],
    files: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    code: int,
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    np.save("short.npy", np.eye(2))
    np.save("nan.npy", np.array([[1.0], [np.nan]]))
    Path("words.csv").write_text("a\nb\n")
    answer = icdrl("score", *arguments)
    assert answer.code == code
    assert answer.sentence().startswith(sentence)
