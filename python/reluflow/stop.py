"""Says when a run ends. Stops combine with `|`: the run ends at whichever comes first.

```python
rf.stop.trap() | rf.stop.transitions(8)
```

At least one of time, tau, transitions, steps, evaluations must be among them, or the run could go on for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar

from ._check import choice, keywords, listed, positive, suggest, whole
from .errors import InputError, InputTypeError

if TYPE_CHECKING:
    from ._point import Point

Number = TypeVar("Number", int, float)
Criterion: TypeAlias = str | dict[str, float]

__all__ = [
    "Stop",
    "evaluations",
    "gradient_norm",
    "loss",
    "newton",
    "steps",
    "success",
    "tau",
    "time",
    "transitions",
    "trap",
    "when",
]

if not TYPE_CHECKING:
    __getattr__ = suggest(__name__, __all__)
    __dir__ = listed(__all__)


@dataclass(frozen=True)
class Stop:
    """One stop or several; see the functions of this module."""

    trap: bool = False
    """Whether at success: in the trap, L < (C_y^−)²/(2n) with every sign right, unless another criterion is in force."""
    trap_times: float | None = None
    """At L below this multiple of the trap."""
    loss: float | None = None
    """At L below this."""
    gradient_norm: float | None = None
    """At a norm of the gradient below this."""
    time: float | None = None
    """At this time."""
    tau: float | None = None
    """At this τ = ∫ L dt."""
    transitions: float | None = None
    """At this multiple of the transition time."""
    steps: int | None = None
    """After so many steps."""
    evaluations: int | None = None
    """After so many evaluations of the field."""
    newton: bool | None = None
    """Whether Newton's method ends a run close to a minimum; of a population only."""
    criterion: Criterion | None = None
    """What counts as success; None is automatic. See `success`."""
    when: tuple[Callable[[Point], object], ...] = ()
    """Rules of the user's own, any of which ends the run."""

    def __or__(self, other: Stop) -> Stop:
        """Whichever comes first."""
        if not isinstance(other, Stop):
            return NotImplemented
        return Stop(
            trap=self.trap or other.trap,
            trap_times=_either(max, self.trap_times, other.trap_times),
            loss=_either(max, self.loss, other.loss),
            gradient_norm=_either(max, self.gradient_norm, other.gradient_norm),
            time=_either(min, self.time, other.time),
            tau=_either(min, self.tau, other.tau),
            transitions=_either(min, self.transitions, other.transitions),
            steps=_either(min, self.steps, other.steps),
            evaluations=_either(min, self.evaluations, other.evaluations),
            newton=other.newton if self.newton is None else self.newton,
            criterion=other.criterion if self.criterion is None else self.criterion,
            when=self.when + other.when,
        )

    def _section(self) -> dict[str, object]:
        """As an experiment file has it; `when` apart, which no file can hold."""
        names = ("trap_times", "loss", "gradient_norm", "time", "tau", "transitions", "steps", "evaluations", "newton")
        values = {name: getattr(self, name) for name in names}
        success = {} if self.criterion is None else {"success": self.criterion}
        given = {name: value for name, value in values.items() if value is not None}
        return {"trap": self.trap, **given, **success}

    def __repr__(self) -> str:
        parts = ["trap()"] if self.trap else []
        if self.trap_times is not None:
            parts.append(f"trap({self.trap_times!r})")
        named = {name: value for name, value in self._section().items() if not name.startswith("trap")}
        parts += [f"{name}({_written(value)})" for name, value in named.items()]
        parts += [f"when({getattr(call, '__name__', call)})" for call in self.when]
        return " | ".join(parts) or "Stop()"


def _written(value: object) -> str:
    """A value as the call that makes it has it."""
    if isinstance(value, dict):
        ((name, level),) = value.items()
        return f"{name.replace('-', '_')}={level!r}"
    return repr(value)


def _either(
    choose: Callable[[Number, Number], Number], one: Number | None, other: Number | None
) -> Number | None:
    """The one that is there, or the one that comes first."""
    if one is None or other is None:
        return other if one is None else one
    return choose(one, other)


def trap(times: float | None = None) -> Stop:
    """When L < (C_y^−)²/(2n), from where on every h(x_i) has the sign of y_i; or L < `times` that.

    >>> trap() | transitions(1.5)
    trap() | transitions(1.5)
    """
    return Stop(trap=True) if times is None else Stop(trap_times=positive("times", times))


@keywords
def success(
    criterion: Literal["automatic", "trap", "signs", "rounding"] | None = None,
    *,
    loss: float | None = None,
    relative_loss: float | None = None,
) -> Stop:
    """When the run has succeeded by a named criterion; the verdict, summaries and thresholds use the same one.

    "trap": L < (C_y^−)²/(2n) with every sign right. "signs": every y_i h(x_i) > 0. "rounding": L at the floor of rounding.
    `loss`: L below this. `relative_loss`: L below this part of L(0). "automatic", the default, is the trap where that means
    something, a `stop.loss` above the trap, and a millionth of L(0) where a label is 0.

    >>> success(relative_loss=1e-4) | transitions(8)
    trap() | transitions(8.0) | success(relative_loss=0.0001)
    """
    given = [value for value in (criterion, loss, relative_loss) if value is not None]
    if len(given) != 1:
        raise InputTypeError("success", "one of a criterion, loss=… and relative_loss=…", f"{len(given)} of them")
    if loss is not None:
        return Stop(trap=True, criterion={"loss": positive("loss", loss)})
    if relative_loss is not None:
        part = positive("relative_loss", relative_loss)
        if part >= 1:
            raise InputError("relative_loss", "a part of L(0), between 0 and 1", repr(relative_loss))
        return Stop(trap=True, criterion={"relative-loss": part})
    return Stop(trap=True, criterion=choice("criterion", criterion, ("automatic", "trap", "signs", "rounding")))


def loss(below: float) -> Stop:
    """When L < `below`.

    >>> loss(1e-6) | time(100)
    loss(1e-06) | time(100.0)
    """
    return Stop(loss=positive("below", below))


def newton(use: bool = True) -> Stop:
    """Whether Newton's method ends a run close to a minimum; the flow does unless told not to. Of a population only.

    >>> newton(False) | time(100)
    time(100.0) | newton(False)
    """
    return Stop(newton=bool(use))


def gradient_norm(level: float) -> Stop:
    """When ‖∇F‖ < `level`: the gradient of the loss, with the penalty of decay, over the layers that are trained. On a population that is a
    stationary point.

    >>> gradient_norm(1e-9) | time(1e6)
    gradient_norm(1e-09) | time(1000000.0)
    """
    return Stop(gradient_norm=positive("level", level))


def time(at: float) -> Stop:
    """At this time.

    >>> time(3) | time(2)
    time(2.0)
    """
    return Stop(time=positive("stop.time(at)", at))


def tau(at: float) -> Stop:
    """At this τ = ∫ L dt, the clock in which the weights of a separated classification grow exponentially.

    >>> tau(5) | time(1e6)
    time(1000000.0) | tau(5.0)
    """
    return Stop(tau=positive("stop.tau(at)", at))


def transitions(count: float) -> Stop:
    """At this multiple of the transition time (√(np)/4)·log(np), np = 1 taken as 2; the paper's protocol takes 1.5.

    >>> transitions(8)
    transitions(8.0)
    """
    return Stop(transitions=positive("count", count))


def steps(count: int) -> Stop:
    """After this many steps.

    >>> steps(1000)
    steps(1000)
    """
    return Stop(steps=whole("count", count, 0))


def evaluations(count: int) -> Stop:
    """After this many evaluations of the field.

    >>> evaluations(5000) | trap()
    trap() | evaluations(5000)
    """
    return Stop(evaluations=whole("count", count, 0))


def when(rule: Callable[[Point], object]) -> Stop:
    """When `rule(point)` is true, asked at the times of the record (`spacing`), not at every step.

    The run ends with the step it is in. A rule that returns `None`, as a function without `return` does, is an error. The point has the row's columns, the network and the data: see `Point`.

    >>> def small(point):
    ...     return point.loss < 0.01
    >>> time(10) | when(small)
    time(10.0) | when(small)
    """
    if not callable(rule):
        raise InputTypeError("rule", "a function of a Point", type(rule).__name__)
    return Stop(when=(rule,))
