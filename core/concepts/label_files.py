"""Labels of images in a CSV file that a person made."""

import csv
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.bounds import LONGEST_NAME, shortened
from core.concepts.labels import MOST_LABELLED, MOST_TOLD, number_in
from core.counts import counted
from core.data.dataset import Dataset
from core.files.plain import require_plain_file
from core.latents.concepts import GivenLabel, Labels
from core.latents.errors import ConceptError
from core.randomness import seed_for

# In bytes.
_LARGEST = 50 * 2**20


def file_labels(
    path: Path, column: str | None, dataset: Dataset, seed: int
) -> tuple[GivenLabel, Labels]:
    """Labels from a CSV file: a column that names an image, and columns of labels.

    The images are named by their file, relative to the data's folder, or counted from 0. A blank
    label is none. Numbers are numbers, two different labels are shown (the later one in order) or
    not; of more words `column` has to choose one: `mood=happy`.

    Raises:
        ConceptError: the file cannot be read, names an image twice or one that is not in the data,
            or holds nothing that can be learned.
    """
    table = _table(path, dataset)
    name, _, wanted = (column or "").partition("=")
    if column in table.columns:
        name, wanted = column or "", ""
    cells = table.column(name)
    given = [(image, cell) for image, cell in zip(table.images, cells, strict=True) if cell]
    chosen = np.random.default_rng(seed_for(seed, "labels")).permutation(len(given))
    given = [given[i] for i in np.sort(chosen[:MOST_LABELLED])]
    images, texts = tuple(image for image, _ in given), [cell for _, cell in given]
    values, binary = _values(path, texts, wanted)
    origin = f"{path.name}{f', {column}' if column else ''}"
    return GivenLabel(origin[:LONGEST_NAME]), Labels(images, values, binary)


@dataclass(frozen=True)
class _Table:
    """A file of labels: the image of each row, names of the columns beside it, and their cells."""

    path: Path
    images: tuple[int, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]

    def column(self, name: str) -> list[str]:
        if name in self.columns:
            which = self.columns.index(name)
        elif not name and len(self.columns) == 1:
            which = 0
        else:
            asked = f"no column {shortened(name)!r}" if name else "several columns"
            raise ConceptError(
                f"{self.path} has {asked}: choose one of {', '.join(self.columns)} as the label."
            )
        return [row[which] for row in self.cells]


def _table(path: Path, dataset: Dataset) -> _Table:
    rows = _rows(path)
    places = _places(dataset)
    first, *_ = rows[0][1]
    if first in places or _is_whole(first):
        names = ("label",) if len(rows[0][1]) == 2 else tuple(map(str, range(1, len(rows[0][1]))))
    else:
        names, rows = tuple(rows[0][1][1:]), rows[1:]
    images: list[int] = []
    for line, (image, *cells) in rows:
        if len(cells) != len(names):
            raise ConceptError(
                f"{path} has {len(cells) + 1} cells in line {line}, {len(names) + 1} in the first."
            )
        place = places.get(image, int(image) if _is_whole(image) else -1)
        if not 0 <= place < len(dataset):
            raise ConceptError(
                f"{path} labels {shortened(image)!r} in line {line}, which is no image of "
                f"{dataset.name}: give a file's name in its folder, or a number from 0 to "
                f"{len(dataset) - 1:,}."
            )
        images.append(place)
    twice = [place for place, count in Counter(images).items() if count > 1]
    if twice:
        line = rows[len(images) - 1 - images[::-1].index(twice[0])][0]
        raise ConceptError(f"{path} labels an image again in line {line}: keep one of its labels.")
    if not rows:
        raise ConceptError(f"{path} holds no labels: give every image a line.")
    return _Table(path, tuple(images), names, tuple(tuple(row[1:]) for _, row in rows))


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    """(line, cells) of every line that is not blank."""
    try:
        require_plain_file(path)
        if path.stat().st_size > _LARGEST:
            raise ConceptError(f"{path} is larger than {_LARGEST >> 20} MB, too large for labels.")
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if row]
    except OSError as error:
        raise ConceptError(f"Cannot read {path}: {error.strerror or error}.") from None
    except (ValueError, csv.Error) as error:
        raise ConceptError(f"{path} is no CSV file: {error}.") from None
    if not rows:
        raise ConceptError(f"{path} is empty: give every image a line with its label.")
    if len(rows[0][1]) < 2:
        raise ConceptError(
            f"{path} has one column: give two, which image and its label, with a comma between."
        )
    return rows


def _places(dataset: Dataset) -> dict[str, int]:
    """Name of a file -> place of its image; relative to the folder, or alone where it is unique."""
    paths = [name.replace(os.sep, "/") for name in dataset.file_names]
    alone = Counter(name.rpartition("/")[2] for name in paths)
    places = {name.rpartition("/")[2]: place for place, name in enumerate(paths)}
    unique = {name: place for name, place in places.items() if alone[name] == 1}
    return unique | {name: place for place, name in enumerate(paths)}


def _values(path: Path, texts: list[str], wanted: str) -> tuple[tuple[float, ...], bool]:
    known = sorted(set(texts))
    numbers = [number_in(text) for text in texts]
    if wanted:
        asked = number_in(wanted)
        if wanted not in known and (asked is None or asked not in numbers):
            some = ", ".join(known[:MOST_TOLD])
            raise ConceptError(f"{path} labels no image {shortened(wanted)!r}, but {some}.")
        return tuple(
            float(text == wanted or (asked is not None and number == asked))
            for text, number in zip(texts, numbers, strict=True)
        ), True
    found = [number for number in numbers if number is not None]
    if found and len(found) < len(texts):
        word = texts[numbers.index(None)]
        raise ConceptError(
            f"{path} labels an image {shortened(word)!r} among numbers: give numbers, or words."
        )
    if found:
        distinct = sorted(set(found))
        if len(distinct) == 2:
            return tuple(float(number == distinct[1]) for number in found), True
        return tuple(found), False
    if len(known) > 2:
        some = ", ".join(known[:MOST_TOLD])
        raise ConceptError(
            f"{path} has {counted(len(known), 'label')} that are no numbers: say which one is "
            f"shown, as --label COLUMN=VALUE, of {some}."
        )
    return tuple(float(text == known[-1]) for text in texts), True


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19
