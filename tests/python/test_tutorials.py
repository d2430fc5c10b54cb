"""The tutorials' steps work as they are written, and no page has a link that leads nowhere."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest
import reluflow as rf

ROOT = Path(__file__).parents[2]


def tool(name: str) -> ModuleType:
    """A script of tools/site."""
    spec = importlib.util.spec_from_file_location(f"site_{name}", ROOT / "tools" / "site" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


tutorials, links = tool("tutorials"), tool("links")


def test_every_link_of_the_pages_leads_somewhere() -> None:
    assert links.of_markdown() == []


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "ROOT", tmp_path.resolve())
    page = tmp_path.resolve() / "page.md"
    page.write_text("# A *b*: c\n\n[x](#a-b-c) [y](#none) [z](none.md) ![p](none.svg)\n`tools/none.py` [w](https://none)\n\n```\n[v](none)\n```\n", encoding="utf-8")
    found = links.of_page(page)
    assert [line.split(": ", 1)[1] for line in found] == [
        "no anchor #none",
        "no none.md",
        "no none.svg",
        "names tools/none.py, which is not there",
    ]


def test_every_decision_is_listed_once_with_its_page() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| \[(\d{4})\]\(([a-z-]+\.md)#(\d{4})\) \| .* \| (\d{4}-\d\d-\d\d) \|$", index, re.MULTILINE)
    found = []
    for page in folder.glob("*.md"):
        entries = re.findall(r'^<a id="(\d{4})"></a>\n\n### (\d{4}) · .* \((\d{4}-\d\d-\d\d)\)$', page.read_text(encoding="utf-8"), re.MULTILINE)
        found += [(number, page.name, anchor, date) for anchor, number, date in entries]
    assert listed == sorted(found) and len(listed) > 60
    assert all(number == anchor for number, _, anchor, _ in listed)
    assert len({number for number, *_ in listed}) == len(listed)
    assert {f"({path.name})" for path in folder.glob("*.md") if path.name != "README.md"} <= set(re.findall(r"\([a-z-]+\.md\)", index))


def test_every_tutorial_is_listed() -> None:
    contents = (tutorials.FOLDER / "README.md").read_text(encoding="utf-8")
    assert len(tutorials.PAGES) >= 7 and all(f"({page.name})" in contents for page in tutorials.PAGES)


def test_every_picture_that_a_page_shows_is_in_the_gallery() -> None:
    gallery = (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8")
    for page in (ROOT / "docs").rglob("*.md"):
        for name in re.findall(r"figures/([\w-]+\.svg)\)", page.read_text(encoding="utf-8")):
            assert f"(figures/{name})" in gallery, f"docs/gallery.md has not {name}, which {page.name} shows"


@pytest.mark.parametrize("page", tutorials.PAGES, ids=lambda page: page.stem)
def test_the_steps_of_a_tutorial_work(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if "import matplotlib" in page.read_text(encoding="utf-8"):
        pytest.importorskip("matplotlib").use("Agg")
    assert tutorials.run(page, tmp_path) == []


def known(section: str) -> list[str]:
    """What an experiment file may say, as the program lists it when it finds something else."""
    with pytest.raises(rf.ExperimentError) as refused:
        rf.Experiment(f"[sweep]\nn = 4\nd = 5\np = 5\n{section}")
    names = re.sub(r"^one of |, or an axis.*$", "", refused.value.expected)
    return [] if names == "no keys at all" else names.split(", ")


def test_every_key_is_in_the_reference() -> None:
    pages = "".join((ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in ("keys", "laws", "model", "own-data", "population"))
    laws = {place: known(f'[{place}]\nlaw = "zzz"\n') for place in ("data", "init")}
    methods = known('[flow]\nmethod = "zzz"\n')
    asked = ["[zzz]\n", "zzz = 1\n"]
    asked += [f"[{section}]\nzzz = 1\n" for section in ("model", "stop", "record", "test", "units")]
    asked += [f'[{place}]\nlaw = "{law}"\nzzz = 1\n' for place, names in laws.items() for law in names]
    asked += [f'[flow]\nmethod = "{method}"\nzzz = 1\n' for method in methods]
    asked += [f'[flow]\n{key} = "zzz"\n' for key in ("integrator", "accuracy", "precision")]
    asked += ['[record]\nobservables = ["zzz"]\n', "[record]\nwhen = { zzz = 1 }\n", "[stop]\nsuccess = { zzz = 1 }\n"]
    asked += ['[units]\nscaling = "zzz"\n', '[units]\nloss = "zzz"\n']
    names = {name for text in asked for name in known(text)} | set(laws["data"]) | set(laws["init"]) | set(methods)
    assert len(names) > 100
    missing = sorted(name for name in names if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", pages))
    assert missing == []
