"""A run of an earlier version goes on to compute what it computed then."""

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from core.config import RunConfig, TCGANConfig, dump_config, load_config, parse_config
from core.data.dataset import Dataset
from core.exploring.explorer import Explorer
from core.methods import make_method
from core.randomness import Randomness
from core.resources import RESOURCES
from core.runs import RunFolder, checkpoint, list_runs
from core.training.loop import Training

CPU = torch.device("cpu")

SCALARS = ("discriminator", "generator", "information", "diversity", "gradient_independence")

# What the last version that wrote schema 1 reported for `of_schema_1`, in float32 on one thread.
REPORTED = {
    ("trunk", "gaussian"): (
        (1.38529635, 0.58485270, 6.61927128, 0.0993007571, 2.99392086e-5),
        (1.39914346, 0.93358451, 6.61317492, 0.1002364233, 2.51702586e-5),
        (1.42196441, 0.71253443, 6.59062576, 0.0973408520, 3.72203576e-5),
    ),
    ("head_only", "density_ratio"): (
        (1.38529635, 0.58234727, 6.63137341, 0.0993007571, 4.94596352e-5),
        (1.40046716, 0.94291008, 6.61480951, 0.1003099680, 1.11274736e-3),
        (1.42617261, 0.71257597, 6.59093857, 0.0970127136, 8.74616264e-4),
    ),
}


def of_schema_1(trains: str = "trunk", estimator: str = "gaussian") -> dict[str, Any]:
    """A config as the version before wrote it: every setting that it knew."""
    return {
        "schema": 1,
        "preset": "",
        "data": {"source": "dsprites-small", "image_size": 32, "channels": 1, "fit": "crop"},
        "method": {
            "kind": "tc_gan",
            "latent": {
                "noise_dim": 5,
                "noise_prior": "uniform",
                "continuous_codes": 5,
                "categorical_codes": [3],
            },
            "information": {"weight": 0.1, "trains": trains, "variance": "fixed"},
            "independence": {
                "enabled": True,
                "weight": 0.1,
                "estimator": estimator,
                "warmup_steps": 0,
                "atomic": "all",
                "code_noise": 0.37,
                "bank_size": 512,
                "discriminator_lr": 0.001,
            },
            "real_target_low": 0.9,
            "generator_lr": 0.0005,
            "discriminator_lr": 0.002,
            "beta1": 0.5,
            "beta2": 0.999,
        },
        "steps": 4,
        "batch_size": 8,
        "seed": 0,
        "precision": "float32",
        "report_every": 1,
        "picture_every": 1000,
        "evaluate_every": 1000,
        "checkpoint_every": 2,
    }


def method_of(config: RunConfig) -> TCGANConfig:
    assert isinstance(config.method, TCGANConfig)
    return config.method


def assert_as_it_was(method: TCGANConfig) -> None:
    assert method.generator_steps == 1
    assert not method.information.spectral_norm


@pytest.mark.parametrize("trains", ["trunk", "head_only"])
def test_that_a_config_of_schema_1_keeps_what_it_says_and_what_it_did(trains: str) -> None:
    values = of_schema_1(trains)
    config = parse_config(values, "here")
    assert_as_it_was(method_of(config))
    written = json.loads(dump_config(config))
    assert written.pop("schema") == 2
    del written["method"]["generator_steps"], written["method"]["information"]["spectral_norm"]
    assert written == {name: value for name, value in values.items() if name != "schema"}


def test_that_the_example_is_what_it_was_trained_as() -> None:
    method = method_of(load_config(RESOURCES / "example" / "config.json"))
    assert_as_it_was(method)
    assert (method.information.trains, method.generator_lr) == ("trunk", 5e-4)


@pytest.mark.parametrize("values", [{}, {"method": {}}, {"method": {"information": {}}}])
def test_that_what_a_config_of_schema_1_leaves_out_has_the_defaults_of_then(
    values: dict[str, Any],
) -> None:
    method = method_of(parse_config({"schema": 1, **values}, "here"))
    assert_as_it_was(method)
    assert (method.information.trains, method.generator_lr) == ("trunk", 5e-4)


def test_that_a_config_that_is_written_and_read_again_is_migrated_once() -> None:
    config = parse_config(of_schema_1(), "here")
    assert parse_config(json.loads(dump_config(config)), "here") == config


@pytest.mark.parametrize(("trains", "estimator"), REPORTED)
def test_that_a_config_of_schema_1_computes_the_losses_of_then(trains: str, estimator: str) -> None:
    config = parse_config(of_schema_1(trains, estimator), "here")
    method = make_method(config, Randomness(config.seed, CPU), CPU, torch.float32)
    bank = 0.5 * torch.randn(512, 5, generator=torch.Generator())
    method.load_counters(method.counters() | {"bank": bank})
    for step, reported in enumerate(REPORTED[trains, estimator]):
        generator = torch.Generator().manual_seed(step)
        losses = method.train_step(torch.rand(8, 1, 32, 32, generator=generator))
        assert [float(losses[name]) for name in SCALARS] == pytest.approx(reported, rel=1e-6)


@pytest.fixture
def trained(tmp_path: Path, toy: Dataset) -> Callable[..., RunFolder]:
    """Train a run of schema 1 up to a step, then leave it without a word."""

    def trained(name: str, last: int) -> RunFolder:
        run = RunFolder.create(tmp_path / name, parse_config(of_schema_1(), "here"))
        with closing(Training(run, toy, CPU)) as training:
            for report in training.events():
                if report.step == last < 4:
                    break
        return run

    return trained


def make_old(run: RunFolder) -> None:
    """Let its config and its checkpoints say what those of schema 1 said."""
    (run.path / "config.json").write_text(json.dumps(of_schema_1()), encoding="utf-8")
    for path in (*run.checkpoints(), *run.snapshots()):
        tensors, header = checkpoint.load(path, CPU)
        checkpoint.save(path, tensors, replace(header, config=of_schema_1()))


def test_that_an_old_run_is_listed_opened_drawn_and_goes_on_to_the_last_bit(
    trained: Callable[..., RunFolder], toy: Dataset, losses_of: Callable[..., Any]
) -> None:
    whole, old = trained("whole", 4), trained("old", 3)
    make_old(old)
    summaries, broken = list_runs(old.path.parent)
    assert ({each.name for each in summaries}, broken) == ({"whole", "old"}, [])
    explorer = Explorer(old, old.snapshot_at(None))
    explorer.method.generate(torch.zeros(2, explorer.method.spec.latent_dim))
    with closing(Training(old, toy, CPU, resume=True)) as resumed:
        assert (resumed.step, resumed.notice) == (2, "")
        for _ in resumed.events():
            pass
        assert losses_of(resumed) == losses_of(SimpleNamespace(run=whole))
    ours, theirs = (checkpoint.load(run.checkpoints()[-1], CPU)[0] for run in (old, whole))
    torch.testing.assert_close(
        *({k: v for k, v in each.items() if k.startswith("method/")} for each in (ours, theirs)),
        rtol=0,
        atol=0,
    )


def test_that_an_old_run_can_be_deleted(trained: Callable[..., RunFolder]) -> None:
    run = trained("old", 1)
    make_old(run)
    run.require_deletable()
