"""What a newcomer is promised of the first preset, for five seeds."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.config import CONSTRAINT
from core.presets import FIRST_PRESET

# A code that tells this share of what it tells of factors of one factor follows it.
FOLLOWS = 0.4


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(5))
def test_that_the_constraint_brings_three_factors_apart(
    icdrl: Callable[..., Any], tmp_path: Path, seed: int
) -> None:
    reports = []
    for enabled in ("true", "false"):
        run = tmp_path / enabled
        settings = ("--seed", seed, "--set", f"{CONSTRAINT}.enabled={enabled}", "--run-dir", run)
        trained = icdrl("train", "--preset", FIRST_PRESET, *settings)
        assert trained.code == 0, trained.err
        reports.append(icdrl("evaluate", run, "--json").told())
    on, off = reports
    followed = [each for each in on["follows"].values() if each]
    apart = {each["factor"] for each in followed if each["exclusiveness"] > FOLLOWS}
    print(
        f"seed {seed}: MIG on {on['scores']['mig']['value']:.3f}, "
        f"off {off['scores']['mig']['value']:.3f}; apart: {', '.join(sorted(apart))}"
    )
    assert len(apart) >= 3
    assert on["scores"]["mig"]["value"] > off["scores"]["mig"]["value"]
