"""The parent's handle on a child process, and the queue of what it asks the explorer.

Two threads own the ends of a child's pipe, so whoever holds a `Child` never waits for it. What
comes in is called back, in order, through `call_soon`: on the thread of the parent's event loop.
"""

import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from core.errors import IcdrlError
from core.protocol import Previewed, Quit
from core.worker import entry
from core.worker.entry import Role
from core.worker.requests import Requests

__all__ = ["Child", "Requests", "Role", "WorkerDied"]

_SPAWN = multiprocessing.get_context("spawn")
_LARGEST_LOG = 2**20
_BYTES_SHOWN = 16 * 2**10
_SECONDS_AFTER_TERMINATE = 1.0


class WorkerDied(IcdrlError):  # noqa: N818  the name stands in the protocol between the rooms
    """A child that ended though nobody asked it to.

    Attributes:
        role: which child.
        exit_code: as in `subprocess`, negative for a signal.
        log: the end of what it wrote; may be empty.
        was_ready: whether it had said anything; one that never did may never do.
    """

    def __init__(self, role: Role, exit_code: int, log: str, was_ready: bool) -> None:
        self.role = role
        self.exit_code = exit_code
        self.log = log
        self.was_ready = was_ready
        lines = log.splitlines()
        # faulthandler's, which names what happened; below it stands where.
        telling = [line for line in lines if line.startswith("Fatal Python error")] or lines
        said = f" Its log says: {telling[-1].strip()}" if telling else ""
        super().__init__(f"The {role} ended unexpectedly ({_manner_of(exit_code)}).{said}")


class Child:
    """One child process: may be started, and started again when it has ended."""

    def __init__(
        self,
        role: Role,
        log: Path,
        call_soon: Callable[[Callable[[], None]], object],
        receive: Callable[[Any], None],
        died: Callable[[WorkerDied], None],
        threads: int = 0,
    ) -> None:
        """Nothing runs before `start`.

        Args:
            role: what the child does.
            log: file that its output is appended to; its folder is made.
            call_soon: runs a function soon on the parent's loop, such as
                `loop.call_soon_threadsafe`; called from any thread.
            receive: gets each event of the child through `call_soon`, in order; of several
                previews that wait only the newest is delivered.
            died: gets told once, after the last event, should the child end unasked.
            threads: CPU threads of a trainer; 0: as the preferences say.
        """
        self.role = role
        self.log = log
        self._call_soon = call_soon
        self._receive = receive
        self._died = died
        self._threads = threads
        self._running: _Running | None = None

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._running is not None and not self._running.ended.is_set()

    @property
    def pid(self) -> int | None:
        """Of the process that runs or ran last."""
        return self._running.pid if self._running else None

    def start(self) -> None:
        """Start the process; its first event is `Ready`, seconds later.

        Raises:
            RuntimeError: it runs already.
        """
        if self.alive:
            raise RuntimeError(f"the {self.role} runs already")
        self.log.parent.mkdir(parents=True, exist_ok=True)
        mailbox = _Mailbox(self._call_soon, self._receive, self._died)
        self._running = _Running(self.role, self.log, mailbox, self._threads)

    def send(self, command: object) -> None:
        """Send a command; one for a child that has ended is dropped, for `died` says so."""
        if self._running:
            self._running.outbox.put(command)

    def quit(self, patience_s: float = 10) -> None:
        """End the process: asked, after `patience_s` terminated, a second later killed. Blocks.

        Afterwards nothing of this child is called any more but for events that wait in the loop.
        """
        if self._running:
            self._running.end(patience_s)


class _Running:
    """A process with the two threads that own its pipe."""

    def __init__(self, role: Role, log: Path, mailbox: "_Mailbox", threads: int) -> None:
        self.ended = threading.Event()
        self.outbox: SimpleQueue[object] = SimpleQueue()
        self._role: Role = role
        self._log = log
        self._log_began = _shortened(log)
        self._mailbox = mailbox
        self._asked_to_end = False
        self._pipe, theirs = _SPAWN.Pipe()
        self._process: SpawnProcess = _SPAWN.Process(
            target=entry.main, args=(role, theirs, str(log), threads), name=role, daemon=True
        )
        self._process.start()
        theirs.close()
        self.pid = self._process.pid
        self._writer = threading.Thread(target=self._write, name=f"{role} writer", daemon=True)
        self._reader = threading.Thread(target=self._read, name=f"{role} reader", daemon=True)
        self._writer.start()
        self._reader.start()

    def end(self, patience_s: float) -> None:
        """The stop ladder; the process and the threads have ended when it returns."""
        self._asked_to_end = True
        self.outbox.put(Quit())
        if not self.ended.wait(patience_s):
            self._signal(self._process.terminate)
        if not self.ended.wait(_SECONDS_AFTER_TERMINATE):
            self._signal(self._process.kill)
        self._reader.join()

    def _signal(self, send: Callable[[], None]) -> None:
        with suppress(ValueError):  # It ended this very moment, and was put away.
            send()

    def _read(self) -> None:
        """Hand on what the process says until it ends; then tidy up after it."""
        was_ready = False
        while True:
            try:
                event = self._pipe.recv()
            except (EOFError, OSError):
                break
            was_ready = True
            self._mailbox.put(event)
        exit_code = self._reap()
        self.outbox.put(None)
        self._writer.join()
        self._pipe.close()
        self._process.close()
        self.ended.set()
        if not self._asked_to_end:
            died = WorkerDied(self._role, exit_code, self._last_lines(), was_ready)
            self._mailbox.put(died)

    def _reap(self) -> int:
        wait([self._process.sentinel])
        # Whoever starts another process meanwhile may have collected this one's exit code first.
        while (code := self._process.exitcode) is None:
            time.sleep(0.001)
        return code

    def _write(self) -> None:
        while (command := self.outbox.get()) is not None:
            try:
                self._pipe.send(command)
            except OSError:
                return  # The process has ended: the reader notices that as well.

    def _last_lines(self) -> str:
        try:
            with self._log.open("rb") as file:
                file.seek(max(self._log_began, file.seek(0, os.SEEK_END) - _BYTES_SHOWN))
                text = file.read().decode("utf-8", errors="replace")
        except OSError:
            return ""
        return text.strip()


class _Mailbox:
    """What a child said and nobody has taken in yet."""

    def __init__(
        self,
        call_soon: Callable[[Callable[[], None]], object],
        receive: Callable[[Any], None],
        died: Callable[[WorkerDied], None],
    ) -> None:
        self._call_soon = call_soon
        self._receive = receive
        self._died = died
        self._lock = threading.Lock()
        self._waiting: deque[object] = deque()

    def put(self, event: object) -> None:
        """Append; a preview takes the place of one that still waits. Called by the reader."""
        with self._lock:
            is_first = not self._waiting
            if isinstance(event, Previewed):
                self._waiting = deque(e for e in self._waiting if not isinstance(e, Previewed))
            self._waiting.append(event)
        if is_first:
            self._wake()

    def _wake(self) -> None:
        with suppress(RuntimeError):  # The loop is closed: nobody listens any more.
            self._call_soon(self._deliver)

    def _deliver(self) -> None:
        """Hand over one event, and come back for the next when the loop has done its other work."""
        with self._lock:
            event = self._waiting.popleft()
            more = bool(self._waiting)
        if more:
            self._wake()
        if isinstance(event, WorkerDied):
            self._died(event)
        else:
            self._receive(event)


def _shortened(log: Path) -> int:
    """Where in the log the next process begins to write; a log grown large begins anew."""
    try:
        size = log.stat().st_size
        if size > _LARGEST_LOG:
            log.write_bytes(b"")
            return 0
    except OSError:
        return 0
    return size


def _manner_of(exit_code: int) -> str:
    try:
        return f"killed by {signal.Signals(-exit_code).name}"
    except ValueError:
        return f"exit code {exit_code}"
