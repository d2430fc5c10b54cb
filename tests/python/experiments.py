"""An experiment that several tests read and run."""

TEXT = """\
[sweep]
d = 10
n = [12, 24]
p = 8
"init.hidden_scale" = [1.0, 0.1]
draws = 4
seed = 5
"""
"""Four cells of small trials."""
