//! Checks what `run`, `summarize` and `trajectory` print.

use crate::common::Place;
use serde_json::Value;

/// One step of descent from far away: nothing converges, whatever the machine.
const EXPERIMENT: &str = "\
[sweep]
d = 10
n = [20, 40]
p = { lemma5 = 0.05 }
\"init.hidden_scale\" = [1, 0.1]
draws = 3

[flow]
method = \"gradient-descent\"
precision = \"f32\"

[stop]
steps = 1
trap = true

[record]
observables = [\"curvature\", \"curvature-bounds\"]
";

/// The fields whose last digits depend on the machine's matrix products.
const MEASURED: [&str; 6] = [
    "remaining_loss",
    "failed_loss",
    "log_mean_mu_end",
    "log_mean_mu_avg",
    "log_mean_mu_low",
    "log_mean_mu_upp",
];

#[test]
fn json_has_one_object_per_cell_on_a_line() {
    let place = Place::with(EXPERIMENT);
    let text = place.stdout(&["run", "fig.toml", "--json", "--quiet"]);
    let cleaned: Vec<String> = text
        .lines()
        .map(|line| {
            let mut object: Value = serde_json::from_str(line).unwrap();
            for name in MEASURED {
                let value = &mut object[name];
                assert!(value.is_null() || value.is_f64(), "{name}: {value}");
                *value = Value::String("measured".into());
            }
            object.to_string()
        })
        .collect();
    // p = floor(log(20 n)/log(4/3)) + 1: 20.8 and 23.2 before the floor. The upper end of the exact interval of
    // 0 in 3 is 1 − 0.025^(1/3).
    let line = |n, p, scale| {
        format!(
            "{{\"d\":10,\"n\":{n},\"p\":{p},\"draws\":3,\"converged\":0,\"probability\":0.0,\"ci_low\":0.0,\
             \"ci_high\":CI,\"undecided\":0,\"slid\":0,\"remaining_loss\":\"measured\",\"failed_loss\":\"measured\",\"median_time\":null,\
             \"median_evaluations\":2.0,\"verdicts\":{{\"out-of-budget\":3}},\
             \"log_mean_mu_end\":\"measured\",\"log_mean_mu_avg\":\"measured\",\
             \"log_mean_mu_low\":\"measured\",\"log_mean_mu_upp\":\"measured\",\"init.hidden_scale\":{scale}}}"
        )
    };
    let upper = 1.0 - 0.025f64.powf(1.0 / 3.0);
    let found: Value = serde_json::from_str(&cleaned[0]).unwrap();
    assert!((found["ci_high"].as_f64().unwrap() - upper).abs() < 1e-9);
    let interval = found["ci_high"].to_string();
    let expected = [
        line(20, 21, "1"),
        line(40, 24, "1"),
        line(20, 21, "0.1"),
        line(40, 24, "0.1"),
    ];
    assert_eq!(cleaned, expected.map(|line| line.replace("CI", &interval)));
    assert_eq!(place.stdout(&["summarize", "runs/fig", "--json"]), text);
}

#[test]
fn tables_have_a_line_per_cell() {
    let place = Place::with(EXPERIMENT);
    let table = place.stdout(&["run", "fig.toml", "--quiet"]);
    assert_eq!(table.lines().count(), 5);
    assert!(table.contains("0.000 – 0.708"), "{table}");
    assert_eq!(place.stdout(&["summarize", "runs/fig"]), table);
    let csv = place.stdout(&["summarize", "runs/fig", "--csv"]);
    assert!(csv.starts_with(
        "d,n,p,draws,converged,probability,ci_low,ci_high,undecided,slid,remaining_loss,failed_loss,median_time,"
    ));
    assert_eq!(csv.lines().count(), 5);
}

#[test]
fn trajectory_prints_and_writes_the_same_run() {
    let place = Place::with(EXPERIMENT);
    let flags = ["trajectory", "--n", "15", "--d", "30", "--draw", "2"];
    let table = place.stdout(&flags);
    let lines: Vec<&str> = table.lines().collect();
    // The verdict, and what it cost.
    let (rows, words) = lines.split_at(lines.len() - 2);
    assert!(
        words[0].starts_with("d = 30, n = 15, p = 20, draw 2: interpolating: "),
        "{words:?}"
    );
    assert!(words[1].contains(" evaluations; energy defect "), "{words:?}");
    let csv = place.stdout(&[&flags[..], &["--out", "run.csv"]].concat());
    assert_eq!(csv.lines().collect::<Vec<_>>(), words);
    let written = std::fs::read_to_string(place.path("run.csv")).unwrap();
    assert_eq!(written.lines().count(), rows.len());
    assert!(
        written.starts_with("time,step,evaluations,loss,mu,mu_avg,mu_low,mu_upp,balance_drift,lost\n0,0,1,")
    );
    // A file that records the end only is followed over time all the same: rows at t = 0 and at the one step.
    let file = place.stdout(&["trajectory", "fig.toml", "--set", "sweep.n=20"]);
    assert_eq!(file.lines().count(), 4, "{file}");
    place.stdout(&[&flags[..], &["--out", "run.parquet"]].concat());
    let table = reluflow_lab::table::read(&place.path("run.parquet")).unwrap();
    let names = reluflow_lab::table::names(&table);
    assert_eq!(names.join(","), written.lines().next().unwrap());
}

/// A file that records nothing is followed with the columns that its model has.
#[test]
fn a_trajectory_of_any_model_needs_no_record() {
    let place = Place::with(EXPERIMENT);
    let flags = ["trajectory", "--n", "15", "--d", "30", "--set", "stop.time=3"];
    for model in [
        "{weight_decay=0.1}",
        "{train=\"output\"}",
        "{activation=\"linear\"}",
    ] {
        let table = place.stdout(&[&flags[..], &["--set", &format!("model={model}")]].concat());
        assert!(table.contains(" balance_drift "), "{model}: {table}");
    }
    let labels = ["--set", "data={law=\"isotropic\", labels={sizes={constant=1}}}"];
    let table = place.stdout(&[&flags[..], &labels, &["--set", "model={loss=\"logistic\"}"]].concat());
    assert!(!table.contains("mu_low"), "{table}");
}

#[test]
fn a_trajectory_says_what_kind_of_point_its_end_is() {
    let place = Place::with(EXPERIMENT);
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../experiments/field/five-points.toml"
    );
    let text = place.stdout(&["trajectory", file, "--stationary"]);
    // A spurious minimum: the flow rests, though σ'(0) = 0 alone would have the sliding neurons move.
    let line = |start: &str| text.lines().find(|line| line.starts_with(start)).unwrap();
    assert!(!line("at the end: ").contains("not stationary"), "{text}");
    let norms = line("least-norm subgradient 0.00e0; gradient with σ'(0) = 0 ");
    assert!(!norms.contains("σ'(0) = 0 0.00e0"), "{text}");
}

/// A linear teacher with noise and a start of 10⁻³, where neurons slide along kinks; the paper's problem, where they do not.
#[test]
fn a_sweep_says_where_neurons_slid() {
    let sliding = "[sweep]\nd = 5\nn = 40\np = 20\ndraws = 3\n\
                   [data]\nlaw = \"gaussian\"\nscale = 2.23606797749979\ntarget = { linear = { norm = 1.0 } }\nnoise = 0.5\n\
                   [init]\nlaw = \"balanced\"\nscale = 1e-3\n\
                   [stop]\ntrap = true\nsuccess = { relative-loss = 1e-3 }\ntransitions = 100\n";
    let place = Place::with(sliding);
    let note = "draws neurons slid along kinks for most of the way";
    let run = place.run(&["run", "fig.toml", "--out", "runs/fig"]);
    let said = String::from_utf8(run.stderr).unwrap();
    assert_eq!(said.matches(note).count(), 1, "{said}");
    let summary = place.run(&["summarize", "runs/fig", "--json"]);
    assert!(String::from_utf8(summary.stderr).unwrap().contains(note));
    let cell: Value = serde_json::from_slice(&summary.stdout).unwrap();
    assert!(cell["slid"].as_u64().unwrap() > 0, "{cell}");
    place.stdout(&["report", "runs/fig"]);
    let page = std::fs::read_to_string(place.path("runs/fig/report.html")).unwrap();
    assert_eq!(page.matches(note).count(), 1);

    let paper =
        Place::with("[sweep]\nd = 10\nn = 8\np = 12\ndraws = 3\n[stop]\ntrap = true\ntransitions = 1.5\n");
    let run = paper.run(&["run", "fig.toml", "--out", "runs/fig"]);
    let said = String::from_utf8(run.stderr).unwrap();
    assert!(run.status.success() && !said.contains(note), "{said}");
}
