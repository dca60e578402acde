from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest

from core.protocol import (
    Answer,
    Cancel,
    Draw,
    Drawn,
    Encode,
    Evaluate,
    Failed,
    Preparing,
    Refused,
    Request,
    Sample,
)
from core.worker.client import Requests

PIXELS = np.zeros((1, 32, 32, 1), np.uint8)


def draw(step: int = 0, run: str = "run") -> Draw:
    """A request that tells by its step which one it is."""
    return Draw(0, run, step, np.zeros((1, 10), np.float32))


@dataclass
class Desk:
    """Requests with the explorer's side of them played by the test."""

    sent: list[object] = field(default_factory=list)
    received: list[Answer] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.requests = Requests(self.sent.append)

    def ask(self, slot: str, request: Request) -> None:
        self.requests.ask(slot, request, self.received.append)

    def answer(self) -> Drawn:
        """Answer the request that was sent last."""
        answer = Drawn(self._last().id, self._last().step or 0, PIXELS)
        self.requests.take(answer)
        return answer

    def refuse(self) -> None:
        self.requests.take(Refused("No.", self._last().id))

    def steps(self) -> list[int | None]:
        return [command.step for command in self.sent if isinstance(command, Request)]

    def _last(self) -> Request:
        return next(command for command in reversed(self.sent) if isinstance(command, Request))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_that_a_request_gets_an_id_of_its_own_and_its_answer(desk: Desk) -> None:
    for _ in range(2):
        desk.ask("explore", draw())
        answer = desk.answer()
        assert desk.received[-1] == answer
    first, second = (command.id for command in desk.sent if isinstance(command, Request))
    assert first != second
    assert [answer.id for answer in desk.received] == [first, second]


def test_that_only_one_request_is_in_flight_and_the_newest_of_a_slot_waits(desk: Desk) -> None:
    for step in range(5):
        desk.ask("explore", draw(step))
    assert desk.steps() == [0]
    desk.answer()
    assert desk.steps() == [0, 4]
    desk.answer()
    assert desk.steps() == [0, 4]


def test_that_a_picture_follows_a_slider_that_moves_faster_than_it_is_drawn(desk: Desk) -> None:
    for step in range(6):
        desk.ask("explore", draw(step))
        if step % 2:
            desk.answer()
    assert [answer.step for answer in desk.received if isinstance(answer, Drawn)] == [0, 1, 3]


@pytest.mark.parametrize("newer", [draw(1, run="other"), Sample(0, "run", 1, 0, 4)])
def test_that_an_answer_about_something_else_is_given_up_and_delivered_to_nobody(
    desk: Desk, newer: Request
) -> None:
    desk.ask("explore", draw(0))
    desk.ask("explore", newer)
    assert desk.sent[-1] == Cancel(1)
    desk.answer()
    assert desk.received == []
    assert desk.steps() == [0, 1]


def test_that_an_image_to_encode_takes_the_place_of_one_that_is_being_encoded(desk: Desk) -> None:
    desk.ask("encode", Encode(0, "run", None, 3))
    desk.ask("encode", Encode(0, "run", None, 4))
    assert desk.sent[-1] == Cancel(1)
    desk.refuse()
    assert desk.received == []
    assert isinstance(desk.sent[-1], Encode)
    assert desk.sent[-1].image == 4


def test_that_slots_take_turns_in_the_order_in_which_they_began_to_wait(desk: Desk) -> None:
    for slot, step in [("a", 0), ("b", 1), ("c", 2), ("a", 3), ("b", 4)]:
        desk.ask(slot, draw(step))
    for _ in range(4):
        desk.answer()
    assert desk.steps() == [0, 4, 2, 3]


def test_that_an_answer_may_lead_to_another_request(desk: Desk) -> None:
    desk.requests.ask("a", draw(0), lambda answer: desk.ask("a", draw(1)))
    desk.answer()
    assert desk.steps() == [0, 1]


def test_that_trouble_with_a_request_reaches_who_asked_unless_a_newer_one_waits(desk: Desk) -> None:
    desk.ask("explore", draw(0))
    desk.refuse()
    assert desk.received == [Refused("No.", 1)]
    desk.ask("explore", draw(1))
    desk.ask("explore", draw(2))
    desk.requests.take(Failed("No.", "Traceback ...", 2))
    assert len(desk.received) == 1
    assert desk.steps() == [0, 1, 2]


def test_that_a_cancelled_slot_hears_nothing_and_others_go_on(desk: Desk) -> None:
    desk.ask("a", draw(0))
    desk.ask("a", draw(1))
    desk.ask("b", draw(2))
    desk.requests.cancel("a")
    desk.requests.cancel("a")
    assert desk.sent[1:] == [Cancel(1)]
    desk.answer()
    assert desk.received == []
    answer = desk.answer()
    assert desk.received == [answer]
    assert desk.steps() == [0, 2]


def test_that_an_answer_that_nobody_awaits_is_passed_over(desk: Desk) -> None:
    desk.requests.take(Refused("The trainer's own.", None))
    desk.ask("a", draw(0))
    desk.requests.take(Drawn(99, 0, PIXELS))
    assert desk.received == []
    assert desk.answer() in desk.received


def test_that_data_prepared_for_a_request_leaves_it_in_flight(desk: Desk) -> None:
    desk.ask("a", draw(0))
    desk.ask("a", draw(1))
    desk.requests.take(Preparing("dsprites", 1, 2))
    assert (desk.received, desk.steps()) == ([], [0])
    assert desk.answer() in desk.received


@pytest.fixture
def lost(desk: Desk) -> Callable[[], list[Request]]:
    """The explorer dies, and another takes its place."""
    return desk.requests.reset


def test_that_a_new_explorer_is_asked_what_the_dead_one_did_not_answer(
    desk: Desk, lost: Callable[[], list[Request]]
) -> None:
    desk.ask("a", draw(0))
    desk.ask("b", draw(1))
    assert lost() == []
    assert desk.steps() == [0, 0]
    answer = desk.answer()
    assert desk.received == [answer]
    assert desk.steps() == [0, 0, 1]


def test_that_a_request_that_two_explorers_died_of_is_given_up(
    desk: Desk, lost: Callable[[], list[Request]]
) -> None:
    desk.ask("a", draw(0))
    desk.ask("b", draw(1))
    lost()
    assert [request.step for request in lost()] == [0]
    assert isinstance(desk.received[0], Refused)
    assert desk.received[0].id == 1
    assert desk.steps() == [0, 0, 1]


def test_that_a_new_explorer_is_not_asked_what_nobody_wants_any_more(
    desk: Desk, lost: Callable[[], list[Request]]
) -> None:
    desk.ask("a", draw(0))
    desk.ask("a", draw(1))
    lost()
    assert desk.steps() == [0, 1]
    desk.requests.cancel("a")
    lost()
    assert desk.steps() == [0, 1]


def test_that_an_evaluation_is_in_flight_beside_the_others(desk: Desk) -> None:
    desk.ask("evaluation", Evaluate(0, "run", None))
    desk.ask("explore", draw(1))
    desk.ask("explore", draw(2))
    assert desk.steps() == [None, 1]
    desk.answer()
    desk.answer()
    assert desk.steps() == [None, 1, 2]
    assert desk.requests.busy
    desk.requests.take(Refused("No.", 1))
    assert not desk.requests.busy


def test_that_a_cancelled_evaluation_makes_room_for_the_next_at_once(desk: Desk) -> None:
    desk.ask("evaluation", Evaluate(0, "run", 1))
    desk.requests.cancel("evaluation")
    assert not desk.requests.busy
    desk.ask("evaluation", Evaluate(0, "run", 2))
    assert desk.sent[1:] == [Cancel(1), Evaluate(2, "run", 2)]
    desk.requests.take(Refused("Too late.", 1))
    desk.requests.take(Refused("No.", 2))
    assert desk.received == [Refused("No.", 2)]


def test_that_a_new_explorer_is_asked_both_that_were_in_flight(
    desk: Desk, lost: Callable[[], list[Request]]
) -> None:
    desk.ask("evaluation", Evaluate(0, "run", 1))
    desk.ask("explore", draw(2))
    assert lost() == []
    assert sorted(desk.steps(), key=str) == [1, 1, 2, 2]
