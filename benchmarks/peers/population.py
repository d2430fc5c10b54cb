"""Times the population loss: our runs to ‖∇L‖ < 10⁻⁹ beside gradient descent in NumPy, on one processor, from the same starts.

    python3 benchmarks/peers/population.py [K] [DRAWS]

Student and teacher of K neurons (10 unless said) in dimension K, the teacher orthonormal, output weights 1, L = ½ E r². Gradient descent
is written as the papers on this loss write it, a run at a time with matrices of angles and a step of 0.1, and once more with
all runs in one array, which no paper does but a careful reader would. Needs NumPy only.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np  # noqa: E402: after the threads are set

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
STEP = 0.1
GRADIENT = 1e-9
MOST_STEPS = 1_000_000


def gradient(w, v):
    """∇L of ½ E (Σ σ(w_j x) − Σ σ(v_k x))²; rows are neurons, leading axes runs."""
    total = np.zeros_like(w)
    norms = np.linalg.norm(w, axis=-1, keepdims=True)
    unit = w / norms
    for sign, other in ((1.0, w), (-1.0, v)):
        others = np.linalg.norm(other, axis=-1, keepdims=True)
        cosine = np.clip(unit @ np.swapaxes(other / others, -1, -2), -1.0, 1.0)
        angle = np.arccos(cosine)
        along = np.sqrt(1.0 - cosine**2) @ others
        total += sign * (along * unit + (np.pi - angle) @ other) / (2.0 * np.pi)
    return total


def loss(w, v):
    """L of one run."""
    both = np.concatenate([w, v])
    signs = np.concatenate([np.ones(len(w)), -np.ones(len(v))])
    norms = np.linalg.norm(both, axis=1)
    cosine = np.clip(both @ both.T / np.outer(norms, norms), -1.0, 1.0)
    angle = np.arccos(cosine)
    kernel = np.outer(norms, norms) * (np.sin(angle) + (np.pi - angle) * cosine) / (2.0 * np.pi)
    return 0.5 * signs @ kernel @ signs


def descend(w, v):
    """Gradient descent of one run."""
    for step in range(MOST_STEPS):
        slope = gradient(w, v)
        if np.linalg.norm(slope) < GRADIENT:
            return w, step
        w = w - STEP * slope
    return w, MOST_STEPS


def descend_together(w, v):
    """Gradient descent of all runs in one array, which loses those that have ended."""
    ends, left, steps = w.copy(), np.arange(len(w)), 0
    while len(left) and steps < MOST_STEPS:
        slope = gradient(w, v)
        going = np.linalg.norm(slope, axis=(1, 2)) >= GRADIENT
        if not going.all():
            ends[left[~going]] = w[~going]
            w, slope, left = w[going], slope[going], left[going]
        w = w - STEP * slope
        steps += 1
    ends[left] = w
    return ends, steps


def main():
    """Runs all three and prints the table."""
    k, draws = (int(value) for value in (sys.argv[1:] + ["10", "100"][len(sys.argv) - 1 :])[:2])
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    build = ["cargo", "build", "--release", "--quiet", "-p", "reluflow", "--example", "population_peer"]
    subprocess.run(build, cwd=ROOT, check=True)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    binary = target / "release" / "examples" / "population_peer"
    with tempfile.TemporaryDirectory() as folder:
        found = subprocess.run([str(binary), str(k), str(draws), "hidden", folder], check=True, capture_output=True, text=True)
        starts = np.fromfile(pathlib.Path(folder) / "starts").reshape(draws, k, k)
        ours = np.fromfile(pathlib.Path(folder) / "losses")
    counts = json.loads(found.stdout)
    teacher = np.eye(k)

    begun = time.process_time()
    runs = [descend(w, teacher) for w in starts]
    alone = time.process_time() - begun
    begun = time.process_time()
    ends, _ = descend_together(starts, teacher)
    together = time.process_time() - begun

    theirs = np.array([loss(w, teacher) for w, _ in runs])
    joint = np.array([loss(w, teacher) for w in ends])
    differ = int((abs(theirs - ours) > 1e-8).sum())
    print(f"k = {k}, {draws} starts, until the gradient's norm is below {GRADIENT:.0e}; NumPy {np.__version__}")
    print(f"reluflow                  {counts['seconds']:9.3f} s   {counts['evaluations'] / draws:9.0f} evaluations a run")
    steps = np.mean([steps for _, steps in runs])
    ratio = alone / counts["seconds"]
    print(f"NumPy, a run at a time    {alone:9.3f} s   {steps:9.0f} steps a run        {ratio:6.1f} times ours")
    print(f"NumPy, all runs at once   {together:9.3f} s   {'':27}{together / counts['seconds']:6.1f} times ours")
    print(f"spurious: ours {(ours > 1e-3).sum()}, NumPy {(theirs > 1e-3).sum()} and {(joint > 1e-3).sum()}")
    print(f"starts that end in another minimum by steps of {STEP} than by the flow: {differ}")


if __name__ == "__main__":
    main()
