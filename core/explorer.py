"""`Explorer`: a run's snapshot, ready to answer what its latent space looks like."""

import math
import re
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from core import checkpoint
from core.checkpoint import CheckpointError
from core.config import ConfigError
from core.data.catalogue import load_dataset
from core.data.dataset import Dataset
from core.encoding import encode
from core.evaluation import evaluation_subset, represent_dataset
from core.export import Recipe, TraversalGrid
from core.latents import Code
from core.methods import make_method
from core.picture import Anchor, Source, traversal_picture
from core.randomness import Randomness
from core.runs import RunFolder
from core.traversal import RANGES, needs_observed, random_anchor


class Explorer:
    """Weights of one step, on the CPU in float32; the run's data is loaded when first needed."""

    def __init__(self, run: RunFolder, snapshot: Path) -> None:
        """Load a snapshot of `run`.

        Raises:
            CheckpointError: it cannot be read, or is not of this run's networks.
        """
        device = torch.device("cpu")
        weights, header = checkpoint.load(snapshot, device)
        self._config = header.run_config()
        self.method = make_method(
            self._config, Randomness(self._config.seed, device), device, torch.float32
        )
        try:
            self.method.load_weights(weights)
        except (KeyError, RuntimeError) as error:
            raise CheckpointError(f"{snapshot} does not fit its config: {error}.") from None
        self._source = Source(run.name, header.step, self._config, run.labels().get("codes", {}))

    @cached_property
    def dataset(self) -> Dataset:
        """The data that the run was trained on."""
        return load_dataset(self._config.data)

    @cached_property
    def observed(self) -> NDArray[np.float32]:
        """(M, D) codes of at most 2,000 real images."""
        index = evaluation_subset(self.dataset, self._config.seed)
        return represent_dataset(self.method, self.dataset, index)

    def codes(self, names: list[str]) -> tuple[Code, ...]:
        """The codes called so, or counted so from 0.

        Raises:
            ConfigError: there is none of that name; the message lists them.
        """
        spec = self.method.spec
        known = {code.name: code for code in spec.codes}
        known |= {str(i): code for i, code in enumerate(spec.codes)}
        for name in names:
            if name not in known:
                raise ConfigError(
                    f"There is no code {name!r}: codes are "
                    f"{', '.join(code.name for code in spec.codes)}."
                )
        return tuple(known[name] for name in names)

    def anchor(self, name: str) -> Anchor:
        """The latent that `random:SEED` or `data:INDEX` names, or `latent:` and its L numbers.

        Raises:
            ConfigError: another form, an index beyond the data, or not L numbers.
        """
        if name.startswith("latent:"):
            return Anchor("latent", self._latent(name.removeprefix("latent:")))
        form = re.fullmatch(r"(random|data):([0-9]{1,18})", name)
        if not form:
            raise ConfigError(
                f"There is no anchor {name!r}: write random:SEED, data:INDEX or "
                "latent:NUMBER,NUMBER,..."
            )
        number = int(form[2])
        if form[1] == "random":
            return Anchor(name, random_anchor(self.method.spec, number))
        if number >= len(self.dataset):
            raise ConfigError(
                f"The anchor {name} lies beyond the data: {self.dataset.name} has "
                f"{len(self.dataset):,} images, counted from 0."
            )
        image = self.dataset.batch(torch.tensor([number]))[0]
        return Anchor(name, encode(self.method, image, seed=0).latent)

    def _latent(self, text: str) -> torch.Tensor:
        """(L,) float32 from numbers with commas between them."""
        try:
            numbers = [float(number) for number in text.split(",")]
        except ValueError:
            numbers = []
        spec = self.method.spec
        if len(numbers) != spec.latent_dim or not all(map(math.isfinite, numbers)):
            codes = ", ".join(
                f"{code.categories} of {code.name}" if code.categories else code.name
                for code in spec.codes
            )
            raise ConfigError(
                f"The anchor latent:{text} is no latent of {self._source.run}: write "
                f"{spec.latent_dim} finite numbers, {spec.noise_dim} of noise, then {codes}."
            )
        return torch.tensor(numbers)

    def traversal(
        self, anchor: str, rule: str, columns: int, codes: tuple[Code, ...] | None = None
    ) -> tuple[TraversalGrid, Recipe]:
        """The grid and its recipe; see `traversal_picture`."""
        # A rule that does not exist needs no data to be refused.
        observed = self.observed if rule in RANGES and needs_observed(rule) else None
        return traversal_picture(
            self.method, self._source, self.anchor(anchor), rule, columns, codes, observed
        )
