"""What the explorer is asked about concepts: it goes on drawing meanwhile."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from core.latents.concepts import Labels
from core.preferences import Preferences, save_preferences
from core.protocol import (
    Browse,
    Browsed,
    Cancel,
    CheckConcept,
    ConceptChecked,
    ConceptMade,
    ConceptsFound,
    Draw,
    Drawn,
    FindConcepts,
    MakeConcept,
    Refused,
    Traverse,
    Traversed,
)
from core.runs import RunFolder
from core.runs.concepts import Concepts, change_concepts, load_concepts


@pytest.fixture(scope="module")
def explorer(
    make_talk: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    save_preferences(Preferences(threads=1))
    talk = make_talk("explorer", tmp_path_factory.mktemp("logs") / "explorer.log")
    yield talk
    talk.child.quit()


def test_that_concepts_are_made_found_checked_and_drawn(
    explorer: Any, autoencoder: RunFolder
) -> None:
    about = (str(autoencoder.path), None)
    explorer.send(MakeConcept(1, *about, "right", label="x"))
    made = explorer.wait_for(ConceptMade)
    assert (made.id, made.step, made.concept.name) == (1, 2, "right")
    explorer.send(MakeConcept(2, *about, "sum", expression="c1 + c2"))
    composed = explorer.wait_for(ConceptMade).concept
    explorer.send(FindConcepts(3, *about))
    found = explorer.wait_for(ConceptsFound)
    assert found.concepts == load_concepts(autoencoder).concepts == (made.concept, composed)
    assert found.correlation.shape == found.mutual_information.shape == (2, 2)
    assert (found.images, found.refused) == (120, ())
    explorer.send(CheckConcept(4, *about, "right"))
    checked = explorer.wait_for(ConceptChecked)
    assert checked.asked.shape == checked.measured.shape == checked.reached.shape == (1400,)
    assert checked.concept.honesty.images == 1400
    explorer.send(Traverse(5, *about, "random:0", "prior", 3, (), (composed,)))
    drawn = explorer.wait_for(Traversed)
    assert drawn.recipe.codes == ("sum",)
    explorer.send(Traverse(6, *about, "random:0", "prior", 3, None, (composed,)))
    assert explorer.wait_for(Traversed).recipe.codes == ("c1", "c2", "c3", "sum")


def test_that_pictures_are_drawn_while_a_concept_is_checked(
    explorer: Any, autoencoder: RunFolder
) -> None:
    about = (str(autoencoder.path), 2)
    latents = np.zeros((1, 3), np.float32)
    explorer.send(MakeConcept(1, *about, "it", expression="c1"))
    explorer.wait_for(ConceptMade)
    explorer.send(CheckConcept(2, *about, "it"), Draw(3, *about, latents))
    explorer.wait_for(ConceptChecked)
    assert isinstance(explorer.heard[-2], Drawn)
    explorer.send(CheckConcept(4, *about, "it"), Cancel(4), Draw(5, *about, latents))
    assert explorer.wait_for(Drawn).id == 5
    assert explorer.unread() == []


def test_that_tags_in_the_folder_become_a_concept(explorer: Any, autoencoder: RunFolder) -> None:
    about = (str(autoencoder.path), 2)
    tags = Labels(tuple(range(16)), (0.0, 1.0) * 8, True)
    change_concepts(autoencoder, lambda _: Concepts(labels={"mine": tags}))
    explorer.send(MakeConcept(1, *about, "mine"))
    made = explorer.wait_for(ConceptMade)
    assert (str(made.concept.label), made.concept.images) == ("tags", 16)
    few = Labels((1, 2, 3), (0.0, 1.0, 1.0), True)
    change_concepts(autoencoder, lambda kept: Concepts(kept.concepts, {"few": few}))
    explorer.send(MakeConcept(2, *about, "few"))
    assert "2 show it" in explorer.wait_for(Refused).sentence


def test_that_images_to_tag_come_in_an_order_of_their_own(
    explorer: Any, autoencoder: RunFolder
) -> None:
    about = (str(autoencoder.path), 2)
    explorer.send(Browse(1, *about, 0, 0, 100), Browse(2, *about, 0, 100, 100))
    first, rest = explorer.wait_for(Browsed), explorer.wait_for(Browsed)
    assert first.images.shape == (100, 32, 32, 1)
    assert rest.images.shape == (20, 32, 32, 1)
    assert sorted(first.places + rest.places) == list(range(120))
    assert first.total == 120


def test_that_what_cannot_be_made_is_refused_in_a_sentence(
    explorer: Any, autoencoder: RunFolder
) -> None:
    about = (str(autoencoder.path), 2)
    for request, words in (
        (MakeConcept(1, *about, "it", expression="c1 +"), "Character 5 of 'c1 +'"),
        (MakeConcept(2, *about, "it", label="colour"), "no factor 'colour'"),
        (MakeConcept(3, *about, "it"), "no concept 'it'"),
        (CheckConcept(4, *about, "it"), "no concept 'it'"),
        (Browse(5, *about, -1, 0, 1), "no such seed"),
    ):
        explorer.send(request)
        assert words in explorer.wait_for(Refused).sentence
