"""Coroutines beside the window."""

import asyncio
from typing import Any

from pytestqt.qtbot import QtBot

from core.errors import IcdrlError
from icdrl_gui.notifications import Messages
from icdrl_gui.tasks import Tasks


async def fail(error: Exception) -> None:
    """Fail."""
    raise error


def run(messages: Messages, error: Exception) -> list[dict[str, Any]]:
    """Let a task fail; return what the loop was told."""
    told: list[dict[str, Any]] = []

    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
        tasks = Tasks(messages)
        tasks.spawn(fail(error))
        await asyncio.sleep(0.01)
        await tasks.close()

    asyncio.run(main())
    return told


def test_that_expected_trouble_becomes_a_message(qtbot: QtBot) -> None:
    messages = Messages()
    assert run(messages, IcdrlError("The disk is full.")) == []
    assert [each.sentence for each in messages.entries] == ["The disk is full."]
    messages.close()


def test_that_a_defect_reaches_the_hook_of_the_loop(qtbot: QtBot) -> None:
    messages, error = Messages(), ValueError("a defect")
    (told,) = run(messages, error)
    assert told["exception"] is error
    assert messages.entries == []
    messages.close()


def test_that_closing_ends_what_still_runs(qtbot: QtBot) -> None:
    ended: list[bool] = []

    async def forever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    async def main() -> None:
        tasks = Tasks(Messages())
        tasks.spawn(forever())
        await asyncio.sleep(0)
        await tasks.close()

    asyncio.run(main())
    assert ended == [True]
