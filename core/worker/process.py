"""The loop of a child: commands in, events out; trouble is told and the child goes on."""

import logging
import traceback
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection

import torch

from core.errors import IcdrlError
from core.protocol import Failed, Quit, Refused
from core.worker.entry import Role
from core.worker.explorer_service import ExplorerService
from core.worker.pipe import Pipe
from core.worker.trainer import Trainer

_log = logging.getLogger(__name__)


def serve(role: Role, connection: Connection, threads: int) -> None:
    """Do the work of a child until Quit, or until the parent is gone."""
    torch.set_num_interop_threads(1)
    pipe = Pipe(connection)
    if role == "trainer":
        _train(pipe, threads)
    else:
        _explore(pipe)


def _train(pipe: Pipe, threads: int) -> None:
    pipe.read_sigterm_as_quit()
    trainer = Trainer(pipe, threads)
    pipe.send(trainer.ready())
    command: object = None
    while not isinstance(command, Quit):
        command = pipe.poll() if trainer.busy else pipe.next()
        work = trainer.advance if command is None else partial(trainer.handle, command)
        _attempt(pipe, work, after_defect=trainer.abandon)


def _explore(pipe: Pipe) -> None:
    torch.set_num_threads(1)
    service = ExplorerService(pipe)
    pipe.send(service.ready())
    service.warm_up()
    command: object = None
    while not isinstance(command, Quit):
        command = pipe.poll() if service.busy else pipe.next()
        if command is None:
            about = service.work_id
            _attempt(pipe, service.advance, about, service.abandon, service.abandon)
        elif not isinstance(command, Quit):
            about = getattr(command, "id", None)
            _attempt(pipe, partial(service.answer, command), about)


def _attempt(
    pipe: Pipe,
    work: Callable[[], None],
    request: int | None = None,
    after_defect: Callable[[], None] = lambda: None,
    after_refusal: Callable[[], None] = lambda: None,
) -> None:
    """Do the work, and tell the parent what went wrong with it: the child goes on."""
    try:
        work()
    except IcdrlError as error:
        after_refusal()
        pipe.send(Refused(str(error), request))
    except Exception as error:
        _log.exception("unexpected")
        after_defect()
        first, *_ = str(error).splitlines() or [""]
        sentence = f"{type(error).__name__}: {first}".removesuffix(": ")
        pipe.send(Failed(sentence, traceback.format_exc(), request))
