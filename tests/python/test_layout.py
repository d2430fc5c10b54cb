"""Modules of the package import each other in one direction."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import reluflow as rf

PACKAGE = Path(rf.__file__).parent

MUTUAL = {("_run", "_experiment")}
"""Imports against the direction: a run hands out the experiment that it is of, and an experiment makes runs."""


class Imports(ast.NodeVisitor):
    """The modules of the package that one imports when it is loaded or called; annotations alone need none."""

    def __init__(self) -> None:
        self.found: set[str] = set()

    def visit_If(self, node: ast.If) -> None:
        if not (isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"):
            self.generic_visit(node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.level == 1:
            self.found |= {node.module.split(".")[0]} if node.module else {alias.name for alias in node.names}


def graph() -> dict[str, set[str]]:
    found = {}
    for file in PACKAGE.glob("*.py"):
        if file.stem in ("__init__", "__main__"):
            continue
        imports = Imports()
        imports.visit(ast.parse(file.read_text(encoding="utf-8")))
        found[file.stem] = imports.found
    return found


def test_no_module_imports_what_imports_it() -> None:
    modules = graph()
    assert "_run" in modules["_experiment"] and len(modules) > 30
    for module, against in MUTUAL:
        assert against in modules[module], "is no longer mutual: take it off the list"
        modules[module].discard(against)
    try:
        TopologicalSorter(modules).prepare()
    except CycleError as error:
        raise AssertionError(" imports ".join(error.args[1][::-1])) from None
