"""Uses the package as its users do, for the type checker alone: every line says which type a call has."""

from __future__ import annotations

from typing import Any

from typing_extensions import assert_type

import numpy as np
import numpy.typing as npt

import reluflow as rf

Floats = npt.NDArray[np.float64]

data = rf.Dataset(np.ones((2, 3), dtype=np.float32), [1, -1])
network = rf.init.balanced(p=4, data=data, hidden="sphere")
assert_type(data.x, Floats)
assert_type(network([[1.0, 2.0, 3.0]]), Floats)

# One problem gives a solution, pairs give a list.
stop = rf.stop.trap() | rf.stop.transitions(8) | rf.stop.when(lambda point: point.time > 3)
assert_type(rf.flow(data, network, stop=stop, record=["loss", "curvature"], spacing="log"), rf.Solution)
assert_type(rf.flow([(data, network)] * 2, accuracy="careful", threads=2), list[rf.Solution])
assert_type(rf.gradient_descent(data, network, lr=0.5, precision="f32", spacing=[1.0, 2.0]), rf.Solution)
assert_type(rf.exact([(data, network)], order=8), list[rf.Solution])

solution = rf.exact(data, network, spacing=rf.spacing.every(3), observe=print)
assert_type(solution.verdict.trap_time, float | None)
assert_type(solution.end.mu_avg, float)
assert_type(solution.table().rows, int)
assert_type(rf.trial(n=5, d=3, p=4, data={"law": "gaussian"}), tuple[rf.Dataset, rf.Network])
assert_type(rf.table([solution])["loss"].sum(), Any)
experiment = rf.Experiment({"sweep": {"d": 4, "n": [2, 8], "p": 6}})
assert_type(experiment.threshold("runs/search", precision=0.1, direction="falls").draws, rf.Table)
assert_type(experiment.trajectory(draw=3), rf.Solution)
assert_type(experiment.problem({"n": 8}, draw=3), tuple[rf.Dataset, rf.Network])
assert_type(rf.data.gaussian(n=4, d=3, target="linear", noise=0.1, seed=2), rf.Dataset)
assert_type(rf.Experiment(d=4, n=[2, 8], p=6, stop=stop).trials, int)
assert_type(rf.paper("fig1").headlines, dict[str, str])
assert_type(rf.finding("teachers", quick=True, settings={"d": 20}).tables["teachers"], rf.Table)
assert_type(rf.slurm(experiment, "runs/array", tasks=8, time="2:00:00").jobs, tuple[str, ...])
assert_type(rf.theory.velocity(data, network), tuple[Floats, Floats])
assert_type(rf.theory.width(n=10, eps=0.1), int)
assert_type(rf.theory.lemma_6.chain(data, network).curvature, float)

# What is wrong at run time is wrong to the checker: an unused "ignore" is an error.
rf.flow(data, network, lr=1.0)  # type: ignore[call-overload]
rf.flow(data)  # type: ignore[call-overload]
rf.gradient_descent(data, network, precision="f16")  # type: ignore[call-overload]
rf.data.gaussian(n=4, d=3, sed=1)  # type: ignore[call-arg]
rf.data.teacher(n=4, d=3, target="linear")  # type: ignore[call-arg]
rf.stop.tme(3.0)  # type: ignore[attr-defined]
rf.init.balanced(p=4, d=3, hidden="cauchy")  # type: ignore[arg-type]
data.x = np.ones((2, 3))  # type: ignore[misc]
