"""`--demo`: the main job, played on the real window by itself.

Trains with the constraint, flips it and trains again, compares, encodes an image, exports,
shows the trained example; then says what the codes learned and what they did not.
"""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.config import RunConfig
from core.counts import counted, named_step
from core.errors import IcdrlError
from core.latents import CodeNames
from core.presets import FIRST_PRESET, load_preset
from core.protocol import Ended, Evaluated, HealthWarning
from icdrl_gui.main_window import FIRST_SIZE
from icdrl_gui.models.scores.titles import FIRST_SHOWN, column_of
from icdrl_gui.tasks import next_of
from icdrl_gui.workspace import Workspace


class DemoError(IcdrlError):
    """Something that the demo needs did not come about."""


@dataclass
class _Outcome:
    """What one of the two trainings came to."""

    name: str
    evaluated: Evaluated | None = None
    warnings: list[str] = field(default_factory=list)

    def sentences(self) -> list[str]:
        found = self.evaluated
        if found is None:
            return [f"{self.name}: nothing was evaluated."]
        follows = CodeNames(matching=found.matching).follows
        shown = [f"{code} {factor}" for code, factor in follows.items()]
        scores = [
            f"{column_of(name).title} {found.scores[name]:.2f}"
            for name in FIRST_SHOWN
            if name in found.scores
        ]
        return [
            f"{self.name}, {named_step(found.step)}:",
            f"  total correlation of the codes of {counted(found.images, 'real image')} "
            f"{found.total_correlation:.3f} nats (independent: 0)",
            f"  codes, and the factor that each follows most: {', '.join(shown) or 'none'}",
            f"  scores (1 is best): {', '.join(scores) or 'none'}",
            *(f"  {warning}" for warning in self.warnings),
        ]


async def play_demo(output: Path, workspace: Workspace) -> int:
    """Play it to its end, leaving pictures in `output`; returns the exit code."""
    try:
        output.mkdir(parents=True, exist_ok=True)
        await _Demo(workspace, output).play()
    except (IcdrlError, OSError) as error:
        print(f"The demo failed: {error}")
        return 1
    return 0


class _Demo:
    """Drives the window's own commands, and waits for what a person would wait for."""

    def __init__(self, workspace: Workspace, output: Path) -> None:
        self._workspace = workspace
        self._output = output
        self._config = load_preset(FIRST_PRESET).config

    async def play(self) -> None:
        workspace, session = self._workspace, self._workspace.session
        steps = counted(self._config.steps, "step")
        print(f"The demo trains {self._config.method.title} ({FIRST_PRESET}, {steps}) with the")
        print("independence constraint, then without it; about two minutes on two cores.")
        # Off screen there is no screen that it would have to fit.
        workspace.window.resize(FIRST_SIZE)
        workspace.window.layouts.choose("train")
        workspace.open_example()
        await self._settle()
        self._picture("1-first-start")
        workspace.setup.set_config(self._config)
        with_constraint = await self._train(lambda: workspace.training.train_draft(), "2-training")
        await self._export("Traversals of all codes", "traversals-constraint-on.png")
        await self._export("Traversals of all codes", "traversals-constraint-on.gif")
        without = await self._train(workspace.training.retrain, "3-retraining")
        workspace.window.layouts.choose("compare")
        await self._settle()
        self._picture("4-compare")
        workspace.window.show_tab(workspace.traversals)
        await self._settle()
        await self._export("Traversals of all codes", "traversals-constraint-off.png")
        await self._export("Curves", "curves.png")
        await self._export("Curves", "curves.svg")
        await self._export("Losses as a table", "losses.csv")
        session.exploration.encode(0)
        await self._settle()
        workspace.window.layouts.choose("explore")
        await self._settle()
        self._picture("5-explore")
        dialog = workspace.exporting.ask()
        await self._settle()
        if dialog is not None:
            dialog.grab().save(str(self._output / "6-export.png"))
            dialog.reject()
        await self._show_example()
        self._tell(with_constraint, without)

    async def _show_example(self) -> None:
        """The trained example as it is explored."""
        workspace = self._workspace
        workspace.open_example()
        workspace.window.show_tab(workspace.traversals)
        await self._settle()
        self._picture("7-trained-example")

    def _tell(self, with_constraint: _Outcome, without: _Outcome) -> None:
        lines = [*with_constraint.sentences(), *without.sentences()]
        lines.append(
            "One seed and few steps: enough to see codes take up factors, not to say which of the "
            "two is better."
        )
        lines.append(f"Pictures, curves and both runs are in {self._output}/.")
        print("\n".join(lines))
        (self._output / "what-was-learned.txt").write_text("\n".join(lines) + "\n")

    async def _train(self, begin: Any, picture: str) -> _Outcome:
        """Start a training and see it through, with a picture from the midst of it."""
        training = self._workspace.session.training
        config: RunConfig | None = None
        outcome = _Outcome("")

        def take_evaluation(event: Evaluated) -> None:
            outcome.evaluated = event

        training.got_evaluation.connect(take_evaluation)

        def take_warning(event: HealthWarning) -> None:
            outcome.warnings.append(event.sentence)

        training.got_warning.connect(take_warning)
        try:
            died = self._workspace.session.trainer_died
            ended = next_of(training.got_end, training.refused, training.failed, died)
            begin()
            config = training.config
            if config is None:
                raise DemoError("the training did not begin")
            constraint = config.method.constraint
            on = constraint is not None and constraint.enabled
            outcome.name = f"{config.method.title} with{'' if on else 'out'} the constraint"
            while not ended.done() and training.step < config.steps // 2:
                await asyncio.wait(
                    [ended, next_of(training.progressed)], return_when=asyncio.FIRST_COMPLETED
                )
            await self._settle()
            self._picture(picture)
            result = await ended
            if not (isinstance(result, Ended) and result.reason == "finished"):
                raise DemoError(result.sentence if isinstance(result, Ended) else str(result))
        finally:
            training.got_evaluation.disconnect(take_evaluation)
            training.got_warning.disconnect(take_warning)
        return outcome

    async def _export(self, name: str, file: str) -> None:
        exporting = self._workspace.exporting
        choice = next((each for each in exporting.choices() if each.name == name), None)
        if choice is None:
            raise DemoError(f"there is no {name!r} to export")
        await exporting.write(choice, self._output / file)

    def _picture(self, name: str) -> None:
        path = self._output / f"{name}.png"
        if not self._workspace.window.grab().save(str(path)):
            raise DemoError(f"the picture {path} cannot be written")

    async def _settle(self) -> None:
        """Wait until everything that was asked of the explorer is answered and drawn."""
        session = self._workspace.session
        while session.busy:
            await next_of(session.idle)
        await asyncio.sleep(0.2)
