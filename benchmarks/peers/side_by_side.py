"""Solves one problem in three ways that a theorist may write in Python: a PyTorch loop, JAX with diffrax, reluflow.

Does the flow interpolate these data, and when? (n, d, p) = (160, 20, 30), isotropic inputs, float64, one thread:
the time at which L first passes the trap min|y|²/2n, within 1.5 transition times. Lines of code, processor time,
agreement, for docs/python-side-by-side.md. Rounds alternate between the contestants, and the least processor time of
each counts, so that a busy machine says nearly the same. Builds this repository's package into the environment.
"""

import ast
import functools
import inspect
import pathlib
import subprocess
import sys
import textwrap

from setting import ROOT, digits, measured, table

PAGE = pathlib.Path(ROOT / "docs" / "python-side-by-side.md")
N, D, P = 160, 20, 30
DRAWS = 4
ROUNDS = 5


def with_pytorch(x, y, w, a, horizon, trap, lr):
    """Gradient descent on p·L as a stand-in for the flow, by autograd."""
    import torch

    x, y = torch.from_numpy(x), torch.from_numpy(y)
    w = torch.from_numpy(w.copy()).requires_grad_()
    a = torch.from_numpy(a.copy()).requires_grad_()
    n, p = len(y), len(a)
    optimiser = torch.optim.SGD([w, a], lr=lr)
    for step in range(int(horizon / lr) + 1):
        optimiser.zero_grad()
        loss = ((y - torch.relu(x @ w.T) @ a / p) ** 2).sum() / (2 * n)
        if loss.item() < trap:
            return step * lr, step
        (p * loss).backward()
        optimiser.step()
    return None, step


@functools.cache
def diffrax_solver(horizon, rtol, atol):
    """An adaptive solver of order 5 on the flow itself, ended by an event; compiled at its first call."""
    import diffrax
    import jax

    def loss(theta, data):
        (w, a), (x, y) = theta, data
        return ((y - jax.nn.relu(x @ w.T) @ a / len(a)) ** 2).sum() / (2 * len(y))

    def velocity(t, theta, args):
        return jax.tree.map(lambda g: -P * g, jax.grad(loss)(theta, args[0]))

    def trapped(t, y, args, **_):
        return loss(y, args[0]) < args[1]

    @jax.jit
    def solve(theta, args):
        return diffrax.diffeqsolve(
            diffrax.ODETerm(velocity),
            diffrax.Tsit5(),
            0.0,
            horizon,
            None,
            theta,
            args,
            stepsize_controller=diffrax.PIDController(rtol=rtol, atol=atol),
            event=diffrax.Event(trapped),
            max_steps=1_000_000,
        )

    return solve


def with_diffrax(x, y, w, a, horizon, trap, rtol, atol):
    """The call."""
    import diffrax
    import jax.numpy as jnp

    solve = diffrax_solver(horizon, rtol, atol)
    found = solve((jnp.array(w), jnp.array(a)), ((jnp.array(x), jnp.array(y)), jnp.array(trap)))
    reached = bool(found.result == diffrax.RESULTS.event_occurred)
    return float(found.ts[-1]) if reached else None, 6 * int(found.stats["num_steps"])


def with_reluflow(x, y, w, a, horizon, trap, accuracy):
    """The flow, with steps chosen for it; the trap and the horizon are its defaults."""
    import reluflow as rf

    solution = rf.flow(rf.Dataset(x, y), rf.Network(w, a), accuracy=accuracy)
    return solution.end.trap_time, solution.counts.evaluations


def with_reluflow_descent(x, y, w, a, horizon, trap, lr):
    """The same descent as the loop's."""
    import reluflow as rf

    solution = rf.gradient_descent(rf.Dataset(x, y), rf.Network(w, a), lr=lr)
    return solution.end.trap_time, solution.counts.evaluations


CONTESTANTS = [
    ("PyTorch loop, η = 0.1", with_pytorch, (0.1,)),
    ("reluflow `gradient_descent`, η = 0.1", with_reluflow_descent, (0.1,)),
    ("diffrax Tsit5, 10⁻² / 10⁻⁴", with_diffrax, (1e-2, 1e-4)),
    ("diffrax Tsit5, 10⁻³ / 10⁻⁶", with_diffrax, (1e-3, 1e-6)),
    ("reluflow `flow`", with_reluflow, ("standard",)),
    ("reluflow `flow`, careful", with_reluflow, ("careful",)),
]


def lines(function):
    """Statements of a function as the parser prints them, one a line, without signature and docstring."""
    functions = [diffrax_solver.__wrapped__, function] if function is with_diffrax else [function]
    bodies = (ast.parse(textwrap.dedent(inspect.getsource(one))).body[0].body[1:] for one in functions)
    return sum(len(ast.unparse(node).splitlines()) for body in bodies for node in body)


def install():
    """The package of this checkout, built in release mode."""
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", str(ROOT)], check=True)


def run(_binary):
    """The section's text, whether the loop and our descent agreed, and the numbers."""
    install()
    import jax
    import reluflow as rf
    import torch

    jax.config.update("jax_enable_x64", True)
    torch.set_num_threads(1)
    horizon = 1.5 * rf.theory.transition_time(N, P)
    problems = [rf.trial(n=N, d=D, p=P, seed=1, draw=draw) for draw in range(DRAWS)]
    arrays = [
        (data.x.copy(), data.y.copy(), net.w.copy(), net.a.copy(), horizon, data.trap_level) for data, net in problems
    ]
    # A tight run of explicit Euler is the reference: at η = 0.01 it is the flow to about a per cent.
    reference = [rf.gradient_descent(*problem, lr=0.01).end.trap_time for problem in problems]

    def solve(contestant, draw):
        _, function, settings = contestant
        return measured(lambda: function(*arrays[draw], *settings))

    first = {one[0]: solve(one, 0)[1] for one in CONTESTANTS}
    least = {one[0]: [float("inf")] * DRAWS for one in CONTESTANTS}
    found = {one[0]: [None] * DRAWS for one in CONTESTANTS}
    for _ in range(ROUNDS):
        for one in CONTESTANTS:
            for draw in range(DRAWS):
                found[one[0]][draw], seconds = solve(one, draw)
                least[one[0]][draw] = min(least[one[0]][draw], seconds)
    unit = sum(least["reluflow `flow`"])

    def shown(times):
        return ", ".join("none" if t is None else f"{t:.1f}" for t in times)

    rows = []
    for name, function, _ in CONTESTANTS:
        cost = sum(least[name])
        work = sum(count for _, count in found[name]) / DRAWS
        times = shown(t for t, _ in found[name])
        cells = [digits(value) for value in (1e3 * first[name], 1e3 * cost / DRAWS, cost / unit)]
        rows.append([name, lines(function), f"{work:.0f}", *cells, times])
    rows.append(["reference: Euler, η = 0.01", *5 * [""], shown(reference)])
    heads = ["", ">lines", ">evaluations a draw", ">first call, ms", ">processor ms a draw", ">ratio", "time of the trap, draw by draw"]
    return table(heads, rows), True, rows
