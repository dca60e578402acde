"""The app beside a training, watched: the process that `icdrl_gui.benchmark` measures.

    python -m icdrl_gui.benchmarked RUN_ROOT STEPS SECONDS_OF_SLIDING

Prints p95 and median of the sliders, p99 of the timer's gaps (ms) and the memory (MiB).
"""

import asyncio
import math
import statistics
import sys
import time
from functools import partial
from pathlib import Path

import psutil
from PySide6.QtCore import QObject, Qt, QTimer

from core.config import changed
from core.presets import load_preset
from icdrl_gui import app
from icdrl_gui.benchmark import PRESET, WARM_UP_STEPS
from icdrl_gui.models.exploration import ExplorationModel
from icdrl_gui.workspace import Workspace

TIMER_MS = 16
# A hand on a slider, seen by every other picture of a screen of 60 Hz.
SLIDER_S = 0.033


class LoopClock(QObject):
    """Gaps between the ticks of a precise timer of 16 ms, in ms."""

    def __init__(self) -> None:
        super().__init__()
        self.gaps: list[float] = []
        self._before = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(TIMER_MS)

    def stop(self) -> None:
        """No more ticks."""
        self._timer.stop()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.gaps.append((now - self._before) * 1e3)
        self._before = now


async def _train(steps: int, seconds: float, workspace: Workspace) -> int:
    session = workspace.session
    training = session.training
    ended, warm = asyncio.Event(), asyncio.Event()
    training.got_end.connect(lambda _: ended.set())
    training.refused.connect(lambda sentence: sys.exit(sentence))
    training.progressed.connect(lambda: warm.set() if training.step >= WARM_UP_STEPS else None)
    config = changed(load_preset(PRESET).config, {"steps": steps})
    training.start(config, session.preferences.run_root)
    await warm.wait()
    gaps, latencies = [0.0], [0.0]
    if seconds:
        gaps, latencies = await _slide(session.exploration, seconds)
        training.stop(keep=False)
    await ended.wait()
    print(
        quantile(latencies, 0.95),
        statistics.median(latencies),
        quantile(gaps, 0.99),
        psutil.Process().memory_info().rss / 2**20,
    )
    return 0


async def _slide(exploration: ExplorationModel, seconds: float) -> tuple[list[float], list[float]]:
    """Drag one slider after another; the loop's gaps and the pictures' latencies, in ms."""
    assert exploration.spec is not None
    codes = [code.name for code in exploration.spec.continuous]
    exploration.latencies_ms.clear()
    clock, began = LoopClock(), time.perf_counter()
    while (now := time.perf_counter() - began) < seconds:
        code = codes[int(now) % len(codes)]
        exploration.set_code(code, math.sin(now * 2 * math.pi), changing=True)
        await asyncio.sleep(SLIDER_S)
    clock.stop()
    return clock.gaps, list(exploration.latencies_ms)


def quantile(values: list[float], q: float) -> float:
    """The value below which a share `q` of `values` lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(q * len(ordered)))]


if __name__ == "__main__":
    place, steps, seconds = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    sys.exit(app.run(partial(_train, steps, seconds), run_root=place))
