"""`Training`: turns the config of a run folder into a stream of events."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from core.config import ConfigError, changed, is_live
from core.counts import counted, named_step
from core.data.dataset import Dataset
from core.data.errors import DataError
from core.data.order import DataOrder
from core.devices import DeviceError, choose_precision, telling_lack_of_memory
from core.errors import IcdrlError
from core.exploring.picture import (
    SnapshotInfo,
    anchor_named,
    run_picture,
    snapshot_info,
    traversal_picture,
)
from core.export import ExportError, Recipe, TraversalGrid
from core.methods import make_method
from core.protocol import (
    CheckpointSaved,
    Ended,
    Event,
    HealthWarning,
    Losses,
    Picture,
    SettingChanged,
    SnapshotSaved,
)
from core.randomness import Randomness
from core.runs import RunError, RunFolder, checkpoint
from core.runs.checkpoint import CheckpointError, Header
from core.training.contention import Contention
from core.training.health import HealthCheck
from core.training.running_means import RunningMeans
from core.training.scoring import Scoring

KEPT_CHECKPOINTS = 2
MAX_SNAPSHOTS = 64


@dataclass(frozen=True)
class Report:
    """What one training step had to tell; most steps tell nothing."""

    step: int
    events: tuple[Event, ...] = ()


class Training:
    """One training of a run folder, whose lock it holds until `close`.

    `events` trains; whoever stops calling next() on it has paused. Nothing is saved unless an
    interval is due or `save` is called.
    """

    def __init__(
        self, run: RunFolder, dataset: Dataset, device: torch.device, resume: bool = False
    ) -> None:
        """Start the run, or go on from its newest sound checkpoint.

        Raises:
            RunError: another process trains it.
            CheckpointError: `resume`, and there is no sound checkpoint.
            DataError: fewer images than a batch.
            DeviceError: a precision or the memory that the device lacks.
        """
        self._resources = ExitStack()
        self._resources.enter_context(run.locked())
        try:
            with telling_lack_of_memory(device, run.config().batch_size):
                self._set_up(run, dataset, device, resume)
        except BaseException:
            self.close()
            raise

    def _set_up(self, run: RunFolder, dataset: Dataset, device: torch.device, resume: bool) -> None:
        self.run = run
        self.config = run.config()
        self.step = 0
        self.trained_s = 0.0
        self.notice = ""
        self._changes: list[dict[str, Any]] = []
        self._pending: dict[str, Any] = {}
        self._to_replay: list[dict[str, Any]] = []
        state: dict[str, Tensor] = {}
        if resume:
            state, header, damaged = checkpoint.load_newest(run)
            if damaged:
                self.notice = f"Goes on from {named_step(header.step)}. {' '.join(damaged)}"
            self.config = header.run_config()
            self.step, self.trained_s = header.step, header.trained_s
            self._changes = list(header.changes)
        if len(dataset) < self.config.batch_size:
            raise DataError(
                f"{dataset.name} has {counted(len(dataset), 'image')}, fewer than a batch of "
                f"{self.config.batch_size}: lower batch_size."
            )
        dtype = choose_precision(self.config.precision, device)
        self._dataset = dataset.to(device)
        self._random = Randomness(self.config.seed, device)
        self.method = make_method(self.config, self._random, device, dtype, len(dataset))
        self._means = RunningMeans(self.method.scalars, device)
        self._order = DataOrder(len(dataset), self.config.batch_size, self.config.seed, device)
        self._scoring = Scoring(run, self.method, self._dataset, self.config.seed)
        self._health = HealthCheck(self.method.symptoms)
        self._arithmetic = checkpoint.arithmetic(device, dtype)
        self._contention = Contention()
        self._resumed = resume
        if resume:
            self._load(state, header)

    def events(self) -> Iterator[Report]:
        """Train to the end, one report a step."""
        try:
            with telling_lack_of_memory(self.method.device, self.config.batch_size):
                yield from self._train()
        except (CheckpointError, DeviceError, ExportError, RunError, _NotFiniteError) as error:
            yield Report(self.step, (self._fail(str(error)),))

    def _train(self) -> Iterator[Report]:
        yield Report(self.step, tuple(self._begin()))
        while True:
            began = time.perf_counter()
            events = self._apply_changes()
            if self.step >= self.config.steps:
                break
            self._train_one_step()
            self.trained_s += time.perf_counter() - began
            events += self._due_events()
            yield Report(self.step, tuple(events))
        yield Report(self.step, (*events, *self._picture(), self.snapshot(), self.save()))
        yield from self._finish()

    def change(self, path: str, value: Any) -> None:
        """Change a setting from the next step on.

        Raises:
            ConfigError: no such setting, a wrong value, or one that cannot change while running.
        """
        changed(self.config, {path: value})
        if not is_live(path):
            raise ConfigError(f"{path} cannot change while a run trains: start a new run with it.")
        # What is said last holds, and what was said long ago is not said again.
        self._pending.pop(path, None)
        self._pending[path] = value
        self._to_replay = [change for change in self._to_replay if change["path"] != path]

    def save(self) -> CheckpointSaved:
        """Write a full checkpoint and delete all but the last two.

        Raises:
            CheckpointError: weights that are not finite, or a full disk.
        """
        path = self.run.path / "checkpoints" / f"step-{self.step}.safetensors"
        state = {f"method/{name}": tensor for name, tensor in self.method.state().items()}
        state |= {f"random/{name}": tensor for name, tensor in self._random.state().items()}
        state |= {f"means/{name}": tensor for name, tensor in self._means.state().items()}
        state |= {f"order/{name}": tensor for name, tensor in self._order.state().items()}
        checkpoint.save(path, state, self._header())
        checkpoint.keep_last(self.run.checkpoints(), KEPT_CHECKPOINTS)
        return CheckpointSaved(self.step, str(path))

    def snapshot(self) -> SnapshotSaved:
        """Write the weights that an explorer needs, and thin out the older ones."""
        path = self.run.path / "snapshots" / f"step-{self.step}.safetensors"
        checkpoint.save(path, self.method.weights(), self._header())
        for old in checkpoint.superfluous(self.run.snapshots(), MAX_SNAPSHOTS):
            old.unlink()
        return SnapshotSaved(self.step, str(path))

    def stop(self, keep: bool = True) -> tuple[Event, ...]:
        """Stop with a checkpoint and a snapshot at this step, or at once with what is on disk.

        The last event is the `Ended`, told in events.log too. Where the step cannot be kept the
        end is a failure.
        """
        events: list[Event] = []
        try:
            if keep:
                events.extend(self._keep())
                sentence = f"Stopped at {named_step(self.step)}."
            else:
                sentence = (
                    f"Stopped at {named_step(self.step)} at once; the last checkpoint is of "
                    f"{named_step(self.run.checkpoint_step())}."
                )
            self.run.record_event(self.step, "stopped", sentence)
        except (CheckpointError, RunError) as error:
            return (*events, self._fail(str(error)))
        return (*events, Ended(self.step, "stopped", sentence))

    def interrupt(self) -> None:
        """Keep this step though nobody asked for it: whoever followed the training is gone.

        Raises:
            CheckpointError, RunError: it cannot be kept.
        """
        list(self._keep())
        sentence = f"The app ended without a word; {named_step(self.step)} is kept."
        self.run.record_event(self.step, "interrupted", sentence)

    def traversal(self, anchor: str, rule: str, columns: int) -> tuple[TraversalGrid, Recipe]:
        """What the weights draw now, written nowhere; it changes no loss to come.

        anchor: random:SEED or latent:NUMBERS. rule: one that needs no real images.

        Raises:
            ConfigError: another anchor or rule.
        """
        named = anchor_named(anchor, self.method.spec, self.run.name)
        return traversal_picture(self.method, self._snapshot_info(), named, rule, columns)

    def close(self) -> None:
        """Free the run's lock; saves nothing."""
        self._resources.close()

    def _begin(self) -> list[Event]:
        if self._resumed:
            self.run.record_event(self.step, "resumed", self.notice or "Exactly as it was.")
            self._scoring.recall(self.step)
            return []
        device = self._arithmetic["device"]
        sentence = f"{self._arithmetic['dtype']} on {device}, torch {torch.__version__}."
        self.run.record_event(self.step, "started", sentence)
        return [*self._picture(), self.snapshot(), self.save()]

    def _train_one_step(self) -> None:
        images = self._dataset.batch(self._order.next_batch())
        self._means.add(self.method.train_step(images))
        self.step += 1

    def _due_events(self) -> list[Event]:
        config, step = self.config, self.step
        events = self._give_way()
        if step % config.report_every == 0:
            events += self._report()
        elif self._looks_at_weights():
            self._require_finite(*self._means.peek())
        if step % config.evaluate_every == 0 or step == config.steps:
            interval = min(config.evaluate_every, step)
            events += self._scoring.live(step, self.trained_s * interval / step)
        if step % config.picture_every == 0 and step < config.steps:
            events += [*self._picture(), self.snapshot()]
        if step % config.checkpoint_every == 0 and step < config.steps:
            events.append(self.save())
        return events

    def _finish(self) -> Iterator[Report]:
        """All scores, in slices: seconds, in which whoever stops is heard; then the end."""
        events: tuple[Event, ...] = ()
        for events in self._scoring.full(self.step, self.trained_s):
            if not events:
                yield Report(self.step)
        sentence = f"Finished {counted(self.step, 'step')} in {self.trained_s:.0f} s of training."
        self.run.record_event(self.step, "finished", sentence)
        yield Report(self.step, (*events, Ended(self.step, "finished", sentence)))

    def _keep(self) -> Iterator[Event]:
        yield from self._apply_changes()
        yield self.save()
        yield self.snapshot()

    def _fail(self, sentence: str) -> Ended:
        with suppress(IcdrlError):
            # What is of step 0 is no more than a new run has.
            if kept := self.run.checkpoint_step():
                sentence += f" The checkpoint of {named_step(kept)} is whole: resume from it."
            self.run.record_event(self.step, "failed", sentence)
        return Ended(self.step, "failed", sentence)

    def _report(self) -> list[Event]:
        steps, means = self._means.read()
        self._require_finite(steps, means)
        speed = steps * self.config.batch_size / max(self.trained_s - self._means.since, 1e-9)
        self._means.since = self.trained_s
        losses = Losses(self.step, self.trained_s, time.time(), speed, means)
        row: dict[str, object] = {"step": self.step, "trained_s": f"{self.trained_s:.3f}"}
        row |= {"wall_time": f"{losses.wall_time:.3f}", "images_per_s": f"{speed:.1f}"}
        row |= {name: means.get(name, "") for name in self.method.scalars}
        self.run.record_row(self.run.losses, row)
        return [losses, *self._warn(self._health.observe(self.step, means))]

    def _warn(self, warnings: list[HealthWarning]) -> list[HealthWarning]:
        for warning in warnings:
            self.run.record_event(warning.step, "health", warning.sentence)
        return warnings

    def _give_way(self) -> list[Event]:
        """Go on with fewer threads where other programs keep processors busy."""
        threads = torch.get_num_threads()
        if threads == 1 or self.method.device.type != "cpu":
            return []
        missing = self._contention.missing()
        if not missing:
            return []
        fewer = max(1, threads - missing)
        torch.set_num_threads(fewer)
        self._arithmetic["threads"] = fewer
        sentence = (
            f"Other work keeps the processor busy: the training goes on with {fewer} of its "
            f"{threads} threads, which would wait for each other at every step. Stop and resume it "
            "to use all of them again; how its losses are rounded depends on their number."
        )
        return [*self._warn([HealthWarning(self.step, "processor busy", sentence)])]

    def _looks_at_weights(self) -> bool:
        config, step = self.config, self.step
        every = (config.evaluate_every, config.picture_every, config.checkpoint_every)
        return step == config.steps or any(step % interval == 0 for interval in every)

    def _require_finite(self, steps: int, means: dict[str, float]) -> None:
        """Raise a _NotFiniteError that names the scalars of the last `steps` that are not."""
        ill = [name for name, value in means.items() if value - value != 0]
        if ill:
            raise _NotFiniteError(
                f"{', '.join(ill)} stopped being finite between steps {self.step - steps + 1} and "
                f"{self.step}: try a lower learning rate."
            )

    def _picture(self) -> list[Event]:
        path = self.run.path / "pictures" / f"step-{self.step}.png"
        image = run_picture(self.method, self._snapshot_info(), path)
        return [Picture(self.step, str(path), image)]

    def _snapshot_info(self) -> SnapshotInfo:
        return snapshot_info(self.run, self.step, self.config, self._scoring.matching)

    def _apply_changes(self) -> list[Event]:
        events: list[Event] = []
        while self._to_replay and self._to_replay[0]["step"] <= self.step + 1:
            change = self._to_replay.pop(0)
            self._pending.setdefault(change["path"], change["value"])
        while self._pending:
            path, value = next(iter(self._pending.items()))
            del self._pending[path]
            self.config = changed(self.config, {path: value})
            self.method.configure(self.config.method)
            self._changes.append({"step": self.step + 1, "path": path, "value": value})
            self.run.record_change(self.step + 1, path, value)
            self.run.record_event(self.step + 1, "changed", f"{path} = {value}")
            events.append(SettingChanged(self.step + 1, path, value))
        return events

    def _header(self) -> Header:
        return Header(
            step=self.step,
            config=checkpoint.header_config(self.config),
            trained_s=self.trained_s,
            changes=tuple(self._changes),
            arithmetic=self._arithmetic,
        )

    def _load(self, state: dict[str, Tensor], header: Header) -> None:
        def part(prefix: str) -> dict[str, Tensor]:
            return {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}

        try:
            self.method.load_state(part("method/"))
            self._means.load_state(part("means/"))
            self._order.load_state(part("order/"))
        except (KeyError, RuntimeError) as error:
            raise CheckpointError(
                f"The checkpoint of {named_step(self.step)} in {self.run.path} does not fit "
                f"its config: {str(error).splitlines()[0]}"
            ) from None
        self._random.load_state(part("random/"))
        # Changes made after the checkpoint are made again, each when its step has come.
        self._to_replay = [
            change
            for change in self.run.changes()
            if change["step"] > self.step and change not in self._changes
        ]
        self.run.cut_back(self.step, self._changes)
        differing = [
            f"{name} {header.arithmetic.get(name)} -> {value}"
            for name, value in self._arithmetic.items()
            if header.arithmetic.get(name) != value
        ]
        if differing:
            approximately = f"Goes on approximately, not bit for bit: {', '.join(differing)}."
            self.notice = f"{approximately} {self.notice}".strip()


class _NotFiniteError(IcdrlError):
    """A loss became NaN or infinite."""
