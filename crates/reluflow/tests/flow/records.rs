//! Rows fall, cost little, and change no path; nor does it cost much to say when success came.

use reluflow::flow::Accuracy;
use reluflow::model::Loss;
use reluflow::observe::When;
use reluflow::{Dataset, Method, Problem, Record};

use super::common::{isotropic, until};

/// The shapes at which up to four in ten tables used to rise.
#[test]
fn rows_fall_and_no_record_changes_the_path() {
    for sizes in [
        (160, 20, 30),
        (100, 10, 20),
        (300, 20, 30),
        (30, 5, 40),
        (60, 5, 40),
    ] {
        for (draw, accuracy) in
            (0..5).flat_map(|draw| [(draw, Accuracy::Standard), (draw, Accuracy::Careful)])
        {
            let (data, network) = isotropic(sizes, draw);
            let mut problem = Problem::new(&data, &network, super::common::accuracy(accuracy));
            let plain = problem.solve().unwrap();
            for when in [
                When::PerDecade(8),
                When::PerDecade(30),
                When::Times((1..40).map(|k| 0.7 * f64::from(k)).collect()),
            ] {
                problem.record = Record {
                    observables: Vec::new(),
                    when: when.clone(),
                    ..Record::default()
                };
                let solution = problem.solve().unwrap();
                let case = format!("{sizes:?} {draw} {accuracy:?} {when:?}");
                assert_eq!(solution.verdict, plain.verdict, "{case}");
                assert_eq!(solution.network, plain.network, "{case}");
                assert_eq!(solution.end.success_time, plain.end.success_time, "{case}");
                let losses: Vec<f64> = solution.trajectory.rows().iter().map(|row| row.loss).collect();
                // On the grid that steps end on rows fall to 10⁻³; elsewhere chatter about kinks may show.
                let most = if when == When::PerDecade(8) { 1.001 } else { 1.02 };
                for pair in losses.windows(2) {
                    assert!(pair[1] <= most * pair[0], "{case}: {pair:?}");
                }
            }
        }
    }
}

/// The steps of a classification are bounded by the curvature of its loss where they start, not at the last row.
#[test]
fn no_record_changes_the_path_of_a_classification() {
    for (draw, loss) in (0..40).flat_map(|draw| [(draw, Loss::Logistic), (draw, Loss::Exponential)]) {
        let (drawn, network) = isotropic((12, 4, 9), draw);
        let data = Dataset::new(drawn.inputs().to_owned(), drawn.labels().mapv(f64::signum)).unwrap();
        let mut problem = Problem::new(&data, &network, Method::default());
        problem.model.loss = loss;
        problem.stops = until(300.0);
        let plain = problem.solve().unwrap();
        for when in [
            When::PerDecade(30),
            When::Times((1..40).map(|k| 3.7 * f64::from(k)).collect()),
        ] {
            problem.record.when = when.clone();
            let solution = problem.solve().unwrap();
            let case = format!("{draw} {loss:?} {when:?}");
            assert_eq!(solution.network, plain.network, "{case}");
            assert_eq!(solution.end.success_time, plain.end.success_time, "{case}");
        }
    }
}

/// Eight rows a decade lie on the grid that steps end on: they cost next to nothing.
#[test]
fn default_rows_cost_few_evaluations() {
    let (mut with, mut without) = (0, 0);
    for draw in 0..20 {
        let (data, network) = isotropic((100, 50, 16), draw);
        let mut problem = Problem::new(&data, &network, Method::default());
        without += problem.solve().unwrap().counts.evaluations;
        problem.record.when = When::PerDecade(8);
        with += problem.solve().unwrap().counts.evaluations;
    }
    assert!(20 * with <= 23 * without, "{with} with rows, {without} without");
}

/// When success came, and where a run ends that stops there, is looked for inside a step: amid chatter that must not take longer than the run.
#[test]
fn locating_the_trap_costs_little() {
    let (mut most, mut all) = (0, Vec::new());
    for draw in 0..300 {
        let (data, network) = isotropic((60, 40, 15), draw);
        let problem = Problem::new(&data, &network, Method::default());
        let evaluations = problem.solve().unwrap().counts.evaluations;
        most = evaluations.max(most);
        all.push(evaluations);
    }
    all.sort_unstable();
    let median = all[all.len() / 2];
    println!("{median} evaluations in the median, {most} at most");
    assert!(most < 3 * median, "{most} against {median}");
}
