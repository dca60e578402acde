"""Labels that come with the data: its factors, the classes of images among them."""

import math

import numpy as np
from numpy.typing import NDArray

from core.bounds import shortened
from core.data.dataset import Dataset
from core.latents.concepts import FactorLabel, Labels
from core.latents.errors import ConceptError

MOST_LABELLED = 2000
"""Images that a concept is fitted to; of more labels so many are drawn."""

MOST_TOLD = 20
"""Values of a label that a message lists."""


def factor_label(text: str, dataset: Dataset) -> FactorLabel:
    """What `scale`, or `shape=3`, means: a factor of the data, or whether it has a value.

    Raises:
        ConceptError: the data has no such factor; the message lists those it has.
    """
    name, equals, value = text.partition("=")
    if text in dataset.factor_names or not equals:
        name, value = text, ""
    if name not in dataset.factor_names:
        known = f"its factors are {', '.join(dataset.factor_names)}"
        if not dataset.factor_names:
            known = "it has none: give a file of labels"
        raise ConceptError(f"{dataset.name} has no factor {shortened(name)!r}; {known}.")
    if not value:
        return FactorLabel(name)
    number = number_in(value)
    if number is None:
        raise ConceptError(f"{shortened(value)!r} is no value of {name}: its values are numbers.")
    return FactorLabel(name, number)


def factor_labels(label: FactorLabel, dataset: Dataset, index: NDArray[np.int64]) -> Labels:
    """The labels of the images at index (M,).

    Raises:
        ConceptError: the data has no such factor any more, or none of its images that value.
    """
    if dataset.factors is None or label.factor not in dataset.factor_names:
        raise ConceptError(f"{dataset.name} has no factor {label.factor!r} any more.")
    column = dataset.factors[:, dataset.factor_names.index(label.factor)]
    values, known = column[index], np.unique(column)
    images = tuple(index.tolist())
    if label.equals is None:
        binary = len(known) == 2
        numbers = (values == known[-1]).astype(float) if binary else values
        return Labels(images, tuple(numbers.tolist()), binary)
    shows = np.isclose(values, label.equals)
    if not np.isclose(known, label.equals).any():
        some = ", ".join(f"{value:g}" for value in known[:MOST_TOLD])
        more = ", ..." if len(known) > MOST_TOLD else ""
        raise ConceptError(
            f"No image has {label.factor} {label.equals:g}: its values are {some}{more}."
        )
    return Labels(images, tuple(shows.astype(float).tolist()), True)


def looks_like_classes(label: FactorLabel, dataset: Dataset) -> bool:
    """Whether a label's numbers may be names of classes: three or more whole ones, but few."""
    if dataset.factors is None or label.equals is not None:
        return False
    known = np.unique(dataset.factors[:, dataset.factor_names.index(label.factor)])
    return 3 <= len(known) <= MOST_TOLD and bool((known == known.round()).all())


def number_in(text: str) -> float | None:
    """The finite number that a text is; None: none."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
