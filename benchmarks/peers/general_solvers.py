"""Lets general ODE solvers, called as a theorist would call them, integrate the flow beside reluflow's own method.

    python3 benchmarks/peers/general_solvers.py

dθ/dt = −p ∇L for one-hidden-layer ReLU networks, isotropic inputs, (d, p, n) = (20, 30, 160), float64, one thread;
from the arrays that the example `peer` exports, to the trap L < (min|y|)²/(2n) or T = 1.5 transition times. Prints
one line a solve, then the table of README.md. A solve is stopped after CAP seconds of the clock, and its solver is
then spared the other draws.
"""

import json
import os
import pathlib
import platform
import statistics
import subprocess
import tempfile
import time

from run import build, enter_environment, ours, processor

N, D, P, DRAWS = 160, 20, 30, 5
CAP = 60.0
# Fastest of so many runs of ours, each of some milliseconds.
REPEATS = 5


class OutOfTime(Exception):
    """Raised by the field when a SciPy solve has had its time."""


class Problem:
    """The arrays of a draw, T, and the level of the trap."""

    def __init__(self, binary, draw):
        import numpy

        with tempfile.TemporaryDirectory() as folder:
            ours(binary, "isotropic", N, D, P, 1, draw, "f64", folder)

            def load(name):
                return numpy.fromfile(pathlib.Path(folder) / name, dtype="<f8")

            self.inputs, self.labels = load("inputs").reshape(N, D), load("labels")
            self.hidden, self.output = load("hidden").reshape(P, D), load("output")
            self.loss_after_unit_step = float(load("losses")[1])
        self.time = 1.5 * (N * P) ** 0.5 / 4 * numpy.log(N * P)
        self.trap = float(numpy.min(numpy.abs(self.labels)) ** 2 / (2 * N))


def check_field(problem, loss_after_unit_step):
    """Refuses a field that is not ours: its explicit Euler step of size 1 must lead to the same loss."""
    expected = problem.loss_after_unit_step
    # n d p roundings of 1e-16 bound the relative difference of two orders of summation.
    if abs(loss_after_unit_step / expected - 1) > N * D * P * 1e-16:
        raise ValueError(f"the loss after a unit step is {loss_after_unit_step}, expected {expected}")


def outcome(evaluations, steps, start, reached, time_reached, finished):
    """What a solve is judged by; `start` holds the clock's and the processor's seconds before it."""
    return {
        "evaluations": evaluations,
        "steps": steps,
        "trap_time": time_reached if reached else None,
        "time_reached": time_reached,
        "finished": finished,
        "clock": time.perf_counter() - start[0],
        "processor": time.process_time() - start[1],
    }


def now():
    return time.perf_counter(), time.process_time()


def diffrax_solver(name, rtol, atol, chunk, stages):
    """A solver of diffrax: autodiff of L, PIDController, an event at the end of the step that passes the trap.

    `chunk`: steps between two looks at the clock; each chunk chooses its first step anew. `stages`: evaluations a
    step, None where diffrax does not say.
    """
    import diffrax
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)

    def loss(theta, inputs, labels):
        hidden, output = theta
        return jnp.sum((labels - jax.nn.relu(inputs @ hidden.T) @ output / P) ** 2) / (2 * N)

    def velocity(t, theta, args):
        inputs, labels, _ = args
        return jax.tree.map(lambda g: -P * g, jax.grad(loss)(theta, inputs, labels))

    def below_trap(t, y, args, **_):
        inputs, labels, trap = args
        return loss(y, inputs, labels) < trap

    @jax.jit
    def advance(t0, t1, theta, args):
        return diffrax.diffeqsolve(
            diffrax.ODETerm(velocity),
            getattr(diffrax, name)(),
            t0,
            t1,
            None,
            theta,
            args,
            stepsize_controller=diffrax.PIDController(rtol=rtol, atol=atol),
            event=diffrax.Event(below_trap),
            max_steps=chunk,
            throw=False,
        )

    compiled = None

    def solve(problem):
        nonlocal compiled
        args = (jnp.array(problem.inputs), jnp.array(problem.labels), jnp.array(problem.trap))
        theta = (jnp.array(problem.hidden), jnp.array(problem.output))
        stepped = jax.tree.map(jnp.add, theta, velocity(0.0, theta, args))
        check_field(problem, float(loss(stepped, *args[:2])))
        t = jnp.array(0.0)
        end = jnp.array(problem.time)
        compiled = compiled or advance.lower(t, end, theta, args).compile()
        attempted, accepted, chunks = 0, 0, 0
        start = now()
        while True:
            found = compiled(t, end, theta, args)
            t, theta = found.ts[-1], jax.tree.map(lambda v: v[-1], found.ys)
            attempted += int(found.stats["num_steps"])
            accepted += int(found.stats["num_accepted_steps"])
            chunks += 1
            reached = bool(found.result == diffrax.RESULTS.event_occurred)
            finished = reached or bool(found.result == diffrax.RESULTS.successful)
            failed = not finished and not bool(found.result == diffrax.RESULTS.max_steps_reached)
            if finished or failed or time.perf_counter() - start[0] > CAP:
                # Three evaluations to choose a first step and to fill the first stage.
                evaluations = None if stages is None else stages * attempted + 3 * chunks
                return outcome(evaluations, accepted, start, reached, float(t), finished)

    return solve


def scipy_solver(method, rtol, atol):
    """A method of SciPy's solve_ivp: the field written out in NumPy, a terminal event at the trap."""
    import numpy
    from scipy.integrate import solve_ivp

    def solve(problem):
        x, y = problem.inputs, problem.labels
        evaluations, looks, latest = 0, 0, 0.0
        start = now()

        def forward(theta):
            u = x @ theta[: P * D].reshape(P, D).T
            activation = numpy.maximum(u, 0.0)
            return u, activation, y - activation @ theta[P * D :] / P

        def velocity(t, theta):
            nonlocal evaluations
            evaluations += 1
            if time.perf_counter() - start[0] > CAP:
                raise OutOfTime
            u, activation, residuals = forward(theta)
            weights = (u > 0) * residuals[:, None]
            hidden = theta[P * D :, None] * (weights.T @ x) / N
            return numpy.concatenate([hidden.ravel(), activation.T @ residuals / N])

        def above_trap(t, theta):
            nonlocal looks, latest
            looks, latest = looks + 1, t
            residuals = forward(theta)[2]
            return residuals @ residuals / (2 * N) - problem.trap

        above_trap.terminal = True
        theta = numpy.concatenate([problem.hidden.ravel(), problem.output])
        residuals = forward(theta + velocity(0.0, theta))[2]
        check_field(problem, residuals @ residuals / (2 * N))
        evaluations, start = 0, now()
        try:
            found = solve_ivp(
                velocity, (0.0, problem.time), theta, method, events=above_trap, rtol=rtol, atol=atol
            )
        except OutOfTime:
            return outcome(evaluations, looks - 1, start, False, latest, False)
        return outcome(evaluations, len(found.t) - 1, start, found.status == 1, float(found.t[-1]), found.status >= 0)

    return solve


def contestants():
    """(name, tolerances, solver)."""
    yield "diffrax Tsit5", "10⁻¹ / 10⁻²", diffrax_solver("Tsit5", 1e-1, 1e-2, 20_000, 6)
    yield "diffrax Tsit5", "10⁻² / 10⁻⁴", diffrax_solver("Tsit5", 1e-2, 1e-4, 20_000, 6)
    yield "diffrax Tsit5", "10⁻³ / 10⁻⁶", diffrax_solver("Tsit5", 1e-3, 1e-6, 20_000, 6)
    yield "SciPy RK45", "10⁻³ / 10⁻⁶", scipy_solver("RK45", 1e-3, 1e-6)
    yield "SciPy DOP853", "10⁻³ / 10⁻⁶", scipy_solver("DOP853", 1e-3, 1e-6)
    yield "SciPy LSODA", "10⁻³ / 10⁻⁶", scipy_solver("LSODA", 1e-3, 1e-6)
    yield "SciPy BDF", "10⁻³ / 10⁻⁶", scipy_solver("BDF", 1e-3, 1e-6)
    yield "diffrax Tsit5", "10⁻⁵ / 10⁻⁸", diffrax_solver("Tsit5", 1e-5, 1e-8, 20_000, 6)
    yield "diffrax Kvaerno5", "10⁻³ / 10⁻⁶", diffrax_solver("Kvaerno5", 1e-3, 1e-6, 100, None)


def own(binary, method, draw):
    """Ours; the fastest of some runs, because one takes milliseconds."""
    runs = [ours(binary, "isotropic", N, D, P, method, draw, "f64") for _ in range(REPEATS)]
    best = min(runs, key=lambda run: run["seconds"])
    return {
        "evaluations": best["evaluations"],
        "steps": best["steps"],
        "trap_time": best["trap_time"],
        "time_reached": best["trap_time"],
        "finished": True,
        "clock": best["seconds"],
        "processor": None,
    }


def row(name, tolerances, found):
    """One row of the table: medians over the draws, hitting times draw by draw."""

    def median(key, form):
        values = [solve[key] for solve in found if solve[key] is not None]
        return form.format(statistics.median(values)) if values else "–"

    def end(solve):
        if solve["trap_time"] is not None:
            return f"{solve['trap_time']:.1f}"
        return "none by T" if solve["finished"] else f"stopped at t = {solve['time_reached']:.3g}"

    ends = [end(solve) for solve in found]
    cells = [
        name,
        tolerances,
        median("evaluations", "{:.0f}"),
        median("steps", "{:.0f}"),
        ends[0] if len(set(ends)) == 1 else ", ".join(ends),
        median("clock", "{:.3g}"),
        median("processor", "{:.3g}"),
    ]
    return "| " + " | ".join(cells) + " |"


def main():
    enter_environment("general_solvers.py", ".venv-general-solvers", "requirements-general-solvers.txt")
    import diffrax
    import jax
    import numpy
    import scipy

    binary = build()
    rust = subprocess.run(["rustc", "--version"], capture_output=True, text=True).stdout.strip()
    load = os.getloadavg()[0]
    problems = [Problem(binary, draw) for draw in range(DRAWS)]
    rows = []
    for name, method, tolerances in [
        ("reluflow `flow`", "flow", "0.07 / 0.2"),
        ("reluflow `flow`, careful", "flow-careful", "0.05 / 0.05"),
        ("reluflow, Euler", "euler", "h = 0.01"),
    ]:
        rows.append(row(name, tolerances, [own(binary, method, draw) for draw in range(DRAWS)]))
        print(rows[-1], flush=True)
    for name, tolerances, solve in contestants():
        found = []
        for draw, problem in enumerate(problems):
            found.append(solve(problem))
            print(name, tolerances, draw, json.dumps(found[-1]), flush=True)
            if not found[-1]["finished"]:
                break
        rows.append(row(name, tolerances, found))
    print(
        f"\ndiffrax {diffrax.__version__}, JAX {jax.__version__}, SciPy {scipy.__version__}, NumPy {numpy.__version__}, "
        f"Python {platform.python_version()}; reluflow built by {rust}"
    )
    print(f"{processor()}, {os.cpu_count()} processors, load {load:.1f}; one thread each, float64\n")
    print("| solver | tolerances | evaluations | steps | time to the trap, draw by draw | clock, s | processor, s |")
    print("| --- | --- | ---: | ---: | --- | ---: | ---: |")
    print("\n".join(rows))


if __name__ == "__main__":
    main()
