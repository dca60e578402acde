"""Facts about a method stand with the method: elsewhere nobody knows one by name."""

import ast
from collections.abc import Collection
from pathlib import Path

import pytest

from core.config import METHOD_CONFIGS

REPOSITORY = Path(__file__).parents[2]
AT_HOME = ("core/config/methods/", "core/config/migration.py", "core/methods/")
# Where a word means something else: a score, a picture, what a map of codes shows.
HOMONYMS = {
    "core/benchmark.py": {"factor_vae"},
    "core/metrics/": {"factor_vae"},
    "core/export/gallery.py": {"reconstruction"},
    "icdrl_gui/commands/exporting.py": {"information"},
    "icdrl_gui/models/scores/titles.py": {"factor_vae"},
    "icdrl_gui/panels/code_maps.py": {"information"},
    "icdrl_gui/panels/reconstructions.py": {"reconstruction"},
    "icdrl_gui/widgets/images/edit_views.py": {"reconstruction"},
}
CONTRACT = {"kind", "title", "constraint", "latent_spec", "scalars", "trouble", "warm_up_images"}

FIELDS = {name for config in METHOD_CONFIGS.values() for name in config.model_fields} - CONTRACT
SCALARS = {scalar.name for config in METHOD_CONFIGS.values() for scalar in config().scalars()}
# Of `code_error.c1` and its like, and of the dotted paths of settings.
BEGINNINGS = tuple(
    {name.partition(".")[0] + "." for name in SCALARS if "." in name}
    | {f"method.{name}" for name in FIELDS}
)


def modules(folder: str) -> list[str]:
    paths = sorted((REPOSITORY / folder).rglob("*.py"))
    names = [path.relative_to(REPOSITORY).as_posix() for path in paths]
    return [name for name in names if not name.startswith(AT_HOME)]


def docstrings(tree: ast.AST) -> set[ast.AST]:
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def is_method(node: ast.expr) -> bool:
    """Whether it is `method` or `something.method`."""
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return name in ("method", "_method")


def names_a_fact(text: str) -> bool:
    """Whether a literal names a method, a scalar of one, or a setting of one."""
    return text in METHOD_CONFIGS or text in SCALARS or text.startswith(BEGINNINGS)


def facts(source: str, homonyms: Collection[str] = ()) -> list[str]:
    """What a module knows of single methods: line and what stands there."""
    tree = ast.parse(source)
    told = docstrings(tree)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in FIELDS and is_method(node.value):
            found.append(f"{node.lineno}: method.{node.attr}")
        if not isinstance(node, ast.Constant) or node in told or node.value in homonyms:
            continue
        if isinstance(node.value, str) and names_a_fact(node.value):
            found.append(f"{node.lineno}: {node.value!r}")
    return found


def homonyms_of(name: str) -> set[str]:
    return {word for path, words in HOMONYMS.items() if name.startswith(path) for word in words}


@pytest.mark.parametrize("folder", ["core", "icdrl_gui"])
def test_that_only_a_methods_own_files_know_its_settings_its_kind_and_its_scalars(
    folder: str,
) -> None:
    elsewhere = [
        f"{name}:{fact}"
        for name in modules(folder)
        for fact in facts((REPOSITORY / name).read_text(encoding="utf-8"), homonyms_of(name))
    ]
    assert elsewhere == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("config.method.independence.enabled", ["1: method.independence"]),
        ("method.latent", ["1: method.latent"]),
        ("if config.method.kind == 'tc_gan': pass", ["1: 'tc_gan'"]),
        ("values['information']", ["1: 'information'"]),
        ("values[f'code_error.{code}']", ["1: 'code_error.'"]),
        ("path = 'method.independence.weight'", ["1: 'method.independence.weight'"]),
        ("config.method.constraint.enabled", []),
        ("self.method.spec.codes", []),
        ("'''information'''", []),
    ],
)
def test_that_such_knowledge_is_found(source: str, found: list[str]) -> None:
    assert facts(source) == found
