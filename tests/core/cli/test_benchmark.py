import json
from collections.abc import Callable
from typing import Any

import pytest

from core.benchmark import Benchmark
from core.config import METHOD_CONFIGS, RunConfig
from core.data.dataset import Dataset

FIGURES = Benchmark(
    arithmetic={"device": "cpu", "dtype": "bfloat16", "threads": 2},
    batch_size=64,
    step_ms=86.0,
    step_ms_p10=80.0,
    images_per_s=744.0,
    gflop_per_step=15.24,
    gemm_gflops=410.0,
    ideal_ms=37.2,
    ratio=2.31,
    draw_ms=0.5,
    six_s=0.41,
    eight_s=0.75,
    live_s=0.5,
    live_share=0.012,
    peak_memory=2**30,
)


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[RunConfig]:
    """The configs that were measured, which takes no time here."""
    configs: list[RunConfig] = []

    def measure(config: RunConfig, dataset: Dataset, device: object) -> Benchmark:
        configs.append(config)
        return FIGURES

    monkeypatch.setattr("core.benchmark.measure", measure)
    return configs


@pytest.mark.usefixtures("_this_process_stays_as_it_is")
def test_that_people_and_programs_get_the_same_figures(
    icdrl: Callable[..., Any], small: list[str], measured: list[RunConfig]
) -> None:
    told = json.loads(icdrl("benchmark", *small, "--json").out)
    assert (told["gflop_per_step"], told["step_ms"], told["ratio"]) == (15.24, 86.0, 2.31)
    table = icdrl("benchmark", *small)
    assert table.code == 0
    assert "86.0 ms median, 80.0 ms p10, 744 images/s" in table.out
    assert "ideal step T = 37.2 ms, step = 2.31 T" in table.out
    assert "0.41 s for six (limit 1.0), 0.75 s for eight (limit 2.5)" in table.out
    assert "0.50 s while training, 1.2% of its time (limit 5%)" in table.out
    assert "1024 MiB" in table.out
    assert [config.batch_size for config in measured] == [4, 4]


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        ("--preset none", 2, "There is no preset 'none'. Presets: "),
        ("--set steps=0", 2, "steps should be greater than or equal to 1, not 0."),
        ("--device tpu", 1, "There is no device 'tpu' here: "),
    ],
)
def test_that_a_wrong_wish_gets_one_sentence(
    icdrl: Callable[..., Any], arguments: str, code: int, sentence: str
) -> None:
    answer = icdrl("benchmark", *arguments.split())
    assert answer.code == code
    assert answer.sentence().startswith(sentence)


@pytest.mark.usefixtures("_this_process_stays_as_it_is", "measured")
def test_that_a_step_of_each_method_is_timed_when_it_is_asked_for(
    icdrl: Callable[..., Any], small: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def numbered(configs: dict[str, RunConfig], *_: object) -> dict[str, float]:
        assert [config.method.title for config in configs.values()] == list(configs)
        return {name: float(place) for place, name in enumerate(configs)}

    monkeypatch.setattr("core.benchmark.step_times", numbered)
    told = json.loads(icdrl("benchmark", *small, "--methods", "--json").out)
    titles = [method.title for method in METHOD_CONFIGS.values()]
    assert told["step_ms_of"] == {title: float(place) for place, title in enumerate(titles)}
    assert all(title in icdrl("benchmark", *small, "--methods").out for title in titles)
