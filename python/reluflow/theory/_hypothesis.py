"""Holds a hypothesis of a statement and by how much it is met."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

__all__ = ["Hypothesis"]


@dataclass(frozen=True)
class Hypothesis:
    """One hypothesis, written as a quantity that must be non-negative (or positive, when strict)."""

    name: str
    margin: float
    """The larger side less the smaller one."""
    strict: bool

    @property
    def holds(self) -> bool:
        """Whether it is met; a margin that is not a number is not."""
        return self.margin > 0 if self.strict else self.margin >= 0


def read(parts: Iterable[dict[str, Any]]) -> tuple[Hypothesis, ...]:
    """Hypotheses from the extension."""
    return tuple(Hypothesis(**part) for part in parts)
