"""The bundle as a person without Python uses it: unpacked somewhere else, with an empty home.

`make bundle-test` runs this with pytest, after `make bundle`. Screenshots stay in
dist/bundle-test/.
"""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib import metadata
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image, ImageGrab

from core.metrics import METRICS

DIST = Path(__file__).parents[1] / "dist"
PICTURES = DIST / "bundle-test"
SYSTEM = ("/usr/lib", "/lib", "/usr/share", "/var/cache/fontconfig", "/dev", "/memfd", "/SYSV")
STARTS = 4
SECONDS = 90.0


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that the archive holds."""
    version = metadata.version("icdrl")
    archives = sorted(DIST.glob(f"icdrl-{version}-*.tar.xz"))
    assert len(archives) == 1, f"{DIST} must hold one archive of {version}: run `make bundle`"
    place = tmp_path_factory.mktemp("elsewhere")
    subprocess.run(["tar", "-xf", archives[0], "-C", place], check=True)
    (folder,) = place.iterdir()
    return folder


@pytest.fixture(scope="session")
def screen() -> Iterator[str]:
    """A screen of 1280x800 that nobody sees."""
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        assert server.stdout is not None
        yield f":{server.stdout.readline().decode().strip()}"
        server.terminate()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return an empty home."""
    home = tmp_path / "home"
    home.mkdir()
    return home


@pytest.fixture
def environment(home: Path, screen: str, tmp_path: Path) -> dict[str, str]:
    """Return all that the bundle is told: no Python, no program at all is on the path."""
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    return {"HOME": str(home), "PATH": str(nothing), "DISPLAY": screen, "LANG": "C.UTF-8"}


@pytest.fixture
def run(
    bundle: Path, environment: dict[str, str], tmp_path: Path
) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Run one of the two programs to its end, which must be a good one."""

    def run(program: str, *arguments: object, **more: str) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            [bundle / program, *map(str, arguments)],
            cwd=tmp_path,
            env=environment | more,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    return run


@pytest.fixture
def app(
    bundle: Path, environment: dict[str, str], tmp_path: Path
) -> Iterator[Callable[..., psutil.Popen]]:
    """Start the app on the screen; what still runs in the end is killed."""
    started: list[psutil.Popen] = []

    def app(*arguments: object) -> psutil.Popen:
        command = [str(bundle / "icdrl-gui"), *map(str, arguments)]
        process = psutil.Popen(command, env=environment, cwd=tmp_path, stderr=subprocess.PIPE)
        started.append(process)
        return process

    yield app
    for process in started:
        for each in [*process.children(recursive=True), process] if process.is_running() else []:
            each.kill()
        process.communicate(timeout=SECONDS)


def wait_for(what: str, condition: Callable[[], object]) -> None:
    """Look every tenth of a second whether it has come about."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"not within {SECONDS:.0f} s: {what}"
        time.sleep(0.1)


def log_of(home: Path) -> str:
    """What the app wrote into its log so far."""
    log = home / ".local/state/icdrl/log/app.log"
    return log.read_text(encoding="utf-8") if log.exists() else ""


def shown_after(home: Path) -> float:
    """Wait for the window; return the seconds that it took."""
    shown = re.compile(r"Window shown ([0-9.]+) s")
    wait_for("the window is shown", lambda: shown.search(log_of(home)))
    return float(shown.findall(log_of(home))[-1])


def press(keys: str, environment: dict[str, str]) -> None:
    """Press keys in the app's window."""
    window = ("search", "--sync", "--onlyvisible", "--name", "ICDRL")
    display = {"DISPLAY": environment["DISPLAY"]}
    subprocess.run(
        ["xdotool", *window, "windowfocus", "--sync", "key", keys],
        env=os.environ | display,
        check=True,
    )


def take_picture(name: str, environment: dict[str, str]) -> Image.Image:
    """Return what the screen shows; it is kept as well."""
    PICTURES.mkdir(exist_ok=True)
    picture = ImageGrab.grab(xdisplay=environment["DISPLAY"])
    picture.save(PICTURES / f"{name}.png")
    return picture


def contents(folder: Path) -> dict[str, tuple[int, int]]:
    """Path -> size and time of change of all files."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in paths}


@pytest.fixture(scope="session", autouse=True)
def untouched(bundle: Path) -> Iterator[None]:
    """See to it that nothing is written beside the programs."""
    before = contents(bundle)
    yield
    assert contents(bundle) == before


def test_that_both_programs_tell_their_version_and_the_self_test_passes(
    run: Callable[..., "subprocess.CompletedProcess[str]"],
) -> None:
    assert run("icdrl-gui", "--version").stdout == f"ICDRL {metadata.version('icdrl')}\n"
    report = run("icdrl-gui", "--self-test").stdout
    print(report)
    assert report.startswith(f"ICDRL {metadata.version('icdrl')} (bundle)\n")
    assert report.endswith("All is well.\n")


def test_that_the_command_line_trains_resumes_traverses_and_scores(
    run: Callable[..., "subprocess.CompletedProcess[str]"], tmp_path: Path
) -> None:
    trained = tmp_path / "run"
    run("icdrl", "train", "--preset", "dsprites-quick", "--steps", 60, "--run-dir", trained)
    run("icdrl", "resume", trained, "--steps", 80)
    assert list((trained / "checkpoints").glob("step-*80.safetensors"))
    run("icdrl", "traverse", trained, "-o", tmp_path / "traversals.png")
    with Image.open(tmp_path / "traversals.png") as picture:
        assert min(picture.size) > 100
    for suffix in (".svg", ".pdf", ".gif", ".webp"):
        run("icdrl", "traverse", trained, "-o", (tmp_path / "traversals").with_suffix(suffix))
    run("icdrl", "evaluate", trained, "-o", tmp_path / "codes.npz", "--samples", 2000)
    scores = run(
        "icdrl", "score", "--factors", tmp_path / "codes.npz", "--codes", tmp_path / "codes.npz"
    )
    assert "MIG" in scores.stdout
    factors = np.indices((5, 5, 5)).reshape(3, -1).T
    np.save(tmp_path / "factors.npy", factors)
    np.save(tmp_path / "codes.npy", factors.astype(float))
    table = ("--factors", tmp_path / "factors.npy", "--codes", tmp_path / "codes.npy")
    scored = run("icdrl", "score", *table, "--metrics", ",".join(METRICS))
    assert re.search(r"MIG +1\.0000", scored.stdout)
    assert scored.stderr == ""


def test_that_the_window_trains_survives_a_killed_trainer_and_closes_well(
    app: Callable[..., psutil.Popen],
    environment: dict[str, str],
    home: Path,
    bundle: Path,
) -> None:
    window = app()
    shown_after(home)
    wait_for("both children run", partial(_has_children, window))
    colours = take_picture("window", environment).getcolors(2**24)
    assert colours is not None
    assert len(colours) > 50, "the window is empty"

    press("F5", environment)
    runs = home / ".local/share/icdrl/runs"
    wait_for("training", lambda: _steps(runs) >= 500)
    (trainer,) = _trainers(window)
    for process in (window, *window.children()):
        assert _foreign_libraries(process, bundle) == []
    take_picture("training", environment)

    children = len(window.children())
    trainer.send_signal(signal.SIGKILL)
    wait_for("it is told", lambda: "The trainer ended unexpectedly" in log_of(home))
    wait_for("another trainer", lambda: len(window.children()) == children)
    take_picture("trainer-killed", environment)

    left = window.children(recursive=True)
    press("ctrl+q", environment)
    _, said = window.communicate(timeout=SECONDS)
    assert (window.returncode, said.decode()) == (0, "")
    assert psutil.wait_procs(left, timeout=5)[1] == []


def test_that_the_window_is_there_soon(app: Callable[..., psutil.Popen], home: Path) -> None:
    seconds = []
    for _ in range(STARTS):
        shutil.rmtree(home / ".local/state", ignore_errors=True)
        window = app()
        seconds.append(shown_after(home))
        wait_for("both children run", partial(_has_children, window))
        window.send_signal(signal.SIGTERM)
        assert window.wait(SECONDS) == 0
    print("window shown after, s:", *(f"{each:.2f}" for each in seconds))


@pytest.mark.timeout(1200)
def test_that_the_demo_trains_with_and_without_the_constraint_and_exports(
    run: Callable[..., "subprocess.CompletedProcess[str]"], tmp_path: Path
) -> None:
    output = tmp_path / "demo"
    done = run("icdrl-gui", "--demo", "--demo-output", output, QT_QPA_PLATFORM="offscreen")
    print(done.stdout)
    for name in ("traversals-constraint-on.png", "traversals-constraint-off.png", "4-compare.png"):
        with Image.open(output / name) as picture:
            assert min(picture.size) > 100
    assert {path.suffix for path in output.iterdir()} >= {".png", ".gif", ".svg", ".csv", ".txt"}


def _has_children(window: psutil.Popen) -> bool:
    return len(window.children()) >= 2


def _trainers(window: psutil.Popen) -> list[psutil.Process]:
    """Those children that give way to others, as one that trains does."""
    return [child for child in window.children() if child.nice() == 10]


def _steps(runs: Path) -> int:
    """The last step in the losses of the only run; 0 before it."""
    tables = list(runs.glob("dsprites-quick-*/losses.csv"))
    rows = tables[0].read_text().splitlines() if tables else []
    return int(rows[-1].split(",")[0]) if len(rows) > 1 else 0


def _foreign_libraries(process: psutil.Process, bundle: Path) -> list[str]:
    """Files that a process has in its memory and that are neither the bundle's nor the system's."""
    paths = {each.path for each in process.memory_maps() if each.path.startswith("/")}
    own = (str(bundle), *SYSTEM)
    return sorted(path for path in paths if ".so" in path and not path.startswith(own))
