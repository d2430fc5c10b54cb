"""The population of Gaussian inputs: its teacher, and what runs on its loss return."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _native
from ._check import Floats, array, real, shorten, whole
from ._model import Model
from ._laws import plainly
from ._network import Network
from ._progress import Progress, bar
from ._solution import Counts
from ._table import Table
from .errors import InputError, InputTypeError, Interrupted
from .spacing import Spacing
from .stop import Stop

__all__ = ["Curvature", "Finish", "Population", "PopulationEnd", "PopulationSolution", "PopulationVerdict"]


class Population:
    """Inputs x ~ N(0, I_d) and the teacher h*(x) = Σ_k b_k σ(⟨v_k, x⟩); never changes. `rf.data.population` draws one.

    Parameters
    ----------
    v
        the teacher's hidden weights, k × d.
    b
        its output weights, k, or one number for all.

    Raises
    ------
    InputError, InputTypeError
        when the shapes disagree, or an entry is no finite number.

    Examples
    --------
    >>> population = Population([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], 1.0)
    >>> population.k, population.d
    (2, 3)
    """

    __slots__ = ("_native",)

    def __init__(self, v: npt.ArrayLike, b: npt.ArrayLike | float = 1.0) -> None:
        hidden = array("v", v, "(k, d)")
        output = [real("b", b)] * hidden.shape[0] if isinstance(b, (int, float)) else b
        self._native = _native.Population(hidden, array("b", output, "(k,)"))

    @classmethod
    def _wrap(cls, native: _native.Population) -> Population:
        population = cls.__new__(cls)
        population._native = native
        return population

    @property
    def v(self) -> Floats:
        """The teacher's hidden weights, k × d: a read-only view."""
        return self._native.v

    @property
    def b(self) -> Floats:
        """The teacher's output weights, k: a read-only view."""
        return self._native.b

    @property
    def k(self) -> int:
        """Number of the teacher's neurons."""
        return int(self.b.shape[0])

    @property
    def d(self) -> int:
        """Dimension of the inputs."""
        return int(self.v.shape[1])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Population):
            return NotImplemented
        return np.array_equal(self.v, other.v) and np.array_equal(self.b, other.b)

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return (Population, (np.array(self.v), np.array(self.b)))

    def __repr__(self) -> str:
        return f"<Population d={self.d}, teacher of k={self.k}>"


@dataclass(frozen=True)
class Curvature:
    """The ends of the spectrum of p ∇²L over the layers that move, without the directions along which neurons are rescaled."""

    least: float
    """The least eigenvalue."""
    largest: float
    """The largest."""
    error: float
    """What the least may be off by, since the end is not quite the stationary point."""

    @property
    def margin(self) -> float:
        """The least eigenvalue over its error: beyond 1 its sign is known."""
        return self.least / self.error


@dataclass(frozen=True)
class Finish:
    """How Newton's method ended a run close to a minimum."""

    time: float
    """The flow's time when it took over."""
    gradient_norm: float
    """‖∇L‖ then."""
    steps: int
    """Newton steps."""
    distance: float
    """How far they led."""
    change: float
    """By what part of its least eigenvalue the Hessian changed on the way, at most ½."""


@dataclass(frozen=True)
class PopulationVerdict:
    """How a run on a population ended. Prints as one sentence.

    `kind` is "global", "spurious" (stationary, no negative eigenvalue), "saddle", "out-of-budget", "diverged", "not-finite" or
    "interrupted"; what is no evidence for it is None.
    """

    kind: str
    """Its kind, one of the words above."""
    sentence: str
    """What `str` gives; it says so where Newton's method ended the run."""
    loss: float | None = None
    """L at the end."""
    gradient_norm: float | None = None
    """‖∇L‖ at the end."""
    curvature: Curvature | None = None
    """The Hessian's evidence, of a spurious minimum and of a saddle."""
    budget: str | None = None
    """What ran out: time, steps or evaluations."""
    time: float | None = None
    """When the run diverged, was interrupted, or ceased to be a number."""

    @property
    def converged(self) -> bool:
        """Whether it is a global minimum."""
        return self.kind == "global"

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True)
class PopulationEnd:
    """Where a run ended."""

    time: float
    """The flow's time; where Newton's method ended the run, when it took over."""
    initial_loss: float
    """L at time 0."""
    loss: float
    """L at the end."""
    gradient_norm: float
    """‖∇L‖ at the end."""
    mu: float
    """−(dL/dt)/L at the end."""
    curvature: Curvature | None
    """The ends of the Hessian's spectrum, where the end is stationary."""
    found: int
    """How many of the teacher's neurons were found: some w_j has a cosine of 0.95 or more with v_k, and a_j the sign of b_k."""
    finish: Finish | None
    """How Newton's method ended the run, if it did."""


@dataclass(frozen=True, eq=False)
class PopulationSolution:
    """A run on the population loss."""

    verdict: PopulationVerdict
    """How it ended."""
    end: PopulationEnd
    """Where it ended, in numbers."""
    counts: Counts
    """What it cost."""
    network: Network
    """The network at the end."""
    population: Population
    """What it learnt."""
    q: Floats
    """Q = WWᵀ at every row, rows × p × p; `q[-1]` is the end's."""
    m: Floats
    """M = WVᵀ at every row, rows × p × k."""
    a: Floats
    """The output weights at every row, rows × p."""
    complete: bool
    """Whether it ended by itself, not by Ctrl-C."""
    _table: Table

    @classmethod
    def _of(cls, parts: dict[str, Any], population: Population) -> PopulationSolution:
        verdict, end = parts["verdict"], parts["end"]
        for part in (verdict, end):
            if part.get("curvature") is not None:
                part["curvature"] = Curvature(**part["curvature"])
        if end["finish"] is not None:
            end["finish"] = Finish(**end["finish"])
        return cls(
            verdict=PopulationVerdict(sentence=parts["sentence"], **verdict),
            end=PopulationEnd(**end),
            counts=Counts(**parts["counts"]),
            network=Network._wrap(parts["network"]),
            population=population,
            q=parts["q"],
            m=parts["m"],
            a=parts["a"],
            complete=parts["complete"],
            _table=Table(parts["columns"]),
        )

    def table(self) -> Table:
        """Time, step, evaluations, loss and gradient_norm, a row a time."""
        return self._table

    def __repr__(self) -> str:
        sizes = f"d={self.population.d}, k={self.population.k}, p={self.network.p}"
        return f"<PopulationSolution {sizes}: {self.verdict}; {self._table.rows} rows>"


def draw(
    d: int, teacher: str | Mapping[str, Any] | tuple[npt.ArrayLike, npt.ArrayLike], seed: int, draw: int, p: int | None
) -> Population:
    """Draws a population, or takes a teacher that is given."""
    if isinstance(teacher, tuple):
        given = Population(*teacher)
        if given.d != d:
            raise InputError("teacher", f"hidden weights of {d} columns, as d says", f"{given.d}")
        return given
    if isinstance(teacher, str):
        law: Mapping[str, Any] = {"law": teacher, "width": whole("d", d, 1)}
    elif isinstance(teacher, Mapping):
        law = teacher
    else:
        raise InputTypeError("teacher", 'a law, {"law": "orthonormal", "width": 6}, or (v, b)', shorten(repr(teacher)))
    at = (whole("seed", seed, 0), 0, whole("d", d, 1), 0 if p is None else whole("p", p, 1), whole("draw", draw, 0))
    return Population._wrap(plainly(lambda: _native.sample_population(law, at)))


def stops(stop: Stop | None) -> dict[str, Any]:
    """The section `[stop]` of a population; the defaults where nothing is said."""
    if stop is None:
        return {}
    if not isinstance(stop, Stop):
        raise InputTypeError("stop", "stops such as stop.gradient_norm(1e-9) | stop.time(100)", shorten(repr(stop)))
    section = stop._section()
    names = ("loss", "time", "steps", "evaluations", "gradient_norm", "newton")
    for name, value in section.items():
        if name not in names and value is not False:
            raise InputError("stop", f"stops among {', '.join(names)}, which a population has", name)
    if stop.when:
        raise InputError("stop", f"stops among {', '.join(names)}, which a population has", "when")
    given = {name: section[name] for name in names if name in section}
    bounds = ("time", "steps", "evaluations")
    # As in a file: a bound that is given takes the place of the one by default.
    return given if not any(name in given for name in bounds) else {"evaluations": None, **given}


def solve(
    pairs: Sequence[tuple[Population, Network]],
    model: Model,
    method: Mapping[str, Any],
    stop: Stop | None,
    spacing: Spacing,
    threads: int,
    progress: Progress,
) -> list[PopulationSolution]:
    """Solves pairs that were checked."""
    with bar(progress, len(pairs)) as report:
        results, raised = _native.solve_population(
            [(population._native, network._native) for population, network in pairs],
            model._section(),
            {name: value for name, value in method.items() if value is not None},
            stops(stop),
            {"observables": [], "when": spacing._when},
            threads,
            report,
        )
    solutions = [
        None if parts is None else PopulationSolution._of(parts, pair[0])
        for parts, pair in zip(results, pairs, strict=True)
    ]
    if isinstance(raised, KeyboardInterrupt):
        raise Interrupted(solutions) from raised
    if raised is not None:
        raise raised
    return [solution for solution in solutions if solution is not None]
