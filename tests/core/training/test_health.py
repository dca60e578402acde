import pytest

from core.methods.symptoms import autoencoder_symptoms, information_symptoms
from core.protocol import HealthKind, HealthWarning
from core.training.health import PATIENCE, HealthCheck

HEALTHY = {
    "discriminator": 0.9,
    "information": 0.5,
    "diversity": 0.9,
    "gradient_information": 1.0,
    "gradient_independence": 0.4,
    "code_error.k1": 0.2,
    "code_error.c1": 0.3,
}
SYMPTOMS: list[tuple[HealthKind, dict[str, float]]] = [
    ("discriminator at chance", {"discriminator": 1.386}),
    ("discriminator wins", {"discriminator": 0.01}),
    ("codes ignored", {"information": 1.99}),
    ("mode collapse", {"diversity": 0.1}),
    ("constraint negligible", {"gradient_independence": 0.005}),
    ("code not shown", {"code_error.c1": 1.0}),
]


@pytest.fixture
def check() -> HealthCheck:
    return HealthCheck(information_symptoms(2.0, ("k1", "c1")))


def observe(
    check: HealthCheck, values: dict[str, float], first: int, last: int
) -> list[HealthWarning]:
    """Report the same values every 20 steps; return all warnings."""
    reported = [check.observe(step, HEALTHY | values) for step in range(first, last + 1, 20)]
    return [warning for warnings in reported for warning in warnings]


def test_that_a_healthy_run_is_told_nothing(check: HealthCheck) -> None:
    assert observe(check, {}, 20, 10 * PATIENCE) == []


@pytest.mark.parametrize(("kind", "values"), SYMPTOMS)
def test_that_a_lasting_symptom_is_told_once_and_no_other_with_it(
    check: HealthCheck, kind: HealthKind, values: dict[str, float]
) -> None:
    assert observe(check, values, 20, PATIENCE) == []
    told = observe(check, values, PATIENCE + 20, 5 * PATIENCE)
    assert [(warning.step, warning.kind) for warning in told] == [(PATIENCE + 20, kind)]
    assert told[0].sentence.endswith(".")


@pytest.mark.parametrize(("kind", "values"), SYMPTOMS)
def test_that_a_symptom_that_goes_away_in_time_is_not_told(
    check: HealthCheck, kind: HealthKind, values: dict[str, float]
) -> None:
    for start in (0, PATIENCE, 2 * PATIENCE):
        assert observe(check, values, start, start + PATIENCE - 40) == []
        assert observe(check, {}, start + PATIENCE - 20, start + PATIENCE - 20) == []


def test_that_a_symptom_that_comes_back_is_told_again(check: HealthCheck) -> None:
    ill = {"diversity": 0.1}
    first = observe(check, ill, 0, PATIENCE)
    observe(check, {}, PATIENCE + 20, PATIENCE + 20)
    again = observe(check, ill, 2 * PATIENCE, 3 * PATIENCE)
    assert [warning.step for warning in first + again] == [PATIENCE, 3 * PATIENCE]


def test_that_each_code_that_is_not_shown_is_named(check: HealthCheck) -> None:
    told = observe(check, {"code_error.k1": 1.0, "code_error.c1": 1.0}, 0, PATIENCE)
    assert [warning.sentence.partition(":")[0] for warning in told] == [
        "No image shows code k1",
        "No image shows code c1",
    ]


def test_that_a_constraint_that_is_off_is_not_called_negligible(check: HealthCheck) -> None:
    assert observe(check, {"gradient_independence": 0.0}, 0, 2 * PATIENCE) == []


def test_that_rare_reports_are_enough(check: HealthCheck) -> None:
    ill = HEALTHY | {"diversity": 0.1}
    assert check.observe(5000, ill) == []
    assert [warning.kind for warning in check.observe(10_000, ill)] == ["mode collapse"]


@pytest.mark.parametrize(
    ("discriminator", "error", "kind"),
    [
        (1.386, 0.9, "discriminator gave up"),
        (1.386, 0.2, "discriminator at chance"),
        (1.38, 0.9, "discriminator gave up"),
        (1.3, 0.9, None),
    ],
)
def test_that_a_discriminator_at_chance_gave_up_where_the_codes_are_guessed_too(
    check: HealthCheck, discriminator: float, error: float, kind: HealthKind | None
) -> None:
    ill = {"discriminator": discriminator, "code_error.k1": error, "code_error.c1": error}
    told = observe(check, ill, 0, PATIENCE)
    assert [warning.kind for warning in told] == ([kind] if kind else [])


def test_that_an_autoencoder_whose_codes_are_unused_is_told() -> None:
    check = HealthCheck(autoencoder_symptoms())
    assert check.observe(0, {"kl": 0.05}) == check.observe(900, {"kl": 0.05}) == []
    assert [each.kind for each in check.observe(1000, {"kl": 0.05})] == ["codes unused"]
    assert check.observe(2000, {"kl": 0.5}) == []
