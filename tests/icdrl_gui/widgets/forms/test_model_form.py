"""The form that is made from a config's classes: every field, its limits and its problems."""

from typing import Annotated, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field, model_validator
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from core.config import METHOD_CONFIGS, ConfigModel, RunConfig, changed, flat
from core.presets import list_presets
from icdrl_gui.widgets.forms.editors import ChoiceEditor, FlagEditor, IntegerEditor, TextEditor
from icdrl_gui.widgets.forms.model_form import ModelForm

ESTIMATORS = ("gaussian", "density_ratio", "minibatch_weighted", "minibatch_stratified")
CONFIGS = st.fixed_dictionaries(
    {
        "data.source": st.text(min_size=1),
        "data.image_size": st.sampled_from((28, 32, 64)),
        "steps": st.integers(1, 10**9),
        "batch_size": st.integers(2, 4096),
        "seed": st.integers(0, 2**32 - 1),
        "precision": st.sampled_from(("auto", "float32", "bfloat16")),
        "method.latent.noise_dim": st.integers(0, 512),
        "method.latent.continuous_codes": st.integers(2, 64),
        "method.latent.categorical_codes": st.lists(st.integers(2, 100), max_size=4),
        "method.information.weight": st.floats(0, 100),
        "method.independence.enabled": st.booleans(),
        "method.independence.weight": st.floats(0, 1000),
        "method.independence.estimator": st.sampled_from(ESTIMATORS),
        "method.independence.atomic": st.one_of(
            st.just("all"), st.lists(st.sampled_from(("c1", "c2")), unique=True)
        ),
        "method.independence.code_noise": st.floats(0, 2, exclude_min=True),
        "method.generator_lr": st.floats(0, 1, exclude_min=True),
        "method.beta2": st.floats(0, 1, exclude_max=True),
    }
)


@pytest.fixture
def form(qtbot: QtBot) -> ModelForm:
    """Return a form that shows the defaults."""
    form = ModelForm(RunConfig(), hidden=("schema", "preset"), first=("steps", "seed"))
    qtbot.addWidget(form)
    return form


def run_config(form: ModelForm) -> RunConfig:
    """Return what the form holds, which is valid."""
    config = form.config()
    assert isinstance(config, RunConfig), form.problems
    return config


def text_editor(form: ModelForm, path: str) -> TextEditor:
    """Return the editor of a text, a float or a list."""
    editor = form.editor(path)
    assert isinstance(editor, TextEditor)
    return editor


def type_into(form: ModelForm, path: str, text: str, qtbot: QtBot) -> None:
    """Replace what stands in an editor by keys."""
    editor = form.editor(path)
    assert isinstance(editor, TextEditor | IntegerEditor)
    editor.selectAll()
    qtbot.keyClick(editor, Qt.Key.Key_Delete)
    qtbot.keyClicks(editor, text)


def red_lines(form: ModelForm) -> list[str]:
    """Return the problems that can be seen."""
    labels = form.findChildren(QLabel)
    return [
        label.text()
        for label in labels
        if label.property("role") == "error" and not label.isHidden()
    ]


def test_that_every_setting_has_an_editor_of_its_type(form: ModelForm) -> None:
    hidden = {"schema", "preset", "method.kind"}
    for path in flat(RunConfig()):
        if path not in hidden:
            assert form.editor(path).accessibleName()
    assert isinstance(form.editor("method.independence.enabled"), FlagEditor)
    assert isinstance(form.editor("method.independence.estimator"), ChoiceEditor)
    assert isinstance(form.editor("batch_size"), IntegerEditor)
    assert isinstance(form.editor("method.generator_lr"), TextEditor)
    assert isinstance(form.editor("method.latent.categorical_codes"), TextEditor)


def test_that_an_editor_tells_description_limits_and_unit(form: ModelForm) -> None:
    batch, size = form.editor("batch_size"), form.editor("data.image_size")
    assert "Images a step. From 2 to 4096." in batch.toolTip()
    assert "Images a step. From 2 to 4096." in batch.accessibleDescription()
    assert "More than 0, at most 1." in form.editor("method.generator_lr").toolTip()
    assert isinstance(size, QComboBox)
    assert size.itemText(0) == "28 pixels"
    assert form.editor("method.information.weight").accessibleName() == "method information weight"


@pytest.mark.parametrize("preset", list_presets(), ids=lambda preset: preset.name)
def test_that_a_preset_comes_back_as_it_was_set(form: ModelForm, preset: object) -> None:
    config = preset.config  # type: ignore[attr-defined]
    form.set_config(config)
    assert form.config() == config


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(values=CONFIGS)
def test_that_any_valid_config_comes_back_as_it_was_set(
    form: ModelForm, values: dict[str, object]
) -> None:
    config = changed(RunConfig(), {k: v for k, v in values.items() if k != "data.source"})
    data = config.data.model_copy(update={"source": values["data.source"]})
    config = config.model_copy(update={"data": data})
    form.set_config(config)
    assert form.config() == config
    # One more edit must not bend the others.
    form.set_value("report_every", 7)
    assert form.config() == config.model_copy(update={"report_every": 7})


@pytest.mark.parametrize(
    ("path", "text", "value"),
    [
        ("method.generator_lr", "1e-3", 1e-3),
        ("method.generator_lr", "0.000123456789", 0.000123456789),
        ("method.generator_lr", ".5", 0.5),
        ("method.information.weight", "3", 3.0),
        ("method.latent.categorical_codes", "[10, 5]", (10, 5)),
        ("method.latent.categorical_codes", "10, 5", (10, 5)),
        ("method.latent.categorical_codes", "10", (10,)),
        ("method.latent.categorical_codes", "", ()),
        ("method.independence.atomic", '["c1", "c2"]', ("c1", "c2")),
        ("method.independence.atomic", "c1, c3", ("c1", "c3")),
        ("method.independence.atomic", "c2", ("c2",)),
        ("method.independence.atomic", "all", "all"),
        ("method.independence.atomic", "[]", ()),
        ("data.source", "2024", "2024"),
        ("data.source", "null", "null"),
        ("seed", "4294967295", 2**32 - 1),
    ],
)
def test_that_typed_text_becomes_the_value(
    form: ModelForm, qtbot: QtBot, path: str, text: str, value: object
) -> None:
    type_into(form, path, text, qtbot)
    found: object = run_config(form)
    for part in path.split("."):
        found = getattr(found, part)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("path", "text", "sentence"),
    [
        ("batch_size", "1", "Should be greater than or equal to 2, not 1."),
        ("batch_size", "5000", "Should be less than or equal to 4096, not 5000."),
        ("batch_size", "many", "Should be a valid integer, not 'many'."),
        ("seed", "-1", "Should be greater than or equal to 0, not -1."),
        ("method.generator_lr", "fast", "Should be a valid number, not 'fast'."),
        ("method.generator_lr", "0", "Should be greater than 0, not 0."),
        ("method.information.weight", "1e999", "Should be less than or equal to 100, not inf."),
        ("data.source", "", "Should have at least 1 character, not ''."),
        ("method.latent.categorical_codes", "1", "A categorical code has 2 to 100 categories."),
    ],
)
def test_that_a_problem_stands_at_its_field_in_words(
    form: ModelForm, qtbot: QtBot, path: str, text: str, sentence: str
) -> None:
    with qtbot.waitSignal(form.edited):
        type_into(form, path, text, qtbot)
    assert form.config() is None
    assert red_lines(form) == [sentence]
    if path != "method.latent.categorical_codes":
        assert form.problems == {path: sentence}
        assert sentence in form.editor(path).accessibleDescription()


def test_that_a_mended_field_is_valid_again(form: ModelForm, qtbot: QtBot) -> None:
    type_into(form, "batch_size", "1", qtbot)
    type_into(form, "batch_size", "16", qtbot)
    assert run_config(form).batch_size == 16
    assert red_lines(form) == []


def test_that_problems_of_several_fields_are_all_told(form: ModelForm, qtbot: QtBot) -> None:
    type_into(form, "batch_size", "1", qtbot)
    type_into(form, "method.generator_lr", "7", qtbot)
    assert set(form.problems) == {"batch_size", "method.generator_lr"}
    assert form.section("method").is_open


def test_that_a_problem_across_fields_stands_at_the_one_it_names(
    form: ModelForm, qtbot: QtBot
) -> None:
    type_into(form, "method.independence.atomic", "c1, c9", qtbot)
    [(path, sentence)] = form.problems.items()
    assert path == "method.independence.atomic"
    assert "names c9; the continuous codes are c1, c2, c3, c4, c5" in sentence
    type_into(form, "method.latent.continuous_codes", "9", qtbot)
    assert flat(run_config(form))["method.independence.atomic"] == ["c1", "c9"]


def test_that_what_goes_wrong_together_is_mended_together(form: ModelForm, qtbot: QtBot) -> None:
    type_into(form, "method.latent.continuous_codes", "0", qtbot)
    assert red_lines(form) == ["A latent needs at least one code."]
    type_into(form, "method.latent.categorical_codes", "10", qtbot)
    assert flat(run_config(form))["method.latent.categorical_codes"] == [10]


def test_that_what_differs_from_the_preset_is_marked(form: ModelForm, qtbot: QtBot) -> None:
    form.set_base(RunConfig())
    assert form.modified_paths == set()
    type_into(form, "method.beta1", "0.9", qtbot)
    type_into(form, "seed", "7", qtbot)
    assert form.modified_paths == {"method.beta1", "seed"}
    assert "Changed; the preset has 0.5." in form.editor("method.beta1").toolTip()
    assert form.section("method").heading.text() == "Method  (1 changed)"
    form.set_config(RunConfig())
    assert form.modified_paths == set()
    assert form.section("method").heading.text() == "Method"


def test_that_a_hidden_field_keeps_its_value(form: ModelForm, qtbot: QtBot) -> None:
    form.set_config(RunConfig(preset="dsprites-tcgan"))
    type_into(form, "seed", "3", qtbot)
    assert run_config(form) == RunConfig(preset="dsprites-tcgan", seed=3)


def test_that_arrows_stay_within_the_limits(form: ModelForm, qtbot: QtBot) -> None:
    type_into(form, "batch_size", "3", qtbot)
    for _ in range(5):
        qtbot.keyClick(form.editor("batch_size"), Qt.Key.Key_Down)
    assert run_config(form).batch_size == 2
    type_into(form, "steps", "57600", qtbot)
    qtbot.keyClick(form.editor("steps"), Qt.Key.Key_Up)
    assert run_config(form).steps == 58_600


def test_that_leaving_a_number_field_keeps_what_was_typed(form: ModelForm, qtbot: QtBot) -> None:
    editor = form.editor("seed")
    type_into(form, "seed", "4000000000", qtbot)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    editor.clearFocus()
    assert editor.value() == 4_000_000_000


def test_that_the_wheel_changes_nothing_without_the_focus(form: ModelForm, qtbot: QtBot) -> None:
    for path in ("batch_size", "data.fit"):
        event = QWheelEvent(
            QPointF(5, 5),
            QPointF(5, 5),
            QPoint(0, 0),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(form.editor(path), event)
    assert run_config(form) == RunConfig()


def test_that_a_search_shows_only_what_fits(form: ModelForm, qtbot: QtBot) -> None:
    form.search.setText("smoothing")
    shown = [name for name, it in form._sections.items() if not it.isHidden()]
    assert shown == ["method"]
    assert form.section("method").is_open
    form.search.clear()
    assert not any(section.isHidden() for section in form._sections.values())


def test_that_a_config_set_anew_leaves_a_text_that_means_the_same(
    form: ModelForm, qtbot: QtBot
) -> None:
    type_into(form, "method.beta1", "0.50", qtbot)
    form.set_config(changed(run_config(form), {"method.independence.enabled": False}))
    assert text_editor(form, "method.beta1").text() == "0.50"


class Tree(ConfigModel):
    """A method that nobody knows yet."""

    kind: Literal["tree"] = "tree"
    depth: int = Field(3, ge=1, description="How deep, in seconds.")


class Bush(ConfigModel):
    """Another one."""

    kind: Literal["bush"] = "bush"
    width: float = Field(1.5, gt=0, description="How wide.")
    name: str | None = Field(None, description="What it is called.")


class Garden(ConfigModel):
    """A config with a union of methods."""

    plant: Annotated[Tree | Bush, Field(discriminator="kind")] = Tree()
    seed: int = Field(0, ge=0)

    @model_validator(mode="after")
    def _is_no_forest(self) -> "Garden":
        if isinstance(self.plant, Tree) and self.plant.depth + self.seed > 50:
            raise ValueError("it is too dark in there")
        return self


@pytest.fixture
def garden(qtbot: QtBot) -> ModelForm:
    """Return a form for a config that this program has never seen."""
    form = ModelForm(Garden())
    qtbot.addWidget(form)
    return form


def test_that_a_new_method_needs_no_new_form(garden: ModelForm, qtbot: QtBot) -> None:
    kind = garden.editor("plant.kind")
    assert isinstance(kind, ChoiceEditor)
    assert [kind.itemText(row) for row in range(kind.count())] == ["tree", "bush"]
    kind.setFocus()
    with qtbot.waitSignal(garden.edited):
        qtbot.keyClick(kind, Qt.Key.Key_Down)
        kind.activated.emit(1)
    assert garden.config() == Garden(plant=Bush())
    type_into(garden, "plant.width", "2.5", qtbot)
    type_into(garden, "plant.name", "box", qtbot)
    assert garden.config() == Garden(plant=Bush(width=2.5, name="box"))
    type_into(garden, "plant.width", "-1", qtbot)
    assert garden.problems == {"plant.width": "Should be greater than 0, not -1."}


def test_that_another_kind_of_method_can_be_set(garden: ModelForm) -> None:
    for config in (Garden(plant=Bush(width=9)), Garden(plant=Tree(depth=4)), Garden()):
        garden.set_config(config)
        assert garden.config() == config


def test_that_a_problem_of_the_whole_stands_below_the_first_fields(
    garden: ModelForm, qtbot: QtBot
) -> None:
    type_into(garden, "plant.depth", "51", qtbot)
    assert garden.problems == {"": "It is too dark in there."}
    assert red_lines(garden) == ["It is too dark in there."]


@pytest.mark.parametrize("kind", METHOD_CONFIGS)
def test_that_a_narrow_form_has_room_for_every_editor(kind: str, qtbot: QtBot) -> None:
    config = changed(RunConfig(), {"method.kind": kind})
    form = ModelForm(config)
    qtbot.addWidget(form)
    for section in form._sections.values():
        section.set_open(True)
    assert form.minimumSizeHint().width() <= 250
    form.resize(250, form.sizeHint().height())
    form.show()
    for path in flat(config):
        if path in form._rows:
            editor: QWidget = form.editor(path)
            right = editor.mapTo(form, editor.rect().topRight()).x()
            assert right <= form.width(), path


def test_that_the_form_takes_any_model_of_pydantic(qtbot: QtBot) -> None:
    class Plain(BaseModel):
        several: tuple[float, ...] = (0.1, 2)

    form = ModelForm(Plain())
    qtbot.addWidget(form)
    type_into(form, "several", "1, 2.5", qtbot)
    assert form.config() == Plain(several=(1, 2.5))
