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


class Requests:
    """Keeps one request in flight and the newest of every other slot waiting.

    While a slot is asked again and again, as by a slider that moves, each answer is delivered as
    it comes, so that the picture follows, though a newer request waits; but for one about another
    run or of another kind, which nobody wants to see any more.
    """

    def __init__(self, send: Callable[[ExplorerCommand], None]) -> None:
        """`send` hands a command to the explorer."""
        self._send = send
        self._last_id = 0
        self._waiting: dict[str, _Asked] = {}
        self._in_flight: _Asked | None = None

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._in_flight is not None or bool(self._waiting)

    def ask(self, slot: str, request: Request, receive: Receive) -> None:
        """Ask, instead of what waits in the slot; `receive` gets the answer. The id is set here."""
        self._last_id += 1
        request = replace(request, id=self._last_id)
        before = self._in_flight
        if before and before.slot == slot and not _follows(request, before.request):
            self._give_up(before)
        # A slot that waits already keeps its place.
        self._waiting[slot] = _Asked(slot, request, receive)
        self._send_next()

    def cancel(self, slot: str) -> None:
        """Give up what the slot asked for; its answer is delivered to nobody."""
        self._waiting.pop(slot, None)
        if self._in_flight and self._in_flight.slot == slot:
            self._give_up(self._in_flight)

    def take(self, answer: Answer | Preparing) -> None:
        """Take in what came back; that data is prepared for what is in flight changes nothing."""
        asked = self._in_flight
        if isinstance(answer, Preparing) or asked is None or answer.id != asked.request.id:
            return  # of a request that an explorer before this one was asked
        self._in_flight = None
        self._send_next()
        superseded = asked.slot in self._waiting or (
            self._in_flight is not None and self._in_flight.slot == asked.slot
        )
        if not asked.cancelled and not (superseded and isinstance(answer, Refused | Failed)):
            asked.receive(answer)

    def reset(self) -> list[Request]:
        """There is a new explorer: ask it what the one before took to its grave, but only once.

        Returns the requests that two explorers died of; their receivers get `Refused`.
        """
        lost, self._in_flight = self._in_flight, None
        if lost and lost.asked_again and not lost.cancelled:
            self._send_next()
            sentence = "The explorer ended twice over this request, so it was given up."
            lost.receive(Refused(sentence, lost.request.id))
            return [lost.request]
        if lost and not lost.cancelled and lost.slot not in self._waiting:
            lost.asked_again = True
            self._waiting = {lost.slot: lost} | self._waiting
        self._send_next()
        return []

    def _give_up(self, asked: _Asked) -> None:
        if not asked.cancelled:
            asked.cancelled = True
            self._send(Cancel(asked.request.id))

    def _send_next(self) -> None:
        if self._in_flight or not self._waiting:
            return
        asked = self._waiting.pop(next(iter(self._waiting)))
        self._in_flight = asked
        self._send(asked.request)  # type: ignore[arg-type]  # one of the union's members


def _follows(newer: Request, older: Request) -> bool:
    """Whether the older answer is still worth a look when the newer one is on its way."""
    return type(newer) is type(older) and newer.run == older.run and not isinstance(newer, Encode)
