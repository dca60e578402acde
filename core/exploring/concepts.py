"""`RunConcepts`: a run's concepts, as functions of the codes that an explorer's weights give."""

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import torch

from core.concepts.dependence import Dependence, dependence
from core.concepts.describing import range_of, shares_of, used_entries
from core.concepts.fitting import Fitted, fit
from core.concepts.honesty import HonestyCheck, check_honesty
from core.concepts.label_files import file_labels
from core.concepts.labels import factor_label, factor_labels
from core.data.dataset import Dataset
from core.evaluation import represent_dataset
from core.exploring.explorer import Explorer
from core.latents.concepts import (
    TAGS,
    AnyConcept,
    ComposedConcept,
    FactorLabel,
    Label,
    Labels,
    LearnedConcept,
    Values,
    checked_name,
)
from core.latents.errors import ConceptError
from core.latents.expression import parse_expression
from core.runs.concepts import Concepts, change_concepts, load_concepts

# Columns of scores.csv.
_PROTOCOL = "concept"


class RunConcepts:
    """The concepts in the folder of the run that `explorer` has open.

    The folder is read anew each time, and written whole after each change: the app and a command
    may both change it.
    """

    def __init__(self, explorer: Explorer) -> None:
        self._explorer = explorer
        self._spec = explorer.method.spec

    @property
    def dataset(self) -> Dataset:
        """The data whose images the concepts are of."""
        return self._explorer.dataset

    @property
    def seed(self) -> int:
        """The run's."""
        return self._explorer.seed

    def kept(self) -> Concepts:
        """What the folder holds.

        Raises:
            ConceptError, RunError: it is damaged, or cannot be read.
        """
        return load_concepts(self._explorer.run)

    def make(
        self, name: str, label: str = "", file: Path | None = None, expression: str = ""
    ) -> Generator[None, None, AnyConcept]:
        """Make a concept and keep it; yields now and then.

        label: a factor of the data, as `scale`, or whether it has a value, as `shape=3`; with
        `file`, a CSV, one of its columns, see `file_labels`. expression: instead of labels. None
        of them: from the tags of this name, or from what it was made from before.

        Raises:
            ConceptError: the name is taken by another concept, or it cannot be made.
            RunError: it cannot be kept.
        """
        if expression:
            return self.compose(name, expression)
        if file is not None:
            given, labels = file_labels(file, label or None, self.dataset, self.seed)
            return (yield from self.learn(name, given, labels))
        if label:
            return (yield from self.learn(name, factor_label(label, self.dataset)))
        kept = self.kept()
        if name not in kept.names and name in kept.labels:
            return (yield from self.learn(name, TAGS))
        found = kept.named(name)
        if isinstance(found, ComposedConcept):
            return self.compose(name, found.expression)
        return (yield from self.learn(name, found.label))

    def learn(
        self, name: str, label: Label, given: Labels | None = None
    ) -> Generator[None, None, LearnedConcept]:
        """Learn a concept from a label and keep it; yields now and then.

        given: labels that no factor tells; without, those of this name that the folder holds.

        Raises, as `compose`: see `make`.
        """
        name = self._free(name, label)
        concept = yield from self._learned(name, label, given)
        change_concepts(self._explorer.run, lambda kept: kept.with_concept(concept, given))
        return concept

    def compose(self, name: str, expression: str) -> ComposedConcept:
        """Make a concept of an expression and keep it."""
        name = self._free(name, expression)
        concept = self._composed(name, expression)
        change_concepts(self._explorer.run, lambda kept: kept.with_concept(concept))
        return concept

    def current(self, name: str) -> Generator[None, None, AnyConcept]:
        """The concept called so, made anew if it is one of another step's codes.

        What a later step makes of it takes its place in the folder.

        Raises:
            ConceptError: there is none, or it cannot be made anew.
            RunError: it cannot be kept.
        """
        found = self.kept().named(name)
        found.require_fit(self._spec, self._explorer.run.name)
        if found.step == self._explorer.step:
            return found
        yield from self._explorer.observing()
        if isinstance(found, ComposedConcept):
            anew: AnyConcept = self._composed(name, found.expression)
        else:
            anew = yield from self._learned(name, found.label, None)
        if anew.step > found.step:
            self._replace(anew)
        return anew

    def all_current(
        self,
    ) -> Generator[None, None, tuple[tuple[AnyConcept, ...], tuple[str, ...]]]:
        """All concepts as `current` gives them, and why some cannot be made anew."""
        yield from self._explorer.observing()
        found, refused = [], []
        for name in self.kept().names:
            try:
                found.append((yield from self.current(name)))
            except ConceptError as error:
                refused.append(str(error))
        return tuple(found), tuple(refused)

    def check(self, concept: AnyConcept) -> Generator[None, None, HonestyCheck]:
        """Whether images get what is asked of a concept; kept, with a row in scores.csv.

        Raises:
            RunError: it cannot be kept.
        """
        everything, _ = yield from self.all_current()
        others = [each for each in everything if each.name != concept.name]
        explorer = self._explorer
        found = yield from check_honesty(explorer.method, concept, others, explorer.seed)
        if concept in self.kept().concepts:
            self._replace(replace(concept, honesty=found.honesty))
        leakage = found.honesty.leakage
        explorer.run.record_scores(
            {
                "step": concept.step,
                "images": found.honesty.images,
                "protocol": _PROTOCOL,
                "concept": concept.name,
                "concept.rank_correlation": f"{found.honesty.rank_correlation:.6f}",
                "concept.leakage": "" if leakage is None else f"{leakage:.6f}",
            }
        )
        return found

    def dependence(self, concepts: tuple[AnyConcept, ...]) -> Dependence:
        """How they depend on each other on real images."""
        return dependence(concepts, self._observed)

    @property
    def _observed(self) -> Values:
        """(M, E) entries of the codes of at most 2,000 real images."""
        return self._spec.entries(self._explorer.observed)

    def _learned(
        self, name: str, label: Label, given: Labels | None
    ) -> Generator[None, None, LearnedConcept]:
        explorer = self._explorer
        yield from explorer.observing()
        if isinstance(label, FactorLabel):
            index = explorer.observed_index.numpy()
            labels, entries = factor_labels(label, explorer.dataset, index), self._observed
        else:
            labels = given or self._labels_of(name)
            entries = self._entries_at(labels.images, name)
        used = used_entries(self._spec, self._observed)
        fitted: Fitted = yield from fit(entries, labels, explorer.seed, used)

        def value_at(entries: Values) -> Values:
            return fitted.head(fitted.scaling(entries))[0]

        low, high = range_of(value_at(self._observed), name)
        return LearnedConcept(
            name=name,
            step=explorer.step,
            entries=self._spec.entry_names,
            low=low,
            high=high,
            shares=shares_of(value_at, self._spec, self._observed),
            images=len(labels.images),
            honesty=None,
            label=label,
            centre=tuple(fitted.scaling.centre.tolist()),
            scale=tuple(fitted.scaling.scale.tolist()),
            head=fitted.head,
            score=fitted.score,
        )

    def _composed(self, name: str, expression: str) -> ComposedConcept:
        parsed = parse_expression(expression, self._spec.entry_names)
        which = [self._spec.entry_names.index(each) for each in parsed.names]

        def value_at(entries: Values) -> Values:
            return parsed(entries[:, which])[0]

        low, high = range_of(value_at(self._observed), name)
        return ComposedConcept(
            name=name,
            step=self._explorer.step,
            entries=self._spec.entry_names,
            low=low,
            high=high,
            shares=shares_of(value_at, self._spec, self._observed),
            images=len(self._observed),
            honesty=None,
            expression=expression,
        )

    def _labels_of(self, name: str) -> Labels:
        found = self.kept().labels.get(name)
        if found is None:
            raise ConceptError(f"There are no labels of {name}: label images first.")
        return found

    def _entries_at(self, images: tuple[int, ...], name: str) -> Values:
        dataset = self._explorer.dataset
        if max(images, default=0) >= len(dataset):
            raise ConceptError(
                f"The labels of {name} are of images that {dataset.name} does not have any more."
            )
        index = torch.tensor(images, dtype=torch.int64)
        return self._spec.entries(represent_dataset(self._explorer.method, dataset, index))

    def _free(self, name: str, made_from: Label | str) -> str:
        """A name that no other concept has; one made from the same is made anew."""
        name = checked_name(name, self._spec)
        kept = self.kept()
        if name in kept.names and kept.named(name).made_from != str(made_from):
            raise ConceptError(
                f"There is a concept {name} already, made from {kept.named(name).made_from}: "
                "delete it first, or choose another name."
            )
        return name

    def _replace(self, concept: AnyConcept) -> None:
        """Keep it in the place of one of its name, unless that was deleted meanwhile."""
        change_concepts(
            self._explorer.run,
            lambda kept: kept.with_concept(concept) if concept.name in kept.names else kept,
        )
