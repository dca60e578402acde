"""What the codes of a run are called: by a person, or after the factor that each follows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from core.counts import counted, named_step


@dataclass(frozen=True)
class Matching:
    """Which factor each code follows most, as one evaluation found.

    Attributes:
        step, images: the step that was evaluated, and how many real images told.
        follows: code -> (factor, its share in [0, 1] in all that the code tells of factors); a
            code that follows none is left out.
    """

    step: int
    images: int
    follows: Mapping[str, tuple[str, float]]

    @property
    def names(self) -> dict[str, str]:
        """Code -> the factor that it follows most and how exclusively, `posX .81`."""
        return {code: f"{factor} {_share(share)}" for code, (factor, share) in self.follows.items()}


@dataclass(frozen=True)
class CodeNames:
    """What the codes of a run are called.

    Attributes:
        labels: code -> the name that a person gave it.
        matching: what all others are called after; None: they have no name.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    matching: Matching | None = None

    @property
    def follows(self) -> dict[str, str]:
        """Code -> the factor that it follows most, whatever a person calls it: `posX .81`."""
        return self.matching.names if self.matching else {}

    def full(self, code: str) -> str:
        """The code with its name: `c1 posX .81`."""
        return f"{code} {self.labels.get(code) or self.follows.get(code, '')}".strip()

    def about(self, code: str) -> str:
        """What `posX .81` means, and who found it; empty where the code follows nothing."""
        found = self.matching
        if found is None or code not in found.follows:
            return ""
        factor, share = found.follows[code]
        return (
            f"Of the data's known factors it tells most of {factor}: {share:.0%} of all that it "
            "tells of factors (mutual information, each part of its factor's entropy), by "
            f"{counted(found.images, 'real image')} at {named_step(found.step)}"
        )

    def origin(self, codes: Iterable[str], step: int) -> str:
        """` · named by 2,000 images`, beside weights of `step`; empty if no code is named so."""
        found = self.matching
        if found is None or not any(c in found.follows and not self.labels.get(c) for c in codes):
            return ""
        elsewhere = "" if step == found.step else f" at {named_step(found.step)}"
        return f" · named by {found.images:,} images{elsewhere}"


def _share(share: float) -> str:
    return "1" if share > 0.995 else f"{share:.2f}".removeprefix("0")
