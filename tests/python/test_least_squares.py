"""What is learnt from Gaussian inputs with noise is the least-squares fit, whose excess test loss is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import reluflow as rf

EXPERIMENT = """
[sweep]
d = 5
n = [14, 30]
p = 8
draws = 200
seed = 31

[data]
law = "gaussian"
scale = 2.0
target = {{ linear = {{ norm = 1 }} }}
noise = 0.5

[init]
law = "asymmetric"

[model]
activation = "linear"
train = "{train}"

[stop]
trap = false
success = {{ relative-loss = 1e-3 }}
gradient_norm = 1e-7
time = 1e6
evaluations = 100_000

[test]
examples = 500

[record]
observables = ["test"]
"""


@pytest.mark.parametrize("train", ["both", "output"])
def test_the_excess_test_loss_of_least_squares(train: str, tmp_path: Path) -> None:
    """E ½ E(h − ⟨β, x⟩)² = ½ σ² d / (n − d − 1), n > d + 1 Gaussian inputs of any covariance, p ≥ d linear neurons."""
    file = tmp_path / "least-squares.toml"
    file.write_text(EXPERIMENT.format(train=train))
    trials = rf.Experiment(file).run(tmp_path / "run").trials()
    for n in (14, 30):
        losses = np.array([loss for loss, m in zip(trials["test_loss"], trials["n"], strict=True) if m == n])
        assert len(losses) == 200
        expected = 0.5 * 0.5**2 * 5 / (n - 5 - 1)
        error = losses.std(ddof=1) / np.sqrt(len(losses))
        assert abs(losses.mean() - expected) < 3.3 * error, (n, losses.mean(), expected, error)
        assert error < 0.1 * expected
