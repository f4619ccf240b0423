"""ARCHITECTURE.md says what is so: its arrows are the imports, and what it names exists."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
NAMED = sorted(set(re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", PAGE, flags=re.DOTALL | re.MULTILINE))))
#: A file or folder of the repository, and ``FILE::TEST``.
PATHS = [name for name in NAMED if "/" in name and " " not in name and not name.startswith("/")]
#: A module of ``rag``, or what is defined in one.
DOTTED = [name for name in NAMED if re.fullmatch(r"[a-zA-Z_]\w*(\.\w+)+", name) and not (ROOT / name).is_file()]
#: Every package may import these, so their arrows are not drawn.
BASE = {"types", "errors"}
#: The public names, ``python -m rag``, and what makes the models.
NOT_DRAWN = {"rag", "__main__", "training"}


def block(language: str) -> str:
    (text,) = (text for name, text in BLOCKS if name == language)
    return text


def drawn_arrows(diagram: str) -> set[str]:
    """``a --> b & c`` as ``{"a -> b", "a -> c"}``."""
    lines = [line.split("-->") for line in diagram.splitlines() if "-->" in line]
    return {f"{start.strip()} -> {end.strip()}" for start, ends in lines for end in ends.split("&")}


def imports_between_packages() -> set[str]:
    graph = grimp.build_graph("rag", cache_dir=None)
    pairs = {
        (package(importer), package(imported))
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
    }
    return {f"{start} -> {end}" for start, end in pairs if start != end and start not in NOT_DRAWN and end != "rag"}


def package(module: str) -> str:
    return module.split(".")[1] if "." in module else module


def test_the_arrows_of_the_diagram_are_the_imports_between_packages() -> None:
    drawn = drawn_arrows(block("mermaid"))
    real = {arrow for arrow in imports_between_packages() if arrow.split(" -> ")[1] not in BASE}
    assert {"not drawn": sorted(real - drawn), "too many": sorted(drawn - real)} == {"not drawn": [], "too many": []}


def test_what_every_package_may_import_imports_none_of_them() -> None:
    assert [arrow for arrow in imports_between_packages() if arrow.split(" -> ")[0] in BASE] == []


def test_every_package_is_drawn() -> None:
    names = set(re.findall(r"\w+", block("mermaid"))) - {"graph", "TD"}
    modules = {path.stem for path in (ROOT / "rag").iterdir() if path.suffix == ".py" or any(path.glob("*.py"))}
    assert names == modules - BASE - NOT_DRAWN - {"__init__"}


def test_every_package_has_a_line_that_says_what_it_holds() -> None:
    lines = next(text for _, text in BLOCKS if text.startswith("rag/ ")).splitlines()
    described, above = set(), [""]
    for line in lines:
        name, text = re.fullmatch(r" *(\S+) +(\S.*)", line).groups()
        depth = (len(line) - len(line.lstrip())) // 2
        above[depth:] = [above[depth - 1] + name if depth else name]
        described.add(above[depth].rstrip("/"))
        assert len(text) > 10
    packages = {path.parent for path in (ROOT / "rag").rglob("*.py")} | {ROOT / "rag" / "models"}
    modules = {path for path in (ROOT / "rag").glob("*.py") if not path.stem.startswith("__")}
    assert described == {path.relative_to(ROOT).as_posix() for path in packages | modules}


def test_the_layers_are_those_that_import_linter_enforces() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = project["tool"]["importlinter"]["contracts"][0]
    assert block("layers").splitlines() == [layer.replace("rag.", "") for layer in contract["layers"]]


@pytest.mark.parametrize("name", PATHS)
def test_a_path_leads_to_what_it_names(name: str) -> None:
    path, _, test = name.partition("::")
    places = [place for place in (ROOT / path, ROOT / "rag" / path) if place.exists()]
    assert places
    assert not test or test in defined(ast.parse(places[0].read_text(encoding="utf-8")).body)


@pytest.mark.parametrize("name", DOTTED)
def test_a_module_or_function_is_where_its_name_says(name: str) -> None:
    assert is_defined(name)


@pytest.mark.parametrize(
    ("name", "defined"),
    [
        ("index.local", True),
        ("rag.retriever.fuse", True),
        ("chatbot.bot.Chatbot._retrieve", True),
        ("types.Answer.status", True),
        ("ui.serve", True),
        ("chatbot.bot.Retriever", False),
        ("chatbot.bot.Chatbot.converse", False),
        ("index.derive", False),
        ("yaml.compose", False),
    ],
)
def test_a_name_that_is_gone_is_noticed(name: str, *, defined: bool) -> None:
    assert is_defined(name) == defined


def test_the_page_names_what_is_checked() -> None:
    assert len(DOTTED) > 50
    assert sum("::" in path for path in PATHS) >= 14


def is_defined(name: str) -> bool:
    """Whether ``rag`` has a module of this path, or a module that defines what the path ends with.

    A name that a module only imports does not count, unless a package lists it in ``__all__``.
    """
    file, parts = ROOT / "rag" / "__init__.py", name.removeprefix("rag.").split(".")
    while parts and (inner := inner_module(file, parts[0])):
        file = inner
        del parts[0]
    body = ast.parse(file.read_text(encoding="utf-8")).body
    if len(parts) == 1 and parts[0] in exported(body):
        return True
    for part in parts:
        if part not in (names := defined(body)):
            return False
        body = names[part]
    return True


def inner_module(file: Path, name: str) -> Path | None:
    """The module of a package, or the ``__init__`` of a package in it."""
    places = [file.parent / f"{name}.py", file.parent / name / "__init__.py"] if file.stem == "__init__" else []
    return next((place for place in places if place.is_file()), None)


def defined(body: list[ast.stmt]) -> dict[str, list[ast.stmt]]:
    """The names that statements define, with what stands in them."""
    names: dict[str, list[ast.stmt]] = {}
    for statement in body:
        match statement:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names[name] = statement.body
            case ast.Assign(targets=targets):
                names |= {target.id: [] for target in targets if isinstance(target, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name)):
                names[name] = []
    return names


def exported(body: list[ast.stmt]) -> list[str]:
    for statement in body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__all__":
            return list(ast.literal_eval(statement.value))
    return []
