"""Compares the extension with its stubs: every name, every signature, both ways."""

import sys

import reluflow._native as native
from mypy.stubtest import main

# A submodule of an extension is an attribute; the comparison imports it by name.
sys.modules["reluflow._native.theory"] = native.theory
# What is not in the stubs is `__all__` alone, which PyO3 writes.
sys.argv = ["stubtest", "reluflow._native", "--allowlist", sys.argv[1]]
sys.exit(main())
