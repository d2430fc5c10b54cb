"""Lets `python -m reluflow` run the command."""

import sys

from ._command import main

sys.exit(main())
