from typing import Any

from core.latents.concepts import Labels
from core.runs import RunFolder
from core.runs.concepts import load_concepts
from icdrl_gui.models.concepts.concepts import MAKE_SLOT

SLOT = "images to tag"


def test_that_every_tag_lies_in_the_run_at_once(bench: Any, run: RunFolder) -> None:
    tagging = bench.tagging
    assert tagging.begin(" round ")
    assert tagging.image is None
    bench.explorer.answer(SLOT)
    assert (tagging.name, tagging.place) == ("round", 0)
    for shows in (True, False, None, True):
        tagging.tag(shows)
    assert load_concepts(run).labels == {"round": Labels((0, 1, 3), (1.0, 0.0, 1.0), True)}
    assert (tagging.counts, tagging.place) == ((2, 1), 4)


def test_that_undo_takes_back_one_word_after_the_other(bench: Any, run: RunFolder) -> None:
    tagging = bench.tagging
    tagging.begin("round")
    bench.explorer.answer(SLOT)
    for shows in (True, None):
        tagging.tag(shows)
    tagging.undo()
    assert (tagging.place, tagging.counts) == (1, (1, 0))
    tagging.undo()
    assert (tagging.place, tagging.counts) == (0, (0, 0))
    assert not tagging.can_undo
    tagging.undo()
    tagging.tag(False)
    assert tagging.counts == (0, 1)


def test_that_a_concept_is_learned_from_eight_of_each_on(bench: Any, run: RunFolder) -> None:
    tagging = bench.tagging
    tagging.begin("round")
    bench.explorer.answer(SLOT)
    for i in range(15):
        tagging.tag(i % 2 == 0)
    assert bench.asked(MAKE_SLOT) == 0
    assert not tagging.score
    tagging.tag(False)
    assert tagging.counts == (8, 8)
    assert tagging.learns
    assert bench.explorer.last(MAKE_SLOT).name == "round"
    bench.explorer.answer(MAKE_SLOT)
    assert tagging.score.value == 0.9
    tagging.tag(True)
    assert bench.asked(MAKE_SLOT) == 2


def test_that_tagging_goes_on_where_it_was_left(bench: Any, run: RunFolder) -> None:
    tagging = bench.tagging
    tagging.begin("round")
    bench.explorer.answer(SLOT)
    tagging.tag(True)
    tagging.tag(False)
    tagging.end()
    assert (tagging.name, tagging.image) == ("", None)
    assert tagging.begin("round")
    bench.explorer.answer(SLOT)
    assert (tagging.counts, tagging.place) == ((1, 1), 2)


def test_that_more_images_are_asked_for_in_time_until_there_are_none(
    bench: Any, run: RunFolder
) -> None:
    tagging = bench.tagging
    tagging.begin("round")
    bench.explorer.answer(SLOT)
    for _ in range(16):
        tagging.tag(None)
    assert bench.explorer.last(SLOT).start == 24
    bench.explorer.answer(SLOT)
    for _ in range(24):
        tagging.tag(None)
    assert tagging.is_over
    assert tagging.image is None
    tagging.tag(True)
    assert tagging.counts == (0, 0)


def test_that_a_name_that_is_taken_or_none_is_told(
    bench: Any, run: RunFolder, keep_concept: Any
) -> None:
    bench.concepts.make("right", expression="c1")
    bench.explorer.answer(MAKE_SLOT)
    for name, words in (("right", "right is made from c1"), ("c1", "c1 is a code"), ("", "name")):
        assert not bench.tagging.begin(name)
        assert words in bench.trouble[-1]
    assert bench.tagging.name == ""


def test_that_without_a_run_nothing_is_tagged(bench: Any) -> None:
    assert not bench.tagging.begin("round")
    assert "open one" in bench.trouble[0]


def test_that_images_that_do_not_come_are_told(bench: Any, run: RunFolder) -> None:
    bench.tagging.begin("round")
    bench.explorer.refuse(SLOT, "The data is gone.")
    assert bench.trouble == ["The data is gone."]


def test_that_a_word_that_cannot_be_written_down_is_told_and_not_lost(
    bench: Any, run: RunFolder
) -> None:
    tagging = bench.tagging
    tagging.begin("round")
    bench.explorer.answer(SLOT)
    run.concepts.write_text("{")
    tagging.tag(True)
    assert tagging.place == 0
    assert "is damaged" in bench.trouble[-1]
