"""What is refused is refused in plain words: what was expected, what was found, and what may have been meant."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import reluflow as rf

SWEEP = {"d": 4, "n": [4, 6], "p": 5, "draws": 2}

DATA, NETWORK = rf.trial(n=6, d=4, p=5, seed=1)
POPULATION = rf.data.population(d=3, teacher={"law": "orthonormal", "width": 2})
STUDENT = rf.init.xavier(p=2, d=3)


def experiment(**settings: Any) -> rf.Experiment:
    return rf.Experiment({"sweep": SWEEP}, **settings)


@pytest.fixture(scope="module")
def solution() -> rf.Solution:
    return rf.exact(DATA, NETWORK, record="network", stop=rf.stop.time(1.0))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> rf.Run:
    return experiment(flow="gradient-descent", stop={"steps": 3}).run(tmp_path_factory.mktemp("run") / "run")


RUST = re.compile(
    r"\b[iu](8|16|32|64|128|size)\b|\bf64\b|\bf32\b|\b(Vec|Option|Result|Box|Arc|HashMap|NonZero\w*)\b|`?\b(String|Duration|PathBuf|OsStr)\b"
    r"|&str|::|\b(struct|enum|variant|tuple|untagged|newtype|unit value|sequence|integer `|os error)\b|LabelLaw|Magnitude|instance of|panicked"
)
"""Names of types and words that only the writer of the program knows."""

REFUSED: list[Callable[[], object]] = [
    # laws
    lambda: rf.init.balanced(p=2, d=3, mirrored=3),
    lambda: rf.init.balanced(p=2, d=3, mirrored={"pairs": True}),
    lambda: rf.data.isotropic(n=2, d=3, bias=1),
    # solvers
    lambda: rf.flow(DATA, NETWORK, tolerance=-1),
    lambda: rf.flow(DATA, NETWORK, tolerance="x"),
    lambda: rf.flow(DATA, NETWORK, most_stages=2**70),
    lambda: rf.flow(DATA, NETWORK, threads=-1),
    lambda: rf.flow(DATA, NETWORK, spacing=-1),
    lambda: rf.flow(DATA, NETWORK, spacing=[3.0, 2.0]),
    lambda: rf.flow(DATA, NETWORK, stop="trap"),
    lambda: rf.flow(DATA, NETWORK, stop=rf.stop.time(-1)),
    lambda: rf.flow(DATA, NETWORK, stop=rf.stop.loss(float("nan"))),
    lambda: rf.flow(DATA, NETWORK, stop=rf.stop.newton()),
    lambda: rf.flow(DATA, NETWORK, model="relu"),
    lambda: rf.flow(DATA, NETWORK, model=rf.Model(loss="logistic")),
    lambda: rf.flow(DATA, NETWORK, directions=[[1.0]]),
    lambda: rf.flow(DATA, NETWORK, test=3),
    lambda: rf.flow(POPULATION, NETWORK),
    lambda: rf.flow(POPULATION, STUDENT, record="loss"),
    lambda: rf.flow(POPULATION, STUDENT, stop=rf.stop.trap()),
    lambda: rf.gradient_descent(DATA, NETWORK, lr="x"),
    lambda: rf.gradient_descent(DATA, NETWORK, lr=-1),
    lambda: rf.exact(DATA, NETWORK, order=2**60),
    lambda: rf.exact(DATA, NETWORK, tolerance=1),
    lambda: rf.exact(DATA, NETWORK, model=rf.Model(weight_decay=1)),
    lambda: rf.jump(DATA, NETWORK),
    lambda: rf.Model(rates=(1,)),
    # arrays
    lambda: rf.Dataset([[1.0]], [1.0, 2.0]),
    lambda: rf.Dataset([["a"]], [1.0]),
    lambda: rf.Dataset([[float("nan")]], [1.0]),
    lambda: rf.Network([1.0], [1.0]),
    # laws of data
    lambda: rf.data.isotropic(n=4, d=3, norms={"uniform": 3}),
    lambda: rf.data.isotropic(n=4, d=3, norms="x"),
    lambda: rf.data.gaussian(n=4, d=3, scale="x"),
    lambda: rf.data.gaussian(n=4, d=3, scale=None),
    lambda: rf.data.gaussian(n=4, d=3, scale=-1),
    lambda: rf.data.groups(n=4, d=4, groups=2**65),
    lambda: rf.data.groups(n=4, d=4, groups=2.5),
    lambda: rf.data.teacher(n=4, d=3, width="x"),
    lambda: rf.data.teacher(n=4, d=3, band=(1,)),
    lambda: rf.data.teacher(n=4, d=3, band=3),
    lambda: rf.data.clusters(n=4, d=3, centres={"axes": -1}),
    lambda: rf.data.clusters(n=4, d=3, centres={"given": 3}),
    lambda: rf.data.clusters(n=4, d=3, labels=["a"]),
    lambda: rf.data.cone(n=4, d=3, centre="x"),
    lambda: rf.data.cone(n=4, d=3, centre=[1.0]),
    lambda: rf.data.antipodal(n=4, d=3, opposite_labels=3),
    lambda: rf.data.line(n=4, start="x"),
    lambda: rf.data.line(n=4, target={"knots": {"x": 3, "y": [1]}}),
    lambda: rf.data.line(n=4, target={"knots": 3}),
    lambda: rf.data.line(n=4, target={"neurons": {"width": "x"}}),
    lambda: rf.data.line(n=4, target={"linear": {}, "neurons": {}}),
    lambda: rf.data.line(n=4, target={}),
    lambda: rf.data.population(d=3, teacher={"law": "random", "width": -1}),
    lambda: rf.data.population(d=3, teacher={"law": "random", "width": 2, "output": "x"}),
    lambda: rf.trial(n=4, d=3, p=2, data={}),
    lambda: rf.trial(n=4, d=3, p=2, data={"law": 3}),
    lambda: rf.trial(n=4, d=3, p=2, data={"law": "isotropic", "labels": 3}),
    lambda: rf.trial(n=4, d=3, p=2, data={"law": "groups", "groups": 1e30}),
    lambda: rf.trial(n=4, d=3, p=2, data={"law": "groups", "groups": None}),
    lambda: rf.trial(n=4, d=3, p=2, data={"law": "groups", "groups": 2**65}),
    lambda: rf.trial(n=4, d=3, p=2, data={"law": "groups", "groups": {1, 2}}),
    # laws of networks
    lambda: rf.init.asymmetric(p=2, d=3, hidden_scale="x"),
    lambda: rf.init.asymmetric(p=2, d=3, margin="x"),
    lambda: rf.init.balanced(p=2, d=3, output={"fixed": "x"}),
    lambda: rf.init.normal(p=2, d=3, output={"fixed": [1]}),
    lambda: rf.init.group(p=2, data=DATA),
    lambda: rf.init.group(p=2, data=DATA, squared_norm="x"),
    lambda: rf.trial(n=4, d=3, p=2, init={"law": "balanced", "scale": [1]}),
    lambda: rf.trial(n=4, d=3, p=2, init={"law": "balanced", "hidden": 3}),
    # experiments
    lambda: experiment(flow={"method": "flow", "most_stages": -1}),
    lambda: experiment(flow={"method": "flow", "most_stages": 2**80}),
    lambda: experiment(flow={"method": "exact", "order": "x"}),
    lambda: experiment(stop={"steps": 1.5}),
    lambda: experiment(stop={"trap": 3}),
    lambda: experiment(stop=3),
    lambda: experiment(record={"when": {"per-decade": -1}}),
    lambda: experiment(record={"when": {"times": 3}}),
    lambda: experiment(record=[3]),
    lambda: experiment(data={"law": "teacher", "band": [1]}),
    lambda: experiment(data={"law": "cone", "centre": "x"}),
    lambda: experiment(model={"activation": {"leaky": "x"}}),
    lambda: experiment(model={"rates": 3}),
    lambda: experiment(draws=2**70),
    lambda: experiment(n=[1, "x"]),
    lambda: experiment(p={"lemma5": "x"}),
    lambda: experiment(zip=3),
    lambda: experiment(also=3),
    lambda: experiment().run(3),
    lambda: experiment().run("none", threads="x"),
    lambda: experiment().run("none", shard="3/2"),
    lambda: experiment().run("none", write_every="x"),
    lambda: experiment().run("none", patience="x"),
    lambda: experiment().run("none", patience=-1),
    lambda: experiment().problem(cell=9),
    lambda: experiment().problem(draw=2**70),
    lambda: experiment().threshold("none", within="x"),
    lambda: experiment().threshold("none", max_trials=2**70),
    lambda: rf.Run(3),
    lambda: rf.Run("none"),
    lambda: rf.paper(3),
    lambda: rf.audit(DATA, 3),
    lambda: rf.stationarity(DATA, NETWORK, tolerance="x"),
    lambda: rf.theory.width(n=-1, eps=0.1),
    lambda: rf.theory.theorem_2.figure_1("x"),
    lambda: rf.theory.theorem_2.trajectory([], rows=-1),
]


def source(call: Callable[[], object]) -> str:
    return inspect.getsource(call).strip().removeprefix("lambda: ").rstrip(",")


@pytest.mark.parametrize("call", REFUSED, ids=source)
def test_a_refusal_is_in_plain_words(call: Callable[[], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(rf.ReluflowError) as caught:
        call()
    message = str(caught.value)
    assert "expected" in message and not RUST.search(message), message
    assert isinstance(caught.value, (ValueError, TypeError, OSError))


MISSPELT: list[tuple[Callable[[], object], str]] = [
    # keywords
    (lambda: rf.flow(DATA, NETWORK, tolerence=1e-6), "tolerance"),
    (lambda: rf.gradient_descent(DATA, NETWORK, treads=1), "threads"),
    (lambda: rf.exact(DATA, NETWORK, event=3), "events"),
    (lambda: rf.Model(los="square"), "loss"),
    (lambda: rf.data.isotropic(n=4, d=3, norm=2), "norms"),
    (lambda: rf.data.teacher(n=4, d=3, widht=2), "width"),
    (lambda: rf.data.gaussian(n=4, d=3, sed=2), "seed"),
    (lambda: rf.init.asymmetric(p=2, d=3, hiden_scale=1), "hidden_scale"),
    (lambda: rf.init.pytorch(p=2, d=3, mirored=True), "mirrored"),
    (lambda: rf.stop.success(los=1), "loss"),
    (lambda: rf.trial(n=2, d=2, p=2, dat="gaussian"), "data"),
    (lambda: rf.Experiment(drawz=3), "draws"),
    (lambda: experiment().with_(sed=3), "seed"),
    (lambda: experiment().run("none", thread=2), "threads"),
    (lambda: experiment().threshold("none", precison=1), "precision"),
    (lambda: rf.paper(ful=True), "full"),
    (lambda: rf.Dataset.read("none.csv", lable="y"), "label"),
    (lambda: rf.finding("teachers", quik=True), "quick"),
    (lambda: rf.slurm(experiment(), "none", task=3), "tasks"),
    (lambda: rf.stationarity(DATA, NETWORK, tolerence=1), "tolerance"),
    # observables, methods, models, clocks
    (lambda: rf.flow(DATA, NETWORK, record="curvatur"), "curvature"),
    (lambda: rf.flow(DATA, NETWORK, record=["loss", "ballance"]), "balance"),
    (lambda: rf.flow(DATA, NETWORK, integrator="tsitoras"), "tsitouras"),
    (lambda: rf.flow(DATA, NETWORK, accuracy="carefull"), "careful"),
    (lambda: rf.flow(DATA, NETWORK, spacing="lgo"), "log"),
    (lambda: rf.Model(activation="rleu"), "relu"),
    (lambda: rf.Model(train="hiden"), "hidden"),
    (lambda: experiment(flow="flwo"), "flow"),
    (lambda: experiment(flow="gradient-decent"), "gradient-descent"),
    (lambda: experiment(flow={"method": "flow", "tolernce": 1}), "tolerance"),
    (lambda: experiment(record="curvatur"), "curvature"),
    (lambda: experiment(units={"scaling": "unscald"}), "unscaled"),
    (lambda: experiment(model={"activation": "rleu"}), "relu"),
    # laws, and their keys
    (lambda: rf.data.istropic(n=2, d=2), "isotropic"),
    (lambda: rf.init.asymetric(p=2, d=2), "asymmetric"),
    (lambda: rf.trial(n=4, d=3, p=2, data="isotrop"), "isotropic"),
    (lambda: rf.trial(n=4, d=3, p=2, init="balancd"), "balanced"),
    (lambda: rf.trial(n=4, d=3, p=2, data={"law": "isotropic", "nrms": 1}), "norms"),
    (lambda: rf.data.isotropic(n=4, d=3, norms={"unifrom": [1, 2]}), "uniform"),
    (lambda: rf.data.clusters(n=4, d=3, centres="xro"), "xor"),
    (lambda: rf.data.clusters(n=4, d=3, labels="in-trun"), "in-turn"),
    (lambda: rf.data.line(n=4, target="sne"), "sine"),
    (lambda: rf.data.population(d=3, teacher="orthonorml"), "orthonormal"),
    (lambda: rf.init.asymmetric(p=2, d=3, margin={"exponental": 1}), "exponential"),
    (lambda: rf.init.balanced(p=2, d=3, output={"fixd": 1}), "fixed"),
    (lambda: experiment(data="isotrop"), "isotropic"),
    (lambda: experiment(init={"law": "balanced", "scal": 1}), "scale"),
    # stops
    (lambda: rf.stop.tme(3), "time"),
    (lambda: rf.stop.transition(3), "transitions"),
    (lambda: rf.stop.success("trp"), "trap"),
    (lambda: experiment(stop={"trpa": True}), "trap"),
    (lambda: experiment(stop={"transition": 8}), "transitions"),
    # the rest
    (lambda: rf.spacing.per_decad(3), "per_decade"),
    (lambda: rf.theory.thorem_1, "theorem_1"),
    (lambda: rf.grdient_descent(DATA, NETWORK), "gradient_descent"),
    (lambda: rf.finding("teacher"), "teachers"),
    (lambda: rf.paper("figure2"), "fig2"),
    (lambda: rf.Experiment({"sweep": SWEEP, "dta": {}}), "data"),
]


@pytest.mark.parametrize(("call", "meant"), MISSPELT, ids=[f"{k}-{word}" for k, (_, word) in enumerate(MISSPELT)])
def test_what_may_have_been_meant_is_said(call: Callable[[], object], meant: str) -> None:
    with pytest.raises((rf.ReluflowError, AttributeError)) as caught:
        call()
    message = str(caught.value)
    assert re.search(rf"did you mean ['`]{re.escape(meant)}['`]\?", message), message
    assert not RUST.search(message), message


def test_a_keyword_that_is_none_is_no_other_error() -> None:
    with pytest.raises(TypeError, match="flow: expected keywords among data, network, model, .*, found 'zzz'$"):
        rf.flow(DATA, NETWORK, zzz=1)
    with pytest.raises(TypeError, match="missing 1 required"):
        rf.data.isotropic(4)
    # The words of the signature, wherever a law keeps them.
    parameters = inspect.signature(rf.data.teacher).parameters
    assert [parameters[name].default for name in ("seed", "p", "noise", "bias")] == [0, None, 0.0, False]
    assert "target" not in parameters and "target" in inspect.signature(rf.data.line).parameters
    assert inspect.signature(rf.init.xavier).parameters["mirrored"].default is False
    for module in (rf.data, rf.init):
        for name in module.__all__:
            kinds = {one.kind for one in inspect.signature(getattr(module, name)).parameters.values()}
            assert inspect.Parameter.VAR_KEYWORD not in kinds, name
    assert not hasattr(rf.stop, "__path__") and not hasattr(rf, "nothing")


def test_a_table_without_a_column_lists_those_it_has(solution: rf.Solution, run: rf.Run) -> None:
    for table, column, known in [
        (solution.table(), "los", "one of time, step, evaluations, loss, "),
        (solution.events, "tim", "one of time, neuron, example, "),
        (run.summary(), "probabilty", "probability, "),
        (run.trials(), "los", "loss, "),
        (rf.table([solution]), "convergd", "converged, "),
        (run.status().cells, "don", "done, "),
    ]:
        with pytest.raises(rf.ColumnError, match="did you mean") as caught:
            table[column]
        assert known in caught.value.expected + ", " and isinstance(caught.value, (KeyError, ValueError))
        assert caught.value.expected == f"one of {', '.join(table.columns)}"
        assert column not in table and table.get(column) is None and table.columns[0] in table
        with pytest.raises(KeyError, match="found 3"):
            table[3]  # type: ignore[index]


def test_pictures_say_what_there_is(solution: rf.Solution, run: rf.Run) -> None:
    pytest.importorskip("matplotlib")
    for call, words in [
        (lambda: solution.plot(["los"]), "columns: expected some of loss, .*did you mean 'loss'"),
        (lambda: solution.plot(3), "columns: expected names among loss"),
        (lambda: solution.plot(clock="tu"), "did you mean 'tau'"),
        (lambda: solution.plot(column="loss"), "did you mean 'columns'"),
        (lambda: solution.film(frame=3), "did you mean 'frames'"),
        (lambda: solution.film(along=("e0", "e9")), "an axis from 0 to 3, found 9"),
        (lambda: run.picture("mpa", "loss"), "did you mean 'map'"),
        (lambda: run.picture("map", "los"), "expected one of .*remaining_loss, found los; did you mean '"),
        (lambda: run.picture("map", 3), "of: expected the name of a column"),
        (lambda: run.picture("column", "loss", x="q"), "no such axis: expected one of n, d, p, found q"),
        (lambda: run.threshold(axis="q"), "axis: expected one of n, d, p"),
    ]:
        with pytest.raises(rf.ReluflowError, match=words) as caught:
            call()
        assert not RUST.search(str(caught.value))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    for call in (rf.Dataset.read, rf.Experiment):
        with pytest.raises(rf.ReluflowError, match="No such file") as caught:
            call(tmp_path / "none.csv")
        assert "none.csv" in str(caught.value) and not RUST.search(str(caught.value))


def test_the_words_of_rust_are_seen() -> None:
    """The check above can fail."""
    for message in ["expected f64", "found Option<usize>", "invalid type: unit value", "missing `String`", "Vec<f32>", "untagged enum Output"]:
        assert RUST.search(message), message
    assert np.float64(3) == 3.0 and not RUST.search("expected a number from 0 to 32, found 'x'")


@pytest.mark.parametrize("bad", [-1, 0, float("nan"), float("inf")])
def test_a_stop_that_can_never_be_is_refused_at_once(bad: float) -> None:
    stops = (rf.stop.time, rf.stop.tau, rf.stop.transitions, rf.stop.loss, rf.stop.gradient_norm, rf.stop.trap)
    for make in stops:
        with pytest.raises(rf.InputError, match="expected a positive number"):
            make(bad)
    for name in ("loss", "relative_loss"):
        with pytest.raises(rf.InputError, match=name):
            rf.stop.success(**{name: bad})
    with pytest.raises(rf.InputError, match="between 0 and 1"):
        rf.stop.success(relative_loss=1)


def test_completion_shows_what_is_public() -> None:
    for module in (rf.stop, rf.init, rf.data, rf.spacing, rf.theory):
        assert dir(module) == sorted(module.__all__)
