"""Pictures and films of solutions: what they hold, what they refuse, and that a film plays in a browser."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from chromium import Browser, Page, found

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


def test_fifty_neurons_at_three_hundred_times_are_below_two_megabytes() -> None:
    random = np.random.default_rng(5)
    data = rf.Dataset(random.normal(size=(30, 8)), random.normal(size=30))
    network = rf.Network(random.normal(size=(50, 8)), random.normal(size=50))
    times = np.geomspace(1e-3, 3.0, 1500)
    solution = rf.flow(data, network, record="network", spacing=times, stop=rf.stop.time(3.0))
    page = solution.film(frames=300).html
    read = json.loads(page.split('<script type="application/json" id="data">')[1].split("</script>")[0])
    assert (read["neurons"], read["frames"]) == (50, 300)
    # Four numbers of four bytes a neuron and frame, a third more in base 64, and 50 kB for all else.
    assert 300 * 50 * 16 * 4 / 3 < len(page.encode()) < 300 * 50 * 16 * 4 / 3 + 50_000 < 2_000_000


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A headless Chromium; without one, films are not played."""
    program = found()
    if program is None or os.name != "posix":
        pytest.skip("no Chromium on the PATH, or no pipes to it")
    with Browser(program, tmp_path_factory.mktemp("profile")) as opened:
        try:
            opened.call("Browser.getVersion")
        except (OSError, RuntimeError) as error:
            pytest.skip(f"{program} does not start: {error}")
        yield opened


@pytest.fixture
def film(solution: rf.Solution, tmp_path: Path) -> str:
    """The address of a film."""
    file = tmp_path / "film.html"
    solution.film().save(file)
    return file.as_uri()


POSITION = "Number(document.getElementById('time').value)"
"""Where the film is, from 0 to 1000."""

COLOURS = """["plane", "function", "loss"].map((id) => {
    const canvas = document.getElementById(id);
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    return new Set(new Uint32Array(pixels.buffer)).size;
})"""

WIDE = """[...document.querySelectorAll("body *")]
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5 || one.getBoundingClientRect().left < -0.5)
    .map((one) => one.id || one.tagName)"""
"""What reaches beyond the window."""


LABELS = """(() => {
    const pen = CanvasRenderingContext2D.prototype, { clearRect, fillText } = pen;
    window.labels = {};
    pen.clearRect = function (...box) {
        window.labels[this.canvas.id] = [];
        return clearRect.apply(this, box);
    };
    pen.fillText = function (text, x, y, most = Infinity) {
        const size = this.measureText(text), wide = Math.min(size.width, most);
        const left = x - wide * ({ center: 0.5, right: 1 }[this.textAlign] ?? 0);
        const [top, bottom] = [y - size.actualBoundingBoxAscent, y + size.actualBoundingBoxDescent];
        window.labels[this.canvas.id].push({ text, left, top, right: left + wide, bottom });
        return fillText.apply(this, arguments);
    };
})()"""
"""Keeps where the labels of each canvas stand, from the next drawing on."""

CLASHES = """Object.entries(window.labels).flatMap(([id, labels]) => {
    const { clientWidth, clientHeight } = document.getElementById(id);
    const beyond = (a) => a.left < 0 || a.top < 0 || a.right > clientWidth || a.bottom > clientHeight;
    const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    const pairs = labels.flatMap((a, k) => labels.slice(0, k).filter((b) => meet(a, b)).map((b) => [a.text, b.text]));
    return [...labels.filter(beyond).map((a) => [a.text]), ...pairs];
})"""
"""Labels that are cut off, and pairs that overlap."""


def drawing(page: Page, canvas: str) -> int:
    """A number that changes with what a canvas shows."""
    return zlib.crc32(page.run(f"document.getElementById('{canvas}').toDataURL()").encode())


def text(page: Page, element: str) -> str:
    return str(page.run(f"document.getElementById('{element}').textContent"))


@pytest.mark.parametrize("width", [400, 1200])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_film_plays(solution: rf.Solution, browser: Browser, film: str, width: int, scheme: str) -> None:
    page = browser.page(film, width, 800, scheme)

    # It starts at the start, and plays: the time continues, and with it the neurons.
    assert page.run(POSITION) == 0 and text(page, "now") == "t = 0"
    first = drawing(page, "plane")
    page.run("document.getElementById('speed').value = '2'")
    page.click("play")
    page.wait(f"{POSITION} > 20")
    page.wait(f"{POSITION} > 60")
    assert page.run("document.getElementById('play').getAttribute('aria-label')") == "Pause"

    # Pausing holds it: neither the time nor the drawing changes.
    page.click("play")
    assert page.run("document.getElementById('play').getAttribute('aria-label')") == "Play"
    page.pause(0.1)
    paused, then, shown = page.run(POSITION), text(page, "now"), drawing(page, "plane")
    assert then != "t = 0" and shown != first
    page.pause(0.4)
    assert (page.run(POSITION), text(page, "now"), drawing(page, "plane")) == (paused, then, shown)

    # Dragged to its middle, the slider moves the state there, and the film stays there.
    left, top, across, high = page.box("time")
    page.mouse("Moved", left + across / 2, top + high / 2)
    page.mouse("Pressed", left + across / 2, top + high / 2)
    page.mouse("Moved", left + 0.75 * across, top + high / 2, pressed=True)
    page.mouse("Released", left + 0.75 * across, top + high / 2)
    page.wait(f"Math.abs({POSITION} - 750) < 40")
    page.wait(f"document.getElementById('now').textContent !== {json.dumps(then)}")
    middle = drawing(page, "plane")
    assert middle != shown

    # By key to its end: the last row's time and the solution's network.
    page.press("End", 35)
    page.wait(f"document.getElementById('now').textContent === 't = {solution.end.time:.4g}'")
    page.pause(0.1)
    assert page.run(POSITION) == 1000 and drawing(page, "plane") != middle

    # Every canvas has a drawing, none of one colour.
    colours = page.run(COLOURS)
    assert min(colours) > 10, colours

    # A neuron pointed at tells its numbers: those of the solution's largest.
    w, a = solution.network.w, solution.network.a
    largest = int(np.argmax(np.abs(a) * np.linalg.norm(w, axis=1)))
    if page.run("document.getElementById('logarithmic').checked"):
        page.click("logarithmic")
    place = np.abs(a[:, None]) * w
    reach = np.abs(solution.path.output[:, :, None] * solution.path.hidden).max()
    left, top, across, high = page.box("plane")
    radius = min(across, high) / 2 - 14
    at = place[largest] * radius / (1.08 * reach)
    assert text(page, "neuron").startswith("Point at a neuron")
    page.mouse("Moved", left + across / 2 + at[0], top + high / 2 - at[1])
    page.wait("document.getElementById('neuron').textContent.startsWith('neuron ')")
    told = text(page, "neuron")
    shown = int(told.split()[1])
    # Neurons that are aligned may lie on one another.
    assert np.abs(place[shown] - place[largest]).max() * radius / (1.08 * reach) < 20, told
    numbers = dict(part.split(" = ", 1) for part in told.split(" · ") if " = " in part)
    # Four digits of single precision.
    for name, value in [("a", a[shown]), ("‖w‖", np.linalg.norm(w[shown]))]:
        assert float(numbers[name].replace("−", "-")) == pytest.approx(value, rel=1e-3), told
    assert "kink at" in told and "active on" in told

    # Events are marked, nothing is cut off, nothing was said or fetched.
    assert text(page, "event").startswith(f"Event {solution.events.rows} of {solution.events.rows}")
    assert page.run("document.documentElement.scrollWidth") <= width
    assert page.run("innerWidth") == width and page.run(WIDE) == []
    assert page.complaints() == []
    assert [address for address in page.requests() if address != "data:,"] == [film]
    page.close()


@pytest.mark.parametrize("width", [320, 400, 420])
def test_labels_of_a_film_are_legible_on_a_telephone(browser: Browser, tmp_path: Path, width: int) -> None:
    # Kinks of three close inputs, closer than their names.
    data = rf.Dataset(np.array([[-0.5, 1.0], [-0.48, 1.0], [-0.46, 1.0]]), np.array([1.1, 0.9, 1.0]))
    net = rf.Network(np.array([[1e-3, 1e-3], [-1e-3, 1e-3]]), np.array([1e-3, 1e-3]))
    options: dict[str, Any] = dict(record="network", stop=rf.stop.time(200.0), spacing=rf.spacing.per_decade(20))
    file = tmp_path / "close.html"
    rf.exact(data, net, **options).film().save(file)
    page = browser.page(file.as_uri(), width, 800)
    page.run(LABELS)
    for place in (0, 400, 1000):
        for box in ("logarithmic", "logarithmic"):
            page.click(box)
            page.run(f"document.getElementById('time').value = {place}")
            page.run("document.getElementById('time').dispatchEvent(new Event('input'))")
            page.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            assert page.run("Object.values(window.labels).map((labels) => labels.length > 3)") == [True] * 3
            assert page.run(CLASHES) == []
    page.close()


def test_a_browser_would_say_what_is_wrong(browser: Browser, tmp_path: Path) -> None:
    """The checks above can fail: errors, words on the console, what is too wide and what is fetched are seen."""
    file = tmp_path / "wrong.html"
    file.write_text(
        "<!doctype html><div id=wide style='width:600px'>wide</div><img src='none.png'>"
        "<script>console.log('said'); setTimeout(() => { throw new Error('thrown'); });</script>",
        encoding="utf-8",
    )
    page = browser.page(file.as_uri(), 400, 800)
    page.pause(0.2)
    said = "".join(page.complaints())
    assert "said" in said and "thrown" in said
    assert page.run("document.documentElement.scrollWidth") > 400 and "wide" in page.run(WIDE)
    assert any(address.endswith("none.png") for address in page.requests())
    page.close()
