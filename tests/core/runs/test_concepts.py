import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from core.latents.concepts import (
    TAGS,
    ComposedConcept,
    ConceptScore,
    FactorLabel,
    Honesty,
    Labels,
    LearnedConcept,
    LinearHead,
    NetworkHead,
)
from core.latents.errors import ConceptError
from core.runs import RunError, RunFolder
from core.runs.concepts import MOST_CONCEPTS, Concepts, change_concepts, load_concepts

COMPOSED = ComposedConcept("right", 5, ("c1", "c2"), -1.0, 1.0, {"c1": 1.0}, 9, None, "c1 - 1")
LEARNED = LearnedConcept(
    name="large",
    step=5,
    entries=("c1", "c2"),
    low=0.5,
    high=1.0,
    shares={"c1": 0.25, "c2": 0.75},
    images=2000,
    honesty=Honesty(0.9, None, 1400, 3),
    label=FactorLabel("scale"),
    centre=(0.0, 0.1),
    scale=(1.0, 2.0),
    head=LinearHead((0.5, -0.5), 0.75),
    score=ConceptScore("r2", 0.9, 0.01, 0.0, 0.01),
)
TAGGED = replace(
    LEARNED,
    name="mine",
    label=TAGS,
    head=NetworkHead(((1.0, 0.0),), (0.5,), (2.0,), 0.0),
    score=ConceptScore("auc", 0.9, 0.01, 0.5, 0.01),
)
LABELS = Labels((3, 9), (0.0, 1.0), True)


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    (tmp_path / "config.json").write_text("{}")
    return RunFolder.open(tmp_path)


@pytest.fixture
def kept(run: RunFolder) -> Concepts:
    concepts = Concepts((COMPOSED, LEARNED, TAGGED), {"mine": LABELS})
    return change_concepts(run, lambda _: concepts)


def test_that_concepts_come_back_as_they_were(run: RunFolder, kept: Concepts) -> None:
    assert load_concepts(run) == kept
    assert kept.names == ("right", "large", "mine")
    assert kept.named("large") == LEARNED


def test_that_a_run_without_the_file_has_no_concepts(run: RunFolder) -> None:
    assert load_concepts(run) == Concepts()
    with pytest.raises(ConceptError, match="no concept 'large': it has none yet"):
        load_concepts(run).named("large")


def test_that_a_concept_replaces_one_of_its_name_and_goes_with_its_labels(kept: Concepts) -> None:
    changed = kept.with_concept(replace(LEARNED, step=9))
    assert changed.names == kept.names
    assert changed.named("large").step == 9
    assert kept.without("mine") == Concepts((COMPOSED, LEARNED))
    assert Concepts().with_concept(TAGGED, LABELS).labels == {"mine": LABELS}


def test_that_there_can_be_too_many(kept: Concepts) -> None:
    for i in range(MOST_CONCEPTS - len(kept.concepts)):
        kept = kept.with_concept(replace(COMPOSED, name=f"number {i}"))
    with pytest.raises(ConceptError, match="at most 50 concepts"):
        kept.with_concept(replace(COMPOSED, name="one more"))


def test_that_a_concept_that_is_not_there_is_told_with_those_that_are(kept: Concepts) -> None:
    with pytest.raises(ConceptError, match="no concept 'small': concepts are right, large, mine"):
        kept.named("small")


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("concepts", 1, "head", "weights"), [0.5], "weights are not those of its entries"),
        (("concepts", 1, "head", "weights", 0), "NaN", "head.linear.weights.0"),
        (("concepts", 1, "head", "kind"), "magic", "head"),
        (("concepts", 1, "name"), "right", "a name occurs twice"),
        (("concepts", 1, "low"), 2.0, "its range is empty"),
        (("concepts", 1, "scale"), [1.0, 0.0], "its scaling divides by nothing"),
        (("concepts", 0, "expression"), "c1 - c9", "there is no code c9"),
        (("concepts", 0, "mood"), "blue", "mood"),
        (("concepts", 2, "head", "hidden_bias"), [], "the layers do not fit each other"),
        (("labels", "mine", "values"), [1.0], "2 images but 1 values"),
        (("labels", "mine", "images"), [3, 3], "an image has two labels"),
        (("concepts",), {}, "concepts"),
    ],
)
def test_that_a_damaged_file_is_told_in_one_sentence_and_left_alone(
    run: RunFolder, kept: Concepts, path: tuple[Any, ...], value: Any, words: str
) -> None:
    content = json.loads(run.concepts.read_text())
    *way, last = path
    place = content
    for key in way:
        place = place[key]
    place[last] = value
    written = json.dumps(content)
    run.concepts.write_text(written)
    with pytest.raises(ConceptError, match=words) as refused:
        load_concepts(run)
    assert str(refused.value).startswith(f"{run.concepts} is damaged (")
    assert "\n" not in str(refused.value)
    assert run.concepts.read_text() == written


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"concepts": [NaN]}', "[" * 5000])
def test_that_what_is_no_such_file_is_damaged(run: RunFolder, text: str) -> None:
    run.concepts.write_text(text)
    with pytest.raises(ConceptError, match="is damaged"):
        load_concepts(run)


def test_that_a_newer_file_asks_for_a_newer_program(run: RunFolder) -> None:
    run.concepts.write_text('{"schema": 2, "mood": "blue"}')
    with pytest.raises(ConceptError, match=r"schema 2, newer than the 1 .* update icdrl"):
        load_concepts(run)


def test_that_what_cannot_be_read_or_written_is_told(run: RunFolder) -> None:
    run.concepts.mkdir()
    with pytest.raises(RunError, match=r"Cannot read .* It is a folder"):
        load_concepts(run)


def test_that_numbers_that_are_not_finite_are_not_written(run: RunFolder) -> None:
    endless = replace(LEARNED, head=LinearHead((float("inf"), 0.0), 0.0))
    with pytest.raises(ConceptError, match="not finite"):
        change_concepts(run, lambda _: Concepts((endless,)))
    assert not run.concepts.exists()


def test_that_of_many_who_change_at_once_none_undoes_another(run: RunFolder) -> None:
    def numbered(name: str) -> ComposedConcept:
        return replace(COMPOSED, name=name)

    def add(i: int) -> None:
        for k in range(5):
            change_concepts(run, partial(Concepts.with_concept, concept=numbered(f"{i} {k}")))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(4)))
    assert len(load_concepts(run).concepts) == 20


def test_that_a_file_that_is_being_changed_is_told(
    run: RunFolder, kept: Concepts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.runs.concepts._PATIENCE_S", 0.1)
    with (
        FileLock(run.path / "concepts.lock"),
        pytest.raises(RunError, match="are being changed by another process"),
    ):
        change_concepts(run, lambda _: Concepts())
    assert load_concepts(run) == kept
