"""Notices when a run goes wrong and says so, in one sentence, once per episode."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.protocol import HealthKind, HealthWarning

Values = Mapping[str, float]

# How long a symptom must last, in steps of training, before it is told.
PATIENCE = 1000

# 2 log 2: the discriminator's loss when it cannot tell real from fake at all.
_CHANCE = 1.3863


@dataclass(frozen=True)
class _Symptom:
    kind: HealthKind
    shows: Callable[[Values], bool]
    sentence: str


class HealthCheck:
    """Watches the reported means of a run.

    information_prior: information loss of a Q that ignores the image, nats.
    code_names: names of the codes, as in `code_error.NAME`.
    """

    def __init__(self, information_prior: float, code_names: tuple[str, ...]) -> None:
        self._symptoms = [*_symptoms(information_prior), *map(_hidden, code_names)]
        self._since: dict[str, int] = {}
        self._told: set[str] = set()

    def observe(self, step: int, values: Values) -> list[HealthWarning]:
        """Take in the means reported at `step`; warnings for what has now lasted too long."""
        warnings = []
        for symptom in self._symptoms:
            key = symptom.sentence
            if not symptom.shows(values):
                self._since.pop(key, None)
                self._told.discard(key)
                continue
            since = self._since.setdefault(key, step)
            if step - since >= PATIENCE and key not in self._told:
                self._told.add(key)
                warnings.append(HealthWarning(step, symptom.kind, symptom.sentence))
        return warnings


def _symptoms(information_prior: float) -> list[_Symptom]:
    return [
        _Symptom(
            "discriminator at chance",
            lambda v: v["discriminator"] > 0.99 * _CHANCE,
            "The discriminator is at chance: the generator learns nothing from it; "
            "lower method.generator_lr or raise method.discriminator_lr.",
        ),
        _Symptom(
            "discriminator wins",
            lambda v: v["discriminator"] < 0.05,
            "The discriminator wins outright: the generator hardly gets a signal; "
            "lower method.discriminator_lr.",
        ),
        _Symptom(
            "codes ignored",
            lambda v: v["information"] > 0.98 * information_prior,
            "The codes are ignored: the information loss is at its prior value; "
            "raise method.information.weight.",
        ),
        _Symptom(
            "mode collapse",
            lambda v: v["diversity"] < 0.3,
            "The images are nearly all alike (mode collapse): they vary less than a third as "
            "much as the real ones; lower method.generator_lr.",
        ),
        _Symptom(
            "constraint negligible",
            lambda v: 0 < v.get("gradient_independence", 0.0) < 0.01 * v["gradient_information"],
            "The independence constraint hardly pulls: its gradient is below a hundredth of the "
            "information constraint's; raise method.independence.weight.",
        ),
    ]


def _hidden(code: str) -> _Symptom:
    return _Symptom(
        "code not shown",
        lambda values: values[f"code_error.{code}"] > 0.95,
        f"No image shows code {code}: Q can only guess it.",
    )
