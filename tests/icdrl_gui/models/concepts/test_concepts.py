from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from core.protocol import FindConcepts, MakeConcept
from core.runs import RunFolder
from core.runs.concepts import load_concepts
from icdrl_gui.models.concepts.concepts import CHECK_SLOT, FIND_SLOT, MAKE_SLOT

Keep = Callable[..., Any]


def test_that_concepts_of_the_shown_step_are_there_at_once(
    bench: Any, make_run: Callable[..., RunFolder], keep_concept: Keep
) -> None:
    run = make_run()
    concept = keep_concept(run, 1000, "right", "c1")
    bench.shown.show(run.path)
    assert bench.concepts.concepts == (concept,)
    assert bench.asked(FIND_SLOT) == 0
    bench.concepts.set_active(True)
    bench.explorer.answer(FIND_SLOT)
    assert bench.concepts.found.images == 2000


def test_that_a_concept_of_another_step_is_made_anew_as_soon_as_the_step_is_shown(
    bench: Any, make_run: Callable[..., RunFolder], keep_concept: Keep
) -> None:
    run = make_run()
    keep_concept(run, 500, "right", "c1")
    bench.shown.show(run.path)
    assert bench.concepts.concepts == ()
    request = bench.explorer.last(FIND_SLOT)
    assert (request.step, request.prepares) == (1000, False)
    bench.explorer.answer(FIND_SLOT)
    assert [each.step for each in bench.concepts.concepts] == [1000]
    bench.shown.show_step(500)
    assert [each.step for each in bench.concepts.concepts] == [500]


def test_that_looking_has_the_data_prepared(
    bench: Any, make_run: Callable[..., RunFolder], keep_concept: Keep
) -> None:
    run = make_run()
    keep_concept(run, 500, "right", "c1")
    bench.shown.show(run.path)
    bench.explorer.refuse(FIND_SLOT, "dsprites is not prepared yet.")
    assert bench.concepts.sentence == "dsprites is not prepared yet."
    assert bench.trouble == []
    bench.concepts.set_active(True)
    request = bench.explorer.last(FIND_SLOT)
    assert isinstance(request, FindConcepts)
    assert request.prepares
    bench.explorer.refuse(FIND_SLOT, "The disk is full.")
    assert bench.trouble == ["The disk is full."]


def test_that_a_run_without_concepts_asks_for_nothing(bench: Any, run: RunFolder) -> None:
    bench.concepts.set_active(True)
    assert bench.asked(FIND_SLOT) == 0


def test_that_what_is_made_is_told_and_read_anew(bench: Any, run: RunFolder) -> None:
    made: list[Any] = []
    bench.concepts.made.connect(made.append)
    bench.concepts.make("right", expression="c1")
    assert bench.concepts.making == "right"
    request = bench.explorer.last(MAKE_SLOT)
    assert isinstance(request, MakeConcept)
    assert (request.name, request.expression, request.step) == ("right", "c1", None)
    bench.explorer.answer(MAKE_SLOT)
    assert bench.concepts.making == ""
    assert tuple(made) == bench.concepts.concepts == load_concepts(run).concepts


def test_that_what_cannot_be_made_is_told(bench: Any, run: RunFolder) -> None:
    bench.concepts.make("right", label="colour")
    bench.explorer.refuse(MAKE_SLOT, "dsprites has no factor 'colour'.")
    assert bench.trouble == ["dsprites has no factor 'colour'."]
    assert bench.concepts.making == ""


def test_that_a_check_is_kept_until_the_step_changes(
    bench: Any, run: RunFolder, keep_concept: Keep
) -> None:
    bench.concepts.make("right", expression="c1")
    bench.explorer.answer(MAKE_SLOT)
    bench.concepts.check("right")
    assert bench.concepts.checking == "right"
    bench.explorer.answer(CHECK_SLOT)
    assert bench.concepts.checks["right"].concept.honesty.leakage == 0.25
    bench.shown.show_step(500)
    assert bench.concepts.checks == {}


def test_that_a_deleted_concept_is_gone(bench: Any, run: RunFolder, keep_concept: Keep) -> None:
    bench.concepts.make("right", expression="c1")
    bench.explorer.answer(MAKE_SLOT)
    bench.concepts.delete("right")
    assert bench.concepts.concepts == load_concepts(run).concepts == ()


def test_that_what_a_file_brings_is_put_back_but_takes_no_name(
    bench: Any, run: RunFolder, keep_concept: Keep
) -> None:
    concept = keep_concept(run, 1000, "right", "c1")
    bench.concepts.delete("right")
    bench.concepts.restore((concept,))
    assert bench.concepts.concepts == (concept,)
    bench.concepts.restore((replace(concept, expression="c2"),))
    assert bench.concepts.concepts == (concept,)
    assert "another concept called right" in bench.trouble[0]


def test_that_a_damaged_file_is_told_and_left_alone(
    bench: Any, make_run: Callable[..., RunFolder]
) -> None:
    run = make_run()
    run.concepts.write_text("{")
    bench.shown.show(run.path)
    assert "is damaged" in bench.trouble[0]
    assert "is damaged" in bench.concepts.sentence
    bench.concepts.delete("right")
    assert run.concepts.read_text() == "{"


@pytest.mark.parametrize("slot", [MAKE_SLOT, CHECK_SLOT])
def test_that_another_run_gives_up_what_goes_on(
    bench: Any, run: RunFolder, make_run: Callable[..., RunFolder], slot: str
) -> None:
    bench.concepts.make("right", expression="c1")
    bench.concepts.check("right")
    bench.shown.show(make_run("second").path)
    assert slot in bench.explorer.cancelled
    assert (bench.concepts.making, bench.concepts.checking) == ("", "")
