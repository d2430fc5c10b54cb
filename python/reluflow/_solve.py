"""What all methods share: checks of a problem, its solution by the extension, names for what comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from . import _native
from . import stop as stops
from ._check import choice, processors, shorten, warn_of, whole
from ._dataset import Dataset
from ._extras import Extras
from ._model import Model
from ._network import Network
from ._options import Observe, Pair, PopulationPair, Record
from . import _population as populations
from ._point import Point
from ._population import Population, PopulationSolution
from ._progress import Progress, bar
from ._solution import Solution
from .errors import InputError, InputTypeError, Interrupted
from .spacing import SpacingLike, end, per_decade
from .spacing import spacing as read_spacing
from .stop import Stop

AnySolution: TypeAlias = Solution | PopulationSolution | list[Solution] | list[PopulationSolution]
"""What comes of data, of a population, of pairs of either."""

OBSERVABLES = (*dict.fromkeys(observable for observable, *_ in _native.recordable()), "network")
"""What a record can hold besides time, step, evaluations and loss; "network" has no column, but a path."""

DEFAULT_STOP = stops.trap() | stops.transitions(1.5)
"""The paper's protocol."""


def solve(
    data: Dataset | Population | Iterable[Pair] | Iterable[PopulationPair],
    network: Network | None,
    model: Model,
    method: Mapping[str, Any],
    stop: Stop | None,
    record: Record,
    when: SpacingLike | None,
    observe: Observe | None,
    threads: int | None,
    progress: Progress,
    extras: Extras,
) -> AnySolution:
    """Checks what all methods share, solves, and gives the results their names."""
    if not isinstance(data, (Dataset, Population)) and network is None and isinstance(data, Iterable):
        data = list(data)  # type: ignore[assignment]
    if on_populations(data):
        for name in ("test", "teacher", "directions"):
            if (given := getattr(extras, name)) is not None:
                raise InputError(name, "nothing on a population, whose loss is that of every example", shorten(repr(given)))
        return _solve_population(data, network, model, method, stop, record, when, observe, threads, progress)
    single = isinstance(data, Dataset)
    pairs = _pairs(data, network)  # type: ignore[arg-type]
    stop = DEFAULT_STOP if stop is None else stop
    if not isinstance(model, Model):
        raise InputTypeError("model", "a Model such as Model(loss=\"logistic\")", shorten(repr(model)))
    if not isinstance(stop, Stop):
        raise InputTypeError("stop", "stops such as stop.trap() | stop.transitions(8)", shorten(repr(stop)))
    observables, directions = extras.complete(_observables(record), pairs)
    if when is None:
        chosen = per_decade() if observables or observe is not None or stop.when else end()
    else:
        chosen = read_spacing(when)
    cores = processors()
    workers = cores if threads is None else whole("threads", threads, 1, 4096)
    with bar(progress, len(pairs)) as report:
        results, raised = _native.solve(
            [(data._native, network._native) for data, network in pairs],
            model._section(),
            method,
            stop._section(),
            {
                "observables": observables,
                "when": chosen._when,
                "clock": chosen._clock,
                "directions": directions,
            },
            workers,
            _look(pairs, observe, stop),
            report,
            None if extras.test is None else extras.test._native,
            None if extras.teacher is None else extras.teacher._native,
        )
        if report is not None:
            report(sum(parts is not None and parts["complete"] for parts in results))
    solutions = [
        None if parts is None else Solution._of(parts, pair[0], slope=model._slope) for parts, pair in zip(results, pairs, strict=True)
    ]
    if isinstance(raised, KeyboardInterrupt):
        raise Interrupted(solutions) from raised
    if raised is not None:
        raise raised
    warn_of([parts["warnings"] for parts in results if parts is not None])
    done = [solution for solution in solutions if solution is not None]
    return done[0] if single else done


def on_populations(data: object) -> bool:
    """Whether the problems are on populations."""
    first = data[0] if isinstance(data, list) and data else data
    return isinstance(first, Population) or (isinstance(first, tuple) and len(first) > 0 and isinstance(first[0], Population))


def _solve_population(
    data: object,
    network: Network | None,
    model: Model,
    method: Mapping[str, Any],
    stop: Stop | None,
    record: Record,
    when: SpacingLike | None,
    observe: Observe | None,
    threads: int | None,
    progress: Progress,
) -> PopulationSolution | list[PopulationSolution]:
    """Checks what is asked of a population and solves it."""
    single = isinstance(data, Population)
    pairs = [(data, network)] if isinstance(data, Population) else data
    assert isinstance(pairs, list)
    for k, pair in enumerate(pairs):
        fits = isinstance(pair, tuple) and len(pair) == 2
        if not (fits and isinstance(pair[0], Population) and isinstance(pair[1], Network)):
            expected = "a Network" if single else "a tuple (Population, Network), as the first"
            raise InputTypeError("network" if single else f"pair {k}", expected, shorten(repr(pair[1] if single else pair)))
        if pair[0].d != pair[1].d:
            raise InputError("network.w", f"{pair[0].d} columns, the population's dimension", f"{pair[1].d}")
    if not isinstance(model, Model):
        raise InputTypeError("model", "a Model such as Model(train=\"hidden\")", shorten(repr(model)))
    if _observables(record) or observe is not None:
        name, given = ("record", record) if observe is None else ("observe", observe)
        raise InputError(name, "nothing on a population, whose rows hold loss, gradient norm, Q and M", shorten(repr(given)))
    spacing = end() if when is None else read_spacing(when)
    workers = processors() if threads is None else whole("threads", threads, 1, 4096)
    done = populations.solve(pairs, model, method, stop, spacing, workers, progress)
    return done[0] if single else done


def _observables(record: Record) -> list[str]:
    """What to write down, checked."""
    try:
        names = [record] if isinstance(record, str) else list(record)
    except TypeError:
        raise InputTypeError("record", f"names among {', '.join(OBSERVABLES)}", shorten(repr(record))) from None
    return [choice("record", name, OBSERVABLES) for name in names]


def _pairs(data: Dataset | Iterable[Pair], network: Network | None) -> list[Pair]:
    """The problems as pairs that fit together."""
    if isinstance(data, Dataset):
        if not isinstance(network, Network):
            raise InputTypeError("network", "a Network", type(network).__name__)
        pairs = [(data, network)]
    elif network is None and isinstance(data, Iterable):
        pairs = list(data)
    else:
        raise InputTypeError("data", "a Dataset, or pairs (data, network) alone", type(data).__name__)
    for k, pair in enumerate(pairs):
        where = "" if isinstance(data, Dataset) else f" of pair {k}"
        if not (
            isinstance(pair, tuple)
            and len(pair) == 2
            and isinstance(pair[0], Dataset)
            and isinstance(pair[1], Network)
        ):
            raise InputTypeError(f"pair {k}", "a tuple (Dataset, Network)", shorten(repr(pair)))
        if pair[0].d != pair[1].d:
            raise InputError(f"network.w{where}", f"{pair[0].d} columns, as data.x has", f"{pair[1].d}")
    return pairs


def _look(
    pairs: list[Pair], observe: Observe | None, stop: Stop
) -> Callable[[int, dict[str, Any], _native.Network], bool] | None:
    """What the extension calls at every row, or nothing."""
    if observe is not None and not callable(observe):
        raise InputTypeError("observe", "a function of a Point", type(observe).__name__)
    if observe is None and not stop.when:
        return None

    def look(index: int, row: dict[str, Any], network: _native.Network) -> bool:
        point = Point(index, row, network, pairs[index][0])
        if observe is not None:
            observe(point)
        return any(_is_over(rule, point) for rule in stop.when)

    return look


def _is_over(rule: Callable[[Point], object], point: Point) -> bool:
    """Whether a rule is true at a point; `None` is what a function without `return` says."""
    found = rule(point)
    if found is None:
        raise InputTypeError("stop.when(rule)", "a rule that returns true or false", "None; is a `return` missing?")
    return bool(found)
