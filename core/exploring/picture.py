"""Traversals as labelled pictures with their recipe: for run folders, the app and the CLI."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.bounds import LARGEST_NUMBER, LARGEST_VALUE, shortened
from core.config import ConfigError, RunConfig
from core.counts import named_step
from core.exploring.traversal import (
    Traversal,
    Variable,
    code_values,
    concept_values,
    random_anchor,
    traverse,
)
from core.export import Recipe, TraversalGrid, compose, crossed_out, save_png
from core.latents import CodeNames, LatentSpec, Matching
from core.latents.concepts import Concept
from core.methods.base import Method
from core.runs import RunFolder

COLUMNS = 11


@dataclass(frozen=True)
class SnapshotInfo:
    """Where a picture's weights come from.

    Attributes:
        folder: the run's folder, by name, which stays when a person gives the run another name.
        name: what a person calls the run.
    """

    folder: str
    name: str
    step: int
    config: RunConfig
    code_names: CodeNames


def snapshot_info(
    run: RunFolder, step: int, config: RunConfig, matching: Matching | None = None
) -> SnapshotInfo:
    """Of the weights of this step, with the names that the run and its codes have now."""
    names = CodeNames(run.code_labels(), matching)
    return SnapshotInfo(run.path.resolve().name, run.name, step, config, names)


@dataclass(frozen=True)
class Anchor:
    """A latent (L,) and the name of the rule that chose it, such as random:0."""

    name: str
    latent: Tensor


def anchor_named(name: str, spec: LatentSpec, run: str) -> Anchor:
    """The latent that `random:SEED` names, or `latent:` and its L numbers.

    run: its name, for the message.

    Raises:
        ConfigError: another form, or not L numbers.
    """
    if name.startswith("latent:"):
        return Anchor("latent", _latent(name.removeprefix("latent:"), spec, run))
    form = re.fullmatch(r"random:([0-9]{1,10})", name)
    seed = int(form[1]) if form else -1
    if not 0 <= seed <= LARGEST_NUMBER:
        raise ConfigError(
            f"There is no anchor {shortened(name)!r}: write random:SEED, data:INDEX or "
            f"latent:NUMBER,NUMBER,...; a seed is at most {LARGEST_NUMBER:,}."
        )
    return Anchor(name, random_anchor(spec, seed))


def _latent(text: str, spec: LatentSpec, run: str) -> Tensor:
    """(L,) float32 from numbers with commas between them."""
    try:
        numbers = [float(number) for number in text.split(",")]
    except ValueError:
        numbers = []
    within = all(abs(number) <= LARGEST_VALUE for number in numbers)
    if len(numbers) != spec.latent_dim or not within:
        codes = ", ".join(
            f"{code.categories} of {code.name}" if code.categories else code.name
            for code in spec.codes
        )
        raise ConfigError(
            f"The anchor latent:{shortened(text)} is no latent of {run}: write {spec.latent_dim} "
            f"finite numbers, {spec.noise_dim} of noise, then {codes}."
        )
    return torch.tensor(numbers)


def traversal_picture(
    method: Method,
    snapshot: SnapshotInfo,
    anchor: Anchor,
    rule: str,
    columns: int = COLUMNS,
    variables: tuple[Variable, ...] | None = None,
    observed: NDArray[np.floating] | None = None,
) -> tuple[TraversalGrid, Recipe]:
    """A grid with one row per code (all by default) or concept, and the recipe to make it again.

    observed: (N, D) representation of real images, for range rules that need it.
    """
    variables = variables or method.spec.codes
    values = tuple(
        _values(variable, method.spec, rule, columns, observed) for variable in variables
    )
    traversal = traverse(method, anchor.latent, variables, values)
    recipe = Recipe(
        kind="traversal",
        run=snapshot.folder,
        step=snapshot.step,
        seed=snapshot.config.seed,
        anchor=anchor.name,
        anchor_latent=tuple(float(entry) for entry in traversal.anchor),
        range_rule=rule,
        codes=tuple(variable.name for variable in variables),
        values=values,
        concepts=tuple(each for each in variables if isinstance(each, Concept)),
        preset=snapshot.config.preset,
    )
    return _grid(traversal, snapshot, f"anchor {anchor.name} · range {rule}"), recipe


def run_picture(method: Method, snapshot: SnapshotInfo, path: Path) -> NDArray[np.uint8]:
    """The traversal that a run folder gets while training, written to `path`; uint8 (H, W, 3)."""
    anchor = Anchor("random:0", random_anchor(method.spec, 0))
    grid, recipe = traversal_picture(method, snapshot, anchor, "prior")
    image = compose(grid)
    save_png(path, image, recipe)
    return image


def _values(
    variable: Variable,
    spec: LatentSpec,
    rule: str,
    columns: int,
    observed: NDArray[np.floating] | None,
) -> tuple[float, ...]:
    if isinstance(variable, Concept):
        entries = None if observed is None else spec.entries(observed)
        return concept_values(variable, spec, rule, columns, entries)
    seen = None if observed is None else observed[:, spec.codes.index(variable)]
    return code_values(variable, rule, columns, seen)


def _grid(traversal: Traversal, snapshot: SnapshotInfo, how: str) -> TraversalGrid:
    counts = tuple(len(row) for row in traversal.images)
    cells = np.zeros((len(counts), max(counts), *traversal.images[0].shape[1:]), dtype=np.uint8)
    for cell, row, reached in zip(cells, traversal.images, traversal.reached, strict=True):
        cell[: len(row)] = row
        cell[: len(row)][~reached] = crossed_out(row[~reached])
    if not all(reached.all() for reached in traversal.reached):
        how = f"{how} · crossed out: out of reach"
    shared = {
        values
        for variable, values in zip(traversal.variables, traversal.values, strict=True)
        if isinstance(variable, Concept) or not variable.categories
    }
    labels = [f"{value:.2g}" for value in shared.pop()] if len(shared) == 1 else []
    codes = [variable.name for variable in traversal.variables]
    origin = snapshot.code_names.origin(codes, snapshot.step)
    return TraversalGrid(
        images=cells,
        row_labels=tuple(map(snapshot.code_names.full, codes)),
        column_labels=tuple(labels),
        title=f"{snapshot.name} · {named_step(snapshot.step)} · {how}{origin}",
        counts=counts,
    )
