"""Tables reach everyone who reads Arrow, with the same numbers."""

from __future__ import annotations

import pickle
import sys

import numpy as np
import pytest
import reluflow as rf


@pytest.fixture
def solution(problem: tuple[rf.Dataset, rf.Network]) -> rf.Solution:
    return rf.exact(*problem, record=["curvature", "lost"])


def test_every_reader_sees_the_same_numbers(solution: rf.Solution) -> None:
    import duckdb
    import pandas
    import polars
    import pyarrow

    for table in (solution.table(), solution.events):
        expected = table.to_dict()
        assert list(expected) == table.columns and table.rows > 5
        arrow = table.to_arrow()
        assert isinstance(arrow, pyarrow.Table)
        # NaN, μ's average at time 0, is equal to itself in text only.
        assert str(arrow.to_pydict()) == str(expected)
        assert str(polars.from_arrow(arrow).to_dict(as_series=False)) == str(expected)
        assert str(table.to_polars().to_dict(as_series=False)) == str(expected)
        frame = table.to_pandas()
        assert isinstance(frame, pandas.DataFrame) and str(frame.to_dict("list")) == str(expected)
        assert duckdb.sql("select count(*), max(time) from \"table\"").fetchall()[0] == (
            table.rows,
            max(expected["time"]),
        )
    assert {str(kind) for kind in solution.table().to_arrow().schema.types} == {"double", "int64"}
    assert {str(kind) for kind in solution.events.to_arrow().schema.types} == {"double", "int64", "string", "bool"}


def test_a_stream_that_nobody_reads_is_released(solution: rf.Solution) -> None:
    table = solution.table()
    for _ in range(1000):
        assert type(table.__arrow_c_stream__()).__name__ == "PyCapsule"


def test_a_table_is_a_mapping_of_columns_that_cannot_be_written(solution: rf.Solution) -> None:
    table = solution.table()
    assert set(table) == set(table.keys()) and len(table) == len(table.columns)
    with pytest.raises(ValueError, match="read-only"):
        table["loss"][0] = 1.0
    own = np.arange(3.0)
    assert rf.Table({"time": own})["time"].base is own and own.flags.writeable
    lines = repr(rf.Table({"time": np.arange(100.0)})).splitlines()
    assert len(lines) == 23 and lines[11] == "   …" and lines[-1] == "[100 rows × 1 columns]"


@pytest.mark.filterwarnings("ignore:neurons slide along kinks")
def test_a_plot_is_a_figure(solution: rf.Solution, monkeypatch: pytest.MonkeyPatch) -> None:
    from matplotlib.figure import Figure

    figure = solution.plot()
    assert isinstance(figure, Figure) and len(figure.axes) == 3
    drawn = figure.axes[0].lines[0]
    assert np.array_equal(drawn.get_xdata(), solution.table()["time"])
    assert np.array_equal(drawn.get_ydata(), solution.table()["loss"])
    figure.canvas.draw()
    # A notebook shows it, also after it was pickled.
    for seen in (figure, pickle.loads(pickle.dumps(figure))):
        assert seen._repr_png_().startswith(b"\x89PNG")
    assert len(solution.plot(["lost"]).axes) == 1
    ranks = rf.flow(solution.data, solution.network, record="rank")
    assert [len(axes.lines) for axes in ranks.plot(["stable_rank", "singular_1", "singular_2"]).axes] == [1, 2]
    with pytest.raises(rf.InputError, match="columns: expected some of loss, mu, mu_avg, lost, found 'nu'"):
        solution.plot(["nu"])
    with pytest.raises(rf.InputError, match='at least 2 rows: record=."loss".'):
        rf.flow(solution.data, solution.network).plot()
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(rf.InputError, match="Matplotlib to be installed"):
        solution.plot()
