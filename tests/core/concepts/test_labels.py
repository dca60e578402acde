from pathlib import Path

import numpy as np
import pytest

from core.concepts.label_files import file_labels
from core.concepts.labels import factor_label, factor_labels, looks_like_classes
from core.data.dataset import Dataset
from core.latents.concepts import FactorLabel
from core.latents.errors import ConceptError

ALL = np.arange(300)


def test_that_a_factor_is_a_number_a_class_or_shown_or_not(flags: Dataset) -> None:
    assert flags.factors is not None
    size = factor_labels(factor_label("size", flags), flags, ALL)
    assert not size.binary
    assert size.values == tuple(flags.factors[:, 0])
    heart = factor_labels(factor_label("shape=3", flags), flags, ALL)
    assert heart.binary
    assert heart.values == tuple((flags.factors[:, 1] == 3).astype(float))
    assert factor_labels(factor_label("tall", flags), flags, ALL[:5]).images == (0, 1, 2, 3, 4)
    assert factor_labels(factor_label("tall", flags), flags, ALL).binary


def test_that_few_whole_numbers_may_be_classes(flags: Dataset) -> None:
    shapes = [factor_label(text, flags) for text in ("shape", "size", "tall", "shape=2")]
    assert [looks_like_classes(each, flags) for each in shapes] == [True, False, False, False]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("colour", r"flags has no factor 'colour'; its factors are size, shape, tall\."),
        ("shape=heart", r"'heart' is no value of shape: its values are numbers\."),
        ("", "no factor ''"),
    ],
)
def test_that_a_label_that_the_data_lacks_is_told(flags: Dataset, text: str, sentence: str) -> None:
    with pytest.raises(ConceptError, match=sentence):
        factor_label(text, flags)


def test_that_a_value_that_no_image_has_is_told(flags: Dataset) -> None:
    with pytest.raises(ConceptError, match=r"No image has shape 4: its values are 1, 2, 3\."):
        factor_labels(FactorLabel("shape", 4.0), flags, ALL)


@pytest.mark.parametrize(
    ("content", "column", "images", "values", "binary"),
    [
        (
            "file,mood\nset/003.png,1.5\n007.png,2\n299.png,7\n",
            None,
            (3, 7, 299),
            (1.5, 2, 7),
            False,
        ),
        ("3,no\n7,yes\n", None, (3, 7), (0, 1), True),
        ("row,a,b\n1,0,x\n2,1,y\n3,,z\n", "a", (1, 2), (0, 1), True),
        ("row,a,b\n1,0,x\n2,1,y\n3,,z\n", "b=y", (1, 2, 3), (0, 1, 0), True),
        ("row,a\n1,2\n\n2,3\n3,3.0\n", "a=3", (1, 2, 3), (0, 1, 1), True),
        ("\ufeffimage,it=4\n0,4\n1,5\n2,6\n", "it=4", (0, 1, 2), (4, 5, 6), False),
    ],
)
def test_that_a_file_labels_images_by_name_or_number(
    flags: Dataset,
    tmp_path: Path,
    content: str,
    column: str | None,
    images: tuple[int, ...],
    values: tuple[float, ...],
    binary: bool,
) -> None:
    path = tmp_path / "own.csv"
    path.write_text(content, encoding="utf-8")
    label, labels = file_labels(path, column, flags, 0)
    assert (labels.images, labels.values, labels.binary) == (images, values, binary)
    assert str(label).startswith("own.csv")


@pytest.mark.parametrize(
    ("content", "column", "sentence"),
    [
        ("", None, "is empty"),
        ("mood\n1\n", None, "has one column"),
        ("row,mood\n", None, "holds no labels"),
        ("row,mood\n1,2\n300,2\n", None, r"labels '300' in line 3, which is no image of flags"),
        ("row,mood\n-1,2\n", None, "labels '-1' in line 2"),
        ("row,mood\nset/x.png,2\n", None, "labels 'set/x.png' in line 2"),
        ("row,mood\n1,2\n2,2\n001.png,3\n", None, "labels an image again in line 4"),
        ("row,mood\n1,2\n2\n", None, "has 1 cells in line 3, 2 in the first"),
        ("row,a,b\n1,2,3\n", None, "has several columns: choose one of a, b"),
        ("row,a,b\n1,2,3\n", "c", "has no column 'c': choose one of a, b"),
        ("row,a\n1,2\n2,nan\n", None, "labels an image 'nan' among numbers"),
        ("row,a\n1,x\n2,y\n3,z\n", None, "has 3 labels that are no numbers: say which one"),
        ("row,a\n1,x\n2,y\n", "a=z", "labels no image 'z', but x, y"),
        ('row,a\n1,"x\n', None, "is no CSV file"),
        ("row,a\n1,\xff\n", None, "is no CSV file"),
    ],
)
def test_that_a_file_that_does_not_fit_is_told_with_its_line(
    flags: Dataset, tmp_path: Path, content: str, column: str | None, sentence: str
) -> None:
    path = tmp_path / "own.csv"
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(ConceptError, match=sentence) as refused:
        file_labels(path, column, flags, 0)
    assert "\n" not in str(refused.value)


def test_that_a_file_that_is_not_there_is_told(flags: Dataset, tmp_path: Path) -> None:
    with pytest.raises(ConceptError, match="Cannot read"):
        file_labels(tmp_path / "none.csv", None, flags, 0)
    with pytest.raises(ConceptError, match="It is a folder"):
        file_labels(tmp_path, None, flags, 0)
