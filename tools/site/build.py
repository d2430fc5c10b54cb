"""Builds the documentation site: the Markdown of docs/, notebooks with their outputs, both API references, the help of every command.

    python tools/site/build.py OUT [--command RELUFLOW] [--quick]

Reads docs/ and README.md, writes a MkDocs source tree to OUT/source and the site to OUT/html. `--quick` neither runs the notebooks nor builds the
API references. A link that leads nowhere is an error.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")


def page_links(text: str, page: Path, where: dict[Path, Path]) -> str:
    """The links of a page, to where their targets stand in the site; a file of the code that has no page becomes its name."""

    def replace(match: re.Match[str]) -> str:
        bang, words, target = match.groups()
        path, _, anchor = target.partition("#")
        if not path or "://" in path or path.startswith("mailto:"):
            return match.group(0)
        found = (page.parent / path).resolve()
        if not found.exists():
            sys.exit(f"{page.relative_to(ROOT)}: no {target}")
        if found.is_dir():
            found = found / "README.md" if (found / "README.md").exists() else found
        place = where.get(found)
        if place is None:
            return words if words.startswith("`") else f"{words} (`{found.relative_to(ROOT)}`)"
        here = where[page.resolve()]
        up = "../" * (len(here.parts) - 1)
        return f"{bang}[{words}]({up}{place.as_posix()}{'#' + anchor if anchor else ''})"

    def picture(match: re.Match[str]) -> str:
        place = where[(page.parent / match.group(1)).resolve()]
        return f'src="{"../" * (len(where[page.resolve()].parts) - 1)}{place.as_posix()}"'

    text = re.sub(r'src="([^":]+)"', picture, text)
    outside = re.split(r"(```.*?```)", text, flags=re.DOTALL)
    return "".join(part if part.startswith("```") else LINK.sub(replace, part) for part in outside)


def places() -> dict[Path, Path]:
    """Where every file that has a place in the site stands there."""
    found = {ROOT / "README.md": Path("index.md"), ROOT / "CONTRIBUTING.md": Path("contributing.md"), ROOT / "CHANGELOG.md": Path("changelog.md")}
    for path in sorted((ROOT / "docs").rglob("*")):
        if path.is_file() and path.suffix != ".py":
            inside = path.relative_to(ROOT / "docs")
            inside = inside.with_name("index.md") if path.name == "README.md" else inside
            found[path] = inside.with_suffix(".md") if path.suffix == ".ipynb" else inside
    for path in sorted((ROOT / "experiments").rglob("*.toml")):
        found[path] = Path("experiments") / path.relative_to(ROOT / "experiments").with_suffix(".md")
    return {path.resolve(): place for path, place in found.items()}


def notebook(path: Path, place: Path, run: bool) -> None:
    """A notebook as a page, executed if asked for."""
    place.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "nbconvert", "--to", "markdown", str(path), "--output-dir", str(place.parent), "--output", place.stem]
    subprocess.run(command + (["--execute"] if run else []), check=True)


def commands(command: str) -> str:
    """The help of every subcommand, as one page."""

    def help_of(*words: str) -> str:
        return subprocess.run([command, "help", *words], check=True, capture_output=True, text=True).stdout

    main = help_of()
    names = re.findall(r"^  ([a-z]+)  ", main.split("Commands:")[1].split("Options:")[0], flags=re.MULTILINE)
    parts = ["# Commands\n", "```text\n" + main + "```\n"]
    for name in names:
        if name != "help":
            parts.append(f"## reluflow {name}\n\n```text\n{help_of(name)}```\n")
    return "\n".join(parts)


def columns() -> str:
    """Every column that can be recorded, from the package itself."""
    from reluflow import _native

    lines = ["# Columns\n", "What `record` can hold beside time, step, evaluations and loss, and the columns each writes.\n"]
    lines += ["| observable | column | label |", "| --- | --- | --- |"]
    lines += [f"| `{observable}` | `{name}` | {label} |" for observable, name, label, _ in _native.recordable()]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--command", default=str(Path(sys.executable).parent / "reluflow"))
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    source = options.out / "source"
    shutil.rmtree(options.out, ignore_errors=True)
    where = places()
    for path, place in where.items():
        target = source / place
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".ipynb":
            notebook(path, target, not options.quick)
        elif path.suffix == ".md":
            target.write_text(page_links(path.read_text(encoding="utf-8"), path, where), encoding="utf-8")
        elif path.suffix == ".toml":
            target.write_text(f"# {path.stem}\n\n`{path.relative_to(ROOT)}`\n\n```toml\n{path.read_text(encoding='utf-8')}```\n", encoding="utf-8")
        else:
            shutil.copyfile(path, target)
    (source / "reference").mkdir()
    (source / "reference" / "commands.md").write_text(commands(options.command), encoding="utf-8")
    (source / "reference" / "columns.md").write_text(columns(), encoding="utf-8")
    configuration = (ROOT / "tools" / "site" / "mkdocs.yml").read_text(encoding="utf-8")
    (options.out / "mkdocs.yml").write_text(configuration, encoding="utf-8")
    subprocess.run([sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", str(options.out / "mkdocs.yml")], check=True)
    if not options.quick:
        html = options.out / "html"
        pdoc = [sys.executable, "-m", "pdoc", "--docformat", "numpy", "--no-show-source"]
        subprocess.run([*pdoc, "--output-directory", str(html / "python"), "reluflow"], check=True)
        subprocess.run(["cargo", "doc", "--quiet", "--no-deps", "--workspace"], check=True, cwd=ROOT)
        shutil.copytree(ROOT / "target" / "doc", html / "rust")
    print(f"the site is in {options.out / 'html'}")


if __name__ == "__main__":
    main()
