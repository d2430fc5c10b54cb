"""Sets the version of a release, or says whether all that names it agrees.

    python3 tools/release.py 0.2.0            sets the version everywhere and dates the change log's entries
    python3 tools/release.py --check          does everything name the same version?
    python3 tools/release.py --check v0.2.0   ... this one, and is it ready to be published?
    python3 tools/release.py --crates         the crates that are published, each after those it needs

The version stands in Cargo.toml (the workspace and the crates' dependencies on each other), in both lock files, in CITATION.cff and, as a heading with
its date, in CHANGELOG.md; pyproject.toml takes it from the crate unless it has one. Either all files are written or, where something is amiss, none; exit
code 1.
"""

from __future__ import annotations

import argparse
import datetime
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VERSION = r"\d+\.\d+\.\d+"
PACKAGE = re.compile(rf"^(\[workspace\.package\]\n(?:[^\[\n].*\n|\n)*?version = \")({VERSION})(\")", re.MULTILINE)
DEPENDENCY = re.compile(rf"^(reluflow[\w-]* = \{{[^\n]*\bversion = \")({VERSION})(\")", re.MULTILINE)
LOCKED = re.compile(rf"^(name = \"reluflow(?!-fuzz)[\w-]*\"\nversion = \")({VERSION})(\")", re.MULTILINE)
CITED = re.compile(rf"^(version: \"?)({VERSION})(\"?)$", re.MULTILINE)
CITED_ON = re.compile(r"^date-released: *\"?([^\s\"]*)\"?\n", re.MULTILINE)
PROJECT = re.compile(rf"^(\[project\]\n(?:[^\[\n].*\n|\n)*?version = \")({VERSION})(\")", re.MULTILINE)
RELEASED = re.compile(rf"^## \[({VERSION})\] - (\d{{4}}-\d\d-\d\d)$", re.MULTILINE)
UNRELEASED = "## [Unreleased]\n"

PLACES = {
    "Cargo.toml": (PACKAGE, DEPENDENCY),
    "Cargo.lock": (LOCKED,),
    "fuzz/Cargo.lock": (LOCKED,),
    "CITATION.cff": (CITED,),
    "pyproject.toml": (PROJECT,),
}
"""Where the version stands, beside the change log."""
OPTIONAL = (LOCKED, PROJECT)
"""Where there need be none."""


class Refused(Exception):
    """What is amiss, in words."""


def read(root: Path) -> dict[str, str]:
    """The files that name the version."""
    return {name: (root / name).read_text(encoding="utf-8") for name in (*PLACES, "CHANGELOG.md") if (root / name).exists()}


def order(version: str) -> tuple[int, ...]:
    """A version, to be compared."""
    return tuple(map(int, version.split(".")))


def named(texts: dict[str, str]) -> list[tuple[str, str]]:
    """Every file with every version it names; the change log's is its newest."""
    found = []
    for name, patterns in PLACES.items():
        for pattern in patterns:
            versions = [match.group(2) for match in pattern.finditer(texts.get(name, ""))]
            if not versions and pattern not in OPTIONAL:
                raise Refused(f"{name}: no version of the form 1.2.3")
            found += [(name, version) for version in versions]
    newest = RELEASED.search(texts["CHANGELOG.md"])
    return found + ([("CHANGELOG.md", newest.group(1))] if newest else [])


def unreleased(log: str) -> str:
    """What the change log has under Unreleased."""
    if log.count(UNRELEASED) != 1:
        raise Refused("CHANGELOG.md: there must be one heading [Unreleased]")
    return log.split(UNRELEASED)[1].partition("\n## ")[0].strip()


def check(root: Path, version: str | None = None) -> list[str]:
    """What disagrees; with a version, also what keeps it from being published."""
    texts = read(root)
    try:
        found, waiting = named(texts), unreleased(texts["CHANGELOG.md"])
    except Refused as refused:
        return [str(refused)]
    expected = version or found[0][1]
    amiss = sorted({f"{name}: has {other}, not {expected}" for name, other in found if other != expected})
    sections = RELEASED.findall(texts["CHANGELOG.md"])
    dates, cited = dict(sections), CITED_ON.search(texts["CITATION.cff"])
    if len(dates) != len(sections) or [order(name) for name in dates] != sorted(map(order, dates), reverse=True):
        amiss.append("CHANGELOG.md: versions must stand once each, the newest first")
    if expected in dates and (cited is None or cited.group(1) != dates[expected]):
        amiss.append(f"CITATION.cff: date-released is {cited.group(1) if cited else 'missing'}, the change log says {dates[expected]}")
    if version is not None:
        if version not in dates:
            amiss.append(f"CHANGELOG.md: no section [{version}] with a date")
        if waiting:
            amiss.append("CHANGELOG.md: something stands under [Unreleased]")
    return amiss


def release(root: Path, version: str, date: str) -> list[str]:
    """Sets the version in every file; returns the names of those that changed."""
    if not re.fullmatch(VERSION, version):
        raise Refused(f"{version}: a version is three numbers, 1.2.3")
    texts = read(root)
    present, log = named(texts), texts["CHANGELOG.md"]
    disagreeing = sorted({f"{name} {other}" for name, other in present if other != present[0][1]})
    if disagreeing:
        raise Refused(f"versions disagree, Cargo.toml {present[0][1]}: {', '.join(disagreeing)}")
    released = [name for name, _ in RELEASED.findall(log)]
    # A first release may keep the number that the files began with.
    if order(version) < order(present[0][1]) or version in released:
        raise Refused(f"{version} does not come after {present[0][1]}")
    if not unreleased(log):
        raise Refused("CHANGELOG.md: nothing stands under [Unreleased]")
    changed = dict(texts)
    for name, patterns in PLACES.items():
        for pattern in patterns if name in texts else ():
            changed[name] = pattern.sub(rf"\g<1>{version}\g<3>", changed[name])
    citation = CITED_ON.sub("", changed["CITATION.cff"])
    changed["CITATION.cff"] = CITED.sub(rf"\g<0>\ndate-released: {date}", citation)
    changed["CHANGELOG.md"] = log.replace(UNRELEASED, f"{UNRELEASED}\n## [{version}] - {date}\n")
    written = [name for name in texts if changed[name] != texts[name]]
    for name in written:
        (root / name).write_text(changed[name], encoding="utf-8", newline="\n")
    return written


def crates(root: Path) -> list[str]:
    """The crates that are published, each after those it needs."""
    manifests = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted((root / "crates").glob("*/Cargo.toml"))]
    packages = {manifest["package"]["name"]: manifest for manifest in manifests}
    kept = {name: manifest for name, manifest in packages.items() if manifest["package"].get("publish", True)}
    needs = {name: [need for need in manifest.get("dependencies", {}) if need in packages] for name, manifest in kept.items()}
    for name, wanted in needs.items():
        for need in wanted:
            if need not in kept:
                raise Refused(f"{name} is published, but needs {need}, which is not")
    ordered: list[str] = []
    while len(ordered) < len(needs):
        ready = [name for name, wanted in needs.items() if name not in ordered and all(need in ordered for need in wanted)]
        if not ready:
            raise Refused("crates need each other in a circle")
        ordered += ready
    return ordered


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("version", nargs="?", help="1.2.3, or a tag v1.2.3")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--crates", action="store_true")
    parser.add_argument("--date", default=datetime.date.today().isoformat(), help="of the release, today's by default")
    arguments = parser.parse_args()
    version = arguments.version.removeprefix("v") if arguments.version else None
    try:
        if arguments.crates:
            print("\n".join(crates(ROOT)))
        elif arguments.check:
            amiss = check(ROOT, version)
            print("\n".join(amiss) if amiss else f"all agree on {named(read(ROOT))[0][1]}")
            return 1 if amiss else 0
        elif version:
            print("\n".join(release(ROOT, version, arguments.date)))
        else:
            parser.error("a version, --check or --crates")
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
