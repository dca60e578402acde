import pytest

from core.counts import counted, named_step


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 images"), (1, "1 image"), (2, "2 images"), (10_000, "10,000 images")]
)
def test_that_one_is_singular_and_thousands_are_marked(count: int, text: str) -> None:
    assert counted(count, "image") == text


def test_that_step_10_000_is_written_with_its_comma() -> None:
    assert named_step(10_000) == "step 10,000"
