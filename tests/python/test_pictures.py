"""Pictures and films of solutions: what they hold, what they refuse, and that a film plays in a browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import reluflow as rf


def early_alignment(**options: Any) -> rf.Solution:
    """Three points on a line, small neurons: they align, grow, and rest above 0."""
    x = np.array([[-0.75, 1.0], [-0.5, 1.0], [0.125, 1.0]])
    data = rf.Dataset(x, np.array([1.1, 0.1, 0.8]))
    random = np.random.default_rng(4)
    w = 1e-3 * random.normal(size=(12, 2))
    net = rf.Network(w, np.linalg.norm(w, axis=1) * np.where(np.arange(12) % 3, 1, -1))
    chosen: dict[str, Any] = dict(record="network", stop=rf.stop.time(200.0), spacing=rf.spacing.per_decade(60))
    return rf.exact(data, net, **(chosen | options))


@pytest.fixture(scope="module")
def solution() -> rf.Solution:
    return early_alignment()


def test_every_picture_is_drawn_and_saved(solution: rf.Solution, tmp_path: Path) -> None:
    plots = solution.plot
    for picture in (plots.neurons(), plots.angles(), plots.singular_values(), plots.function()):
        assert picture._repr_svg_().startswith("<svg xmlns=")
        for end, start in ((".svg", b"<svg"), (".png", b"\x89PNG"), (".pdf", b"%PDF")):
            file = tmp_path / f"{picture.name}{end}"
            picture.save(file)
            assert file.read_bytes().startswith(start)
    with pytest.raises(rf.InputError, match=r"ends in .svg, .png or .pdf"):
        plots.angles().save(tmp_path / "angles.gif")


def test_what_a_solution_has_no_picture_of_is_refused(solution: rf.Solution) -> None:
    with pytest.raises(rf.InputError, match="`function` draws those"):
        solution.plot.regions()
    with pytest.raises(rf.InputError, match='record="network" keeps them'):
        early_alignment(record="loss").film()
    with pytest.raises(rf.InputError, match="an input from 0 to 2"):
        solution.plot.neurons(along=("e0", "x7"))
    with pytest.raises(rf.InputError, match="not parallel"):
        solution.film(along=([1.0, 0.0], [2.0, 0.0]))
    with pytest.raises(rf.InputTypeError, match="two directions"):
        solution.film(along=3)  # type: ignore[arg-type]


def test_losses_of_many_runs(solution: rf.Solution) -> None:
    assert rf.losses([solution, solution, solution]).svg.startswith("<svg")
    with pytest.raises(rf.InputError, match="at least one"):
        rf.losses([])


def test_pictures_of_a_run(tmp_path: Path) -> None:
    sweep = {"d": [3, 5], "n": [6, 12], "p": 8, "draws": 2}
    experiment = rf.Experiment({"sweep": sweep, "flow": {"method": "gradient-descent"}, "stop": {"steps": 5}})
    run = experiment.run(tmp_path / "run")
    for kind in ("column", "map", "histogram"):
        assert run.picture(kind, "remaining_loss").svg.startswith("<svg")
    with pytest.raises(rf.InputError, match="no such column"):
        run.picture("map", "los")
    with pytest.raises(rf.InputError, match="none for a histogram"):
        run.picture("histogram", "loss", x="n")


def test_a_film_is_shown_inline_and_saved(solution: rf.Solution, tmp_path: Path) -> None:
    film = solution.film(frames=100)
    film.save(tmp_path / "film.html")
    page = (tmp_path / "film.html").read_text(encoding="utf-8")
    assert page == film.html and page.startswith("<!doctype html>") and "http" not in page
    shown = film._repr_html_()
    assert shown.startswith("<iframe srcdoc=") and "<script" not in shown


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless Chromium, its own or the machine's; without one, films are not played."""
    playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright")
    with playwright.sync_playwright() as tools:
        path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        try:
            opened = tools.chromium.launch(executable_path=path, args=["--no-sandbox"])
        except playwright.Error as error:
            pytest.skip(f"no Chromium: {str(error).splitlines()[0]}")
        yield opened
        opened.close()


@pytest.mark.parametrize("width", [400, 1200])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_film_plays(solution: rf.Solution, browser: Any, tmp_path: Path, width: int, scheme: str) -> None:
    file = tmp_path / "film.html"
    solution.film().save(file)
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())

    def position() -> float:
        return float(page.locator("#time").input_value())

    # It plays and pauses.
    assert position() == 0
    page.locator("#speed").select_option("2")
    page.locator("#play").click()
    page.wait_for_function("document.getElementById('time').value > 20")
    page.locator("#play").click()
    assert page.locator("#play").get_attribute("aria-label") == "Play"
    paused = position()
    page.wait_for_timeout(200)
    assert position() == paused

    # It slides, and shows the time there: the last row at the end.
    slider = page.locator("#time")
    slider.focus()
    slider.press("End")
    page.wait_for_function("document.getElementById('now').textContent === 't = 200'")

    # Every canvas has a drawing, none of one colour.
    colours = page.evaluate(
        """() => ["plane", "function", "loss"].map((id) => {
            const canvas = document.getElementById(id);
            const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
            return new Set(new Uint32Array(pixels.buffer)).size;
        })"""
    )
    assert min(colours) > 10, colours

    # A neuron pointed at tells its numbers: those of the solution's largest.
    w, a = solution.network.w, solution.network.a
    largest = int(np.argmax(np.abs(a) * np.linalg.norm(w, axis=1)))
    page.locator("#logarithmic").set_checked(False)
    place = np.abs(a[:, None]) * w
    reach = np.abs(solution.path.output[:, :, None] * solution.path.hidden).max()
    box = page.locator("#plane").bounding_box()
    radius = min(box["width"], box["height"]) / 2 - 14
    at = place[largest] * radius / (1.08 * reach)
    page.mouse.move(box["x"] + box["width"] / 2 + at[0], box["y"] + box["height"] / 2 - at[1])
    page.wait_for_function("document.getElementById('neuron').textContent.startsWith('neuron ')")
    told = page.locator("#neuron").text_content()
    shown = int(told.split()[1])
    # Neurons that are aligned may lie on one another.
    assert np.abs(place[shown] - place[largest]).max() * radius / (1.08 * reach) < 20, told
    assert "kink at" in told and "active on" in told

    # Events are marked, nothing is cut off, nothing was said or fetched.
    assert page.locator("#event").text_content().startswith(f"Event {solution.events.rows} of {solution.events.rows}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert said == []
    assert asked == [file.as_uri()] or asked == [file.as_uri(), "data:,"]
    page.close()
