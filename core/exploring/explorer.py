"""`Explorer`: a run's snapshot, ready to answer what its latent space looks like."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from core.bounds import LARGEST_NUMBER, MOST_CODES, MOST_IMAGES
from core.config import ConfigError, DataConfig
from core.counts import named_step
from core.data.catalogue import is_at_hand, load_dataset
from core.data.conform import conform_image
from core.data.dataset import Dataset
from core.data.errors import DataError
from core.evaluation import (
    FULL_EVALUATION_IMAGES,
    FullEvaluation,
    as_event,
    evaluation_subset,
    known_factors,
    represent_dataset,
    score_codes,
    score_row,
)
from core.exploring.encoding import Encoding, encode, encode_all
from core.exploring.picture import (
    Anchor,
    SnapshotInfo,
    anchor_named,
    snapshot_info,
    traversal_picture,
)
from core.exploring.traversal import Variable, require_columns, to_uint8
from core.export import Recipe, TraversalGrid
from core.latents import Code, Matching
from core.methods import make_method
from core.metrics import MetricError
from core.protocol import Evaluated
from core.randomness import Randomness, seed_for
from core.ranges import needs_observed
from core.runs import RunFolder, checkpoint, step_of
from core.runs.checkpoint import CheckpointError, DamagedError
from core.sampling import sample_latents

LoadData = Callable[[DataConfig], Dataset]

# Of a reconstruction among many: they are looked at together, and together take no longer than
# a few encoded images.
_STARTS = 2

_DRAWN_AT_ONCE = 64

_ADVICE = " Look at another step of this run."


class Explorer:
    """Weights of one step, on the CPU in float32; the run's data is loaded when first needed."""

    def __init__(self, run: RunFolder, snapshot: Path, load_data: LoadData = load_dataset) -> None:
        """Load a snapshot of `run`; `load_data` is called once, if its data is needed.

        Raises:
            CheckpointError: it cannot be read, or is not of this run's networks.
        """
        device = torch.device("cpu")
        try:
            weights, header = checkpoint.load(snapshot, device)
        except DamagedError as error:
            raise DamagedError(f"{error}{_ADVICE}") from None
        self.run = run
        self._config = header.run_config()
        self.method = make_method(
            self._config, Randomness(self._config.seed, device), device, torch.float32
        )
        try:
            self.method.load_weights(weights)
        except (KeyError, RuntimeError) as error:
            reason = str(error).splitlines()[0].rstrip(":")
            raise CheckpointError(f"{snapshot} does not fit its config: {reason}.") from None
        self._load_data = load_data
        self._matching: Matching | None = None
        self._observed: NDArray[np.float32] = np.empty((0, 0), np.float32)
        self.step = header.step

    @property
    def data(self) -> DataConfig:
        """Which data that is."""
        return self._config.data

    @property
    def seed(self) -> int:
        """The run's seed."""
        return self._config.seed

    @cached_property
    def dataset(self) -> Dataset:
        """The data that the run was trained on."""
        return self._load_data(self._config.data)

    @property
    def observed(self) -> NDArray[np.float32]:
        """(M, D) codes of at most 2,000 real images."""
        for _ in self.observing():
            pass
        return self._observed

    def observing(self) -> Iterator[None]:
        """Encode those images bit by bit, if they are not yet."""
        if not len(self._observed):
            parts = []
            for part in torch.split(self.observed_index, _DRAWN_AT_ONCE):
                parts.append(represent_dataset(self.method, self.dataset, part))
                yield
            self._observed = np.concatenate(parts)

    @property
    def observed_index(self) -> torch.Tensor:
        """(M,) int64 which images of the data those are."""
        return evaluation_subset(self.dataset, self._config.seed)

    def codes(self, names: list[str]) -> tuple[Code, ...]:
        """The codes called so, or counted so from 0.

        Raises:
            ConfigError: there is none of that name, the message lists them; or too many rows.
        """
        if len(names) > MOST_CODES:
            raise ConfigError(f"{len(names):,} rows are too many: ask for {MOST_CODES} at most.")
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

    def name_codes(self) -> None:
        """From now on, name the rows of a traversal after the factors that their codes follow.

        A name that a person gave wins. Where the data is not at hand or its factors are unknown,
        nothing is named: no picture is worth preparing data for its labels alone.
        """
        with suppress(DataError, MetricError):
            if is_at_hand(self.data) and self.dataset.factors is not None:
                self._matching = self.correlation().matching

    def anchor(self, name: str) -> Anchor:
        """The latent that `random:SEED` or `data:INDEX` names, or `latent:` and its L numbers.

        Raises:
            ConfigError: another form, an index beyond the data, or not L numbers.
        """
        form = re.fullmatch(r"data:([0-9]{1,18})", name)
        if not form:
            return anchor_named(name, self.method.spec, self.run.name)
        image = self._image(int(form[1]), f"The anchor {name}")
        return Anchor(name, encode(self.method, image, seed=0).latent)

    def traversal(
        self, anchor: str, rule: str, columns: int, variables: tuple[Variable, ...] | None = None
    ) -> tuple[TraversalGrid, Recipe]:
        """The grid and its recipe; see `traversal_picture`."""
        require_columns(columns)
        observed = self.observed if needs_observed(rule) else None
        return traversal_picture(
            self.method,
            self._snapshot_info(),
            self.anchor(anchor),
            rule,
            columns,
            variables,
            observed,
        )

    def draw(self, latents: NDArray[np.float32]) -> NDArray[np.uint8]:
        """What latents (N, L) look like: uint8 (N, H, W, C).

        Raises:
            ConfigError: they are not of this run's length, not finite, or too many.
        """
        length = self.method.spec.latent_dim
        if latents.ndim != 2 or latents.shape[1] != length or not np.isfinite(latents).all():
            raise ConfigError(
                f"Latents {latents.shape} are none of {self.run.name}: each has {length} finite "
                "numbers."
            )
        _require_count(len(latents))
        return self._drawn(torch.from_numpy(latents.astype(np.float32)))

    def encoding(
        self,
        image: NDArray[np.uint8] | int,
        seed: int = 0,
        cancelled: Callable[[], bool] | None = None,
    ) -> tuple[Encoding, NDArray[np.uint8]]:
        """The latent of an image uint8 (H, W, 1 or 3) of any size, or of the data's by index.

        Returns it with three images, uint8 (3, H, W, C): the original as the networks see it, what
        the latent draws, and what it draws with zero noise.

        Raises:
            EncodingCancelledError: `cancelled`, asked before each step of the search, said so.
            ConfigError, DataError: no such image.
        """
        if isinstance(image, int):
            original = self._image(image, f"Image {image}")
        else:
            original = conform_image(image, self._config.data)
        found = encode(self.method, original, seed, cancelled=cancelled)
        latents = found.latent.repeat(2, 1)
        latents[1, : self.method.spec.noise_dim] = 0
        return found, np.concatenate([to_uint8(original[None]), self._drawn(latents)])

    def samples(self, seed: int, count: int) -> tuple[NDArray[np.uint8], Recipe]:
        """Images of latents drawn from the prior: uint8 (N, H, W, C).

        Raises:
            ConfigError: none, more than `MOST_IMAGES`, or another seed than there are.
        """
        _require_seed(seed)
        _require_count(count)
        generator = torch.Generator().manual_seed(seed_for(seed, "samples"))
        images = self._drawn(sample_latents(self.method.spec, count, generator))
        return images, self._recipe("samples", seed, count)

    def reconstructions(
        self, seed: int, count: int, cancelled: Callable[[], bool] | None = None
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8], Recipe]:
        """Images of the data and what their latents draw: uint8 (N, H, W, C) each.

        They are encoded as by `encode`, but with fewer starts. A data set of fewer images gives
        all of them.

        Raises:
            ConfigError: as `samples`.
            EncodingCancelledError: `cancelled`, asked again and again, said so.
            DataError: the data is not there any more.
        """
        _require_seed(seed)
        _require_count(count)
        generator = torch.Generator().manual_seed(seed_for(seed, "reconstructions"))
        index = torch.randperm(len(self.dataset), generator=generator)[:count]
        originals = self.dataset.batch(index)
        latents = [
            found.latent
            for part in torch.split(originals, _DRAWN_AT_ONCE // _STARTS)
            for found in encode_all(self.method, part, seed, _STARTS, cancelled=cancelled)
        ]
        recipe = self._recipe("reconstructions", seed, len(index))
        return to_uint8(originals), self._drawn(torch.stack(latents)), recipe

    def browse(
        self, seed: int, start: int, count: int
    ) -> tuple[NDArray[np.uint8], tuple[int, ...]]:
        """Images of the data, uint8 (N, H, W, C), and their places in it.

        They come in an order that `seed` shuffles, from `start` on; after the last one none.

        Raises:
            ConfigError: as `samples`; or `start` is none.
        """
        _require_seed(seed)
        _require_seed(start)
        _require_count(count)
        generator = torch.Generator().manual_seed(seed_for(seed, "browse"))
        order = torch.randperm(len(self.dataset), generator=generator)[start : start + count]
        return to_uint8(self.dataset.batch(order)), tuple(order.tolist())

    def correlation(self) -> Evaluated:
        """What the codes of at most 2,000 real images say, and how dependent they are.

        Raises:
            MetricError: codes that are not finite.
        """
        factors = known_factors(self.dataset, self.observed_index)
        spec, names = self.method.spec, ["total_correlation"]
        found = score_codes(spec, factors, self.observed, names)
        return as_event(found, spec, self.dataset, self.step)

    def evaluation(self, count: int = FULL_EVALUATION_IMAGES) -> FullEvaluation:
        """All scores of the codes of `count` real images, yet to be computed."""
        return FullEvaluation(self.method, self.dataset, self._config.seed, self.step, count)

    def record(self, evaluated: Evaluated) -> None:
        """Write an evaluation to the run's scores.csv.

        Raises:
            RunError: it cannot be written.
        """
        self.run.record_scores(score_row(evaluated, self.method.spec))

    def _image(self, index: int, who: str) -> torch.Tensor:
        """(C, H, W) in [0, 1]: an image of the data; `who` asks for it, in the message."""
        if not 0 <= index < len(self.dataset):
            raise ConfigError(
                f"{who} lies beyond the data: {self.dataset.name} has {len(self.dataset):,} "
                "images, counted from 0."
            )
        return self.dataset.batch(torch.tensor([index]))[0]

    def _drawn(self, latents: torch.Tensor) -> NDArray[np.uint8]:
        parts = torch.split(latents, _DRAWN_AT_ONCE)
        return np.concatenate([to_uint8(self.method.generate(part)) for part in parts])

    def _snapshot_info(self) -> SnapshotInfo:
        # Read anew each time: a person may name a code while an explorer is kept.
        return snapshot_info(self.run, self.step, self._config, self._matching)

    def _recipe(self, kind: Literal["samples", "reconstructions"], seed: int, count: int) -> Recipe:
        return Recipe(
            kind=kind,
            run=self._snapshot_info().folder,
            step=self.step,
            seed=self._config.seed,
            anchor=f"random:{seed}",
            count=count,
            preset=self._config.preset,
        )


def _require_seed(seed: int) -> None:
    if not 0 <= seed <= LARGEST_NUMBER:
        raise ConfigError(f"There is no such seed: choose one from 0 to {LARGEST_NUMBER:,}.")


def _require_count(count: int) -> None:
    if not 1 <= count <= MOST_IMAGES:
        raise ConfigError(f"{count:,} images are too many or none: ask for 1 to {MOST_IMAGES:,}.")


def explorer_at(run: RunFolder, step: int | None, tell: Callable[[str], None]) -> Explorer:
    """The snapshot of a step; or the newest that is sound, and `tell` hears of each that is not.

    Raises:
        RunError: there is no such snapshot.
        CheckpointError: it cannot be read; or none can.
    """
    newest = run.snapshot_at(step)
    older = [path for path in reversed(run.snapshots()) if step is None and path != newest]
    for path, before in pairwise((newest, *older)):
        try:
            return Explorer(run, path)
        except DamagedError as error:
            tell(
                f"{str(error).removesuffix(_ADVICE)} That of {named_step(step_of(before))} is used."
            )
    return Explorer(run, (newest, *older)[-1])
