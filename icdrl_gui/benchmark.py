"""How the app feels, in figures: start, sliders, the loop, training speed, memory.

`python -m icdrl_gui.benchmark`, on a machine that does nothing else. Where there is no display it
runs off screen.
"""

import csv
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PRESET = "dsprites-tcgan"
STARTS = 5
ROUNDS = 3
STEPS = 500
# Left out at the beginning of a run: the constraint's bank fills, the processor warms up.
WARM_UP_STEPS = 100
SECONDS_OF_FEELING = 30.0
_SHOWN = re.compile(r"Window shown ([0-9.]+) s")


@dataclass(frozen=True)
class Figures:
    """What one run of the app beside a training showed; times in milliseconds."""

    steps_per_s: float
    slider_p95: float
    slider_median: float
    gap_p99: float
    memory_mib: float


def main() -> int:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="icdrl-bench-") as home:
        environment = _environment(Path(home))
        starts = [_start(environment, Path(home)) for _ in range(STARTS + 1)][1:]
        print(f"window shown, s: median {statistics.median(starts):.2f} of {_list(starts)}")
        in_app: list[Figures] = []
        alone: list[float] = []
        for round_ in range(ROUNDS):
            in_app.append(_in_app(environment, Path(home) / f"app-{round_}", STEPS))
            alone.append(_alone(environment, Path(home) / f"alone-{round_}"))
        feeling = _in_app(environment, Path(home) / "feel", 10**6, SECONDS_OF_FEELING)
        with busy_loops(1):
            beside = _in_app(environment, Path(home) / "beside", 10**6, SECONDS_OF_FEELING)
    print(
        f"slider to picture while training, ms: p95 {feeling.slider_p95:.1f}, "
        f"median {feeling.slider_median:.1f}"
    )
    print(f"gaps of a 16 ms timer while training, ms: p99 {feeling.gap_p99:.1f}")
    print(f"memory of the app's process, MiB: {feeling.memory_mib:.0f}")
    rates = [figures.steps_per_s for figures in in_app]
    ratio = statistics.median(a / b for a, b in zip(rates, alone, strict=True))
    print(
        f"training in the app / icdrl train: {ratio:.3f} "
        f"(steps per s: {_list(rates)} / {_list(alone)})"
    )
    print(
        f"beside one busy loop: {beside.steps_per_s / feeling.steps_per_s:.0%} of the steps per s "
        f"({beside.steps_per_s:.2f} of {feeling.steps_per_s:.2f}), timer's gaps p99 "
        f"{beside.gap_p99:.1f} ms, slider to picture p95 {beside.slider_p95:.1f} ms"
    )
    return 0


@contextmanager
def busy_loops(count: int) -> Iterator[None]:
    """So many other programs that compute all the time."""
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def _environment(home: Path) -> dict[str, str]:
    """This environment with its own settings, but with the data that was prepared already."""
    own = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "DATA", "STATE")}
    environment = dict(os.environ) | own
    if not environment.get("DISPLAY") and not environment.get("WAYLAND_DISPLAY"):
        environment["QT_QPA_PLATFORM"] = "offscreen"
    return environment


def _start(environment: dict[str, str], home: Path) -> float:
    """Seconds from the process's beginning until its window is shown."""
    log = home / "state" / "icdrl" / "log" / "app.log"
    log.unlink(missing_ok=True)
    app = subprocess.Popen([sys.executable, "-m", "icdrl_gui"], env=environment)
    deadline = time.monotonic() + 60
    found = None
    while found is None and time.monotonic() < deadline:
        time.sleep(0.1)
        found = _SHOWN.search(log.read_text(encoding="utf-8")) if log.exists() else None
    time.sleep(2)  # Its children are still importing: the next start must not share their cores.
    app.send_signal(signal.SIGTERM)
    code = app.wait(timeout=30)
    if found is None or code != 0:
        raise SystemExit(f"The app did not start and end as it should (exit code {code}).")
    return float(found[1])


def _alone(environment: dict[str, str], run: Path) -> float:
    """Steps per second of `icdrl train`."""
    command = [sys.executable, "-m", "core.cli", "train", "--preset", PRESET]
    command += ["--steps", str(STEPS), "--run-dir", str(run)]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return _rate(run)


def _in_app(environment: dict[str, str], root: Path, steps: int, seconds: float = 0.0) -> Figures:
    """Train in an app of its own; with `seconds`, move sliders that long and then stop."""
    command = [sys.executable, "-m", "icdrl_gui.benchmarked", str(root), str(steps), str(seconds)]
    printed = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    last = printed.stdout.strip().splitlines()[-1]
    slider_p95, slider_median, gap_p99, memory = map(float, last.split())
    (run,) = (path.parent for path in root.glob(f"{PRESET}-*/losses.csv"))
    return Figures(_rate(run), slider_p95, slider_median, gap_p99, memory)


def _rate(run: Path) -> float:
    """Steps per second by the clock on the wall, pictures and evaluations included."""
    with (run / "losses.csv").open(newline="") as file:
        rows = [(int(row["step"]), float(row["wall_time"])) for row in csv.DictReader(file)]
    warm = [row for row in rows if row[0] >= WARM_UP_STEPS]
    (first, began), (last, ended) = warm[0], warm[-1]
    return (last - first) / (ended - began)


def _list(values: list[float]) -> str:
    return ", ".join(f"{value:.2f}" for value in values)


if __name__ == "__main__":
    sys.exit(main())
