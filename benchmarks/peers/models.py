"""Descends every loss × activation × trained layers by PyTorch's autograd, two by JAX's, and compares 50 losses with ours.

    python3 benchmarks/peers/models.py

Needs PyTorch and JAX as run.py does; builds `cargo build --release -p reluflow --example peer_models` unless
RELUFLOW_PEER_MODELS names a file with what it printed. Everything in double precision: a difference beyond AGREEMENT, relative to
the loss, is no rounding, and fails.
"""

import json
import os
import pathlib
import subprocess
import sys

from setting import ROOT, enter_environment, table, write_between

AGREEMENT = 1e-13
PAGE = ROOT / "docs" / "model.md"


def ours():
    """One problem, and our losses of every model."""
    known = os.environ.get("RELUFLOW_PEER_MODELS")
    if known:
        return json.loads(pathlib.Path(known).read_text())
    command = ["cargo", "run", "--release", "--quiet", "-p", "reluflow", "--example", "peer_models"]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)


def by_pytorch(problem, run):
    """The losses of as many steps of θ ← θ − rate·p∇L over the layers that are trained."""
    import torch

    x, y, w, a = arrays(problem, lambda values: torch.tensor(values, dtype=torch.float64))
    trained = {"both": [w, a], "hidden": [w], "output": [a]}[run["train"]]
    for layer in trained:
        layer.requires_grad_(True)
    losses = []
    for _ in run["losses"]:
        u = x @ w.T
        h = torch.where(u > 0, u, run["slope"] * u) @ a / problem["p"]
        example = {
            "square": lambda: (h - y) ** 2 / 2,
            "logistic": lambda: torch.nn.functional.softplus(-y * h, threshold=50),
            "exponential": lambda: torch.exp(-y * h),
        }[run["loss"]]()
        loss = example.mean()
        losses.append(loss.item())
        gradients = torch.autograd.grad(loss, trained)
        with torch.no_grad():
            for layer, gradient in zip(trained, gradients):
                layer -= problem["rate"] * problem["p"] * gradient
    return losses


def by_jax(problem, run):
    """The same by JAX, both layers."""
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp

    x, y, w, a = arrays(problem, lambda values: jnp.array(values, dtype=jnp.float64))

    def loss(layers):
        u = x @ layers[0].T
        h = jnp.where(u > 0, u, run["slope"] * u) @ layers[1] / problem["p"]
        return {
            "square": lambda: (h - y) ** 2 / 2,
            "logistic": lambda: jax.nn.softplus(-y * h),
            "exponential": lambda: jnp.exp(-y * h),
        }[run["loss"]]().mean()

    step = jax.jit(jax.value_and_grad(loss))
    layers, losses = (w, a), []
    for _ in run["losses"]:
        value, gradients = step(layers)
        losses.append(float(value))
        layers = tuple(
            layer - problem["rate"] * problem["p"] * gradient for layer, gradient in zip(layers, gradients)
        )
    return losses


def arrays(problem, make):
    n, d, p = problem["n"], problem["d"], problem["p"]
    shapes = {"inputs": (n, d), "labels": (n,), "hidden": (p, d), "output": (p,)}
    return [make(problem[name]).reshape(shape) for name, shape in shapes.items()]


def apart(theirs, run):
    """The largest relative difference of two losses at the same step."""
    return max(abs(loss / own - 1) for loss, own in zip(theirs, run["losses"], strict=True))


def main():
    enter_environment("models.py")
    problem = ours()
    worst, rows = {}, []
    for run in problem["runs"]:
        gap = apart(by_pytorch(problem, run), run)
        worst[run["loss"]] = max(worst.get(run["loss"], 0.0), gap)
        if gap > AGREEMENT:
            sys.exit(f"PyTorch differs by {gap:.1e}: {run['loss']}, slope {run['slope']}, train {run['train']}")
    steps = len(problem["runs"][0]["losses"]) - 1
    models = len(problem["runs"])
    for loss, gap in worst.items():
        rows.append([f"PyTorch, autograd, {loss}", str(models // len(worst)), f"{gap:.1e}"])
    for loss, slope in [("logistic", 0.0), ("exponential", 0.1)]:
        run = next(
            run
            for run in problem["runs"]
            if (run["loss"], run["slope"], run["train"]) == (loss, slope, "both")
        )
        gap = apart(by_jax(problem, run), run)
        if gap > AGREEMENT:
            sys.exit(f"JAX differs by {gap:.1e}: {loss}, slope {slope}")
        rows.append([f"JAX, autodiff, {loss}, slope {slope}", "1", f"{gap:.1e}"])
    text = table(["", "models", "largest relative difference"], rows)
    head = f"Losses of {steps} steps of gradient descent, {models} models at (n, d, p) = ({problem['n']}, {problem['d']}, {problem['p']}), double precision."
    write_between(PAGE, "peers", f"{head}\n\n{text}")
    print(f"{head}\n\n{text}")


if __name__ == "__main__":
    main()
