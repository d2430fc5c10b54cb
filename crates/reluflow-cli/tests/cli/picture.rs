//! Checks what `film` and `picture` write.

use crate::common::Place;

/// Three points on a line, a few neurons of the exact flow; two cells for pictures of trials.
const EXPERIMENT: &str = "\
[sweep]
p = [6, 8]
draws = 3

[data]
law = \"points\"
x = [-0.75, -0.5, 0.125]
y = [1.1, 0.1, 0.8]
bias = true

[init]
law = \"normal\"
hidden = 0.01

[flow]
method = \"exact\"

[stop]
time = 50.0
";

fn starts(place: &Place, file: &str, with: &[u8]) -> bool {
    std::fs::read(place.path(file)).unwrap().starts_with(with)
}

#[test]
fn a_film_is_written_beside_the_file() {
    let place = Place::with(EXPERIMENT);
    let said = place.stdout(&["film", "fig.toml", "--draw", "1", "--set", "sweep.p=6"]);
    let lines: Vec<&str> = said.lines().collect();
    assert!(lines[0].starts_with("d = 2, n = 3, p = 6, draw 1: "), "{said}");
    assert_eq!(lines[1..], ["fig.html"]);
    assert!(starts(&place, "fig.html", b"<!doctype html>"));
    // The same run gives the same page.
    place.stdout(&[
        "film",
        "fig.toml",
        "--draw",
        "1",
        "--set",
        "sweep.p=6",
        "--out",
        "again.html",
    ]);
    let page = |name: &str| std::fs::read(place.path(name)).unwrap();
    assert_eq!(page("fig.html"), page("again.html"));
}

#[test]
fn every_picture_of_a_path_is_written_as_svg_png_and_pdf() {
    let place = Place::with(EXPERIMENT);
    for kind in ["neurons", "angles", "singular-values", "function"] {
        let said = place.stdout(&["picture", kind, "fig.toml", "--set", "sweep.p=6"]);
        let files = ["svg", "png", "pdf"].map(|end| format!("fig-{kind}.{end}"));
        assert_eq!(said.lines().collect::<Vec<_>>(), files);
        for (file, with) in files.iter().zip([&b"<svg"[..], b"\x89PNG", b"%PDF"]) {
            assert!(starts(&place, file, with), "{file}");
        }
    }
    let said = place.stdout(&[
        "picture",
        "neurons",
        "fig.toml",
        "--set",
        "sweep.p=6",
        "--along",
        "x0,gamma",
        "--out",
        "one.svg",
    ]);
    assert_eq!(said, "one.svg\n");
    place.stdout(&[
        "picture", "regions", "--n", "6", "--d", "2", "--p", "8", "--rows", "8", "--out", "regions",
    ]);
    assert!(starts(&place, "regions.svg", b"<svg"));
    place.stdout(&[
        "picture", "losses", "fig.toml", "--draws", "2", "--rows", "8", "--out", "losses",
    ]);
    assert!(starts(&place, "losses.pdf", b"%PDF"));
}

#[test]
fn pictures_of_trials_are_drawn_from_a_folder() {
    let place = Place::with(EXPERIMENT);
    place.stdout(&[
        "run",
        "fig.toml",
        "--quiet",
        "--set",
        "init={law=\"normal\"}",
        "--set",
        "sweep.\"init.hidden\"=[0.01, 0.1]",
    ]);
    for (kind, flags) in [
        ("column", &["--of", "loss", "--x", "p"][..]),
        ("map", &["--of", "remaining_loss"]),
        ("histogram", &["--of", "loss", "--by", "p"]),
    ] {
        let out = format!("{kind}.svg");
        let words = [&["picture", kind, "runs/fig", "--out", out.as_str()], flags].concat();
        assert_eq!(place.stdout(&words), format!("{out}\n"));
    }
    // A picture of a path is one of the folder's experiment.
    place.stdout(&["picture", "angles", "runs/fig", "--out", "angles.svg"]);
}
