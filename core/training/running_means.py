"""Means of a training's scalars, added up on the device and read once a report."""

import torch
from torch import Tensor


class RunningMeans:
    """Adds scalars up on the device, so that no step waits for it.

    names: every scalar that may be added. `since` is the training time of the last reading.
    """

    def __init__(self, names: tuple[str, ...], device: torch.device) -> None:
        self._names = names
        self._sums = torch.zeros(len(names), device=device)
        self._counts = torch.zeros(len(names), dtype=torch.int64)
        self._steps = 0
        self._positions: dict[tuple[str, ...], tuple[Tensor, Tensor]] = {}
        self.since = 0.0

    def add(self, values: dict[str, Tensor]) -> None:
        """Add one step's scalars, a subset of the names."""
        key = tuple(values)
        if key not in self._positions:
            positions = torch.tensor([self._names.index(name) for name in key])
            self._positions[key] = positions, positions.to(self._sums.device)
        positions, on_device = self._positions[key]
        self._sums.index_add_(0, on_device, torch.stack(list(values.values())).float())
        self._counts[positions] += 1
        self._steps += 1

    def peek(self) -> tuple[int, dict[str, float]]:
        """Steps since the last reading, and the means so far."""
        means = {
            name: total / count
            for name, total, count in zip(
                self._names, self._sums.tolist(), self._counts.tolist(), strict=True
            )
            if count
        }
        return self._steps, means

    def read(self) -> tuple[int, dict[str, float]]:
        """Like `peek`; starts anew."""
        found = self.peek()
        self._sums.zero_()
        self._counts.zero_()
        self._steps = 0
        return found

    def state(self) -> dict[str, Tensor]:
        """What stands since the last reading."""
        return {
            "sums": self._sums,
            "counts": self._counts,
            "steps": torch.tensor(self._steps),
            "since": torch.tensor(self.since, dtype=torch.float64),
        }

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Take `state()` back."""
        self._sums.copy_(state["sums"])
        self._counts.copy_(state["counts"])
        self._steps = int(state["steps"])
        self.since = float(state["since"])
