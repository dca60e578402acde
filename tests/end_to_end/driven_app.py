"""The real app, driven by a script in a person's stead: a process for the tests beside it.

    python driven_app.py SCRIPT RUN_ROOT CONFIG

Every line that it prints is a JSON object.
"""

import asyncio
import json
import os
import random
import signal
import sys
from functools import partial
from pathlib import Path

import psutil
from PySide6.QtCore import SignalInstance

from core.config import RunConfig, load_config
from icdrl_gui import app
from icdrl_gui.actions import TABLE
from icdrl_gui.notifications import Message
from icdrl_gui.session import Session
from icdrl_gui.workspace import Workspace


def say(**what: object) -> None:
    """Print a line for the test."""
    print(json.dumps(what, default=str), flush=True)


async def told(signal_: SignalInstance) -> object:
    """Wait for a signal; return what it carries."""
    future = asyncio.get_running_loop().create_future()

    def take(*arguments: object) -> None:
        if not future.done():
            future.set_result(arguments[0] if arguments else None)

    signal_.connect(take)
    try:
        return await future
    finally:
        signal_.disconnect(take)


def pid(session: Session, child: str) -> int:
    """Return the process of a child."""
    found = (session.trainer if child == "trainer" else session.explorer).pid  # type: ignore[union-attr]
    assert found is not None
    return found


def told_last(session: Session) -> Message:
    """Return what a person was told last."""
    return next(each for each in reversed(session.messages.entries) if each.kind != "technical")


async def train(config: RunConfig, workspace: Workspace) -> int:
    """Train, say who is who, and go on until somebody ends it."""
    session = workspace.session
    workspace.training.train(config)
    await told(session.training.got_losses)
    say(
        run=session.training.run,
        trainer=pid(session, "trainer"),
        explorer=pid(session, "explorer"),
        torch="torch" in sys.modules,
    )
    await asyncio.Event().wait()
    return 0


async def lose_trainer(config: RunConfig, workspace: Workspace) -> int:
    """Train, lose the trainer, and go on with the run by the button of the message."""
    session = workspace.session
    workspace.training.train(config)
    while session.training.step < 10:
        await told(session.training.got_losses)
    await asyncio.sleep(random.uniform(0, 0.5))
    os.kill(pid(session, "trainer"), signal.SIGKILL)
    await told(session.trainer_died)
    message = told_last(session)
    say(step=session.training.step, sentence=message.sentence)
    assert message.action is not None
    _, resume = message.action
    resume()
    started = await told(session.training.got_started)
    await told(session.training.got_losses)
    say(resumed=started.resumed, step=started.step)  # type: ignore[attr-defined]
    session.training.stop(keep=True)
    await told(session.training.got_end)
    return 0


async def lose_explorer(config: RunConfig, workspace: Workspace) -> int:
    """Look at a run, lose the explorer, and see a picture again."""
    session = workspace.session
    workspace.training.train(config)
    await told(session.training.got_end)
    workspace.opening.open(session.training.run)  # type: ignore[arg-type]
    exploration = session.exploration
    exploration.set_code("c1", 0.5)
    while exploration.image is None:
        await told(exploration.image_changed)
    before = pid(session, "explorer")
    os.kill(before, signal.SIGKILL)
    exploration.set_code("c1", -0.5)
    await told(exploration.image_changed)
    say(
        sentence=told_last(session).sentence,
        another=pid(session, "explorer") != before,
    )
    return 0


async def remember(config: RunConfig, workspace: Workspace) -> int:
    """Train, move a slider now and then, and say every ten seconds how much memory that takes."""
    session = workspace.session
    workspace.training.train(config)
    await told(session.training.got_losses)
    while True:
        for _ in range(20):
            session.exploration.set_code("c1", random.uniform(-1, 1))
            await asyncio.sleep(0.5)
        memory = psutil.Process().memory_info().rss / 2**20
        say(memory_mib=memory, step=session.training.step)


async def offered(config: RunConfig, workspace: Workspace) -> int:
    """Say what the window says after an earlier session ended badly."""
    say(sentence=told_last(workspace.session).sentence)
    return 0


async def look_around(config: RunConfig, workspace: Workspace) -> int:
    """Bring every part of the window to the front, with the keyboard in it."""
    for spec in TABLE:
        if spec.name.startswith("show_") and not spec.checkable:
            workspace.window.actions_[spec.name].trigger()
            await asyncio.sleep(0.2)
    workspace.window.show_dock("runs")
    return 0


SCRIPTS = {
    "train": train,
    "lose_trainer": lose_trainer,
    "lose_explorer": lose_explorer,
    "offered": offered,
    "remember": remember,
    "look_around": look_around,
}

if __name__ == "__main__":
    script, root, file = sys.argv[1:]
    play = partial(SCRIPTS[script], load_config(Path(file)))
    sys.exit(app.run(play, run_root=Path(root)))
