"""What a newcomer is promised of the first preset, for five seeds."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from core.config import CONSTRAINT
from core.presets import FIRST_PRESET
from tests.end_to_end.conftest import ICDRL

# A code follows the factor that makes up at least this share of what it says about factors.
FOLLOWS = 0.4


def evaluated(run: Path, seed: int, enabled: bool) -> dict[str, Any]:
    """Train, and what `icdrl evaluate` tells."""
    settings = ["--seed", str(seed), "--set", f"{CONSTRAINT}.enabled={str(enabled).lower()}"]
    subprocess.run(
        [*ICDRL, "train", "--preset", FIRST_PRESET, *settings, "--run-dir", str(run)], check=True
    )
    told = subprocess.check_output([*ICDRL, "evaluate", str(run), "--json"])
    report: dict[str, Any] = json.loads(told)
    return report


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(5))
def test_that_the_constraint_brings_three_factors_apart(tmp_path: Path, seed: int) -> None:
    on, off = (evaluated(tmp_path / str(enabled), seed, enabled) for enabled in (True, False))
    followed = [each for each in on["follows"] if each and each["exclusiveness"] >= FOLLOWS]
    apart = {each["factor"] for each in followed}
    mig_on, mig_off = (report["scores"]["mig"]["value"] for report in (on, off))
    print(f"seed {seed}: MIG {mig_on:.3f} on, {mig_off:.3f} off; {', '.join(sorted(apart))}")
    assert len(apart) >= 3
    assert mig_on > mig_off
