"""Solutions hold what was asked for; stops, records and callbacks do what they say."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
import reluflow as rf

Problem = tuple[rf.Dataset, rf.Network]


def test_one_neuron_follows_its_closed_form() -> None:
    """n = p = d = 1, x = 1, a = w: u = a·w obeys u' = 2u(y − u), u(t) = y/(1 + (y/u_0 − 1)e^{−2yt})."""
    data, network = rf.Dataset([[1.0]], [1.0]), rf.Network([[0.1]], [0.1])
    times = np.linspace(0, 4, 9)
    solution = rf.exact(data, network, stop=rf.stop.time(4), spacing=times)
    table = solution.table()
    u = 1 / (1 + (1 / 0.01 - 1) * np.exp(-2 * table["time"]))
    # L = (1 − u)²/2 to the tolerance 1e-13 of a step's last coefficient, a few dozen steps.
    assert np.allclose(table["loss"], (1 - u) ** 2 / 2, rtol=1e-10)
    assert np.array_equal(table["time"], times)


def test_the_three_methods_agree_where_they_must(problem: Problem) -> None:
    """At a learning rate far below 2n/λ_max the descent is the flow to the rate's order."""
    stop = rf.stop.time(2.0)
    exact = rf.exact(*problem, stop=stop)
    descent = rf.gradient_descent(*problem, stop=stop, lr=2.0**-12)
    flow = rf.flow(*problem, stop=stop, tolerance=1e-5, fall=1e-2, integrator="tsitouras")
    # Euler's error: lr times a rate of order 1 over a time of order 1, and so is what a kink adds.
    assert abs(descent.end.loss / exact.end.loss - 1) < 1e-2
    assert abs(flow.end.loss / exact.end.loss - 1) < 1e-3
    assert exact.counts.events == exact.events.rows and exact.events["kind"].dtype.kind == "U"
    assert descent.end.energy_defect is None and flow.end.energy_defect is not None


def test_a_checked_run_says_whose_verdict_it_is() -> None:
    """What two runs agree on is the careful one's solution; the rest the exact flow decides."""
    problems = [rf.trial(n=40, d=10, p=20, seed=1, draw=draw) for draw in range(12)]
    seen = set()
    for (data, network), checked in zip(problems, rf.flow(problems, accuracy="checked"), strict=True):
        careful, exact = rf.flow(data, network, accuracy="careful"), rf.exact(data, network)
        assert checked.verdict.converged == exact.verdict.converged
        by = checked.end.decided_by
        seen.add(by)
        if by == "exact-flow":
            assert checked.counts.events > 0
        else:
            assert by in ("agreement", "strict-run") and checked.network == careful.network and careful.end.decided_by is None
    assert "agreement" in seen


EVERYTHING = [name for name in rf.OBSERVABLES if name not in ("test", "teacher", "given-directions")]
"""What needs nothing but the problem."""


def test_the_record_has_the_columns_and_rows_asked_for(problem: Problem) -> None:
    end = rf.flow(*problem)
    assert end.table().rows == 1 and end.table().columns == ["time", "step", "evaluations", "loss"]
    every = rf.gradient_descent(*problem, stop=rf.stop.steps(7), spacing=2, record=EVERYTHING)
    table = every.table()
    assert table["step"].tolist() == [0, 2, 4, 6, 7] and table["step"].dtype == np.int64
    expected = "time step evaluations loss mu mu_avg mu_low mu_upp balance_drift active correct lost uncovered newly_lost "
    expected += "lambda_min lambda_max diagonal_min slowest margin margin_hidden alignment objective tau"
    assert [name for name in table.columns if name in expected.split()] == expected.split()
    geometry = {"squared_norm", "stable_rank", "directions", "distance", "flipped", "kernel_distance"}
    assert geometry <= set(table.columns) and len(every.path) == table.rows
    assert (table["lambda_min"] <= table["diagonal_min"]).all() and table["slowest"].dtype == np.int64
    assert (table["lost"] <= table["uncovered"] + table["newly_lost"]).all() and table["newly_lost"][0] == 0
    orthogonal = rf.flow(*rf.trial(n=6, d=6, p=12, data="orthogonal"), record="diagonal")
    assert orthogonal.last("predicted_min") > 0 and orthogonal.last("predicted_slowest") in range(6)
    with pytest.raises(KeyError, match="lambda_min"):
        orthogonal.last("lambda_min")
    assert orthogonal.table().columns[-4:] == ["diagonal_min", "slowest", "predicted_min", "predicted_slowest"]
    assert rf.flow(*problem, record="curvature_bounds").table().rows > 10
    times = rf.flow(*problem, stop=rf.stop.time(3), spacing=[0.5, 1.0, 2.5]).table()["time"]
    assert times.tolist() == [0.5, 1.0, 2.5, 3.0]


def test_recording_does_not_change_the_run(problem: Problem) -> None:
    silent, recorded = rf.flow(*problem), rf.flow(*problem, record=["loss"], observe=lambda point: None)
    assert silent.network == recorded.network and silent.end == recorded.end


def test_stops_combine_to_whichever_comes_first(problem: Problem) -> None:
    stop = rf.stop
    both = stop.trap() | stop.transitions(8) | stop.time(5) | stop.time(3) | stop.loss(1e-9) | stop.loss(1e-3)
    assert repr(both) == "trap() | loss(0.001) | time(3.0) | transitions(8.0)"
    assert rf.flow(*problem, stop=stop.time(0.25) | stop.steps(10**6)).end.time == 0.25
    assert rf.gradient_descent(*problem, stop=stop.time(50) | stop.steps(3)).counts.steps == 3
    with pytest.raises(rf.InputError, match="stop: expected at least one of time, tau, transitions, steps"):
        rf.flow(*problem, stop=stop.trap())


def test_an_observer_sees_every_row_and_may_stop(problem: Problem) -> None:
    seen: list[rf.Point] = []
    stop = rf.stop.steps(50) | rf.stop.when(lambda point: point.step == 6)
    solution = rf.gradient_descent(*problem, stop=stop, spacing=2, record="lost", observe=seen.append)
    assert [point.step for point in seen] == [0, 2, 4, 6] == solution.table()["step"].tolist()
    assert [point.lost for point in seen] == solution.table()["lost"].tolist()
    assert seen[-1].network == solution.network and seen[0].network == problem[1]
    assert (solution.verdict.kind, solution.verdict.budget) == ("out-of-budget", "observer")
    assert solution.complete
    with pytest.raises(AttributeError, match="no column 'mu' in the record"):
        _ = seen[0].mu


def test_a_rule_that_forgets_its_return_is_an_error(problem: Problem) -> None:
    def rule(point: rf.Point) -> None:
        _ = point.loss < 0.01

    expected = r"stop.when\(rule\): expected a rule that returns true or false, found None; is a `return` missing\?"
    with pytest.raises(rf.InputTypeError, match=expected):
        rf.flow(*problem, stop=rf.stop.time(1) | rf.stop.when(rule))


@pytest.mark.parametrize("method", [rf.flow, rf.exact, rf.gradient_descent])
def test_every_method_heeds_a_rule_of_the_users_own(problem: Problem, method) -> None:
    """It ends with the step it is in, which at this accuracy is shorter than half of the time to the next row."""
    free = method(*problem, stop=rf.stop.time(50), spacing="log").table()["time"]
    after = free[free >= 0.5][0]
    stop = rf.stop.time(50) | rf.stop.when(lambda point: point.time >= after)
    solution = method(*problem, stop=stop, spacing="log")
    assert solution.verdict.budget == "observer"
    assert after <= solution.end.time <= 2 * after


@pytest.mark.parametrize("many", [False, True])
def test_what_a_callback_raises_comes_back(problem: Problem, many: bool) -> None:
    def fail(point: rf.Point) -> None:
        raise LookupError(f"at {point.step}")

    with pytest.raises(LookupError, match="at 0"):
        rf.flow(*([[problem] * 3] if many else problem), observe=fail)


def test_many_problems_give_the_same_bits_as_one_at_a_time() -> None:
    problems = [rf.trial(n=15, d=8, p=10, seed=1, draw=draw) for draw in range(12)]
    together = rf.flow(problems, threads=4, record=["curvature"])
    assert together == [rf.flow(*problem, record=["curvature"]) for problem in problems]
    assert len({solution.end.loss for solution in together}) == 12
    assert rf.flow([]) == []
    calls: list[int] = []
    rf.flow(iter(problems), progress=calls.append)
    assert calls[-1] == 12 and calls == sorted(calls)


def test_progress_is_shown_with_tqdm(capfd: pytest.CaptureFixture[str], problem: Problem) -> None:
    rf.flow([problem] * 3, progress=True)
    assert "3/3" in capfd.readouterr().err


def test_precision_and_method_reach_the_core(problem: Problem) -> None:
    double, single = (rf.gradient_descent(*problem, stop=rf.stop.steps(5), precision=p) for p in ("f64", "f32"))
    assert double.network != single.network
    assert np.array_equal(single.network.w, single.network.w.astype(np.float32))
    counts = {name: rf.flow(*problem, integrator=name).counts.evaluations for name in rf.INTEGRATORS}
    assert len(set(counts.values())) >= 4
    usual = rf.flow(*problem, patience=0.0).counts.evaluations
    assert usual == counts["runge-kutta-chebyshev-1"] != counts["automatic"]


def test_a_run_that_diverges_says_so_and_survives_pickling() -> None:
    # On either side of the kink there is an example to be active on: each step overshoots the last one.
    data, network = rf.Dataset([[1.0], [-1.0]], [100.0, 100.0]), rf.Network([[1.0]], [2.0])
    solution = rf.gradient_descent(data, network, lr=50.0, stop=rf.stop.steps(1000), record="loss")
    assert solution.verdict.kind == "diverged" and solution.table()["loss"][-1] > 1e12 * solution.table()["loss"][0]
    again = pickle.loads(pickle.dumps(solution))
    assert again == solution
    # Weights that are not finite are refused from a user, and kept from a run.
    wild = rf.Network._restore(np.array([[np.nan]]), np.array([np.inf]))
    assert np.isnan(pickle.loads(pickle.dumps(wild)).w).all()


def test_everything_is_picklable_and_copyable(problem: Problem) -> None:
    solution = rf.exact(*problem, record="activity")
    group = rf.theory.proposition_2.Group(n=100, p=4, target=5)
    values = [*problem, solution, solution.table(), solution.verdict, rf.stop.trap(), rf.spacing.every(3), group]
    values.append(rf.InputError("n", "at least 1", "0").args)
    for value in values:
        for clone in (pickle.loads(pickle.dumps(value)), copy.deepcopy(value), copy.copy(value)):
            assert type(clone) is type(value) and clone == value, value
    error = pickle.loads(pickle.dumps(rf.InputError("n", "at least 1", "0")))
    assert str(error) == "n: expected at least 1, found 0"
    stopped = pickle.loads(pickle.dumps(rf.Interrupted([solution])))
    assert stopped.solution == solution


def test_everything_says_what_it_is(problem: Problem) -> None:
    solution = rf.flow(*problem, record="curvature")
    assert repr(problem[0]).startswith("Dataset(n=20, d=10; ‖x_i‖ from 1.")
    assert repr(problem[1]).startswith("Network(p=12, d=10; min |a_j|")
    assert str(solution.verdict) in repr(solution) and "n=20, d=10, p=12" in repr(solution)
    for value in (*problem, solution, solution.table()):
        assert value._repr_html_().startswith("<table>") and value._repr_html_().endswith("</table>")


REFUSED = [
    ({"stop": "trap"}, rf.InputTypeError, "stop: expected stops"),
    ({"record": ["curvatur"]}, rf.InputError, "record: expected one of loss, curvature"),
    ({"record": [3]}, rf.InputTypeError, "record: expected one of"),
    ({"spacing": "linear"}, rf.InputError, "spacing: expected one of log, end"),
    ({"spacing": 0}, rf.InputError, "steps: expected a whole number from 1"),
    ({"spacing": [2.0, 1.0]}, rf.InputError, "record.when.times: expected finite, non-negative, increasing"),
    ({"integrator": "euler"}, rf.InputError, "integrator: expected one of automatic"),
    ({"tolerance": -1}, rf.InputError, "tolerance: expected a positive number, found -1"),
    ({"tolerance": float("nan")}, rf.InputError, "tolerance: expected a positive number, found NaN"),
    ({"threads": 0}, rf.InputError, "threads: expected a whole number from 1"),
    ({"observe": 3}, rf.InputTypeError, "observe: expected a function"),
]


@pytest.mark.parametrize(("options", "error", "message"), REFUSED)
def test_what_cannot_be_asked_for_is_refused(problem: Problem, options: dict, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        rf.flow(*problem, **options)


def test_what_is_no_problem_is_refused(problem: Problem) -> None:
    data, network = problem
    with pytest.raises(rf.InputError, match="network.w of pair 1: expected 10 columns, as data.x has, found 3"):
        rf.flow([problem, (data, rf.init.balanced(p=2, d=3))])
    with pytest.raises(rf.InputTypeError, match="pair 0: expected a tuple"):
        rf.flow([(network, data)])
    with pytest.raises(rf.InputTypeError, match="network: expected a Network, found NoneType"):
        rf.flow(data)


def test_the_expert_tolerances_of_the_flow_reach_it(problem: Problem) -> None:
    """Each of them changes how many steps a run takes, or is refused with its name."""
    stop = rf.stop.time(3.0)
    usual = rf.flow(*problem, stop=stop).counts
    for changed in [
        {"margin": 1e-6},
        {"first_step": 1e-3},
        {"step_growth": 1e-3},
        {"patience": 0.0},
        {"neuron": 1e-4},
    ]:
        assert rf.flow(*problem, stop=stop, **changed).counts != usual, changed  # type: ignore[arg-type]
    with pytest.raises(rf.InputError, match="patience: expected a number that is not negative"):
        rf.flow(*problem, stop=stop, patience=-1.0)
    with pytest.raises(rf.InputError, match="integrator: expected automatic"):
        rf.flow(*problem, stop=stop, patience=3.0, integrator="tsitouras")


def test_labels_that_cannot_be_fitted_are_warned_of_as_in_the_terminal() -> None:
    # Equal inputs with the labels 1 and −1; then multiples of one another, which a bias would tell apart.
    network = rf.Network([[1.0, 2.0]], [3.0])
    equal, rays = rf.Dataset([[1, 2], [1, 2]], [1, -1]), rf.Dataset([[1, 2], [2, 4]], [1, -1])
    with pytest.warns(rf.RunWarning, match="a bias does not tell apart") as caught:
        rf.flow(equal, network, stop=rf.stop.time(0.1))
    assert caught[0].filename == __file__
    with pytest.warns(rf.RunWarning, match=r"appends a coordinate 1 to every input \(2 of 3 problems\)") as caught:
        rf.flow([(rays, network), (rays, network), (rf.Dataset([[1, 2]], [1]), network)], stop=rf.stop.time(0.1))
    assert len(caught) == 1
    # Also where the criterion is named, and not where only signs are sought.
    with pytest.warns(rf.RunWarning, match="does not tell apart"):
        rf.flow(equal, network, stop=rf.stop.success("trap") | rf.stop.time(0.1))
    rf.flow(equal, network, model=rf.Model(loss="logistic"), stop=rf.stop.time(0.1))


def test_neurons_that_slide_are_warned_of_as_in_the_terminal() -> None:
    # A linear teacher with noise and a start of 10⁻³.
    experiment = rf.Experiment(
        {
            "sweep": {"d": 5, "n": 40, "p": 20, "draws": 3},
            "data": {"law": "gaussian", "scale": 5**0.5, "target": {"linear": {"norm": 1.0}}, "noise": 0.5},
            "init": {"law": "balanced", "scale": 1e-3},
            "stop": {"trap": True, "success": {"relative-loss": 1e-3}, "transitions": 100},
        }
    )
    words = "^neurons slide along kinks for most of the way.*compare with reluflow.exact$"
    with pytest.warns(rf.RunWarning, match=words) as caught:
        experiment.trajectory()
    assert caught[0].filename == __file__
    stop = rf.stop.success(relative_loss=1e-3) | rf.stop.transitions(100)
    with pytest.warns(rf.RunWarning, match=words):
        rf.flow(*experiment.problem(), stop=stop)


def test_one_example_and_one_neuron_have_time() -> None:
    solution = rf.flow(rf.Dataset([[1]], [2]), rf.Network([[3]], [3]), stop=rf.stop.transitions(1))
    # (√2/4)·log 2.
    assert solution.end.time == pytest.approx(0.2450645, abs=1e-6)
