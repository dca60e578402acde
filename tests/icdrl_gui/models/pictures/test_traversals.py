"""Who draws the shown traversals, when, and what they say."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from core.export import Recipe
from core.latents import Matching
from core.protocol import Previewed, Traverse, Watch
from core.runs import RunFolder
from icdrl_gui.models.pictures.traversals import TraversalsModel
from icdrl_gui.models.runs.shown_run import ShownRun

if TYPE_CHECKING:
    from tests.icdrl_gui.conftest import ScriptedExplorer

MakeRun = Callable[..., RunFolder]
Preview = Callable[..., Previewed]


class Bench:
    """A model with a shown run and all its surroundings."""

    def __init__(self, explorer: "ScriptedExplorer", run: RunFolder) -> None:
        self.explorer, self.run = explorer, run
        self.watched: list[Watch] = []
        self.shown = ShownRun()
        self.model = TraversalsModel(explorer, self.shown, self.watched.append)
        self.shown.show(run.path)

    def asked(self) -> Traverse:
        request = self.explorer.last("traversals")
        assert isinstance(request, Traverse)
        return request

    def count(self) -> int:
        return len(self.explorer.asked)


@pytest.fixture
def bench(qtbot: QtBot, explorer: "ScriptedExplorer", make_run: MakeRun) -> Bench:
    return Bench(explorer, make_run())


def test_that_a_run_that_rests_is_drawn_by_the_explorer(bench: Bench) -> None:
    assert bench.asked() == Traverse(0, str(bench.run.path), None, "random:0", "prior", 9)
    assert bench.model.busy
    bench.explorer.answer("traversals")
    assert not bench.model.busy
    assert bench.model.step == 1000
    assert bench.model.title() == "first · step 1,000 · anchor random:0 · range prior"


def test_that_each_setting_asks_anew(bench: Bench) -> None:
    bench.model.set_anchor("data:12")
    bench.model.set_rule("min-max")
    bench.model.set_columns(5)
    bench.shown.show_step(500)
    asked = bench.asked()
    assert (asked.step, asked.anchor, asked.rule, asked.columns) == (500, "data:12", "min-max", 5)


def test_that_a_code_that_changes_nothing_is_unused_and_sinks_when_asked(bench: Bench) -> None:
    bench.explorer.answer("traversals")
    assert bench.model.unused == (False, False, True, False)
    assert bench.model.order == (0, 1, 2, 3)
    bench.model.set_sink_unused(True)
    assert bench.model.order == (0, 1, 3, 2)


def test_that_a_training_run_is_drawn_live_by_its_trainer(bench: Bench, preview: Preview) -> None:
    bench.explorer.answer("traversals")
    bench.model.follow_training(bench.run.path)
    assert bench.model.live
    assert bench.watched[-1] == Watch(2.0, "random:0", "prior", 9)
    bench.model.take_preview(preview(bench.run, 1234))
    assert bench.model.step == 1234
    assert bench.model.title().startswith("first · step 1,234 (live) · ")


def test_that_a_late_answer_does_not_put_a_live_grid_back(bench: Bench, preview: Preview) -> None:
    bench.model.follow_training(bench.run.path)
    request, receive = bench.explorer.waiting["traversals"]
    bench.model.take_preview(preview(bench.run, 1234))
    bench.explorer.waiting["traversals"] = request, receive
    bench.explorer.answer("traversals")
    assert bench.model.step == 1234


def test_that_a_preview_of_what_was_asked_before_is_left_out(
    bench: Bench, preview: Preview
) -> None:
    bench.model.follow_training(bench.run.path)
    bench.model.set_columns(5)
    bench.model.take_preview(preview(bench.run, 1234))
    assert bench.model.grid is None
    bench.model.take_preview(preview(bench.run, 1240, columns=5))
    assert bench.model.step == 1240


@pytest.mark.parametrize(
    "choose",
    [
        lambda bench: bench.model.set_anchor("data:3"),
        lambda bench: bench.model.set_rule("posterior quantiles"),
        lambda bench: bench.shown.show_step(500),
        lambda bench: bench.model.set_preview_seconds(0),
    ],
    ids=["data image", "quantiles", "earlier step", "only at snapshots"],
)
def test_that_what_the_trainer_can_not_draw_cheaply_the_explorer_draws(
    bench: Bench, preview: Preview, choose: Callable[[Bench], None]
) -> None:
    bench.model.follow_training(bench.run.path)
    choose(bench)
    assert not bench.model.live
    assert bench.watched[-1].seconds == 0
    bench.model.take_preview(preview(bench.run, 1234))
    assert bench.model.grid is None
    bench.explorer.answer("traversals")
    assert bench.model.grid is not None


def test_that_the_trainer_of_another_run_draws_nothing(
    bench: Bench, make_run: MakeRun, preview: Preview
) -> None:
    other = make_run("second")
    bench.model.follow_training(other.path)
    assert not bench.model.live
    assert bench.watched[-1].seconds == 0
    bench.model.take_preview(preview(other, 50))
    assert bench.model.grid is None


def test_that_a_snapshot_is_drawn_unless_the_grid_is_live(
    bench: Bench, save_snapshot: Callable[[RunFolder, int], Path]
) -> None:
    bench.explorer.answer("traversals")
    before = bench.count()
    save_snapshot(bench.run, 1500)
    bench.shown.refresh_steps()
    assert bench.count() == before + 1
    bench.explorer.answer("traversals")
    assert bench.model.step == 1500
    bench.model.follow_training(bench.run.path)
    before = bench.count()
    save_snapshot(bench.run, 2000)
    bench.shown.refresh_steps()
    assert bench.count() == before


def test_that_the_newest_snapshot_is_drawn_when_the_training_ends(bench: Bench) -> None:
    bench.model.follow_training(bench.run.path)
    before = bench.count()
    bench.model.follow_training(None)
    assert bench.count() == before + 1


def test_that_a_run_without_a_snapshot_is_asked_nothing(
    qtbot: QtBot, explorer: "ScriptedExplorer", make_run: MakeRun
) -> None:
    bench = Bench(explorer, make_run(steps=()))
    assert explorer.asked == []
    assert not bench.model.busy


def test_that_another_run_clears_the_grid(bench: Bench, make_run: MakeRun) -> None:
    bench.explorer.answer("traversals")
    bench.shown.show(make_run("second").path)
    assert bench.model.grid is None
    assert bench.model.current() is None
    assert bench.asked().run.endswith("second")


def test_that_a_refusal_is_told(qtbot: QtBot, bench: Bench) -> None:
    with qtbot.waitSignal(bench.model.trouble) as trouble:
        bench.explorer.refuse("traversals", "The anchor data:9 lies beyond the data.")
    assert trouble.args == ["The anchor data:9 lies beyond the data."]
    assert not bench.model.busy


def test_that_a_cell_is_a_latent_of_its_own(bench: Bench) -> None:
    bench.explorer.answer("traversals")
    category, size = bench.model.latent_at(0, 2), bench.model.latent_at(1, 8)
    assert category is not None
    assert size is not None
    assert category.dtype == np.float32
    assert category.tolist() == [0.25, 0.25, 0, 0, 1, 0, 0.25, 0.25, 0.25]
    assert size.tolist() == [0.25] * 6 + [1, 0.25, 0.25]


def test_that_the_point_in_explore_is_followed_to_the_last_digit(
    qtbot: QtBot, bench: Bench
) -> None:
    point = np.random.default_rng(0).normal(size=9).astype(np.float32)
    bench.model.set_latent(point)
    before = bench.count()
    bench.model.set_anchor("latent")
    assert bench.count() == before + 1
    text = bench.asked().anchor.removeprefix("latent:")
    assert np.array_equal(np.array(text.split(","), np.float32), point)
    bench.model.set_latent(point + 1)
    bench.model.set_latent(point + 2)
    qtbot.waitUntil(lambda: bench.count() == before + 2)
    assert bench.model.latent is not None
    assert np.array_equal(bench.model.latent, point + 2)


def test_that_a_point_of_another_latent_is_not_asked_for(bench: Bench) -> None:
    bench.model.set_latent(np.zeros(4, np.float32))
    bench.model.set_anchor("latent")
    assert bench.asked().anchor == "random:0"


def test_that_a_recipe_brings_its_traversal_back(bench: Bench, preview: Preview) -> None:
    bench.explorer.answer("traversals")
    recipe = preview(bench.run, 500, anchor="random:7", rule="fixed:-2,2", columns=5).recipe
    bench.model.restore(recipe)
    asked = bench.asked()
    assert (asked.anchor, asked.rule, asked.columns) == ("random:7", "fixed:-2,2", 5)
    bench.model.restore(Recipe("samples", "first", 500, 0, "random:3", count=4))
    assert bench.asked() == asked


def test_that_what_is_exported_is_what_is_seen(bench: Bench) -> None:
    bench.explorer.answer("traversals")
    bench.model.set_sink_unused(True)
    bench.shown.rename_code("c3", "size")
    current = bench.model.current()
    assert current is not None
    grid, recipe = current
    assert grid.row_labels == ("k1", "c1", "c3 size", "c2")
    assert recipe.codes == ("k1", "c1", "c3", "c2")
    assert grid.title == bench.model.title()
    assert [len(row) for row in grid.rows()] == [len(row) for row in recipe.values]


def test_that_one_row_is_exported_alone(bench: Bench) -> None:
    bench.explorer.answer("traversals")
    current = bench.model.current(row=0)
    assert current is not None
    grid, recipe = current
    assert (recipe.codes, grid.images.shape[:2]) == (("k1",), (1, 4))
    assert grid.column_labels == (), "the values of the continuous codes are not its own"


def test_that_an_exported_row_is_called_after_what_its_code_follows(bench: Bench) -> None:
    bench.explorer.answer("traversals")
    bench.shown.set_matching(Matching(500, 2000, {"c1": ("posX", 0.81), "c3": ("scale", 0.5)}))
    bench.shown.rename_code("c3", "size")
    current = bench.model.current()
    assert current is not None
    assert current[0].row_labels == ("k1", "c1 posX .81", "c2", "c3 size")
    assert [bench.model.follows(row) for row in (1, 2)] == ["posX .81", ""]
    assert current[0].title.endswith(" · named by 2,000 images at step 500")
