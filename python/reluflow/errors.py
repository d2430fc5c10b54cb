"""Says what was expected and what was found when something cannot be used.

How a run *ended* is never an exception: see `Solution.verdict`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._run import Run
    from ._population import PopulationSolution
    from ._solution import Solution

__all__ = [
    "ColumnError",
    "ExperimentError",
    "FileError",
    "InputError",
    "InputTypeError",
    "InternalError",
    "Interrupted",
    "OutOfMemory",
    "ReluflowError",
    "RunInterrupted",
    "RunWarning",
    "ShardError",
]


class ReluflowError(Exception):
    """The base of every error of this package."""


class _Refused(ReluflowError):
    """An input that was refused: which, what was expected, what was found."""

    quantity: str
    """Which argument, or which part of it."""
    expected: str
    """What would have been accepted."""
    found: str
    """What was handed in."""

    def __init__(self, quantity: str, expected: str, found: str) -> None:
        super().__init__(quantity, expected, found)
        self.quantity = quantity
        self.expected = expected
        self.found = found

    def __str__(self) -> str:
        return f"{self.quantity}: expected {self.expected}, found {self.found}"


class InputError(_Refused, ValueError):
    """A number, choice or array with a value that cannot be used."""


class InputTypeError(_Refused, TypeError):
    """An argument of a type that cannot be used."""


class ColumnError(InputError, KeyError):
    """A column that a table does not have; says which it has."""


class OutOfMemory(_Refused, MemoryError):
    """An array larger than the machine's memory."""


class FileError(ReluflowError, OSError):
    """A file that cannot be read or written."""


class ExperimentError(InputError):
    """An experiment that was refused, or a folder that cannot hold its run; prints with the line at fault."""

    message: str
    """All of it, as it prints: with the line, and what would help."""

    def __init__(self, message: str, problem: str, expected: str, found: str) -> None:
        super().__init__(problem, expected, found)
        self.message = message

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[Any, ...]:
        return (ExperimentError, (self.message, self.quantity, self.expected, self.found))


class ShardError(ReluflowError, RuntimeError):
    """Tasks of an executor failed: `failures` has their exceptions by shard. What is done is kept in `run`."""

    failures: dict[int, BaseException]
    """What each failed task raised, by its shard, from 1."""
    run: Run
    """The run, with every trial that was finished."""

    def __init__(self, message: str, failures: dict[int, BaseException], run: Run) -> None:
        super().__init__(message)
        self.failures = failures
        self.run = run

    def __reduce__(self) -> tuple[Any, ...]:
        return (ShardError, (self.args[0], self.failures, self.run))


class RunWarning(UserWarning):
    """What people should know about a run: it went on, or left something out."""


class InternalError(ReluflowError, RuntimeError):
    """A mistake of this package: please report it with what led to it."""


class Interrupted(KeyboardInterrupt):
    """Ctrl-C during a computation, with what was done by then.

    `solutions` has one entry a problem: None where it was not started, and `Solution.complete` says of the others
    whether they ended by themselves. `solution` is the only one of a call with one problem.
    """

    solutions: Sequence[Solution | PopulationSolution | None]
    """What was done by then, in the order of the problems."""

    def __init__(self, solutions: Sequence[Solution | PopulationSolution | None]) -> None:
        super().__init__("interrupted; what was computed is kept in .solutions")
        self.solutions = solutions

    @property
    def solution(self) -> Solution | PopulationSolution | None:
        """The solution of the only problem, as far as it came."""
        return self.solutions[0] if len(self.solutions) == 1 else None

    def __reduce__(self) -> tuple[Any, ...]:
        return (Interrupted, (self.solutions,))


class RunInterrupted(KeyboardInterrupt):
    """Ctrl-C during the run of an experiment: what is done is kept in `run`, and the same call resumes."""

    run: Run
    """The run, with every trial that was finished."""

    def __init__(self, message: str, run: Run) -> None:
        super().__init__(message)
        self.run = run

    def __reduce__(self) -> tuple[Any, ...]:
        return (RunInterrupted, (self.args[0], self.run))
