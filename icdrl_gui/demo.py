"""`--demo`: the main job, played on the real window by itself.

Trains with the constraint, flips it and trains again, compares, encodes an image, exports; then
says what the codes learned and what they did not.
"""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.config import RunConfig, changed
from core.counts import counted, named_step
from core.errors import IcdrlError
from core.presets import FIRST_PRESET, load_preset
from core.protocol import Ended, Evaluated, HealthWarning, Losses
from icdrl_gui.tasks import next_of
from icdrl_gui.workspace import Workspace

STEPS = 3000
"""Per run; two of them take about two minutes on two cores."""

# A code whose error is below this share of a guess's shows in the image.
_SHOWN = 0.5


class DemoError(IcdrlError):
    """Something that the demo needs did not come about."""


@dataclass
class _Outcome:
    """What one of the two trainings came to."""

    name: str
    losses: Losses | None = None
    evaluated: Evaluated | None = None
    warnings: list[str] = field(default_factory=list)

    def sentences(self) -> list[str]:
        if self.losses is None or self.evaluated is None:
            return [f"{self.name}: nothing was reported."]
        errors = {
            name.removeprefix("code_error."): value
            for name, value in self.losses.values.items()
            if name.startswith("code_error.")
        }
        shown = [code for code, error in errors.items() if error < _SHOWN]
        hidden = [code for code in errors if code not in shown]
        return [
            f"{self.name}, {named_step(self.losses.step)}:",
            f"  total correlation of the codes of {counted(self.evaluated.images, 'real image')} "
            f"{self.evaluated.total_correlation:.3f} nats (independent: 0)",
            f"  codes that show in the image: {', '.join(shown) or 'none'}",
            f"  codes that hardly do: {', '.join(hidden) or 'none'}",
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
        pictures = STEPS // 6
        self._config = changed(
            load_preset(FIRST_PRESET).config,
            {"steps": STEPS, "evaluate_every": pictures, "picture_every": pictures},
        )

    async def play(self) -> None:
        workspace, session = self._workspace, self._workspace.session
        print(f"The demo trains {FIRST_PRESET} for {counted(self._config.steps, 'step')} with the")
        print("independence constraint, then without it; about three minutes on two cores.")
        workspace.open_example()
        await self._settle()
        self._picture("1-first-start")
        workspace.setup.set_config(self._config)
        with_constraint = await self._train(lambda: workspace.training.train_draft(), "2-training")
        await self._export("Traversals of all codes", "traversals-constraint-on.png")
        await self._export("Traversals of all codes", "traversals-constraint-on.gif")
        without = await self._train(workspace.training.retrain, "3-retraining")
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
        workspace.window.show_dock("explore")
        self._picture("5-explore")
        dialog = workspace.exporting.ask()
        await self._settle()
        if dialog is not None:
            dialog.grab().save(str(self._output / "6-export.png"))
            dialog.reject()
        self._tell(with_constraint, without)

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

        def take_losses(event: Losses) -> None:
            outcome.losses = event

        def take_evaluation(event: Evaluated) -> None:
            outcome.evaluated = event

        training.got_losses.connect(take_losses)
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
            on = config.method.independence.enabled
            outcome.name = f"With{'' if on else 'out'} the constraint"
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
            training.got_losses.disconnect(take_losses)
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
