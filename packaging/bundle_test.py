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
from typing import get_args

import h5py
import measures
import numpy as np
import psutil
import pytest
from PIL import Image, ImageGrab

from core.config import Estimator
from core.metrics import METRICS
from core.runs import step_of

DIST = Path(__file__).parents[1] / "dist"
PICTURES = DIST / "bundle-test"
SYSTEM = ("/usr/lib", "/lib")
# What the bundle must bring itself, wherever it is found.
OWN = re.compile(r"python|libQt6|site-packages|dist-packages|libtorch")
MOST_MB = {"archive": 200, "unpacked": 750}
SOONEST_S = 1.5
STARTS = 4
SECONDS = 240.0

pytestmark = pytest.mark.timeout(1200)


@pytest.fixture(scope="session")
def archive() -> Path:
    """Return what `make bundle` left."""
    version = metadata.version("icdrl")
    archives = sorted(DIST.glob(f"icdrl-{version}-*.tar.xz"))
    assert len(archives) == 1, f"{DIST} must hold one archive of {version}: run `make bundle`"
    return archives[0]


@pytest.fixture(scope="session")
def bundle(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that the archive holds."""
    place = tmp_path_factory.mktemp("elsewhere")
    subprocess.run(["tar", "-xf", archive, "-C", place], check=True)
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


def test_that_it_is_small_and_brings_its_licences_and_what_desktops_look_for(
    archive: Path, bundle: Path, environment: dict[str, str]
) -> None:
    sizes = {"archive": measures.size_mb(archive), "unpacked": measures.size_mb(bundle)}
    if "-cuda" not in archive.name:
        assert all(size <= MOST_MB[name] for name, size in sizes.items()), sizes
    notices = (bundle / "THIRD-PARTY-NOTICES.txt").read_text(encoding="utf-8")
    texts = re.findall(r"^    (licenses/.+)$", notices, re.MULTILINE)
    assert len(texts) > 30
    wanted = [
        *texts,
        "LICENSE",
        ".DirIcon",
        "icdrl.desktop",
        "usr/share/applications/icdrl.desktop",
    ]
    assert [name for name in wanted if not (bundle / name).stat().st_size] == []
    (described,) = (bundle / "usr/share/metainfo").iterdir()
    subprocess.run(["appstreamcli", "validate", "--no-net", described], check=True)
    subprocess.run(["desktop-file-validate", bundle / "icdrl.desktop"], check=True)
    appimage = environment | {"PATH": "/usr/bin:/bin", "ARGV0": "icdrl"}
    subprocess.run([bundle / "AppRun", "presets", "list"], env=appimage, check=True)


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


@pytest.mark.parametrize("estimator", get_args(Estimator))
def test_that_every_estimator_trains_on_files_of_ones_own(
    run: Callable[..., "subprocess.CompletedProcess[str]"], tmp_path: Path, estimator: str
) -> None:
    images = np.random.default_rng(0).integers(0, 256, (64, 32, 32), dtype=np.uint8)
    data = tmp_path / "images.npz"
    np.savez(data, images=images)
    settings = {"data.source": data, "data.image_size": 32, "batch_size": 64}
    settings |= {"method.independence.estimator": estimator}
    given = [part for name, value in settings.items() for part in ("--set", f"{name}={value}")]
    trained = tmp_path / "run"
    run("icdrl", "train", *given, "--steps", 12, "--run-dir", trained)
    run("icdrl", "export", trained, "--what", "samples", "-o", tmp_path / "samples.png")
    assert "finished" in run("icdrl", "runs", "show", trained).stdout


def test_that_folders_and_hdf5_files_are_read(
    run: Callable[..., "subprocess.CompletedProcess[str]"], tmp_path: Path
) -> None:
    images = np.random.default_rng(0).integers(0, 2, (9, 64, 64), dtype=np.uint8)
    folder = tmp_path / "folder"
    folder.mkdir()
    for suffix in (".png", ".jpg", ".webp"):
        Image.fromarray(images[0] * 255).save(folder / f"image{suffix}")
    assert "3" in run("icdrl", "data", "info", folder).stdout
    with h5py.File(tmp_path / "dsprites.hdf5", "w") as file:
        file["imgs"] = images
        file["latents/values"] = np.zeros((9, 6))
        file["latents/classes"] = np.zeros((9, 6), np.int64)
    assert "9" in run("icdrl", "data", "info", tmp_path / "dsprites.hdf5").stdout


def test_that_the_window_trains_survives_a_killed_trainer_and_closes_well(
    app: Callable[..., psutil.Popen],
    environment: dict[str, str],
    run: Callable[..., "subprocess.CompletedProcess[str]"],
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
    wait_for("training", lambda: _steps(runs) >= 100)
    (trainer,) = _trainers(window)
    for process in (window, *window.children()):
        assert _foreign_libraries(process, bundle) == []
    take_picture("training", environment)

    before = set(window.children())
    trainer.send_signal(signal.SIGKILL)
    wait_for("it is told", lambda: "The trainer ended unexpectedly" in log_of(home))
    wait_for("another trainer", lambda: set(window.children()) - before)
    take_picture("trainer-killed", environment)

    left = window.children(recursive=True)
    press("ctrl+q", environment)
    _, said = window.communicate(timeout=SECONDS)
    assert (window.returncode, said.decode()) == (0, "")
    assert psutil.wait_procs(left, timeout=5)[1] == []
    (interrupted,) = runs.glob("dsprites-small-beta_tcvae-on*")
    goal = max(map(step_of, (interrupted / "checkpoints").glob("step-*"))) + 20
    run("icdrl", "resume", interrupted, "--steps", goal)
    assert _steps(runs) == goal


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
    assert min(seconds[1:]) <= SOONEST_S


def test_that_the_demo_trains_with_and_without_the_constraint_and_exports(
    run: Callable[..., "subprocess.CompletedProcess[str]"], home: Path, tmp_path: Path
) -> None:
    # Whatever else runs on this machine holds up one thread far less than two.
    preferences = home / ".config" / "icdrl" / "preferences.json"
    preferences.parent.mkdir(parents=True)
    preferences.write_text('{"threads": 1}')
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
    tables = list(runs.glob("dsprites-small-beta_tcvae-*/losses.csv"))
    rows = tables[0].read_text().splitlines() if tables else []
    return int(rows[-1].split(",")[0]) if len(rows) > 1 else 0


def _foreign_libraries(process: psutil.Process, bundle: Path) -> list[str]:
    """Libraries in a process's memory that are neither the bundle's nor may be the system's."""
    paths = {each.path for each in process.memory_maps() if ".so" in each.path}
    foreign = {path for path in paths if not path.startswith(str(bundle))}
    return sorted(path for path in foreign if OWN.search(path) or not path.startswith(SYSTEM))
