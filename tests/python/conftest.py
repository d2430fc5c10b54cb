"""Problems small enough to be solved in a few milliseconds."""

from __future__ import annotations

import signal

import pytest
import reluflow as rf

# Who starts the tests in the background of a script has SIGINT ignored, and so would every process started here.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def problem() -> tuple[rf.Dataset, rf.Network]:
    """Twenty examples in dimension ten, twelve neurons."""
    return rf.trial(n=20, d=10, p=12, seed=3)
