"""Runs the pages of docs/tutorials as a reader would: files are written, commands and Python are run, in an empty folder.

    python tools/site/tutorials.py [OUT]      draws the pictures of the pages anew, into docs/figures or OUT, and writes the numbers of their blocks of `text` anew

A block of code with `title="…"` is a file; one of `sh` holds commands, each a line, or more with \\ at their ends; one of `python` is run after those before it; one of `text` shows
lines of what was printed, of which all but the numbers must come.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "tutorials"
PAGES = sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")
BLOCK = re.compile(r"^```(\w+)(?: title=\"([^\"]+)\")?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
NUMBER = re.compile(r"[-+−]?\d[\d.,]*(?:e[-+]?\d+)?|–")
FIGURES = {"first-experiment.svg": "runs/figure3/figures/probability.svg", "threshold-p.svg": "runs/width/threshold/p-0.5.svg"}
"""Pictures that a command writes under a name of its own."""


def shape(line: str) -> str:
    """A line without its numbers and the widths of its columns."""
    return " ".join(NUMBER.sub("#", line).split())


@contextlib.contextmanager
def inside(folder: Path) -> Iterator[None]:
    """As `contextlib.chdir`, which Python has from 3.11 on."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def run(page: Path, folder: Path, printed_now: dict[str, str] | None = None) -> list[str]:
    """Runs a page in a folder; what is amiss, as lines. `printed_now` takes every block of `text` with what is printed in its place."""
    names: dict[str, object] = {}
    printed = ""
    amiss = []
    for kind, title, text in BLOCK.findall(page.read_text(encoding="utf-8")):
        if title:
            (folder / title).write_text(text, encoding="utf-8")
        elif kind == "sh":
            printed = ""
            for line in text.replace("\\\n", " ").splitlines():
                program, *words = shlex.split(line, comments=True)
                assert program == "reluflow", line
                ended = subprocess.run([sys.executable, "-m", "reluflow", *words], cwd=folder, capture_output=True, text=True, check=False)
                printed += ended.stdout + ended.stderr
                if ended.returncode:
                    amiss.append(f"{page.name}: {line}\n{ended.stderr}")
        elif kind == "python":
            out = io.StringIO()
            with contextlib.redirect_stdout(out), inside(folder):
                exec(compile(text, page.name, "exec"), names)
            printed = out.getvalue()
        elif kind == "text":
            now = []
            for line in text.splitlines():
                found = [at for at in printed.splitlines() if shape(at).startswith(shape(line))]
                # Of lines that differ in their numbers alone it is the one with the most of them.
                now.append(max(found, key=lambda at: len(set(at.split()) & set(line.split())), default=line))
                if not found:
                    amiss.append(f"{page.name}: not printed: {line}")
            if printed_now is not None:
                printed_now[text] = "".join(f"{line}\n" for line in now)
        else:
            amiss.append(f"{page.name}: a block of {kind} without a title")
    for picture in pictures(page):
        if not (folder / FIGURES.get(picture, picture)).exists():
            amiss.append(f"{page.name}: {picture} is not drawn")
    return amiss


def pictures(page: Path) -> list[str]:
    """The names of a page's pictures."""
    return re.findall(r"\(\.\./figures/([\w-]+\.svg)\)", page.read_text(encoding="utf-8"))


def main() -> None:
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "figures"
    for page in PAGES:
        with tempfile.TemporaryDirectory() as name:
            printed_now: dict[str, str] = {}
            amiss = run(page, Path(name), printed_now)
            if amiss:
                sys.exit("\n".join(amiss))
            text = page.read_text(encoding="utf-8")
            for before, now in printed_now.items():
                text = text.replace(f"```text\n{before}```", f"```text\n{now}```")
            page.write_text(text, encoding="utf-8")
            for picture in pictures(page):
                shutil.copyfile(Path(name) / FIGURES.get(picture, picture), out / picture)
                print(out / picture)


if __name__ == "__main__":
    main()
