"""Notices when a run goes wrong and says so, in one sentence, once per episode."""

from collections.abc import Iterable

from core.methods.symptoms import Symptom, Values
from core.protocol import HealthWarning

# How long a symptom must last, in steps of training, before it is told.
PATIENCE = 1000


class HealthCheck:
    """Watches the reported means of a run for the symptoms of its method."""

    def __init__(self, symptoms: Iterable[Symptom]) -> None:
        self._symptoms = tuple(symptoms)
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
