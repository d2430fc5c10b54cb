"""Lets general ODE solvers, called as a theorist would call them, integrate the flow to the trap.

diffrax differentiates L by `jax.grad`, steps with its `PIDController` and ends by an event; SciPy's `solve_ivp` gets
the field written out in NumPy and a terminal event. Before each solve the field is compared with ours: a unit step
of explicit Euler must lead to the same loss. A solve is stopped after CAP seconds of the processor, and its solver is
then spared the other draws.
"""

import functools
import math
import time

import forms
from setting import Size, digits, export, median, ours, table

SIZE, DRAWS, HORIZON = Size("isotropic", 160, 20, 30), 5, 1.5
CAP = 30.0
# Fastest of so many runs of ours, each of some milliseconds.
REPEATS = 5

# name, rtol, atol
CONTESTANTS = [
    ("diffrax Tsit5", 1e-1, 1e-2),
    ("diffrax Tsit5", 1e-2, 1e-4),
    ("diffrax Tsit5", 1e-3, 1e-6),
    ("SciPy RK45", 1e-3, 1e-6),
    ("SciPy DOP853", 1e-3, 1e-6),
    ("diffrax Tsit5", 1e-5, 1e-8),
    ("SciPy LSODA", 1e-3, 1e-6),
    ("SciPy BDF", 1e-3, 1e-6),
    ("diffrax Kvaerno5", 1e-3, 1e-6),
]


class OutOfTime(Exception):
    """Raised by the field when a SciPy solve has had its time."""


def check_field(draw, loss_after_unit_step, precision):
    """Refuses a field that is not ours: its explicit Euler step of size 1 must lead to the same loss."""
    size, expected = draw.size, float(draw.losses[1])
    rounding = {"f32": 6e-8, "f64": 1e-16}[precision]
    # n d p roundings bound the relative difference of two orders of summation.
    if abs(loss_after_unit_step / expected - 1) > size.n * size.d * size.p * rounding:
        raise ValueError(f"the loss after a unit step is {loss_after_unit_step}, expected {expected}")


def outcome(evaluations, steps, start, reached, time_reached, finished):
    """What a solve is judged by; `start` holds the processor's seconds before it."""
    return {
        "evaluations": evaluations,
        "steps": steps,
        "trap_time": time_reached if reached else None,
        "time": time_reached,
        "finished": finished,
        "processor_seconds": time.process_time() - start,
    }


@functools.cache
def diffrax_solver(name, rtol, atol, precision="f64", cap=CAP):
    """A solver of diffrax: autodiff of L, PIDController, an event at the end of the step that passes the trap."""
    import diffrax
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    kind = {"f32": "float32", "f64": "float64"}[precision]
    # Steps between two looks at the clock; each chunk chooses its first step anew. Evaluations a step, where known.
    chunk, stages = (100, None) if name == "Kvaerno5" else (20_000, 6)

    def velocity(t, theta, args):
        return jax.tree.map(lambda g: -len(theta[1]) * g, jax.grad(forms.jax_loss)(theta, *args[:2]))

    def below_trap(t, y, args, **_):
        return forms.jax_loss(y, *args[:2]) < args[2]

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

    compiled = {}

    def solve(draw, horizon):
        args = tuple(jnp.array(value, kind) for value in (draw.inputs, draw.labels, draw.trap))
        theta = tuple(jnp.array(value, kind) for value in (draw.hidden, draw.output))
        stepped = jax.tree.map(jnp.add, theta, velocity(0.0, theta, args))
        check_field(draw, float(forms.jax_loss(stepped, *args[:2])), precision)
        t, end = jnp.array(0.0, kind), jnp.array(horizon, kind)
        if draw.size not in compiled:
            compiled[draw.size] = advance.lower(t, end, theta, args).compile()
        attempted, accepted, chunks = 0, 0, 0
        start = time.process_time()
        while True:
            found = compiled[draw.size](t, end, theta, args)
            t, theta = found.ts[-1], jax.tree.map(lambda v: v[-1], found.ys)
            attempted += int(found.stats["num_steps"])
            accepted += int(found.stats["num_accepted_steps"])
            chunks += 1
            reached = bool(found.result == diffrax.RESULTS.event_occurred)
            finished = reached or bool(found.result == diffrax.RESULTS.successful)
            failed = not finished and not bool(found.result == diffrax.RESULTS.max_steps_reached)
            if finished or failed or time.process_time() - start > cap:
                # Three evaluations to choose a first step and to fill the first stage.
                evaluations = None if stages is None else stages * attempted + 3 * chunks
                return outcome(evaluations, accepted, start, reached, float(t), finished)

    return solve


def scipy_solver(method, rtol, atol):
    """A method of SciPy's `solve_ivp`: the field written out in NumPy, a terminal event at the trap."""
    import numpy
    from scipy.integrate import solve_ivp

    def solve(draw, horizon):
        x, y, (n, d, p) = draw.inputs, draw.labels, (draw.size.n, draw.size.d, draw.size.p)
        evaluations, looks, latest = 0, 0, 0.0
        start = time.process_time()

        def forward(theta):
            u = x @ theta[: p * d].reshape(p, d).T
            activation = numpy.maximum(u, 0.0)
            return u, activation, y - activation @ theta[p * d :] / p

        def velocity(t, theta):
            nonlocal evaluations
            evaluations += 1
            if time.process_time() - start > CAP:
                raise OutOfTime
            u, activation, residuals = forward(theta)
            weights = (u > 0) * residuals[:, None]
            hidden = theta[p * d :, None] * (weights.T @ x) / n
            return numpy.concatenate([hidden.ravel(), activation.T @ residuals / n])

        def above_trap(t, theta):
            nonlocal looks, latest
            looks, latest = looks + 1, t
            residuals = forward(theta)[2]
            return residuals @ residuals / (2 * n) - draw.trap

        above_trap.terminal = True
        theta = numpy.concatenate([draw.hidden.ravel(), draw.output])
        residuals = forward(theta + velocity(0.0, theta))[2]
        check_field(draw, residuals @ residuals / (2 * n), "f64")
        evaluations, start = 0, time.process_time()
        try:
            found = solve_ivp(velocity, (0.0, horizon), theta, method, events=above_trap, rtol=rtol, atol=atol)
        except OutOfTime:
            return outcome(evaluations, looks - 1, start, False, latest, False)
        return outcome(evaluations, len(found.t) - 1, start, found.status == 1, float(found.t[-1]), found.status >= 0)

    return solve


def fastest(binary, method, draw):
    """The fastest of some runs of ours, because one takes milliseconds."""
    runs = [ours(binary, SIZE, draw, method, "f64", f"trap:{HORIZON}") for _ in range(REPEATS)]
    return {**min(runs, key=lambda run: run["processor_seconds"]), "finished": True}


def row(name, tolerances, found, unit):
    """One row of the table: medians over the draws, hitting times draw by draw."""

    def middle(key):
        values = [solve[key] for solve in found if solve[key] is not None]
        return median(values) if values else None

    def end(solve):
        if solve["trap_time"] is not None:
            return f"{solve['trap_time']:.1f}"
        return "none by T" if solve["finished"] else f"stopped at t = {solve['time']:.3g}"

    ends = [end(solve) for solve in found]
    evaluations = middle("evaluations")
    seconds = middle("processor_seconds")
    return [
        name,
        tolerances,
        "–" if evaluations is None else f"{evaluations:.0f}",
        f"{middle('steps'):.0f}",
        ends[0] if len(set(ends)) == 1 else ", ".join(ends),
        digits(1e3 * seconds),
        digits(seconds / unit),
    ]


def run(binary):
    """The section's text, that nothing disagreed, and the numbers."""
    draws = [export(binary, SIZE, draw, 1, "f64") for draw in range(DRAWS)]
    end = HORIZON * SIZE.transition
    solved = [
        (name, tolerances, [fastest(binary, method, draw) for draw in range(DRAWS)])
        for name, method, tolerances in [
            ("reluflow `flow`", "flow", "0.08 / 0.2"),
            ("reluflow `flow`, careful", "flow-careful", "0.05 / 0.1"),
            ("reluflow, Euler", "descent:0.01", "h = 0.01"),
        ]
    ]
    for full, rtol, atol in CONTESTANTS:
        library, method = full.split()
        solve = (diffrax_solver if library == "diffrax" else scipy_solver)(method, rtol, atol)
        found = []
        for draw in draws:
            found.append(solve(draw, end))
            if not found[-1]["finished"]:
                break
        solved.append((full, f"{exponent(rtol)} / {exponent(atol)}", found))
        print(f"  {full} {rtol:g} / {atol:g}: {found[-1]}", flush=True)
    unit = median([one["processor_seconds"] for one in solved[0][2]])
    rows = [row(*one, unit) for one in solved]
    heads = ["solver", "tolerances", ">evaluations", ">steps", "time to the trap, draw by draw", ">ms", ">ratio"]
    text = f"**{SIZE}**, {DRAWS} draws, float64, to the trap or T = {end:.1f} (1.5 transition times).\n\n{table(heads, rows)}"
    return text, True, rows


def exponent(value):
    """10⁻³ and the like."""
    return "10" + f"{round(math.log10(value))}".translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
