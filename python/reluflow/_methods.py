"""Lets time pass: the flow, gradient descent, the exact flow; for one problem or many in parallel."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, overload

from . import stop as stops
from ._check import choice, keywords, real, shorten, whole
from ._dataset import Dataset
from ._extras import Extras
from ._model import PAPER, Model
from ._network import Network
from ._options import Accuracy, Observe, Pair, PopulationPair, Precision, Record
from ._population import Population, PopulationSolution
from ._progress import Progress
from ._solution import Solution
from ._solve import AnySolution, on_populations, solve
from .errors import InputError, InputTypeError
from .spacing import SpacingLike
from .stop import Stop

if TYPE_CHECKING:
    from numpy.typing import ArrayLike
    from typing_extensions import Unpack

    from ._options import DescentOptions, ExactOptions, FlowOptions

__all__ = ["exact", "flow", "gradient_descent"]

INTEGRATORS = (
    "automatic",
    "runge-kutta-chebyshev-1",
    "runge-kutta-chebyshev-2",
    "bogacki-shampine",
    "tsitouras",
)
"""The methods of `flow`."""


@overload
def flow(data: Dataset, network: Network, **options: Unpack[FlowOptions]) -> Solution: ...
@overload
def flow(data: Population, network: Network, **options: Unpack[FlowOptions]) -> PopulationSolution: ...
@overload
def flow(
    data: Iterable[PopulationPair], network: None = None, **options: Unpack[FlowOptions]
) -> list[PopulationSolution]: ...
@overload
def flow(
    data: Iterable[Pair], network: None = None, **options: Unpack[FlowOptions]
) -> list[Solution]: ...
@keywords
def flow(
    data: Dataset | Population | Iterable[Pair] | Iterable[PopulationPair],
    network: Network | None = None,
    *,
    model: Model = PAPER,
    stop: Stop | None = None,
    record: Record = (),
    spacing: SpacingLike | None = None,
    observe: Observe | None = None,
    test: Dataset | None = None,
    teacher: Network | None = None,
    directions: ArrayLike | None = None,
    integrator: str = "automatic",
    accuracy: Accuracy = "standard",
    tolerance: float | None = None,
    fall: float | None = None,
    margin: float | None = None,
    first_step: float | None = None,
    step_growth: float | None = None,
    patience: float | None = None,
    neuron: float | None = None,
    largest_step: float | None = None,
    most_stages: int | None = None,
    precision: Precision = "f64",
    threads: int | None = None,
    progress: Progress = False,
) -> AnySolution:
    """The gradient flow dθ/dt = −p ∇L(θ), with steps chosen for it.

    Parameters
    ----------
    data, network
        the problem; or, as the only one, pairs (data, network), solved in parallel. With a `Population` in the place of data, the
        flow of the population loss to a stationary point, by an explicit pair and, close to a minimum, Newton's method: of the
        options below, model, stop, spacing, integrator, tolerance, largest_step, threads and progress mean something there.
    model
        activation, loss, rates of the layers and weight decay, `reluflow.Model`; the paper's.
    stop
        when to end, `reluflow.stop`; the trap or 1.5 transition times. Of a population: loss (a global minimum below), gradient
        (stationary below), time, steps, evaluations; 10⁻¹⁰, 10⁻⁹ and a million evaluations.
    record
        what to write down: "curvature", "curvature-bounds", "balance", "activity", "lost", "coverage" (event E at the start
        and what was lost since), "spectrum" (O(n³) a row, which Ctrl-C waits for), "diagonal" (the smallest entry of that of
        M, and on orthogonal inputs what the start predicts of it), "margin" (of a classification, and cos(θ, dθ/dt)), "objective"
        (L with the penalty of weight decay), "tau" (∫ L dt).
        What neurons do: "squared-norm", "rank" (stable rank and singular values of W), "angles" (between active neurons of one sign),
        "label-alignment" (cos(w, ±γ), γ = (1/n) Σ y_i x_i), "directions" (how many, merged at cos > 0.99), "movement", "flipped"
        (activations that changed), "kernel-distance"; "network" keeps the networks themselves, `Solution.path`.
        Time, step, evaluations and loss are always written; "loss" alone asks for rows over time.
    spacing
        when to write a row: "log" (where something is recorded or observed), "end" (otherwise), a number of steps,
        an array of times, or `reluflow.spacing`; `reluflow.spacing.by_tau` takes them as τ.
    observe
        called with a `Point` at every row.
    test
        examples that are not trained on, of the same dimension: their loss and the share of wrong signs are recorded, "test".
    teacher
        the network that labelled the data: how near its neurons are is recorded, "teacher".
    directions
        up to four vectors v_k of dimension d, an array (k, d): neurons along them are recorded, "given-directions".
    integrator
        "automatic" or one of `reluflow.INTEGRATORS`.
    accuracy
        "standard" is for averages over draws; "careful" shows whether a result depends on the step; "checked" runs both,
        a stricter one where these leave doubt, and where doubt remains the exact flow if n·p ≤ 5000; otherwise it says "undecided".
    tolerance
        largest local error of θ in a step, relative to ‖θ‖; overrides `accuracy`.
    fall
        largest change of log L in a step; overrides `accuracy`.
    margin
        largest error of the margin of an example at risk in a step, relative to it; overrides `accuracy`.
    first_step, step_growth
        a step is at most first_step · τ + step_growth · t long, τ the time scale of the start; override `accuracy`.
    patience
        by how much the price per time of steps that follow neurons over their kinks may exceed that of the usual ones; 0 for no such
        steps; overrides `accuracy`. The price is four evaluations and what following took in the last step. With
        `integrator="automatic"` only.
    neuron
        largest local error of a neuron in a step, relative to its own norm; not looked at.
    largest_step, most_stages
        bounds on the steps.
    precision
        "f32" evaluates the field in single precision; states stay in double.
    threads
        how many problems at a time; the machine's cores.
    progress
        a tqdm bar over the problems.

    Returns
    -------
    Solution or PopulationSolution, or a list of them
        One, or a list in the order of the pairs. How a run ended is its `verdict`, not an exception.

    Raises
    ------
    InputError, InputTypeError
        before anything runs.
    Interrupted
        after Ctrl-C, with what was done by then. Whatever a callback raises ends the call, too.

    Warns
    -----
    RunWarning
        of labels that no network fits, and where neurons slid along kinks for most of the way.

    Examples
    --------
    >>> from reluflow import trial
    >>> data, net = trial(n=20, d=10, p=12, seed=3)
    >>> solution = flow(data, net, record=["curvature"])
    >>> solution.verdict.converged, solution.end.loss < data.trap_level
    (True, True)
    >>> from reluflow import data as laws, init
    >>> population = laws.population(d=3, teacher={"law": "orthonormal", "width": 2})
    >>> solution = flow(population, init.xavier(p=2, d=3, seed=1))
    >>> solution.verdict.kind, solution.q.shape
    ('global', (1, 2, 2))
    """
    method = {
        "method": "flow",
        "integrator": choice("integrator", integrator, INTEGRATORS),
        "accuracy": choice("accuracy", accuracy, ("standard", "careful", "checked")),
        "precision": choice("precision", precision, ("f64", "f32")),
        "tolerance": None if tolerance is None else real("tolerance", tolerance),
        "fall": None if fall is None else real("fall", fall),
        "margin": None if margin is None else real("margin", margin),
        "first_step": None if first_step is None else real("first_step", first_step),
        "step_growth": None if step_growth is None else real("step_growth", step_growth),
        "patience": None if patience is None else real("patience", patience),
        "neuron": None if neuron is None else real("neuron", neuron),
        "largest_step": None if largest_step is None else real("largest_step", largest_step),
        "most_stages": None if most_stages is None else whole("most_stages", most_stages, 2, 1000),
    }
    return solve(data, network, model, method, stop, record, spacing, observe, threads, progress, Extras(test, teacher, directions))


@overload
def gradient_descent(data: Dataset, network: Network, **options: Unpack[DescentOptions]) -> Solution: ...
@overload
def gradient_descent(
    data: Population, network: Network, **options: Unpack[DescentOptions]
) -> PopulationSolution: ...
@overload
def gradient_descent(
    data: Iterable[PopulationPair], network: None = None, **options: Unpack[DescentOptions]
) -> list[PopulationSolution]: ...
@overload
def gradient_descent(
    data: Iterable[Pair], network: None = None, **options: Unpack[DescentOptions]
) -> list[Solution]: ...
@keywords
def gradient_descent(
    data: Dataset | Population | Iterable[Pair] | Iterable[PopulationPair],
    network: Network | None = None,
    *,
    lr: float = 1.0,
    model: Model = PAPER,
    stop: Stop | None = None,
    record: Record = (),
    spacing: SpacingLike | None = None,
    observe: Observe | None = None,
    test: Dataset | None = None,
    teacher: Network | None = None,
    directions: ArrayLike | None = None,
    precision: Precision = "f64",
    threads: int | None = None,
    progress: Progress = False,
) -> AnySolution:
    """Gradient descent on p·L with learning rate `lr`: explicit Euler, θ ← θ − lr·p∇L(θ), step k at time k·lr.

    This is not the flow: where λ_max(M)/n passes 2/lr it is unstable. The other parameters are those of `flow`;
    `precision="f32"` also keeps the state in single precision, as the paper's experiments do.

    >>> from reluflow import trial
    >>> data, net = trial(n=20, d=10, p=12, seed=3)
    >>> gradient_descent(data, net, lr=0.5, stop=stops.steps(10)).end.time
    5.0
    """
    rate = real("lr", lr)
    if not 0 < rate < float("inf"):
        raise InputError("lr", "a positive number", shorten(repr(lr)))
    method = {
        "method": "gradient-descent",
        "learning_rate": rate,
        "precision": choice("precision", precision, ("f64", "f32")),
    }
    return solve(data, network, model, method, stop, record, spacing, observe, threads, progress, Extras(test, teacher, directions))


@overload
def exact(data: Dataset, network: Network, **options: Unpack[ExactOptions]) -> Solution: ...
@overload
def exact(
    data: Iterable[Pair], network: None = None, **options: Unpack[ExactOptions]
) -> list[Solution]: ...
@keywords
def exact(
    data: Dataset | Iterable[Pair],
    network: Network | None = None,
    *,
    model: Model = PAPER,
    stop: Stop | None = None,
    record: Record = (),
    spacing: SpacingLike | None = None,
    observe: Observe | None = None,
    test: Dataset | None = None,
    teacher: Network | None = None,
    directions: ArrayLike | None = None,
    order: int = 12,
    tolerance: float = 1e-13,
    events: int = 1_000_000,
    events_at_once: int = 2000,
    threads: int | None = None,
    progress: Progress = False,
) -> Solution | list[Solution]:
    """The flow itself, event by event through its kinks: for small problems, n·p up to about 10⁴.

    `Solution.events` is the table of its events, `Solution.checks` what it checked on its way. The parameters that are not
    here are those of `flow`.

    Parameters
    ----------
    order
        highest order of the Taylor series, 4 to 24.
    tolerance
        largest last coefficient of a step, relative to its neuron; in (0, 10⁻³].
    events, events_at_once
        most events, in all and at one instant, before the run ends out of budget.

    Examples
    --------
    >>> from reluflow import trial
    >>> data, net = trial(n=20, d=10, p=12, seed=3)
    >>> solution = exact(data, net, stop=stops.time(2.0))
    >>> solution.events.rows == solution.counts.events, solution.end.balance_drift < 1e-12
    (True, True)
    """
    method = {
        "method": "exact",
        "order": whole("order", order, 0),
        "tolerance": real("tolerance", tolerance),
        "events": whole("events", events, 0),
        "events_at_once": whole("events_at_once", events_at_once, 0),
    }
    if isinstance(data, Population) or on_populations(data):
        raise InputTypeError("data", "a Dataset: a population has no kinks to go through", "a Population")
    return solve(  # type: ignore[return-value]
        data, network, model, method, stop, record, spacing, observe, threads, progress, Extras(test, teacher, directions)
    )
