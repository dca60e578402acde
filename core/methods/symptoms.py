"""How each family of methods goes wrong, and what helps."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.config.methods.gan import AT_CHANCE
from core.protocol import HealthKind

Values = Mapping[str, float]


@dataclass(frozen=True)
class Symptom:
    """Something that goes wrong: whether the reported means show it, and what helps."""

    kind: HealthKind
    shows: Callable[[Values], bool]
    sentence: str


def adversarial_symptoms() -> tuple[Symptom, ...]:
    """Of every GAN."""
    return (
        Symptom(
            "discriminator wins",
            lambda v: v["discriminator"] < 0.05,
            "The discriminator wins outright: the generator hardly gets a signal; "
            "lower method.discriminator_lr.",
        ),
        Symptom(
            "mode collapse",
            lambda v: v["diversity"] < 0.3,
            "The images are nearly all alike (mode collapse): they vary less than a third as "
            "much as the real ones; lower method.generator_lr.",
        ),
    )


def information_symptoms(information_prior: float, codes: tuple[str, ...]) -> tuple[Symptom, ...]:
    """Of a GAN that recognises its codes, and of its independence constraint.

    information_prior: information loss of a Q that ignores the image, nats.
    codes: names, as in `code_error.NAME`.
    """
    gave_up = Symptom(
        "discriminator gave up",
        lambda v: abs(v["discriminator"] - AT_CHANCE) < 0.01 and _guessed(v, codes) > 0.5,
        "The discriminator gave up: it holds real and generated images for equally likely while "
        "the codes are guessed, and no longer teaches either. It rarely recovers: start again "
        "with another seed, a lower method.generator_lr or fewer method.generator_steps.",
    )
    return (
        gave_up,
        Symptom(
            "discriminator at chance",
            lambda v: v["discriminator"] > 0.99 * AT_CHANCE and not gave_up.shows(v),
            "The discriminator is at chance: the generator learns nothing from it; "
            "lower method.generator_lr or raise method.discriminator_lr.",
        ),
        *adversarial_symptoms(),
        Symptom(
            "codes ignored",
            lambda v: v["information"] > 0.98 * information_prior,
            "The codes are ignored: the information loss is at its prior value; "
            "raise method.information.weight.",
        ),
        Symptom(
            "constraint negligible",
            lambda v: 0 < v.get("gradient_independence", 0.0) < 0.01 * v["gradient_information"],
            "The independence constraint hardly pulls: its gradient is below a hundredth of the "
            "information constraint's; raise method.independence.weight.",
        ),
        *map(_hidden, codes),
    )


def autoencoder_symptoms() -> tuple[Symptom, ...]:
    """Of a variational autoencoder."""
    return (
        Symptom(
            "codes unused",
            lambda v: v["kl"] < 0.1,
            "The codes are unused (posterior collapse): the KL term is near 0, so every image is "
            "drawn alike; lower the weight of the KL term, or raise method.kl_warmup_steps.",
        ),
    )


def _guessed(values: Values, codes: tuple[str, ...]) -> float:
    """The mean code error: 0 where all are known, 1 where all are guessed."""
    return sum(values[f"code_error.{code}"] for code in codes) / len(codes)


def _hidden(code: str) -> Symptom:
    return Symptom(
        "code not shown",
        lambda values: values[f"code_error.{code}"] > 0.95,
        f"No image shows code {code}: Q can only guess it.",
    )
