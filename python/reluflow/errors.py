"""Says what was expected and what was found when something cannot be used.

How a run *ended* is never an exception: see `Solution.verdict`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._solution import Solution

__all__ = [
    "FileError",
    "InputError",
    "InputTypeError",
    "InternalError",
    "Interrupted",
    "OutOfMemory",
    "ReluflowError",
]


class ReluflowError(Exception):
    """The base of every error of this package."""


class _Refused(ReluflowError):
    """An input that was refused: which, what was expected, what was found."""

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


class OutOfMemory(_Refused, MemoryError):
    """An array larger than the machine's memory."""


class FileError(ReluflowError, OSError):
    """A file that cannot be read or written."""


class InternalError(ReluflowError, RuntimeError):
    """A mistake of this package: please report it with what led to it."""


class Interrupted(KeyboardInterrupt):
    """Ctrl-C during a computation, with what was done by then.

    `solutions` has one entry a problem: None where it was not started, and `Solution.complete` says of the others
    whether they ended by themselves. `solution` is the only one of a call with one problem.
    """

    def __init__(self, solutions: list[Solution | None]) -> None:
        super().__init__("interrupted; what was computed is kept in .solutions")
        self.solutions = solutions

    @property
    def solution(self) -> Solution | None:
        """The solution of the only problem, as far as it came."""
        return self.solutions[0] if len(self.solutions) == 1 else None

    def __reduce__(self) -> tuple[Any, ...]:
        return (Interrupted, (self.solutions,))
