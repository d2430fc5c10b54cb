"""`tools/release.py` sets one version in every file that names it, and finds those that disagree."""

from __future__ import annotations

import importlib.util
import re
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest

tomllib = pytest.importorskip("tomllib")  # of Python 3.11, as the tool

ROOT = Path(__file__).parents[2]
FILES = ("Cargo.toml", "Cargo.lock", "fuzz/Cargo.lock", "CITATION.cff", "pyproject.toml", "CHANGELOG.md")
NEXT, DATE = "97.5.0", "2031-02-03"


def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("release_tool", ROOT / "tools" / "release.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


release = tool()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The files that name the version, with something unreleased."""
    for name in FILES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    log = (tmp_path / "CHANGELOG.md").read_text(encoding="utf-8")
    (tmp_path / "CHANGELOG.md").write_text(log.replace("## [Unreleased]\n", "## [Unreleased]\n\n- Something new.\n"), encoding="utf-8")
    return tmp_path


def edit(path: Path, before: str, after: str, count: int = -1) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.search(before, text, re.MULTILINE), f"{path.name} has no {before}"
    path.write_text(re.sub(before, after, text, count=max(count, 0), flags=re.MULTILINE), encoding="utf-8")


def texts(folder: Path) -> dict[str, str]:
    return {name: (folder / name).read_text(encoding="utf-8") for name in FILES}


def test_all_that_names_the_version_agrees() -> None:
    assert release.check(ROOT) == []


def test_a_release_sets_every_version(copy: Path) -> None:
    before = texts(copy)
    assert release.release(copy, NEXT, DATE) == ["Cargo.toml", "Cargo.lock", "fuzz/Cargo.lock", "CITATION.cff", "CHANGELOG.md"]
    assert release.check(copy) == [] and release.check(copy, NEXT) == []
    manifest = tomllib.loads((copy / "Cargo.toml").read_text(encoding="utf-8"))["workspace"]
    ours = {name: entry["version"] for name, entry in manifest["dependencies"].items() if name.startswith("reluflow")}
    assert manifest["package"]["version"] == NEXT and len(ours) == 6 and set(ours.values()) == {NEXT}
    for name in ("Cargo.lock", "fuzz/Cargo.lock"):
        locked = {package["name"]: package["version"] for package in tomllib.loads((copy / name).read_text(encoding="utf-8"))["package"]}
        assert {version for package, version in locked.items() if package.startswith("reluflow") and package != "reluflow-fuzz"} == {NEXT}
        assert locked.get("reluflow-fuzz", "0.0.0") == "0.0.0"
    assert f"\nversion: {NEXT}\ndate-released: {DATE}\n" in (copy / "CITATION.cff").read_text(encoding="utf-8")
    log = (copy / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [Unreleased]\n\n## [{NEXT}] - {DATE}\n\n- Something new.\n" in log
    # Nothing else changed.
    after = texts(copy)
    assert after["pyproject.toml"] == before["pyproject.toml"]
    for name in ("Cargo.toml", "Cargo.lock", "fuzz/Cargo.lock"):
        lines = zip(before[name].splitlines(), after[name].splitlines(), strict=True)
        assert all(old == new or re.sub(r"\d+\.\d+\.\d+", "", old) == new.replace(NEXT, "") for old, new in lines)
    assert log.replace(f"\n## [{NEXT}] - {DATE}\n", "", 1) == before["CHANGELOG.md"]


def test_a_second_release_replaces_the_date(copy: Path) -> None:
    release.release(copy, NEXT, DATE)
    edit(copy / "CHANGELOG.md", r"^## \[Unreleased\]$", "## [Unreleased]\n\n- More.")
    release.release(copy, "97.5.1", "2031-02-04")
    citation = (copy / "CITATION.cff").read_text(encoding="utf-8")
    assert release.check(copy, "97.5.1") == [] and citation.count("date-released") == 1 and "2031-02-04" in citation


def test_a_version_in_pyproject_is_set(copy: Path) -> None:
    version = tomllib.loads((copy / "Cargo.toml").read_text(encoding="utf-8"))["workspace"]["package"]["version"]
    edit(copy / "pyproject.toml", r'^name = "reluflow"$', f'name = "reluflow"\nversion = "{version}"')
    release.release(copy, NEXT, DATE)
    assert tomllib.loads((copy / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"] == NEXT


def test_a_first_release_may_keep_the_number(copy: Path) -> None:
    log = (copy / "CHANGELOG.md").read_text(encoding="utf-8")
    (copy / "CHANGELOG.md").write_text(re.sub(r"^## \[\d.*\n", "", log, flags=re.MULTILINE), encoding="utf-8")
    version = tomllib.loads((copy / "Cargo.toml").read_text(encoding="utf-8"))["workspace"]["package"]["version"]
    release.release(copy, version, DATE)
    assert release.check(copy, version) == []


@pytest.mark.parametrize(
    ("version", "words"),
    [("97.5", "three numbers"), ("v97.5.0", "three numbers"), ("97.5.0-rc.1", "three numbers"), ("0.0.1", "does not come after")],
)
def test_a_version_that_is_none_is_refused(copy: Path, version: str, words: str) -> None:
    before = texts(copy)
    with pytest.raises(release.Refused, match=words):
        release.release(copy, version, DATE)
    assert texts(copy) == before


@pytest.mark.parametrize(
    ("name", "before", "after", "words"),
    [
        ("CITATION.cff", r"^version: .*$", "version: 9.9.9", "versions disagree"),
        ("CITATION.cff", r"^version: .*$", "", "CITATION.cff: no version"),
        ("Cargo.toml", r'^reluflow-plot = (.*) version = "[^"]*"', r'reluflow-plot = \1 version = "9.9.9"', "versions disagree"),
        ("CHANGELOG.md", r"^## \[Unreleased\]$", "## Unreleased", "one heading"),
        ("CHANGELOG.md", r"^## \[Unreleased\]$", f"## [Unreleased]\n\n## [{NEXT}] - {DATE}", "versions disagree"),
    ],
)
def test_a_release_of_files_that_disagree_changes_none(copy: Path, name: str, before: str, after: str, words: str) -> None:
    edit(copy / name, before, after)
    kept = texts(copy)
    with pytest.raises(release.Refused, match=words):
        release.release(copy, NEXT, DATE)
    assert texts(copy) == kept
    assert release.check(copy) != []


def test_a_release_without_news_or_done_before_is_refused(copy: Path) -> None:
    release.release(copy, NEXT, DATE)
    with pytest.raises(release.Refused, match="nothing stands under"):
        release.release(copy, "97.6.0", DATE)
    edit(copy / "CHANGELOG.md", r"^## \[Unreleased\]$", "## [Unreleased]\n\n- More.")
    with pytest.raises(release.Refused, match="does not come after"):
        release.release(copy, NEXT, DATE)


@pytest.mark.parametrize(
    ("name", "before", "after", "words"),
    [
        ("Cargo.toml", r'^(\[workspace\.package\]\nversion = )"[^"]*"', r'\1"9.9.9"', "Cargo.toml: has 9.9.9"),
        ("Cargo.toml", r'^reluflow = (.*) version = "[^"]*"', r'reluflow = \1 version = "9.9.9"', "Cargo.toml: has 9.9.9"),
        ("Cargo.lock", r'^name = "reluflow-lab"\nversion = ".*"', 'name = "reluflow-lab"\nversion = "9.9.9"', "Cargo.lock: has 9.9.9"),
        ("fuzz/Cargo.lock", r'^name = "reluflow"\nversion = ".*"', 'name = "reluflow"\nversion = "9.9.9"', "fuzz/Cargo.lock: has 9.9.9"),
        ("CITATION.cff", r"^version: .*$", "version: 9.9.9", "CITATION.cff: has 9.9.9"),
        ("CITATION.cff", r"^date-released: .*$", "date-released: 2001-01-01", "date-released is 2001-01-01"),
        ("CITATION.cff", r"^date-released: .*\n", "", "date-released is missing"),
        ("pyproject.toml", r'^name = "reluflow"$', 'name = "reluflow"\nversion = "9.9.9"', "pyproject.toml: has 9.9.9"),
        ("CHANGELOG.md", r"^## \[97.5.0\] - .*\n", "", "no section"),
        ("CHANGELOG.md", r"^## \[Unreleased\]$", "## [Unreleased]\n\n- Late.", "something stands under"),
        ("CHANGELOG.md", r"^## \[97.5.0\]", "## [97.4.0] - 2031-02-01\n\n## [97.5.0]", "newest first"),
    ],
)
def test_a_tag_that_disagrees_with_a_file_is_found(copy: Path, name: str, before: str, after: str, words: str) -> None:
    release.release(copy, NEXT, DATE)
    edit(copy / name, before, after, 1)
    assert any(words in line for line in release.check(copy, NEXT)), release.check(copy, NEXT)


def test_another_tag_than_the_files_say_is_found(copy: Path) -> None:
    release.release(copy, NEXT, DATE)
    assert any("Cargo.toml: has 97.5.0, not 97.6.0" in line for line in release.check(copy, "97.6.0"))


def test_crates_are_published_after_what_they_need(tmp_path: Path) -> None:
    assert set(release.crates(ROOT)) == {"reluflow", "reluflow-statistics", "reluflow-plot", "reluflow-lab"}
    assert release.crates(ROOT).index("reluflow-lab") > release.crates(ROOT).index("reluflow")

    def crate(name: str, *needs: str, publish: str = "") -> None:
        (tmp_path / "crates" / name).mkdir(parents=True, exist_ok=True)
        needed = "".join(f"{need}.workspace = true\n" for need in needs)
        (tmp_path / "crates" / name / "Cargo.toml").write_text(f'[package]\nname = "{name}"\n{publish}\n[dependencies]\n{needed}', encoding="utf-8")

    crate("a", "c")
    crate("b", publish="publish = false")
    crate("c")
    assert release.crates(tmp_path) == ["c", "a"]
    crate("a", "b")
    with pytest.raises(release.Refused, match="a is published, but needs b"):
        release.crates(tmp_path)
    crate("a", "c")
    crate("c", "a")
    with pytest.raises(release.Refused, match="circle"):
        release.crates(tmp_path)
