"""The parent's handle on a child: started, heard, ended, and mourned."""

import asyncio
import gc
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.export import Recipe, TraversalGrid
from core.protocol import Event, Losses, Paused, Previewed, Ready, Refused, Stop
from core.worker.client import Child, WorkerDied, _Mailbox

Role = str


def losses(step: int) -> Losses:
    return Losses(step, 0.0, 0.0, 0.0, {})


def preview(step: int) -> Previewed:
    grid, recipe = TraversalGrid.__new__(TraversalGrid), Recipe.__new__(Recipe)
    return Previewed(step, grid, recipe)


class Loop:
    """A loop that does its work when the test says so."""

    def __init__(self) -> None:
        self.work: list[Callable[[], None]] = []
        self.received: list[object] = []
        self.deaths: list[WorkerDied] = []
        self.mailbox = _Mailbox(self.work.append, self.received.append, self.deaths.append)

    def turn(self) -> None:
        self.work.pop(0)()


def test_that_events_are_delivered_in_order_one_a_turn_of_the_loop() -> None:
    loop = Loop()
    events: list[Event | Paused] = [losses(1), Paused(1), losses(2)]
    for event in events:
        loop.mailbox.put(event)
    for i in range(3):
        assert len(loop.work) == 1
        loop.turn()
        assert loop.received == events[: i + 1]
    assert loop.work == []
    loop.mailbox.put(losses(3))
    loop.turn()
    assert loop.received[-1] == losses(3)


def test_that_of_the_previews_that_wait_only_the_newest_is_delivered() -> None:
    loop = Loop()
    for event in (preview(1), losses(1), losses(2), preview(2), losses(3), preview(3)):
        loop.mailbox.put(event)
    while loop.work:
        loop.turn()
    assert loop.received[:3] == [losses(1), losses(2), losses(3)]
    assert [event.step for event in loop.received[3:] if isinstance(event, Previewed)] == [3]


def test_that_a_single_preview_replaced_by_another_wakes_the_loop_once() -> None:
    loop = Loop()
    loop.mailbox.put(preview(1))
    loop.mailbox.put(preview(2))
    assert len(loop.work) == 1
    loop.turn()
    assert len(loop.received) == 1


def test_that_a_receiver_that_fails_misses_one_event_only() -> None:
    loop = Loop()
    received: list[object] = []

    def receive(event: object) -> None:
        received.append(event)
        if event == losses(1):
            raise ZeroDivisionError

    mailbox = _Mailbox(loop.work.append, receive, loop.deaths.append)
    mailbox.put(losses(1))
    mailbox.put(losses(2))
    with pytest.raises(ZeroDivisionError):
        loop.turn()
    loop.turn()
    assert received == [losses(1), losses(2)]


def test_that_death_is_told_after_the_last_event() -> None:
    loop = Loop()
    loop.mailbox.put(losses(1))
    loop.mailbox.put(WorkerDied("trainer", -9, "", was_ready=True))
    loop.turn()
    assert (loop.received, loop.deaths) == ([losses(1)], [])
    loop.turn()
    assert len(loop.deaths) == 1


def test_that_nothing_happens_when_the_loop_is_closed() -> None:
    loop = asyncio.new_event_loop()
    loop.close()
    heard: list[object] = []
    mailbox = _Mailbox(loop.call_soon_threadsafe, heard.append, heard.append)
    mailbox.put(losses(1))
    assert heard == []


@pytest.mark.parametrize(
    ("exit_code", "log", "sentence"),
    [
        (-9, "", "The trainer ended unexpectedly (killed by SIGKILL)."),
        (1, "", "The trainer ended unexpectedly (exit code 1)."),
        (-999, "", "The trainer ended unexpectedly (exit code -999)."),
        (
            -11,
            "Loading.\nFatal Python error: Bus error\n\nThread 1:\n  in conv2d\n",
            "The trainer ended unexpectedly (killed by SIGSEGV). Its log says: Fatal Python "
            "error: Bus error",
        ),
        (
            -15,
            "Loading.\n  Half of it.\n",
            "The trainer ended unexpectedly (killed by SIGTERM). Its log says: Half of it.",
        ),
    ],
)
def test_that_death_is_told_in_a_sentence(exit_code: int, log: str, sentence: str) -> None:
    assert str(WorkerDied("trainer", exit_code, log, was_ready=True)) == sentence


def open_files() -> int:
    gc.collect()
    return psutil.Process().num_fds()


def test_that_a_child_that_was_ended_leaves_no_process_thread_or_file(
    talk: Callable[[Role], Any],
) -> None:
    # multiprocessing's own helper, which stays.
    resource_tracker.ensure_running()
    threads, files = threading.active_count(), open_files()
    both = [talk("explorer"), talk("trainer")]
    assert [each.child.alive for each in both] == [True, True]
    pids = [each.child.pid for each in both]
    for each in both:
        each.child.quit()
        assert not each.child.alive
        assert each.deaths.empty()
        each.child.quit()
        each.send(Stop(keep=False))
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert multiprocessing.active_children() == []
    assert (threading.active_count(), open_files()) == (threads, files)


def test_that_a_killed_child_is_told_once_with_the_end_of_its_log(
    talk: Callable[[Role], Any],
) -> None:
    explorer = talk("explorer")
    with explorer.child.log.open("a") as log:
        log.write("the last words\n")
    os.kill(explorer.child.pid, signal.SIGSEGV)
    died = explorer.deaths.get(timeout=30)
    assert (died.role, died.exit_code, died.was_ready) == ("explorer", -signal.SIGSEGV, True)
    assert "the last words\nFatal Python error: Segmentation fault" in died.log
    assert not explorer.child.alive
    explorer.send(Stop(keep=False))
    explorer.child.quit()
    assert explorer.deaths.empty()


def test_that_a_child_can_be_started_again(talk: Callable[[Role], Any]) -> None:
    explorer = talk("explorer")
    with pytest.raises(RuntimeError, match="runs already"):
        explorer.child.start()
    first = explorer.child.pid
    os.kill(first, signal.SIGKILL)
    assert explorer.deaths.get(timeout=30).log == ""
    explorer.child.start()
    assert isinstance(explorer.next(), Ready)
    assert explorer.child.pid != first
    explorer.send("nonsense")
    assert explorer.next().sentence.startswith("TypeError")


def test_that_a_log_grown_large_begins_anew(talk: Callable[[Role], Any], tmp_path: Path) -> None:
    log = tmp_path / "logs" / "explorer.log"
    log.parent.mkdir()
    log.write_text("long ago\n" * 200_000)
    talk("explorer")
    assert log.stat().st_size < 1000


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_that_a_child_that_hangs_is_killed(talk: Callable[[Role], Any]) -> None:
    explorer = talk("explorer")
    os.kill(explorer.child.pid, signal.SIGSTOP)
    # More than a pipe holds: whoever wrote it would hang as well.
    for _ in range(100):
        explorer.send("x" * 65_536)
    began = time.monotonic()
    explorer.child.quit(patience_s=0.2)
    # It ran out of patience, then waited a second more.
    assert 1.2 < time.monotonic() - began < 1.2 + explorer.seconds_to_start
    assert not psutil.pid_exists(explorer.child.pid)
    assert explorer.deaths.empty()


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_that_ctrl_c_in_the_terminal_is_the_parents_alone(talk: Callable[[Role], Any]) -> None:
    explorer = talk("explorer")
    os.kill(explorer.child.pid, signal.SIGINT)
    explorer.send("nonsense")
    assert explorer.next().sentence.startswith("TypeError")


def test_that_a_child_that_is_told_to_quit_while_it_starts_ends(tmp_path: Path) -> None:
    heard: list[object] = []
    child = Child("trainer", tmp_path / "t.log", lambda work: work(), heard.append, heard.append)
    child.send(Stop(keep=False))
    child.quit()
    assert (child.alive, child.pid) == (False, None)
    child.start()
    child.quit()
    assert [type(event) for event in heard] == [Ready]


def test_that_events_reach_the_thread_of_an_asyncio_loop(tmp_path: Path) -> None:
    async def work() -> list[object]:
        heard: asyncio.Queue[object] = asyncio.Queue()
        here = threading.get_ident()

        def receive(event: object) -> None:
            assert threading.get_ident() == here
            heard.put_nowait(event)

        loop = asyncio.get_running_loop()
        child = Child("trainer", tmp_path / "t.log", loop.call_soon_threadsafe, receive, receive)
        child.start()
        child.send(Stop(keep=True))
        events = [await heard.get(), await heard.get()]
        await asyncio.to_thread(child.quit)
        return events + [heard.get_nowait() for _ in range(heard.qsize())]

    ready, refused = asyncio.run(work())
    assert isinstance(ready, Ready)
    assert refused == Refused("Nothing is being trained.")
