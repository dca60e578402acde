from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.config import DataConfig, problems


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")

    size: int = Field(1, ge=1)
    names: Literal["all"] | tuple[str, ...] = "all"

    @model_validator(mode="after")
    def _is_not_nine(self) -> "Part":
        if self.size == 9:
            raise ValueError("nine is too many")
        return self


class Whole(BaseModel):
    part: Part = Part()


def problems_of(values: object) -> str:
    with pytest.raises(ValidationError) as caught:
        Whole.model_validate(values)
    return problems(caught.value)


def test_that_the_alternatives_of_one_value_are_joined() -> None:
    assert problems_of({"part": {"names": 3}}) == (
        "part.names should be 'all' or a list in brackets, not 3"
    )


def test_that_a_rule_over_several_fields_is_told_with_its_group_and_without_all_values() -> None:
    assert problems_of({"part": {"size": 9}}) == "part: nine is too many"


def test_that_a_name_that_is_not_utf_8_is_told_as_such() -> None:
    with pytest.raises(ValidationError) as caught:
        DataConfig(source="caf\udce9.npz")
    assert problems(caught.value) == (
        r"source should be a valid string in UTF-8, not 'caf\udce9.npz'"
    )


def test_that_an_unknown_key_is_told_without_its_value() -> None:
    assert problems_of({"part": {"colour": "secret"}}) == "there is no setting part.colour"


def test_that_every_problem_is_told() -> None:
    assert problems_of({"part": {"size": 0, "colour": 1}}) == (
        "part.size should be greater than or equal to 1, not 0; there is no setting part.colour"
    )


def test_that_long_values_are_quoted_in_part_and_many_problems_counted() -> None:
    assert problems_of({"part": {"size": "9" * 5000}}) == (
        f"part.size should have fewer digits, not '{'9' * 299} …"
    )
    told = problems_of({"part": {f"colour{i}": 1 for i in range(3000)}})
    assert told.endswith("there is no setting part.colour7; and 2992 more")


def test_that_something_else_than_a_group_is_named() -> None:
    assert problems_of([]).endswith(", not []")
