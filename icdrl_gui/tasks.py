"""Coroutines beside the window: none is lost or fails in silence, and signals can be awaited."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from PySide6.QtCore import SignalInstance

from core.errors import IcdrlError
from icdrl_gui.notifications import Messages


class Tasks:
    """Starts coroutines; expected trouble becomes a message, a defect reaches the loop's hook."""

    def __init__(self, messages: Messages) -> None:
        self._messages = messages
        self._running: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, None], cause: str = "") -> None:
        """Run `work` to its end, or to `close`; `cause`: of its trouble, over once it succeeds."""
        task = asyncio.get_running_loop().create_task(self._guard(work, cause))
        self._running.add(task)
        task.add_done_callback(self._finish)

    async def close(self) -> None:
        """Cancel what still runs, and wait for it."""
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _guard(self, work: Coroutine[Any, Any, None], cause: str) -> None:
        try:
            await work
        except IcdrlError as error:
            self._messages.error(str(error), cause=cause)
        else:
            self._messages.settle(cause)

    def _finish(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            context = {"message": "A task failed.", "exception": error, "task": task}
            task.get_loop().call_exception_handler(context)


def next_of(*signals: SignalInstance) -> "asyncio.Future[object]":
    """The first argument of whichever of these signals is emitted first from now on."""
    future = asyncio.get_running_loop().create_future()

    def take(*arguments: object) -> None:
        for signal in signals:
            signal.disconnect(take)
        if not future.done():
            future.set_result(arguments[0] if arguments else None)

    for signal in signals:
        signal.connect(take)
    return future
