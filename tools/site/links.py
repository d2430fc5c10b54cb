"""Looks for links that lead nowhere.

    python tools/site/links.py                the Markdown: README, CONTRIBUTING, CHANGELOG, docs/ with its notebooks
    python tools/site/links.py target/site/html      a built site

Links within the repository are followed, with their anchors; those to other sites are not. In the Markdown, files that are named in backticks or in a
command (`experiments/fig3.toml`) must exist, too. Prints one line a broken link; exit code 1 if there are any.
"""

from __future__ import annotations

import html.parser
import json
import re
import sys
from functools import cache
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
SOURCE = re.compile(r"(?:src|href)=\"([^\"]+)\"")
NAMED = re.compile(r"(?<![\w./<-])((?:experiments|docs|crates|tests|tools|benchmarks|fuzz|python)/[\w./-]*\w)(?![\w*…{<]|/[*…{<])")
MADE = ("benchmarks/peers/.venv", "fuzz/corpus")
"""Folders that commands make."""
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//")


def slug(heading: str) -> str:
    """The anchor of a heading, as GitHub makes it."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[^\w\- ]", "", text.strip().lower().replace("`", "").replace("*", "")).replace(" ", "-")


def parts(path: Path) -> tuple[str, str]:
    """The Markdown of a page or a notebook: without code, and in whole."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    prose = re.sub(r"^ *```.*?^ *```", "", text, flags=re.DOTALL | re.MULTILINE)
    prose = re.sub(r"^(?: {4}|\t).*$", "", prose, flags=re.MULTILINE)
    return prose, text


@cache
def anchors(path: Path) -> frozenset[str]:
    """The anchors of a page."""
    found: dict[str, int] = {}
    names = set()
    prose, _ = parts(path)
    for heading in re.findall(r"^#{1,6} +(.*?)#*$", prose, flags=re.MULTILINE):
        base = slug(heading)
        count = found.get(base, 0)
        found[base] = count + 1
        names.add(f"{base}-{count}" if count else base)
    return frozenset(names | set(re.findall(r"(?:id|name)=\"([^\"]+)\"", prose)))


def of_page(path: Path) -> list[str]:
    """The broken links of one page."""
    prose, whole = parts(path)
    broken = []
    shown = re.sub(r"`[^`\n]*`", "", prose)
    for target in LINK.findall(shown) + SOURCE.findall(shown):
        if ELSEWHERE.match(target):
            continue
        name, _, anchor = unquote(target).partition("#")
        place = (path.parent / name).resolve() if name else path
        if not place.exists():
            broken.append(f"{path.relative_to(ROOT)}: no {target}")
        elif anchor and place.suffix in (".md", ".ipynb") and anchor not in anchors(place):
            broken.append(f"{path.relative_to(ROOT)}: no anchor {target}")
    # Decisions name files as they were, the change log as they came to be.
    named = [] if "decisions" in path.parts or path.name == "CHANGELOG.md" else NAMED.findall(whole)
    for name in named:
        if not ("NAME" in name or name.startswith(MADE) or (ROOT / name).exists() or any(ROOT.glob(name + "-*"))):
            broken.append(f"{path.relative_to(ROOT)}: names {name}, which is not there")
    return broken


def of_markdown() -> list[str]:
    """The broken links of all pages."""
    pages = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
    pages += sorted(path for path in (ROOT / "docs").rglob("*") if path.suffix in (".md", ".ipynb"))
    return [line for page in pages for line in of_page(page)]


class Reader(html.parser.HTMLParser):
    """Anchors and links of an HTML page."""

    def __init__(self) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for key, value in attrs:
            if key in ("id", "name") and value:
                self.anchors.add(value)
            elif key in ("href", "src") and value:
                self.links.append(value)


@cache
def read(path: Path) -> Reader:
    reader = Reader()
    reader.feed(path.read_text(encoding="utf-8", errors="replace"))
    return reader


def of_site(folder: Path, without: tuple[str, ...] = ()) -> list[str]:
    """The broken links of a built site, but for those into folders that were not built. What rustdoc and pdoc wrote is linked to, not read through."""
    folder = folder.resolve()
    broken = []
    for page in sorted(folder.rglob("*.html")):
        inside = page.relative_to(folder).as_posix()
        if inside.startswith(("rust/", "python/")) or page.name == "404.html":
            continue
        for target in read(page).links:
            if ELSEWHERE.match(target):
                continue
            name, _, anchor = unquote(target).partition("#")
            place = (page.parent / name.partition("?")[0]).resolve() if name else page
            if place.is_dir():
                place = place / "index.html"
            if place.is_relative_to(folder) and place.relative_to(folder).as_posix().startswith(without or ("\0",)):
                continue
            if not place.exists() or not place.is_relative_to(folder):
                broken.append(f"{inside}: no {target}")
            elif anchor and place.suffix == ".html" and anchor not in read(place).anchors and not anchor.startswith("__"):
                broken.append(f"{inside}: no anchor {target}")
    return broken


if __name__ == "__main__":
    lines = of_site(Path(sys.argv[1])) if len(sys.argv) > 1 else of_markdown()
    print("\n".join(lines) if lines else "every link leads somewhere")
    sys.exit(1 if lines else 0)
