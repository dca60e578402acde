"""A child's end of its pipe: commands in, events out, and the parent's death told as a Quit."""

import multiprocessing
import os
import signal
import socket
import threading
import time
from collections import deque
from multiprocessing.connection import Connection, wait
from types import FrameType
from typing import Any

from core.protocol import Quit

# How long a child may take to save when its parent has died or the system wants it to end.
SECONDS_TO_SAVE = 2.5
_EXIT_CODE = 3


class Orphaned(Quit):
    """The parent is gone, though it did not say Quit."""


class _Terminated(BaseException):
    """SIGTERM came while the child waited."""


class Pipe:
    """What a child uses; SIGTERM reads as the command Quit, the parent's death as Orphaned."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        parent = multiprocessing.parent_process()
        if parent is None:
            raise RuntimeError("only a child process has a pipe to its parent")
        self._parent = parent.sentinel
        self._postponed: deque[Any] = deque()
        self._waiting = False
        self._end: Quit | None = None
        # Python's handlers run between two instructions of the main thread; a byte comes at once.
        self._woken, self._alarm = socket.socketpair()
        threading.Thread(target=self._outlive_briefly, name="watchdog", daemon=True).start()

    def read_sigterm_as_quit(self) -> None:
        """For a child that has something to save; any other is simply ended by the signal."""
        self._alarm.setblocking(False)
        signal.set_wakeup_fd(self._alarm.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGTERM, self._terminate)

    def send(self, event: object) -> None:
        """Send an event; when the parent is gone nobody misses it."""
        try:
            self._connection.send(event)
        except OSError:
            self._end = self._end or Orphaned()

    def next(self) -> Any:
        """Await the next command."""
        return self._postponed.popleft() if self._postponed else self._read(None)

    def poll(self) -> Any | None:
        """The next command if there is one."""
        return self._postponed.popleft() if self._postponed else self._read(0)

    def peek(self) -> Any | None:
        """A command that came in just now, past those that were put off."""
        return self._read(0)

    def postpone(self, command: object) -> None:
        """Let `next` and `poll` return it, later."""
        self._postponed.append(command)

    def _read(self, timeout: float | None) -> Any | None:
        try:
            self._waiting = True
            if self._end:
                return self._end
            ready = wait([self._connection, self._parent], timeout)
            if self._connection in ready:
                return self._connection.recv()
            return Orphaned() if ready else None
        except (_Terminated, EOFError, OSError):
            self._end = self._end or Orphaned()
            return self._end
        finally:
            self._waiting = False

    def _terminate(self, number: int, frame: FrameType | None) -> None:
        self._end = Quit()
        if self._waiting:
            raise _Terminated

    def _outlive_briefly(self) -> None:
        """End this process soon after its parent or SIGTERM, though it be in a long computation."""
        wait([self._parent, self._woken])
        time.sleep(SECONDS_TO_SAVE)
        os._exit(_EXIT_CODE)
