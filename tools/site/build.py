"""Builds the documentation site: the Markdown of docs/, notebooks with their outputs, both API references, the help of every command.

    python tools/site/build.py OUT [--command RELUFLOW] [--quick | --rust FOLDER]

Reads docs/ and README.md, writes a MkDocs source tree to OUT/source and the site to OUT/html. `--quick` neither runs the notebooks nor builds the
API references. `--rust` takes the Rust reference from a folder that `cargo doc` wrote, instead of running it. A link that leads nowhere is an error.
"""

from __future__ import annotations

import argparse
import inspect
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import links

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
    """A notebook as a page, executed if asked for, in an empty folder."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copy(path, folder)
        command = [sys.executable, "-m", "nbconvert", "--log-level", "ERROR", "--to", "markdown", copy, "--output-dir", str(place.parent.resolve())]
        environment = {**os.environ, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
        subprocess.run([*command, "--output", place.stem, *(["--execute"] if run else [])], check=True, env=environment)
    text = place.read_text(encoding="utf-8")
    # Tables of pandas bring a style of their own, which is too light on a dark page.
    text = re.sub(r"<style scoped>.*?</style>\n?", "", text, flags=re.DOTALL).replace('border="1" class="dataframe"', "")
    source = f"\n*The notebook: `{path.relative_to(ROOT)}`.*\n"
    first, _, rest = text.partition("\n")
    place.write_text(f"{first}\n{source}{rest}", encoding="utf-8")


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


def experiments() -> str:
    """The experiment files of the repository, each with the first sentence of its own words."""
    lines = ["# Experiment files\n", "Every file below runs as it is: `reluflow run FILE`.\n"]
    for folder, words in (("", "The paper's figures"), ("field", "Of the field"), ("findings", "Of the findings")):
        lines += [f"\n## {words}\n", "| file | what it asks |", "| --- | --- |"]
        for path in sorted((ROOT / "experiments" / folder).glob("*.toml")):
            said = []
            for line in path.read_text(encoding="utf-8").splitlines():
                if not line.startswith("#"):
                    break
                said.append(line.lstrip("# "))
            sentence = re.split(r"(?<=[.?]) ", " ".join(said) + " ")[0].rstrip(". ").replace("|", "\\|")
            lines.append(f"| [{path.stem}]({Path(folder, path.stem).as_posix()}.md) | {sentence} |")
    return "\n".join(lines) + "\n"


def python_names() -> str:
    """The names of the Python package, each with the first sentence of its docstring and a link into its reference."""
    import reluflow

    def rows(module: object, page: str) -> list[str]:
        lines = ["| name | what it is |", "| --- | --- |"]
        for name in sorted(getattr(module, "__all__", [name for name in vars(module) if not name.startswith("_")]), key=str.lower):
            value = getattr(module, name)
            if inspect.ismodule(value) or name.startswith("_"):
                continue
            said = (inspect.getdoc(value) or "").split("\n\n")[0].replace("\n", " ").replace("|", "\\|")
            lines.append(f'| <a href="../python/{page}.html#{name}"><code>{name}</code></a> | {said} |')
        return lines

    lines = ["# Python API\n", 'By name; signatures and examples are in the <a href="../python/reluflow.html">full reference</a>.\n']
    lines += ["\n## reluflow\n", *rows(reluflow, "reluflow")]
    for module in ("data", "init", "stop", "spacing"):
        lines += [f"\n## reluflow.{module}\n", *rows(getattr(reluflow, module), f"reluflow/{module}")]
    lines += ["\n## reluflow.theory\n", 'Every statement of the paper: <a href="../python/reluflow/theory.html">reluflow.theory</a>.']
    return "\n".join(lines) + "\n"


def rust_crates() -> str:
    """The crates, each with its description and a link into its reference."""
    lines = ["# Rust API\n", "| crate | what it is |", "| --- | --- |"]
    for path in sorted((ROOT / "crates").glob("*/Cargo.toml")):
        package = tomllib.loads(path.read_text(encoding="utf-8"))["package"]
        if (path.parent / "src" / "lib.rs").exists() and package["name"] not in ("reluflow-py", "reluflow-cli"):
            page = package["name"].replace("-", "_")
            lines.append(f'| <a href="../rust/{page}/index.html"><code>{package["name"]}</code></a> | {package["description"]} |')
    lines.append("\n`reluflow` is the mathematics; the others are what the command is made of.")
    return "\n".join(lines) + "\n"


def navigation() -> list[dict[str, object]]:
    """The contents, in the order of a reader's first visit."""
    decisions = [f"decisions/{name}" for name in re.findall(r"^\| \[[^\]]+\]\(([a-z-]+\.md)\)", (ROOT / "docs" / "decisions" / "README.md").read_text(encoding="utf-8"), re.MULTILINE)]
    findings = [f"findings/{path.name}" for path in sorted((ROOT / "docs" / "findings").glob("*.md")) if path.name != "README.md"]
    tutorials = ["first-experiment", "your-own-csv", "heat-maps", "early-alignment", "threshold-in-p", "classification", "observer"]
    return [
        {"First steps": "index.md"},
        {
            "Tutorials": [
                "tutorials/index.md",
                *(f"tutorials/{name}.md" for name in tutorials),
                {"Guides": [{"Which method?": "choosing-a-method.md"}, {"On a cluster": "clusters.md"}, "watch-the-neurons.md", "small-starts.md", "population.md"]},
                {"Notebooks": [f"notebooks/{path.stem}.md" for path in sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"), key=lambda path: path.stem != "quickstart")]},
            ]
        },
        {"Gallery": "gallery.md"},
        {
            "Reference": [
                "reference/index.md",
                {"Keys of experiment files": "keys.md"},
                "laws.md",
                "model.md",
                "own-data.md",
                "columns.md",
                "verdicts.md",
                {"Commands": "reference/commands.md"},
                {"Python API": "reference/python.md"},
                {"Rust API": "reference/rust.md"},
                {"Experiment files": "experiments/index.md"},
                {"How far to trust it": ["checks.md", "statistics.md", "survival.md", "benchmarks.md", "python-side-by-side.md", "where-it-ends.md"]},
                {"Project": ["contributing.md", "changelog.md"]},
            ]
        },
        {"Theory": ["theory.md", "symbols.md", "kinks.md"]},
        {"Findings": ["findings/index.md", *findings, "paper.md", "field.md"]},
        {"Decisions": ["decisions/index.md", *decisions]},
    ]


REFERENCE = """# Reference

| page | what it says |
| --- | --- |
| [Keys](../keys.md) | what an experiment file may say; the same for editors: [reluflow.schema.json](../reluflow.schema.json) |
| [Laws](../laws.md) | how data and initial weights are drawn |
| [Models](../model.md) | activations, losses, frozen layers, rates, decay |
| [Your own data](../own-data.md) | files that are read, and what is refused |
| [Columns](../columns.md) | what can be recorded |
| [Verdicts](../verdicts.md) | how a run can end |
| [Commands](commands.md) | the help of every command |
| [Python API](python.md), [Rust API](rust.md) | every function |
| [Experiment files](../experiments/index.md) | those of the repository |
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--command", default=str(Path(sys.executable).parent / "reluflow"))
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--rust", type=Path)
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
    pages = {"index": REFERENCE, "commands": commands(options.command), "python": python_names(), "rust": rust_crates()}
    (source / "reference").mkdir()
    for name, text in pages.items():
        (source / "reference" / f"{name}.md").write_text(text, encoding="utf-8")
    (source / "experiments" / "index.md").write_text(experiments(), encoding="utf-8")
    shutil.copyfile(ROOT / "tools" / "site" / "site.css", source / "site.css")
    schema = subprocess.run([options.command, "schema"], check=True, capture_output=True, text=True).stdout
    (source / "reluflow.schema.json").write_text(schema, encoding="utf-8")
    configuration = (ROOT / "tools" / "site" / "mkdocs.yml").read_text(encoding="utf-8")
    (options.out / "mkdocs.yml").write_text(f"{configuration}nav: {json.dumps(navigation())}\n", encoding="utf-8")
    subprocess.run([sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--config-file", str(options.out / "mkdocs.yml")], check=True)
    html = options.out / "html"
    if not options.quick:
        pdoc = [sys.executable, "-m", "pdoc", "--docformat", "numpy", "--no-show-source"]
        subprocess.run([*pdoc, "--output-directory", str(html / "python"), "reluflow"], check=True)
        if options.rust is None:
            subprocess.run(["cargo", "doc", "--quiet", "--no-deps", "--workspace"], check=True, cwd=ROOT)
        shutil.copytree(options.rust or ROOT / "target" / "doc", html / "rust")
    broken = links.of_site(html, without=("python/", "rust/") if options.quick else ())
    if broken:
        sys.exit("\n".join(broken))
    print(f"the site is in {options.out / 'html'}")


if __name__ == "__main__":
    main()
