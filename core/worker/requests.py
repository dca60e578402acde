"""`Requests`: what the explorer is asked, one request at a time, the newest of each slot."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from core.protocol import (
    Answer,
    Cancel,
    Encode,
    ExplorerCommand,
    Failed,
    Preparing,
    Refused,
    Request,
)

Receive = Callable[[Answer], None]


@dataclass
class _Asked:
    slot: str
    request: Request
    receive: Receive
    cancelled: bool = False
    asked_again: bool = False

    @property
    def beside(self) -> bool:
        """Whether the explorer answers others meanwhile."""
        return self.request.beside


class Requests:
    """Keeps one request in flight and the newest of every other slot waiting.

    Of those that take seconds, one is in flight beside the others.

    While a slot is asked again and again, as by a slider that moves, each answer is delivered as
    it comes, so that the picture follows, though a newer request waits; but for one about another
    run or of another kind, which nobody wants to see any more.
    """

    def __init__(self, send: Callable[[ExplorerCommand], None]) -> None:
        """`send` hands a command to the explorer."""
        self._send = send
        self._last_id = 0
        self._waiting: dict[str, _Asked] = {}
        # By whether it is beside the others.
        self._in_flight: dict[bool, _Asked] = {}

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return bool(self._in_flight) or bool(self._waiting)

    def ask(self, slot: str, request: Request, receive: Receive) -> None:
        """Ask, instead of what waits in the slot; `receive` gets the answer. The id is set here."""
        self._last_id += 1
        request = replace(request, id=self._last_id)
        for before in self._of(slot):
            if not _follows(request, before.request):
                self._give_up(before)
        # A slot that waits already keeps its place.
        self._waiting[slot] = _Asked(slot, request, receive)
        self._send_next()

    def cancel(self, slot: str) -> None:
        """Give up what the slot asked for; its answer is delivered to nobody."""
        self._waiting.pop(slot, None)
        for asked in self._of(slot):
            self._give_up(asked)

    def take(self, answer: Answer | Preparing) -> None:
        """Take in what came back; that data is prepared for what is in flight changes nothing."""
        if isinstance(answer, Preparing):
            return
        found = [each for each in self._in_flight.values() if each.request.id == answer.id]
        if not found:
            return  # of a request that an explorer before this one was asked
        (asked,) = found
        del self._in_flight[asked.beside]
        self._send_next()
        superseded = asked.slot in self._waiting or bool(self._of(asked.slot))
        if not asked.cancelled and not (superseded and isinstance(answer, Refused | Failed)):
            asked.receive(answer)

    def reset(self) -> list[Request]:
        """There is a new explorer: ask it what the one before took to its grave, but only once.

        Returns the requests that two explorers died of; their receivers get `Refused`.
        """
        lost = [each for each in self._in_flight.values() if not each.cancelled]
        self._in_flight = {}
        given_up = [each for each in lost if each.asked_again]
        for each in lost:
            if not each.asked_again and each.slot not in self._waiting:
                each.asked_again = True
                self._waiting = {each.slot: each} | self._waiting
        self._send_next()
        for each in given_up:
            sentence = "The explorer ended twice over this request, so it was given up."
            each.receive(Refused(sentence, each.request.id))
        return [each.request for each in given_up]

    def _of(self, slot: str) -> list[_Asked]:
        """What is in flight of a slot."""
        return [asked for asked in self._in_flight.values() if asked.slot == slot]

    def _give_up(self, asked: _Asked) -> None:
        if not asked.cancelled:
            asked.cancelled = True
            self._send(Cancel(asked.request.id))
            if asked.beside:
                # Its Cancel is heard at once and not answered, unlike that of others.
                del self._in_flight[True]
                self._send_next()

    def _send_next(self) -> None:
        for asked in tuple(self._waiting.values()):
            if asked.beside not in self._in_flight:
                del self._waiting[asked.slot]
                self._in_flight[asked.beside] = asked
                self._send(asked.request)  # type: ignore[arg-type]  # one of the union's members


def _follows(newer: Request, older: Request) -> bool:
    """Whether the older answer is still worth a look when the newer one is on its way."""
    return type(newer) is type(older) and newer.run == older.run and not isinstance(newer, Encode)
