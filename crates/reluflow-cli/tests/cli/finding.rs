//! Checks that `finding` writes the same tables however it is run, and says which findings there are.

use crate::common::Place;

/// Trials of about a millisecond.
const SMALL: [&str; 9] = [
    "finding",
    "teachers",
    "--quick",
    "--set",
    "sweep.d=4",
    "--set",
    "sweep.p=6",
    "--set",
    "stop.transitions=1.5",
];

#[test]
fn a_finding_is_the_same_for_any_threads_and_resumes() {
    let place = Place::with("");
    let run = |out: &str, threads: &str| {
        let output = place.run(&[&SMALL[..], &["--out", out, "--threads", threads]].concat());
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{said}");
        (String::from_utf8(output.stdout).unwrap(), said)
    };
    let (first, _) = run("one", "1");
    let table = std::fs::read_to_string(place.path("one/teachers.csv")).unwrap();
    assert!(
        table.starts_with("labels,width,d,p,N,low,high,per_pd,per_teacher,draws,end\nindependent,,4,6,"),
        "{table}"
    );
    // A header, independent labels, and four widths of three kinds.
    assert_eq!(table.lines().count(), 14, "{table}");
    assert!(place.path("one/teachers-probability.csv").exists());
    assert!(place.path("one/teachers.svg").exists());
    let (second, _) = run("two", "2");
    assert_eq!(second, first.replace("one/", "two/"));
    assert_eq!(
        std::fs::read_to_string(place.path("two/teachers.csv")).unwrap(),
        table
    );
    let parts = || {
        std::fs::read_dir(place.path("one/teachers/parts"))
            .unwrap()
            .count()
    };
    let before = parts();
    assert_eq!(run("one", "2").0, first);
    assert_eq!(parts(), before, "trials were computed again");
}

/// Orthogonal inputs for the one and isotropic ones for the other, small enough for milliseconds; `--set` reaches every study.
#[test]
fn curvature_and_failures_write_their_tables_and_figures() {
    let place = Place::with("");
    let run = |name: &str, settings: &[&str]| {
        let settings: Vec<&str> = settings.iter().flat_map(|one| ["--set", *one]).collect();
        let output = place.run(&[&["finding", name, "--quick", "--out", name], &settings[..]].concat());
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{said}");
        String::from_utf8(output.stdout).unwrap()
    };
    let read = |path: &str| std::fs::read_to_string(place.path(path)).unwrap();
    let said = run("curvature", &["sweep.d=[12, 48]", "sweep.draws=3"]);
    assert!(
        said.contains("n = 48, p = 24, 3 flows, mean of √n μ_∞ "),
        "{said}"
    );
    let table = read("curvature/curvature.csv");
    // Lemma 5's width at three scales and with careful steps, and p = 49, at two n each.
    assert_eq!(table.lines().count(), 1 + 5 * 2, "{table}");
    assert!(table.contains("\nstandard,0.01,lemma5,12,20,3,"), "{table}");
    assert_eq!(read("curvature/curvature-starts.csv").lines().count(), 3);
    assert!(place.path("curvature/curvature.svg").exists());
    let said = run(
        "failures",
        &["sweep.d=[20]", "sweep.n=[4]", "sweep.p=[9]", "sweep.draws=6"],
    );
    assert!(
        said.contains("(d, n, p) = (20, 4, 9): the trap is reached from E by "),
        "{said}"
    );
    let table = read("failures/failures.csv");
    assert!(
        table.contains("\nstandard,20,4,9,6,") && table.contains("\ncareful,20,4,9,6,"),
        "{table}"
    );
    assert!(place.path("failures/failures.svg").exists());
}

/// Sizes of milliseconds; every study of a finding writes into its tables.
#[test]
fn capacity_thresholds_of_simple_labels_and_small_starts_write_their_tables_and_figures() {
    let place = Place::with("");
    let run = |name: &str, settings: &[&str]| {
        let settings: Vec<&str> = settings.iter().flat_map(|one| ["--set", *one]).collect();
        let output = place.run(&[&["finding", name, "--quick", "--out", name], &settings[..]].concat());
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{said}");
        String::from_utf8(output.stdout).unwrap()
    };
    let read = |path: &str| std::fs::read_to_string(place.path(path)).unwrap();
    let said = run(
        "capacity",
        &["sweep.d=[4]", "sweep.p=[6]", "stop.transitions=2.0"],
    );
    assert!(
        said.contains("both trained, standard steps, logistic loss, γ = 0.5, (d, p) = (4, 6): N/(pd) "),
        "{said}"
    );
    // A header, two slopes and two losses.
    assert_eq!(read("capacity/capacity.csv").lines().count(), 5);
    assert!(place.path("capacity/capacity.svg").exists());
    let said = run(
        "optimisation-threshold",
        &["sweep.p=[4, 6]", "sweep.draws=2", "stop.transitions=1.0"],
    );
    assert!(
        said.contains("(d, p) = (5, 4), n = 10: interpolated in "),
        "{said}"
    );
    // Two sizes at five n; two sizes with and without a teacher.
    assert_eq!(
        read("optimisation-threshold/optimisation-threshold.csv")
            .lines()
            .count(),
        11
    );
    assert_eq!(
        read("optimisation-threshold/optimisation-threshold-sizes.csv")
            .lines()
            .count(),
        5
    );
    run(
        "small-starts",
        &[
            "sweep.d=4",
            "sweep.n=8",
            "sweep.p=6",
            "sweep.draws=3",
            "stop.transitions=2.0",
        ],
    );
    // Clusters, labels of two losses and a teacher, both layers and the hidden one, three starts; the exact flow, as `--set` says, three.
    assert_eq!(read("small-starts/small-starts.csv").lines().count(), 1 + 24 + 2);
    assert!(place.path("small-starts/small-starts.svg").exists());
}

#[test]
fn an_unknown_finding_is_told_which_there_are() {
    let place = Place::with("");
    let output = place.run(&["finding", "interpolaton"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("invalid value 'interpolaton'"), "{said}");
    assert!(said.contains("possible values: interpolation"), "{said}");
    assert!(said.contains("a similar value exists: 'interpolation'"), "{said}");
}

#[test]
fn settings_that_make_no_experiment_are_refused_before_anything_is_run() {
    let place = Place::with("");
    let output = place.run(&["finding", "interpolation", "--set", "sweep.d=0", "--out", "none"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(!place.path("none").exists());
}
