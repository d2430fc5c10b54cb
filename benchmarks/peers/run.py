"""Compares reluflow with a plain PyTorch loop, side by side in one run, one thread each.

    python3 benchmarks/peers/run.py

Makes a virtual environment in benchmarks/peers/.venv from requirements.txt on first use (or uses the one that
RELUFLOW_PEERS_VENV names), builds `cargo build --release -p reluflow --example peer`, and goes on in that
environment. Same sizes, same number of steps, fresh draws of the paper's laws on each side; trials alternate, and
what is measured is the thread's own processor time, so that a busy machine says nearly the same. Then both descend from the *same* arrays for 50 steps and their losses are
compared.
"""

import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
VENV = pathlib.Path(os.environ.get("RELUFLOW_PEERS_VENV", HERE / ".venv"))
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

# figure, law, n, d, p (Lemma 5 with epsilon = 0.05), steps, trials. Figure 2: the protocol's 1.5 transition
# times. Figure 5: about the steps a trial at these sizes takes to L < 1e-6/(2n).
CASES = [
    ("Figure 2", "isotropic", 1650, 100, 37, 1022, 10),
    ("Figure 5", "orthogonal", 1500, 2000, 36, 2700, 3),
]
# Largest relative difference between the losses over 50 steps from the same arrays.
AGREEMENT = {"f32": 1e-4, "f64": 1e-10}


def enter_environment():
    """Goes on under the virtual environment's Python, which it makes if need be."""
    python = VENV / "bin" / "python"
    if pathlib.Path(sys.prefix).resolve() == VENV.resolve():
        return
    if not python.exists():
        print(f"making {VENV} (PyTorch is a download of some gigabytes)", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
        requirements = str(HERE / "requirements.txt")
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "-r", requirements], check=True)
    os.execve(python, [str(python), str(HERE / "run.py")], {**os.environ, **ONE_THREAD})


def build():
    command = ["cargo", "build", "--release", "--quiet", "-p", "reluflow", "--example", "peer"]
    subprocess.run(command, cwd=ROOT, check=True)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return target / "release" / "examples" / "peer"


def ours(binary, law, n, d, p, steps, draw, precision="f32", folder=None):
    arguments = [law, n, d, p, steps, draw, precision] + ([folder] if folder else [])
    command = [str(binary), *map(str, arguments)]
    found = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(found)


def processor():
    lines = pathlib.Path("/proc/cpuinfo")
    if lines.exists():
        for line in lines.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def compare_speed(binary):
    import torch

    from plain_loop import descend, draw

    print(f"\n{'':10} {'n':>5} {'d':>5} {'p':>3} {'steps':>5} {'trials':>6}   "
          f"{'PyTorch µs/step':>24}   {'reluflow µs/step':>24}   {'ratio':>14}")
    print(f"{'':44}   {'median (fastest)':>24}   {'median (fastest)':>24}   {'':>14}")
    for figure, law, n, d, p, steps, trials in CASES:
        theirs, own = [], []
        # One trial each to warm up, not counted.
        for trial in range(-1, trials):
            arrays = draw(law, n, d, p, torch.Generator().manual_seed(trial + 1))
            ours_seconds = ours(binary, law, n, d, p, steps, trial + 1)["processor_seconds"]
            their_seconds = descend(*arrays, steps)[1]
            if trial >= 0:
                own.append(ours_seconds / steps * 1e6)
                theirs.append(their_seconds / steps * 1e6)

        def shown(values):
            return f"{statistics.median(values):.1f} ({min(values):.1f})"

        ratio = statistics.median(theirs) / statistics.median(own)
        fastest = min(theirs) / min(own)
        print(f"{figure:10} {n:5} {d:5} {p:3} {steps:5} {trials:6}   {shown(theirs):>24}   "
              f"{shown(own):>24}   {f'{ratio:.1f} ({fastest:.1f})':>14}", flush=True)


def compare_losses(binary):
    import numpy
    import torch

    from plain_loop import descend

    print("\nLargest relative difference between the losses, 50 steps from the same arrays:")
    agreed = True
    for figure, law, n, d, p, _, _ in CASES:
        for precision, dtype in (("f32", torch.float32), ("f64", torch.float64)):
            with tempfile.TemporaryDirectory() as folder:
                ours(binary, law, n, d, p, 50, 0, precision, folder)

                def load(name):
                    return numpy.fromfile(pathlib.Path(folder) / name, dtype="<f8")

                shapes = {"inputs": (n, d), "labels": (n,), "hidden": (p, d), "output": (p,)}
                arrays = [torch.tensor(load(name).reshape(s), dtype=dtype) for name, s in shapes.items()]
                own = load("losses")
            theirs = numpy.array(descend(*arrays, 50)[0])
            difference = float(numpy.max(numpy.abs(own / theirs - 1)))
            agreed &= len(own) == 51 and difference <= AGREEMENT[precision]
            print(f"{figure:10} {precision}: {difference:.1e} (at most {AGREEMENT[precision]:.0e}); "
                  f"loss {own[0]:.4f} -> {own[-1]:.4f}", flush=True)
    return agreed


def main():
    enter_environment()
    import torch

    torch.set_num_threads(1)
    binary = build()
    rust = subprocess.run(["rustc", "--version"], capture_output=True, text=True).stdout.strip()
    print(f"PyTorch {torch.__version__} (Python {platform.python_version()}), reluflow built by {rust}")
    print(f"{processor()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; one thread each, float32")
    compare_speed(binary)
    agreed = compare_losses(binary)
    print("\nWhat is unfair to whom: see benchmarks/peers/README.md.")
    sys.exit(0 if agreed else 1)


if __name__ == "__main__":
    main()
