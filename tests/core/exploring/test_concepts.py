from collections.abc import Generator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from core.exploring.concepts import RunConcepts
from core.exploring.explorer import Explorer
from core.latents.concepts import TAGS, FactorLabel, Labels, LearnedConcept
from core.latents.errors import ConceptError
from core.runs import RunFolder
from core.runs.concepts import Concepts, change_concepts, load_concepts


def done(work: Generator[None, None, Any]) -> Any:
    while True:
        try:
            next(work)
        except StopIteration as stop:
            return stop.value


@pytest.fixture
def explorer(autoencoder: RunFolder) -> Explorer:
    return Explorer(autoencoder, autoencoder.snapshot_at(None))


@pytest.fixture
def concepts(explorer: Explorer) -> RunConcepts:
    return RunConcepts(explorer)


def test_that_a_concept_is_learned_from_a_factor_and_kept(
    concepts: RunConcepts, autoencoder: RunFolder
) -> None:
    learned: LearnedConcept = done(concepts.learn(" right ", FactorLabel("x")))
    assert learned.name == "right"
    assert (learned.step, learned.images) == (2, 120)
    assert learned.score.tells
    assert sum(learned.shares.values()) == pytest.approx(1)
    assert load_concepts(autoencoder).concepts == (learned,)


def test_that_tags_are_kept_beside_the_concept(
    concepts: RunConcepts, autoencoder: RunFolder
) -> None:
    factors = concepts.dataset.factors
    assert factors is not None
    order = factors[:, 0].argsort()
    chosen = [*order[:9].tolist(), *order[-9:].tolist()]
    tags = Labels(tuple(chosen), (1.0,) * 9 + (0.0,) * 9, True)
    learned: LearnedConcept = done(concepts.learn("left", TAGS, tags))
    assert (learned.score.name, learned.images) == ("auc", 18)
    assert load_concepts(autoencoder).labels == {"left": tags}


def test_that_a_traversal_has_a_row_for_a_concept_which_its_recipe_brings_back(
    concepts: RunConcepts, explorer: Explorer
) -> None:
    composed = concepts.compose("corner", "c1 + abs(c2)")
    code = explorer.method.spec.codes[0]
    for rule in ("prior", "posterior quantiles", "min-max", "mean ± 2 sd", "fixed:-90,90"):
        grid, recipe = explorer.traversal("random:0", rule, 5, (code, composed))
        assert grid.row_labels == ("c1", "corner")
        assert recipe.concepts == (composed,)
        assert recipe.codes == ("c1", "corner")
    assert recipe.values == ((-90, -45, 0, 45, 90),) * 2
    assert "crossed out: out of reach" in grid.title
    again, _ = explorer.traversal("latent:0,0,0", "fixed:-1,1", 3, recipe.concepts)
    assert "crossed out" not in again.title
    assert again.images[0, 1].tolist() == explorer.draw(np.zeros((1, 3), np.float32))[0].tolist()


def test_that_another_step_has_the_concept_made_anew_and_a_later_one_keeps_it(
    autoencoder: RunFolder,
) -> None:
    early = RunConcepts(Explorer(autoencoder, autoencoder.snapshot_at(0)))
    done(early.learn("right", FactorLabel("x")))
    early.compose("sum", "c1 + c2")
    late = RunConcepts(Explorer(autoencoder, autoencoder.snapshot_at(2)))
    anew, refused = done(late.all_current())
    assert ([each.step for each in anew], refused) == ([2, 2], ())
    assert load_concepts(autoencoder).concepts == anew
    assert [each.step for each in done(early.all_current())[0]] == [0, 0]
    assert load_concepts(autoencoder).concepts == anew


def test_that_the_check_is_kept_and_is_a_row_of_the_scores(
    concepts: RunConcepts, autoencoder: RunFolder
) -> None:
    before = autoencoder.last_total_correlation()
    learned = done(concepts.learn("right", FactorLabel("x")))
    concepts.compose("sum", "c1 + c2")
    found = done(concepts.check(learned))
    kept = load_concepts(autoencoder).named("right")
    assert kept == replace(learned, honesty=found.honesty)
    row = autoencoder.rows(autoencoder.scores)[-1]
    assert (row["step"], row["images"], row["protocol"]) == ("2", "1400", "concept")
    assert row["concept"] == "right"
    assert float(row["concept.rank_correlation"]) == pytest.approx(
        found.honesty.rank_correlation, abs=1e-5
    )
    assert float(row["concept.leakage"]) == pytest.approx(found.honesty.leakage or 0, abs=1e-5)
    assert autoencoder.last_total_correlation() == before


def test_that_a_name_is_given_once_but_the_same_may_be_made_anew(concepts: RunConcepts) -> None:
    concepts.compose("it", "c1")
    assert concepts.compose("it", "c1").expression == "c1"
    with pytest.raises(ConceptError, match=r"There is a concept it already, made from c1: delete"):
        concepts.compose("it", "c2")
    with pytest.raises(ConceptError, match="already, made from c1"):
        done(concepts.learn("it", FactorLabel("x")))


def test_that_what_is_no_number_for_some_images_is_refused_and_nothing_changes(
    concepts: RunConcepts, autoencoder: RunFolder
) -> None:
    concepts.compose("it", "c1")
    for expression in ("c1 / (c2 - c2)", "sqrt(c1 - 1000)"):
        with pytest.raises(ConceptError, match="no number for 120 of 120 images"):
            concepts.compose("other", expression)
    with pytest.raises(ConceptError, match="same value for all images"):
        concepts.compose("other", "c1 - c1")
    assert load_concepts(autoencoder).names == ("it",)


def test_that_a_concept_of_other_codes_is_told(
    concepts: RunConcepts, autoencoder: RunFolder
) -> None:
    composed = concepts.compose("it", "c1")
    other = replace(composed, entries=("c1", "c2"), step=0)
    change_concepts(autoencoder, lambda _: Concepts((other,)))
    with pytest.raises(ConceptError, match="made from other codes than squares has"):
        done(concepts.current("it"))
    assert done(concepts.all_current())[1][0].startswith("The concept it was made from other codes")


def test_that_labels_of_images_that_are_gone_are_told(concepts: RunConcepts) -> None:
    with pytest.raises(ConceptError, match="does not have any more"):
        done(concepts.learn("it", TAGS, Labels((500,), (1.0,), True)))
    with pytest.raises(ConceptError, match="There are no labels of it: label images first"):
        done(concepts.learn("it", TAGS))
