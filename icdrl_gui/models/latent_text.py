"""A latent as text: the `latent:` form that `icdrl traverse --anchor` takes, exact both ways."""

import numpy as np
from numpy.typing import NDArray

from core.errors import IcdrlError
from core.latents import LatentSpec

_PREFIX = "latent:"
_QUOTED = 40


class LatentTextError(IcdrlError):
    """A text, or an array, that is no latent of the run."""


def latent_text(latent: NDArray[np.float32]) -> str:
    """(L,) float32 as latent:NUMBER,NUMBER,...; whoever reads it gets the same bits."""
    return _PREFIX + ",".join(map(_number_text, latent))


def parse_latent(text: str, spec: LatentSpec) -> NDArray[np.float32]:
    """(L,) float32 from what `latent_text` wrote, with or without its first word.

    Raises:
        LatentTextError: it is none, or none that `spec` describes; the sentence says what is.
    """
    content = text.strip()
    shown = content if len(content) <= _QUOTED else f"{content[:_QUOTED]} …"
    try:
        with np.errstate(over="ignore"):
            numbers = np.array(
                [float(number) for number in content.removeprefix(_PREFIX).split(",")],
                dtype=np.float32,
            )
    except ValueError:
        raise LatentTextError(
            f"The text “{shown}” is no latent: copy one here, or write {_PREFIX} and "
            f"{spec.latent_dim} numbers with commas between them."
        ) from None
    return checked_latent(numbers, spec)


def checked_latent(latent: NDArray[np.floating], spec: LatentSpec) -> NDArray[np.float32]:
    """A read-only copy (L,) float32.

    Raises:
        LatentTextError: it has another number of entries, or some are not finite.
    """
    result = np.array(latent, dtype=np.float32)
    if result.shape != (spec.latent_dim,):
        raise LatentTextError(
            f"This latent has {result.size} numbers, but the shown run takes "
            f"{spec.latent_dim}: {_described(spec)}."
        )
    if not np.isfinite(result).all():
        raise LatentTextError("This latent has numbers that are not finite: copy it again.")
    result.flags.writeable = False
    return result


def _number_text(number: np.float32) -> str:
    short = str(number)
    # The shortest decimals that name a float32, unless they lead elsewhere by way of a double.
    return short if np.float32(float(short)) == number else repr(float(number))


def _described(spec: LatentSpec) -> str:
    blocks = [f"{spec.noise_dim} of noise"] if spec.noise_dim else []
    blocks += [
        f"{code.categories} of {code.name}" if code.categories else code.name for code in spec.codes
    ]
    return ", ".join(blocks)
