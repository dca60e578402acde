import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.runs import RunFolder


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20))
def test_that_a_run_killed_at_a_random_moment_repeats_its_losses_after_resume(
    icdrl: Callable[..., Any],
    watch: Callable[..., Any],
    endless: list[object],
    tmp_path: Path,
    seed: int,
) -> None:
    moment = random.Random(seed)
    run = RunFolder(tmp_path / "run")
    with watch(*endless) as training:
        training.wait_for(f"step {moment.randint(1, 20)}:")
        time.sleep(moment.uniform(0, 0.2))
        training.process.kill()
        assert training.end().code == -signal.SIGKILL
    before = run.rows(run.losses)
    last, kept = run.last_step(), run.checkpoint_step()
    assert last - run.config().checkpoint_every <= kept
    assert icdrl("resume", run.path, "--steps", last + 2).code == 0
    after = run.rows(run.losses)
    assert [int(row["step"]) for row in after] == list(range(1, last + 3))
    columns = before[0].keys() - {"trained_s", "wall_time", "images_per_s"}
    for earlier, later in zip(before, after, strict=False):
        assert {name: earlier[name] for name in columns} == {name: later[name] for name in columns}
