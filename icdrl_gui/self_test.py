"""`--self-test`: does this installation work? The report is for a person's bug report."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
from PySide6.QtWidgets import QApplication

from core.config import RunConfig, changed
from core.counts import counted
from core.errors import IcdrlError
from core.export import read_recipe, save_picture
from core.preferences import Preferences, load_preferences
from core.protocol import Answer, Ended, Ready, Traverse, Traversed
from core.worker.client import WorkerDied
from icdrl_gui.diagnostics import diagnostics
from icdrl_gui.notifications import Messages
from icdrl_gui.session import Session
from icdrl_gui.tasks import next_of

STEPS = 2

_FAILED = "FAILED"

_PATIENCE_S = 120.0
"""For each check; the slowest, that both children import torch, takes seconds."""


class SelfTestError(IcdrlError):
    """A check that failed."""


async def self_test(app: QApplication) -> int:
    """Check the parts one after the other and print what was found; returns the exit code.

    The report lies in the user's log folder as well: on Windows a window's program cannot print.
    """
    messages = Messages(app)
    call_soon = asyncio.get_running_loop().call_soon_threadsafe
    with tempfile.TemporaryDirectory(prefix="icdrl-self-test-") as place:
        session = Session(_preferences(Path(place)), messages, call_soon, app)
        try:
            report = [line async for line in _SelfTest(session, Path(place)).report()]
        finally:
            await session.close()
    broken = any(_FAILED in line for line in report)
    logs = messages.log_path.parent
    report.append(f"Something is broken; the logs: {logs}" if broken else "All is well.")
    text = "\n".join([diagnostics(session.training.ready), *report])
    print(text)
    with suppress(OSError):
        (logs / "self-test.txt").write_text(text + "\n", encoding="utf-8")
    return 1 if broken else 0


class _SelfTest:
    def __init__(self, session: Session, place: Path) -> None:
        self._session = session
        self._place = place
        self._drawn: Traversed | None = None

    async def report(self) -> AsyncIterator[str]:
        """A line for each check, up to the first that fails."""
        checks: dict[str, Callable[[], Awaitable[str]]] = {
            "window": self._imports_the_window,
            "trainer": self._starts_the_trainer,
            "training": self._trains,
            "explorer": self._draws,
            "export": self._exports,
        }
        for name, check in checks.items():
            try:
                found = await asyncio.wait_for(check(), _PATIENCE_S)
            except TimeoutError:
                yield f"{name}: {_FAILED}: nothing came within {_PATIENCE_S:.0f} s."
                return
            except (IcdrlError, ImportError, OSError) as error:
                yield f"{name}: {_FAILED}: {error}"
                return
            yield f"{name}: {found}"

    async def _imports_the_window(self) -> str:
        from icdrl_gui.workspace import Workspace

        return f"{Workspace.__name__} and all panels can be imported"

    async def _starts_the_trainer(self) -> str:
        session = self._session
        ready = next_of(session.training.got_ready, session.trainer_died)
        session.start_trainer()
        session.start_explorer()
        found = await _alive(ready)
        assert isinstance(found, Ready)
        return f"runs, with devices {', '.join(found.devices)}"

    async def _trains(self) -> str:
        training, data = self._session.training, self._place / "noise.npz"
        np.savez(data, images=np.random.default_rng(0).random((64, 32, 32)))
        config = changed(RunConfig(), {"data.source": str(data), "data.image_size": 32})
        config = changed(config, {"steps": STEPS, "batch_size": 16})
        over = next_of(
            training.got_end, training.refused, training.failed, self._session.trainer_died
        )
        training.start(config, self._place)
        found = await _alive(over)
        if not (isinstance(found, Ended) and found.reason == "finished"):
            raise SelfTestError(found.sentence if isinstance(found, Ended) else str(found))
        device = training.ready.device if training.ready else "no device"
        return f"{counted(found.step, 'step')} on {device}"

    async def _draws(self) -> str:
        answered = next_of(self._session.explorer_died)

        def receive(answer: Answer) -> None:
            if not answered.done():
                answered.set_result(answer)

        request = Traverse(0, str(self._session.training.run), STEPS, "random:0", "prior", 7)
        self._session.ask("self-test", request, receive)
        answer = await _alive(answered)
        if not isinstance(answer, Traversed):
            raise SelfTestError(str(answer))
        self._drawn = answer
        return f"drew a traversal of {counted(len(answer.recipe.codes), 'code')}"

    async def _exports(self) -> str:
        assert self._drawn is not None
        sizes = []
        for suffix in (".png", ".gif", ".pdf", ".svg"):
            path = self._place / f"traversals{suffix}"
            save_picture(path, self._drawn.grid, self._drawn.recipe)
            if read_recipe(path) != self._drawn.recipe:
                raise SelfTestError(f"The recipe in a {suffix} file was not read back.")
            sizes.append(f"{suffix} {path.stat().st_size:,}")
        return f"wrote and read {', '.join(sizes)} bytes"


async def _alive(said: Awaitable[object]) -> object:
    """What a child said.

    Raises:
        WorkerDied: it died instead.
    """
    found = await said
    if isinstance(found, WorkerDied):
        raise found
    return found


def _preferences(place: Path) -> Preferences:
    """A person's own device and threads, and another place for runs."""
    return load_preferences().model_copy(update={"run_root": place})
