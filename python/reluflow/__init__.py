"""Gradient flow of one-hidden-layer ReLU networks: a laboratory.

```text
h(x) = (1/p) Σ_j a_j σ(⟨w_j, x⟩)      L(θ) = (1/2n) Σ_i r_i²,  r_i = y_i − h(x_i)      dθ/dt = −p ∇L(θ)
```

```python
import reluflow as rf

data = rf.data.isotropic(n=1650, d=100, seed=0)                                 # or rf.Dataset(x, y)
net = rf.init.asymmetric(p=rf.theory.width(n=1650, eps=0.05), d=100, seed=1)    # or rf.Network(w, a)
sol = rf.flow(data, net, stop=rf.stop.trap() | rf.stop.transitions(8), record=["loss", "curvature"])
sol.verdict, sol.network.w, sol.table(), sol.plot()

run = rf.Experiment("fig2.toml").with_(draws=20).run("runs/fig2")               # as `reluflow run`, in one folder
run.summary(), run.threshold()

rf.audit(data, net)                         # every statement of the paper against the flow
```

Laws are in `reluflow.data` and `reluflow.init`, ends of a run in `reluflow.stop`, statements in `reluflow.theory`.
"""

from typing import TYPE_CHECKING

from . import _methods, _solve, data, errors, init, spacing, stop, theory
from ._check import suggest
from ._audit import Audit, Statement, audit
from ._collect import table
from ._dataset import Dataset
from ._experiment import Experiment
from ._film import Film
from ._finding import Finding, finding
from ._native import __version__
from ._jump import JumpMargins, Jumps, jump
from ._methods import exact, flow, gradient_descent
from ._model import Model
from ._network import Network
from ._paper import Paper, paper
from ._path import Path, Plateau
from ._picture import Picture
from ._plots import Plots, losses
from ._point import Point
from ._population import Curvature, Finish, Population, PopulationEnd, PopulationSolution, PopulationVerdict
from ._run import Figure, Run, Status
from ._schema import schema
from ._slurm import Submission, slurm
from ._solution import Checks, Counts, End, LinearEnd, Solution, Verdict
from ._stationarity import Escape, Stationarity, stationarity
from ._table import Table
from ._threshold import Thresholds
from ._trial import trial
from .errors import (
    ColumnError,
    ExperimentError,
    FileError,
    InputError,
    InputTypeError,
    InternalError,
    Interrupted,
    OutOfMemory,
    ReluflowError,
    RunInterrupted,
    RunWarning,
    ShardError,
)

INTEGRATORS = _methods.INTEGRATORS
"""The methods of `flow`."""

OBSERVABLES = _solve.OBSERVABLES
"""What a record can hold besides time, step, evaluations and loss."""

# The order of the reference: what one calls, what comes of it, errors.
__all__ = [
    "flow",
    "exact",
    "jump",
    "gradient_descent",
    "Dataset",
    "Population",
    "Model",
    "Network",
    "trial",
    "data",
    "init",
    "stop",
    "spacing",
    "theory",
    "audit",
    "stationarity",
    "Experiment",
    "schema",
    "Run",
    "slurm",
    "paper",
    "finding",
    "table",
    "losses",
    "Solution",
    "Path",
    "Plateau",
    "Jumps",
    "JumpMargins",
    "PopulationSolution",
    "PopulationVerdict",
    "PopulationEnd",
    "Curvature",
    "Finish",
    "Verdict",
    "End",
    "LinearEnd",
    "Counts",
    "Checks",
    "Table",
    "Point",
    "Thresholds",
    "Status",
    "Figure",
    "Plots",
    "Picture",
    "Film",
    "Audit",
    "Statement",
    "Stationarity",
    "Escape",
    "Paper",
    "Finding",
    "Submission",
    "INTEGRATORS",
    "OBSERVABLES",
    "errors",
    "ReluflowError",
    "InputError",
    "InputTypeError",
    "ColumnError",
    "ExperimentError",
    "FileError",
    "OutOfMemory",
    "ShardError",
    "InternalError",
    "Interrupted",
    "RunInterrupted",
    "RunWarning",
    "__version__",
]

if not TYPE_CHECKING:
    __getattr__ = suggest(__name__, __all__)
