from core.pace import SLOW, USUAL, Pace


def told(pace: Pace, *speeds: float) -> list[int]:
    """Return which of the reports, from 0, brought a warning."""
    return [number for number, speed in enumerate(speeds) if pace.observe(number, speed)]


def test_that_a_lasting_slump_is_told_once() -> None:
    assert told(Pace(2), *[100.0] * USUAL, *[10.0] * 50) == [USUAL + SLOW - 1]


def test_that_the_sentence_says_what_to_do() -> None:
    pace = Pace(4)
    assert told(pace, *[100.0] * USUAL, *[10.0] * (SLOW - 1)) == []
    (warning,) = pace.observe(50, 10.0)
    assert (warning.step, warning.kind) == (50, "processor busy")
    assert "its 4 threads wait for each other" in warning.sentence
    assert "set threads to 3" in warning.sentence


def test_that_a_short_slump_or_a_slow_machine_is_not_told() -> None:
    slump = [*[10.0] * (SLOW - 1), 100.0]
    assert told(Pace(2), *[100.0] * USUAL, *slump * 20) == []
    assert told(Pace(2), *[1.0] * 100) == []
    assert told(Pace(2), *[100.0 * 0.9**i for i in range(100)]) == []


def test_that_one_thread_waits_for_no_other() -> None:
    assert told(Pace(1), *[100.0] * USUAL, *[1.0] * 50) == []
