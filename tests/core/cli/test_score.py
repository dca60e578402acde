import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core.metrics import METRICS
from core.metrics.report import DEFAULT

Matrix = NDArray[np.float64]


# What the implementation behind the paper's table gives. None: it gives nothing.
GOLDEN: dict[str, tuple[float | None, float | None, float | None]] = {
    "jemmig": (1.0, 0.686839, 0.000775),
    "mod": (1.0, 0.898641, 0.608862),
    "mig_over_code": (1.0, 0.607046, 0.000095),
    "sap": (1.0, 0.734177, 0.000035),
    "exp": (1.0, 0.9599, 0.0297),
    "exp_separate": (0.5930, 0.6089, 0.0296),
    "factor_vae": (1.0, 1.0, None),
    "z_diff": (1.0, 1.0, None),
    "dci": (1.0, 0.8895, None),
    "dci.completeness": (1.0, 0.9333, None),
    "dci.informativeness": (1.0, 0.7694, None),
}


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
    assert any(line.startswith("TC 0.0") for line in lines)
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


@pytest.mark.parametrize(("column", "name"), [(0, "identity"), (1, "mixed"), (2, "noise")])
def test_that_the_scores_of_files_are_those_of_the_published_implementation(
    icdrl: Callable[..., Any],
    grid: Matrix,
    golden_codes: dict[str, Matrix],
    tmp_path: Path,
    column: int,
    name: str,
) -> None:
    np.savez_compressed(tmp_path / "factors.npz", grid)
    np.save(tmp_path / "codes.npy", golden_codes[name])
    expected = {key: row[column] for key, row in GOLDEN.items()}
    metrics = dict.fromkeys(key.partition(".")[0] for key in GOLDEN)
    answer = icdrl(
        *("score", "--factors", tmp_path / "factors.npz", "--codes", tmp_path / "codes.npy"),
        *("--metrics", ",".join(metrics), "--json"),
    )
    scores = json.loads(answer.out)["scores"]
    for key, value in expected.items():
        if value is not None:
            metric, _, part = key.partition(".")
            found = scores[metric]["parts"][part] if part else scores[metric]["value"]
            tolerance = 2e-3 if key.startswith("exp") else 1e-4
            assert found == pytest.approx(value, abs=tolerance), key


def test_that_infinitely_dependent_codes_leave_the_json_valid(
    icdrl: Callable[..., Any], files: tuple[Path, Path], tmp_path: Path
) -> None:
    codes = np.load(files[1])
    np.save(tmp_path / "copied.npy", codes[:, [0, 0, 1]])
    path = ("--codes", tmp_path / "copied.npy", "--metrics", "total_correlation,active_codes")

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    told = json.loads(icdrl("score", *path, "--json").out, parse_constant=refuse)
    assert told["scores"]["total_correlation"]["value"] is None
    assert told["scores"]["active_codes"]["value"] == 3
    assert "inf" in icdrl("score", *path).out


def test_that_the_number_of_bins_can_be_chosen(
    icdrl: Callable[..., Any], files: tuple[Path, Path]
) -> None:
    def values(*options: object) -> dict[str, float]:
        answer = icdrl("score", "--factors", files[0], "--codes", files[1], "--json", *options)
        told = json.loads(answer.out)
        return {name: score["value"] for name, score in told["scores"].items()}

    usual, ten, three = values(), values("--bins", 10), values("--bins", 3)
    assert ten == usual
    # Four values in three bins: the code of a factor still tells its bin.
    assert {name for name in usual if three[name] != pytest.approx(usual[name])} <= {
        *("jemmig", "mod", "mig", "exp", "z_diff", "factor_vae")
    }
    assert three["jemmig"] < usual["jemmig"] - 0.001


def test_that_every_value_of_a_factor_can_be_a_class_of_its_own(
    icdrl: Callable[..., Any], tmp_path: Path
) -> None:
    np.save(tmp_path / "forty.npy", np.arange(2000.0) % 40)
    path = ("--factors", tmp_path / "forty.npy", "--codes", tmp_path / "forty.npy")
    values = []
    for options in ((), ("--discrete-factors",), ("--discrete-factors", "--bins", "40")):
        told = json.loads(icdrl("score", *path, "--metrics", "mig", "--json", *options).out)
        values.append(told["scores"]["mig"]["value"])
    assert values == pytest.approx([1, np.log(10) / np.log(40), 1])


def test_that_constant_factors_leave_what_needs_none(
    icdrl: Callable[..., Any], files: tuple[Path, Path], tmp_path: Path
) -> None:
    np.savez(tmp_path / "same.npz", factors=np.ones((1000, 2)), factor_names=["shape", "x"])
    path = ("--factors", tmp_path / "same.npz", "--codes", files[1])
    answer = icdrl("score", *path, "--json")
    assert answer.code == 0
    reason = "Every factor is constant: a score needs a factor with two values."
    names = "exp, jemmig, mod, sap, z_diff, factor_vae, mig, dci, infomec"
    assert answer.err == f"note: no {names}: {reason}\n"
    told = json.loads(answer.out)
    assert set(told["scores"]) == {"total_correlation", "total_correlation_knn", "active_codes"}
    assert set(told["refused"].values()) == {reason}
    assert np.shape(told["correlation"]) == (3, 3)
    assert (told["factors"], told["mutual_information"]) == (["shape", "x"], None)
    assert "1,000 rows, 3 codes, 2 factors" in icdrl("score", *path).out


def test_that_help_lists_every_metric(icdrl: Callable[..., Any]) -> None:
    words = icdrl("score", "--help").out.replace(",", " ").replace(".", " ").split()
    assert set(METRICS) <= set(words)
    words = icdrl("evaluate", "--help").out.replace(",", " ").replace(".", " ").split()
    assert set(DEFAULT) <= set(words)


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
    assert "note: no z_diff, factor_vae: Some factor has no value that occurs twice" in answer.err
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
        (("--codes", "c.npy", "--bins", "1"), 2, "Invalid value for '--bins': "),
        (("--codes", "c.npy", "--bins", "ten"), 2, "Invalid value for '--bins': "),
        (("--codes", "long.csv"), 1, "long.csv is damaged or of another kind: field larger"),
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
    Path("long.csv").write_text("9" * 131_073)
    answer = icdrl("score", *arguments)
    assert answer.code == code
    assert answer.sentence().startswith(sentence)
