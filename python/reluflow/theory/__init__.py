"""The paper's statements: hypotheses as checks, bounds and closed forms as functions. One file each.

| statement | says | here |
| --- | --- | --- |
| Assumptions 1, 2 | a_j² ≥ ‖w_j‖²; inputs interact weakly | `assumption_1`, `assumption_2` |
| Lemma 4 | μ(0) of a wide network | `lemma_4.limit`, `kappa_0`, `kappa_1` |
| Lemma 5 | p ~ log n covers the examples | `width`, `coverage`, `lemma_5` |
| Lemma 6 | bounds on μ | `lemma_6.chain` |
| Lemma 7, Proposition 1 | orthogonal inputs: extinction, μ ≤ C√(p/n) | `lemma_7`, `proposition_1` |
| Theorem 1 | L → 0 at an explicit rate | `theorem_1.Guarantee` |
| Proposition 2, Theorem 2 | groups: closed form, transitions | `proposition_2.Group`, `theorem_2.trajectory` |
"""

from typing import TYPE_CHECKING

from .._check import listed, suggest
from . import lemma_4, lemma_5, lemma_6, lemma_7, proposition_1, proposition_2, theorem_1, theorem_2
from ._hypothesis import Hypothesis
from ._problem import Snapshot, kernel, snapshot, statements, transition_time, velocity
from .assumptions import Interaction, assumption_1, assumption_2
from .lemma_4 import kappa_0, kappa_1
from .lemma_5 import coverage, width

__all__ = [
    "Hypothesis",
    "Interaction",
    "Snapshot",
    "assumption_1",
    "assumption_2",
    "coverage",
    "kappa_0",
    "kappa_1",
    "kernel",
    "lemma_4",
    "lemma_5",
    "lemma_6",
    "lemma_7",
    "proposition_1",
    "proposition_2",
    "snapshot",
    "statements",
    "theorem_1",
    "theorem_2",
    "transition_time",
    "velocity",
    "width",
]

if not TYPE_CHECKING:
    __getattr__ = suggest(__name__, __all__)
    __dir__ = listed(__all__)
