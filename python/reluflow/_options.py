"""Types the keyword arguments of the solvers, once for one problem and for many."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, TypeAlias, TypedDict

from numpy.typing import ArrayLike

from ._dataset import Dataset
from ._model import Model
from ._network import Network
from ._point import Point
from ._population import Population
from ._progress import Progress
from .spacing import SpacingLike
from .stop import Stop

Pair: TypeAlias = tuple[Dataset, Network]
PopulationPair: TypeAlias = tuple[Population, Network]
Precision: TypeAlias = Literal["f64", "f32"]
Accuracy: TypeAlias = Literal["standard", "careful", "checked"]
Record: TypeAlias = str | Iterable[str]
Observe: TypeAlias = Callable[[Point], object]


class Common(TypedDict, total=False):
    """What every solver takes."""

    model: Model
    stop: Stop | None
    record: Record
    spacing: SpacingLike | None
    observe: Observe | None
    test: Dataset | None
    teacher: Network | None
    directions: ArrayLike | None
    threads: int | None
    progress: Progress


class FlowOptions(Common, total=False):
    """What `flow` takes."""

    integrator: str
    accuracy: Accuracy
    tolerance: float | None
    fall: float | None
    margin: float | None
    first_step: float | None
    step_growth: float | None
    patience: float | None
    neuron: float | None
    largest_step: float | None
    most_stages: int | None
    precision: Precision


class DescentOptions(Common, total=False):
    """What `gradient_descent` takes."""

    lr: float
    precision: Precision


class ExactOptions(Common, total=False):
    """What `exact` takes."""

    order: int
    tolerance: float
    events: int
    events_at_once: int
