//! Reads and draws every example of the page of laws, and checks the keys that every law takes.
#![allow(clippy::unwrap_used)] // in the helpers of tests

use std::path::Path;

use reluflow_lab::{Experiment, Override, trial};

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/laws.md");
    std::fs::read_to_string(path).unwrap()
}

fn read(text: &str) -> Result<Experiment, String> {
    Experiment::from_text("page", "page", text, &[], Path::new("")).map_err(|error| error.to_string())
}

/// The blocks between ```toml and ```.
fn examples(page: &str) -> Vec<&str> {
    page.split("```toml\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .collect()
}

#[test]
fn every_example_of_the_page_is_drawn() {
    let page = page();
    let examples = examples(&page);
    for example in &examples {
        let text = format!("[sweep]\nn = 6\nd = 8\np = 4\n{example}");
        // An example that gives sizes of its own has a section [sweep].
        let text = if example.contains("[sweep]") {
            (*example).to_owned()
        } else {
            text
        };
        let experiment = read(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        for cell in &experiment.cells {
            let (data, network) = trial::draw(&experiment, cell, 0).unwrap();
            assert_eq!(data.examples() as u64, cell.n, "{text}");
            assert_eq!(network.neurons() as u64, cell.p, "{text}");
        }
    }
    assert!(examples.len() >= 10);
}

/// Every law and target that the reader knows has its row.
#[test]
fn the_page_names_every_law() {
    let page = page();
    let names = |section: &str, value: &str| {
        let error = read(&format!("[sweep]\nn = 6\nd = 8\np = 4\n[{section}]\n{value}\n")).unwrap_err();
        let list = error
            .split("expected: ")
            .nth(1)
            .unwrap()
            .lines()
            .next()
            .unwrap()
            .to_owned();
        list.trim_start_matches("one of ")
            .split(", ")
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let laws = names("data", "law = \"?\"");
    assert!(laws.contains(&"cone".to_owned()), "{laws:?}");
    let starts = names("init", "law = \"?\"");
    assert!(starts.contains(&"tau-delta".to_owned()), "{starts:?}");
    let targets = names("data", "law = \"gaussian\"\ntarget = { \"?\" = 1 }");
    assert!(targets.contains(&"knots".to_owned()), "{targets:?}");
    let keys = names("data", "law = \"gaussian\"\nnois = 1");
    assert_eq!(keys, ["scale", "labels", "target", "noise", "flip", "bias"]);
    for name in laws.iter().chain(&starts).chain(&targets).chain(&keys[1..]) {
        assert!(page.contains(&format!("`{name}`")), "{name} is not on the page");
    }
}

/// A law without the keys that every law takes is the law it was: its cells have the same key, and the same data.
#[test]
fn keys_that_change_nothing_change_nothing() {
    let sweep = "[sweep]\nn = 6\nd = 4\np = 4\nseed = 3\n[data]\nlaw = \"gaussian\"\n";
    let plain = read(sweep).unwrap();
    let spelt = read(&format!("{sweep}noise = 0\nflip = 0\nbias = false\n")).unwrap();
    let draw = |experiment: &Experiment| trial::draw(experiment, &experiment.cells[0], 0).unwrap();
    assert_eq!(draw(&plain), draw(&spelt));
}

#[test]
fn every_key_may_be_an_axis() {
    let text = "[sweep]\nn = 6\nd = 4\np = 4\n\"data.noise\" = [0, 0.5]\n\"data.target.linear.norm\" = [1, 2]\n\"init.mirrored\" = [false, true]\n\"init.output.fixed\" = [1, 2]\n[data]\nlaw = \"gaussian\"\n[init]\nlaw = \"normal\"\n";
    let experiment = read(text).unwrap();
    assert_eq!(experiment.cells.len(), 16);
    // Axes in the order of the file, the last one slowest or fastest: the pairs are found by their values.
    let find = |noise: &str, norm: &str, mirrored: &str, fixed: &str| {
        let values = [noise, norm, mirrored, fixed];
        let cell = experiment.cells.iter().find(|cell| {
            cell.axes
                .iter()
                .zip(values)
                .all(|(axis, value)| axis.to_string() == value)
        });
        trial::draw(&experiment, cell.unwrap(), 0).unwrap()
    };
    let (one, start) = find("0", "1", "false", "1");
    let (two, mirrored) = find("0", "2", "true", "2");
    assert_eq!(one.inputs(), two.inputs());
    // β is one direction, of norm 1 and of norm 2: doubling is exact in binary.
    assert_eq!(&one.labels() * 2.0, two.labels());
    assert!(start.output_weights().iter().all(|a| *a == 1.0));
    assert_eq!(mirrored.output_weights().to_vec(), [2.0, -2.0, 2.0, -2.0]);
    let (noisy, _) = find("0.5", "1", "false", "1");
    assert!(noisy.inputs() == one.inputs() && noisy.labels() != one.labels());
}

/// Mistakes are answered with the name that was meant.
#[test]
fn misspelt_keys_are_recognised() {
    let refusal = |sections: &str| read(&format!("[sweep]\nn = 6\nd = 4\np = 4\n{sections}")).unwrap_err();
    for (sections, meant, line) in [
        ("[data]\nlaw = \"gaussian\"\nnoize = 0.1\n", "noise", 7),
        (
            "[data]\nlaw = \"gaussian\"\ntarget = { linera = {} }\n",
            "linear",
            7,
        ),
        (
            "[data]\nlaw = \"gaussian\"\ntarget = { linear = { nrom = 1 } }\n",
            "norm",
            7,
        ),
        ("[data]\nlaw = \"clusters\"\ncentres = \"xorr\"\n", "xor", 7),
        ("[data]\nlaw = \"clusers\"\n", "clusters", 6),
        ("[init]\nlaw = \"balanced\"\nmirored = true\n", "mirrored", 7),
        ("[init]\nlaw = \"tau-detla\"\n", "tau-delta", 6),
        ("[init]\nlaw = \"balanced\"\noutput = { fixd = 1 }\n", "fixed", 7),
    ] {
        let error = refusal(sections);
        assert!(
            error.contains(&format!("did you mean `{meant}`")),
            "{sections}{error}"
        );
        assert!(error.contains(&format!("line {line}")), "{sections}{error}");
    }
    let error = refusal("[data]\nlaw = \"gaussian\"\nflip = 1.5\n");
    assert!(
        error.contains("line 7") && error.contains("a probability from 0 to 1"),
        "{error}"
    );
    let error = refusal("[init]\nlaw = \"balanced\"\noutput = 0.5\n");
    assert!(error.contains("{ fixed = 1 }"), "{error}");
}

/// Weights of the laws are those of the file's units, PyTorch's default apart, mirrored or not.
#[test]
fn mirrored_pytorch_is_drawn_in_its_own_units() {
    let draw = |init: &str| {
        let text = format!(
            "[sweep]\nn = 6\nd = 4\np = 4\n[init]\nlaw = \"pytorch\"\n{init}[units]\nscaling = \"unscaled\"\n"
        );
        let experiment = read(&text).unwrap();
        trial::draw(&experiment, &experiment.cells[0], 0).unwrap().1
    };
    let (plain, mirrored) = (draw(""), draw("mirrored = true\n"));
    assert_eq!(plain.hidden_weights().row(0), mirrored.hidden_weights().row(1));
    assert_eq!(plain.output_weights()[0], -mirrored.output_weights()[1]);
}

#[test]
fn labels_near_zero_are_said_before_a_run() {
    let notes = |data: &str| {
        let text = format!("[sweep]\nn = 6\nd = 4\np = 4\n[data]\nlaw = \"gaussian\"\n{data}");
        let experiment =
            Experiment::from_text("page", "page", &text, &[] as &[Override], Path::new("")).unwrap();
        experiment.notes().len()
    };
    assert_eq!(notes(""), 0);
    assert_eq!(notes("noise = 0.1\n"), 1);
    assert_eq!(notes("target = { linear = {} }\n"), 1);
    assert_eq!(notes("labels = { sizes = { half-normal = 1 } }\n"), 1);
    assert_eq!(notes("flip = 0.1\n"), 0);
}

/// Where neurons gather in few directions the fast flow is often wrong, and a run says so before it starts.
#[test]
fn small_starts_in_two_coordinates_are_told_of() {
    let told = |[n, d, p]: [usize; 3], hidden: f64, rest: &str| {
        let text = format!(
            "[sweep]\nn = {n}\nd = {d}\np = {p}\n[data]\nlaw = \"isotropic\"\n[init]\nlaw = \"normal\"\nhidden = {hidden:e}\n{rest}"
        );
        let experiment =
            Experiment::from_text("page", "page", &text, &[] as &[Override], Path::new("")).unwrap();
        let notes = experiment.notes().into_iter().map(|note| note.text);
        notes
            .filter(|text| text.contains("two coordinates"))
            .collect::<String>()
    };
    let small = [30, 2, 50];
    assert!(told(small, 1e-4, "").contains("or accuracy = \"checked\""));
    assert!(told(small, 1e-4, "[flow]\naccuracy = \"careful\"").contains("or accuracy = \"checked\""));
    assert_eq!(told(small, 1e-4, "[flow]\naccuracy = \"checked\""), "");
    assert!(
        told([102, 2, 50], 1e-4, "[flow]\naccuracy = \"checked\"")
            .contains("undecided where n·p is above 5000")
    );
    let decay = "[model]\nweight_decay = 0.1\n";
    assert!(told(small, 1e-4, decay).contains("knows no weight decay"));
    assert_eq!(told(small, 1e-4, "[flow]\nmethod = \"exact\""), "");
    assert_eq!(told(small, 1e-4, "[model]\nactivation = \"linear\""), "");
    assert_eq!(told(small, 1.0, ""), "");
    assert_eq!(told([30, 3, 50], 1e-4, ""), "");
}
