"""Problems small enough to be solved in a few milliseconds."""

from __future__ import annotations

import pytest
import reluflow as rf


@pytest.fixture
def problem() -> tuple[rf.Dataset, rf.Network]:
    """Twenty examples in dimension ten, twelve neurons."""
    return rf.trial(n=20, d=10, p=12, seed=3)
