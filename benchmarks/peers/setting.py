"""Sets the scene for all contestants: one environment, one thread, the same arrays, the processor's own clock."""

import dataclasses
import json
import math
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
}


def enter_environment(script):
    """Goes on under the virtual environment's Python, which it makes if need be, with one thread a library."""
    venv = pathlib.Path(os.environ.get("RELUFLOW_PEERS_VENV", HERE / ".venv"))
    python = venv / "bin" / "python"
    if pathlib.Path(sys.prefix).resolve() == venv.resolve():
        return
    if not python.exists():
        print(f"making {venv} from requirements.txt: downloads of some gigabytes", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "-r", str(HERE / "requirements.txt")], check=True)
    environment = {**os.environ, **ONE_THREAD}
    # NumPy's BLAS is to choose the kernel for this processor by itself.
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        environment.pop(name, None)
    os.execve(python, [str(python), str(HERE / script), *sys.argv[1:]], environment)


def on_one_processor():
    """Keeps this process, and what it starts, on one processor, where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def build():
    """The example `peer`, in release mode."""
    command = ["cargo", "build", "--release", "--quiet", "-p", "reluflow", "--example", "peer"]
    subprocess.run(command, cwd=ROOT, check=True)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return target / "release" / "examples" / "peer"


@dataclasses.dataclass(frozen=True)
class Size:
    """A law of inputs and (n, d, p)."""

    law: str
    n: int
    d: int
    p: int

    @property
    def transition(self):
        """(√(np)/4)·log(np), in time units."""
        return math.sqrt(self.n * self.p) / 4 * math.log(self.n * self.p)

    def __str__(self):
        return f"({self.n}, {self.d}, {self.p})"


@dataclasses.dataclass
class Draw:
    """Inputs n × d, labels n, hidden p × d and output p of a draw, and what our gradient descent makes of it."""

    size: Size
    inputs: object
    labels: object
    hidden: object
    output: object
    losses: object

    @property
    def trap(self):
        """min|y|²/2n: below it every example keeps its sign."""
        return float(abs(self.labels).min()) ** 2 / (2 * self.size.n)


def ours(binary, size, draw, method, precision, stop, folder=None):
    """Solves a draw with reluflow: counts, times and the loss at the end."""
    arguments = [size.law, size.n, size.d, size.p, draw, method, precision, stop] + ([folder] if folder else [])
    found = subprocess.run([str(binary), *map(str, arguments)], check=True, capture_output=True, text=True)
    return json.loads(found.stdout)


def export(binary, size, draw, steps, precision, rate=1.0):
    """A draw's arrays, and our losses over `steps` steps of gradient descent from there."""
    import numpy

    with tempfile.TemporaryDirectory() as folder:
        ours(binary, size, draw, f"descent:{rate}", precision, f"steps:{steps}", folder)

        def load(name, *shape):
            return numpy.fromfile(pathlib.Path(folder) / name, dtype="<f8").reshape(shape)

        n, d, p = size.n, size.d, size.p
        return Draw(
            size, load("inputs", n, d), load("labels", n), load("hidden", p, d), load("output", p), load("losses", -1)
        )


def measured(call):
    """What a call returned, and the processor seconds of all threads of this process."""
    start = time.process_time()
    found = call()
    return found, time.process_time() - start


def median(values):
    return statistics.median(values)


def machine():
    """The processor's name and number, and how busy they are."""
    name = platform.processor() or platform.machine()
    lines = pathlib.Path("/proc/cpuinfo")
    sets = ""
    if lines.exists():
        text = lines.read_text()
        found = [line.split(":", 1)[1].strip() for line in text.splitlines() if line.startswith("model name")]
        name = found[0] if found else name
        sets = ", AVX-512" if "avx512f" in text else ", AVX2, no AVX-512" if "avx2" in text else ""
    return f"{name}{sets}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"


def versions():
    """Of everything that takes part."""
    import importlib.metadata

    names = {"torch": "PyTorch", "jax": "JAX", "diffrax": "diffrax", "scipy": "SciPy", "numpy": "NumPy"}
    found = [f"{shown} {importlib.metadata.version(name)}" for name, shown in names.items()]
    rust = subprocess.run(["rustc", "--version"], capture_output=True, text=True).stdout.split()[1]
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, cwd=ROOT
    ).stdout.strip()
    return ", ".join([*found, f"Python {platform.python_version()}", f"reluflow {commit} built by rustc {rust}"])


def table(heads, rows):
    """A Markdown table; heads that begin with `>` are aligned to the right."""
    lines = ["| " + " | ".join(head.lstrip(">") for head in heads) + " |"]
    lines.append("| " + " | ".join("---:" if head.startswith(">") else "---" for head in heads) + " |")
    lines += ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return "\n".join(lines)


def digits(value):
    """Three significant digits without exponent."""
    if value is None:
        return "–"
    if value == 0:
        return "0"
    places = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:.{places}f}" if value < 1000 else f"{float(f'{value:.3g}'):.0f}"


def write_between(page, name, text):
    """Puts text between `<!-- begin NAME -->` and `<!-- end NAME -->` of a page."""
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    old = page.read_text(encoding="utf-8")
    before, rest = old.split(begin)
    after = rest.split(end)[1]
    page.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")
