"""What the catalogue says that noise gets is what noise gets."""

import numpy as np
import pytest

from core.metrics.catalogue import TITLES
from core.metrics.report import report


def test_that_noise_gets_what_the_catalogue_says() -> None:
    random = np.random.default_rng(0)
    factors = np.stack([random.integers(0, values, 10_000) for values in (3, 6, 40, 32, 32)], 1)
    found = report(factors, random.standard_normal((10_000, 5)).astype(np.float32))
    for name, title in TITLES.items():
        score, _, part = name.partition(".")
        of = found.scores[score]
        value = of.parts[part] if part else of.value
        if title.noise is not None:
            assert value == pytest.approx(title.noise, abs=0.006), name
