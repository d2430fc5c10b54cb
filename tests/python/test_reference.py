"""The reference names every public object, with words, and every function with an example."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import pdoc.doc
import pdoc.docstrings
import pytest
import reluflow


def public() -> Iterator[pdoc.doc.Doc]:
    """Every module, class, function, method, property and field that the reference shows."""
    waiting: list[pdoc.doc.Doc] = [pdoc.doc.Module(reluflow)]
    while waiting:
        entry = waiting.pop()
        yield entry
        if isinstance(entry, pdoc.doc.Module):
            waiting += [part for part in entry.submodules if not part.name.startswith("_")]
        if isinstance(entry, pdoc.doc.Namespace):
            waiting += [
                member
                for name, member in entry.members.items()
                if not name.startswith("_") and name != "from_bytes" and member.modulename.startswith("reluflow")
            ]


ENTRIES = {entry.fullname: entry for entry in public()}


def inherited(entry: pdoc.doc.Doc) -> bool:
    """Whether it belongs to Python or NumPy, such as a method of a tuple or of an exception."""
    return not entry.taken_from[0].startswith("reluflow")


def test_the_reference_has_what_the_package_exports() -> None:
    for name in reluflow.__all__:
        assert name.startswith("__") or f"reluflow.{name}" in ENTRIES
    for name in reluflow.theory.__all__:
        assert f"reluflow.theory.{name}" in ENTRIES
    assert len(ENTRIES) > 150


@pytest.mark.parametrize("name", ENTRIES)
def test_every_annotation_has_a_meaning_where_it_stands(name: str) -> None:
    entry = ENTRIES[name]
    # A name that is not known there is a warning, which fails the test.
    if isinstance(entry, pdoc.doc.Function):
        assert entry.signature
    if isinstance(entry, pdoc.doc.Variable):
        assert entry.annotation_str is not None


@pytest.mark.parametrize("name", ENTRIES)
def test_everything_public_says_what_it_is(name: str) -> None:
    entry = ENTRIES[name]
    if inherited(entry):
        return
    words = inspect.cleandoc(entry.docstring)
    assert words and not words.startswith("Create and return a new object"), name
    # What is indented runs together on the page: code is fenced.
    page = pdoc.docstrings.convert(words, "numpy", None)
    assert not re.search(r"\n\n    (?! |>>>|<)", page), name
    # An example that follows a section without a heading of its own is taken for one of its items.
    assert "**>>>" not in pdoc.docstrings.numpy(words)


FUNCTIONS = [
    name
    for name, entry in ENTRIES.items()
    if isinstance(entry, pdoc.doc.Function) and not inherited(entry) and inspect.isfunction(entry.obj)
    if not inspect.isclass(getattr(entry, "obj", None)) and "." not in entry.qualname
]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_an_example(name: str) -> None:
    assert ">>> " in ENTRIES[name].docstring
