"""The schema of experiment files takes every file that the reader takes, and refuses what it should."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import reluflow as rf

tomllib = pytest.importorskip("tomllib")  # of Python 3.11

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = rf.schema()
CHECK = jsonschema.Draft7Validator(SCHEMA)
FILES = sorted((ROOT / "experiments").rglob("*.toml"))
CASES = ROOT / "crates" / "reluflow-cli" / "tests" / "bad_input"

REFUSED = [
    "misspelt_centres",
    "misspelt_law",
    "misspelt_law_of_an_axis",
    "misspelt_method",
    "misspelt_observable",
    "misspelt_scaling",
    "n_not_whole",
    "number_for_a_flag",
    "number_for_a_method",
    "number_for_a_name_or_table",
    "number_for_an_observable",
    "text_for_a_number",
    "unknown_key",
    "unknown_key_of_the_sweep",
    "unknown_section",
]
"""Cases of the command's tests whose fault a schema can see."""


def faults(experiment: dict[str, Any]) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in CHECK.iter_errors(experiment)]


def test_it_is_a_schema_and_what_the_command_prints(tmp_path: Path) -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    printed = subprocess.run([sys.executable, "-m", "reluflow", "schema"], capture_output=True, text=True, check=True, cwd=tmp_path).stdout
    assert json.loads(printed) == SCHEMA


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_of_the_repository_passes(path: Path) -> None:
    assert faults(tomllib.loads(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_passes_as_a_run_keeps_it(path: Path) -> None:
    if "law = \"file\"" not in path.read_text(encoding="utf-8"):
        assert faults(tomllib.loads(rf.Experiment(path).to_toml())) == []


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_reader_refuses_is_refused(name: str) -> None:
    text = (CASES / name).read_text(encoding="utf-8").split("--- fig.toml\n")[1].split("--- command")[0]
    assert faults(tomllib.loads(text)) != []


SIZES = {"n": 4, "d": 3, "p": 2}


@pytest.mark.parametrize(
    "experiment",
    [
        {"sweep": {"n": {"per_pd": [0.5, 1], "at_least": 3}, "d": {"from": 2, "to": 10, "step": 2}, "p": {"lemma5": 0.05}}},
        {"sweep": {**SIZES, "zip": ["init.scale", "data.noise"], "init.scale": [1, 0.1], "data": {"noise": [0, 0.1]}}, "init": {"law": "balanced"}},
        {"sweep": {**SIZES, "data.law": ["isotropic", "gaussian"]}},
        {"sweep": {**SIZES, "model.activation.leaky": {"from": 0, "to": 1, "step": 0.5}, "also": [{**SIZES, "model.activation.leaky": 0.1}]}},
        {"sweep": SIZES, "data": {"law": "file", "path": "a.csv", "label_column": "y", "inputs": ["a", "b"]}, "init": {"law": "normal", "output": 2}},
        {"sweep": SIZES, "init": {"law": "normal", "output": {"fixed": 1, "signs": "alternating"}}},
        {"sweep": SIZES, "data": {"law": "antipodal", "base": {"law": "gaussian", "labels": {"signs": "positive"}}}, "flow": {"accuracy": "careful"}},
        {"sweep": SIZES, "data": {"law": "gaussian-population", "teacher": {"law": "random", "width": 2, "output": [1, 2]}}, "stop": {"newton": True}},
        {"sweep": SIZES, "test": {"examples": 10}, "record": {"observables": ["test"], "when": {"times": [1, 2]}}, "stop": {"success": "signs", "steps": 3}},
    ],
    ids=str,
)
def test_forms_that_a_file_may_have(experiment: dict[str, Any]) -> None:
    assert faults(experiment) == []


@pytest.mark.parametrize(
    "experiment",
    [
        {},
        {"sweep": {**SIZES, "draws": "many"}},
        {"sweep": {**SIZES, "p": {"lemma": 0.05}}},
        {"sweep": {**SIZES, "init.scales": [1]}},
        {"sweep": {**SIZES, "init.scale": ["small"]}},
        {"sweep": SIZES, "data": {"law": "gaussian", "norms": {"constant": 1}}},
        {"sweep": SIZES, "data": {"law": "isotropic", "norms": {"uniform": [1]}}},
        {"sweep": SIZES, "data": {"law": "antipodal", "base": {"law": "gaussian", "noise": 1}}},
        {"sweep": SIZES, "flow": {"method": "exact", "learning_rate": 1}},
        {"sweep": SIZES, "init": {"law": "file", "path": "w.npz", "mirrored": True}},
        {"sweep": SIZES, "stop": {"success": {"losses": 1}}},
    ],
    ids=str,
)
def test_what_no_file_may_have(experiment: dict[str, Any]) -> None:
    assert faults(experiment) != []


def test_every_key_of_a_method_is_a_parameter_of_its_function() -> None:
    """What a file can say of `flow`, the flow, gradient descent and the exact flow in Python can be told too."""
    keys = set(SCHEMA["definitions"]["AxesOfflow"]["properties"]) - {"method"}
    assert len(keys) > 10
    named = {"learning_rate": "lr"}
    parameters = {
        name
        for function in (rf.flow, rf.gradient_descent, rf.exact)
        for name in inspect.signature(function).parameters
    }
    assert {named.get(key, key) for key in keys} <= parameters
