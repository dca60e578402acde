"""How a training fares beside other programs, and how a window's timer does meanwhile: a table.

`python -m icdrl_gui.contention`, on a machine that does nothing else; about ten minutes. A row for
each priority, number of threads and way of waiting; a column for each number of endless loops
beside it. What ships: nice 10, all cores until the training gives way (see
`core.training.contention`).
"""

import itertools
import os
import subprocess
import sys
from contextlib import ExitStack

from PySide6.QtCore import QCoreApplication, QTimer

from core.presets import FIRST_PRESET
from icdrl_gui.benchmark import busy_loops
from icdrl_gui.benchmarked import LoopClock, quantile

SECONDS = 8.0
LOOPS = (0, 1, 2)


def main() -> int:
    """Measure and print."""
    app = QCoreApplication([])
    cores = os.cpu_count() or 1
    print(
        f"{FIRST_PRESET} on {cores} cores: steps per s (share of all cores alone), p99 of a 16 ms"
    )
    print("timer's gaps; beside " + ", ".join(map(str, LOOPS)) + " busy loops")
    alone = 0.0
    for nice, threads, policy in itertools.product(
        (10, 5, 0), (cores, max(1, cores - 1)), ("default", "passive")
    ):
        cells = [_measure(app, nice, threads, policy, loops) for loops in LOOPS]
        alone = alone or cells[0][0]
        told = "   ".join(f"{rate:6.2f} ({rate / alone:4.0%}) {gap:5.1f} ms" for rate, gap in cells)
        print(f"nice {nice:2} threads {threads} {policy:7}  {told}", flush=True)
    return 0


def _measure(
    app: QCoreApplication, nice: int, threads: int, policy: str, loops: int
) -> tuple[float, float]:
    """Steps per second of a training beside so many loops, and the timer's p99 in ms."""
    environment = dict(os.environ) | ({"OMP_WAIT_POLICY": policy} if policy == "passive" else {})
    command = [sys.executable, "-m", "core.training.contended", FIRST_PRESET]
    command += [str(nice), str(threads), str(SECONDS)]
    with ExitStack() as running:
        training = running.enter_context(
            subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        )
        assert training.stdout is not None
        if training.stdout.readline() != "ready\n":
            raise SystemExit("The training did not begin.")
        running.enter_context(busy_loops(loops))
        clock = LoopClock()
        QTimer.singleShot(int(SECONDS * 1000), app.quit)
        app.exec()
        clock.stop()
        rate = float(training.stdout.readline())
    return rate, quantile(clock.gaps, 0.99)


if __name__ == "__main__":
    sys.exit(main())
