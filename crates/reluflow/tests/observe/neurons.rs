//! Checks what is read off neurons on networks whose geometry is known, and the plateaus of a flow from a vanishing start.

use ndarray::{Array1, Array2, array};
use reluflow::flow::Exact;
use reluflow::observe::{Observable, Row, When, plateaus};
use reluflow::{Dataset, Method, Model, Network, Problem, Record, Solution, Stops, model};

/// Four orthonormal inputs with labels 1, and three balanced neurons of size λ that are active on {1, 2, 3}, {3, 4} and {2, 3}.
fn vanishing(lambda: f64) -> (Dataset, Network) {
    let data = Dataset::new(Array2::eye(4), Array1::ones(4)).unwrap();
    let signs = array![
        [1.0, 1.0, 1.0, -1.0],
        [-1.0, -1.0, 1.0, 1.0],
        [-1.0, 1.0, 1.0, -1.0]
    ];
    // Every row has length 2.
    let network = Network::new(signs * (lambda / 2.0), array![lambda, lambda, lambda]).unwrap();
    (data, network)
}

fn follow(data: &Dataset, network: &Network, method: Method, time: f64, record: Record) -> Solution {
    let problem = Problem {
        stops: Stops {
            trap: false,
            time: Some(time),
            ..Stops::default()
        },
        record,
        ..Problem::new(data, network, method)
    };
    problem.solve().unwrap()
}

/// The jump process says: the first neuron fits {1, 2, 3} at s = 1/√3 on the clock s = t/(n log(1/λ)), the second the fourth example at
/// s = 0.760854, the third never starts, and the loss is 1/2, 1/8, 0 in between.
#[test]
fn plateaus_of_a_vanishing_start_are_those_of_the_jump_process() {
    let lambda = 1e-100_f64;
    let (data, network) = vanishing(lambda);
    let clock = 4.0 * (1.0 / lambda).ln();
    let record = Record {
        observables: vec![Observable::Network],
        when: When::Times((1..400).map(|k| f64::from(k) / 300.0 * clock).collect()),
        ..Record::default()
    };
    for method in [Method::default(), Method::Exact(Exact::default())] {
        let solution = follow(&data, &network, method, 1.2 * clock, record.clone());
        assert_eq!(solution.path.len(), solution.trajectory.rows().len());
        let found = plateaus(&solution.trajectory, &solution.path, 0.05, 0.15);
        let expected = [(0.5, vec![]), (0.125, vec![0])];
        for (plateau, (loss, grown)) in found.iter().zip(&expected) {
            assert!(
                (plateau.loss - loss).abs() < 1e-3 * loss,
                "{method:?}: {plateau:?}"
            );
            // On the first plateau all three grow, from 1e-100 to next to nothing.
            assert!(*loss == 0.5 || plateau.grown == *grown, "{method:?}: {plateau:?}");
        }
        assert!(
            found.len() >= 2,
            "{method:?}: {found:?}, {}, {:?}",
            solution.verdict,
            solution.end
        );
        // s = t/(n log(1/λ)) tends to its limit like 1/log(1/λ).
        let jump = found[0].end / clock;
        assert!(
            (jump - 0.577_350).abs() < 0.02,
            "{method:?}: first jump at {jump}"
        );
        let jump = found[1].end / clock;
        assert!(
            (jump - 0.760_854).abs() < 0.02,
            "{method:?}: second jump at {jump}"
        );
        let last = solution.path.last().unwrap().network.output_weights()[2];
        assert!(last < 1e-10, "{method:?}: the third neuron started, {last}");
    }
}

/// The row at time 0 of a record.
fn at_start(data: &Dataset, network: &Network, observables: Vec<Observable>, test: Option<&Dataset>) -> Row {
    let problem = Problem {
        stops: Stops {
            steps: Some(1),
            ..Stops::default()
        },
        record: Record {
            directions: if observables.contains(&Observable::GivenDirections) {
                vec![vec![0.0, 2.0, 0.0]]
            } else {
                Vec::new()
            },
            observables,
            when: When::Every(1),
            ..Record::default()
        },
        test,
        teacher: Some(network),
        ..Problem::new(data, network, Method::default())
    };
    problem.solve().unwrap().trajectory.rows()[0]
}

#[test]
fn geometry_of_a_known_network() {
    let data = Dataset::new(Array2::eye(3), array![1.0, -2.0, 1.0]).unwrap();
    // Two neurons along e_1 and one along e_2 of positive sign, one along -e_1 - e_2 - e_3 that is active nowhere.
    let hidden = array![
        [2.0, 0.0, 0.0],
        [1.0, 0.001, 0.0],
        [0.0, 3.0, 0.0],
        [-1.0, -1.0, -1.0]
    ];
    let network = Network::new(hidden, array![1.0, 1.0, 1.0, -1.0]).unwrap();
    let all: Vec<Observable> = Observable::ALL
        .iter()
        .copied()
        .filter(|observable| *observable != Observable::CurvatureBounds)
        .collect();
    let test = Dataset::new(array![[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]], array![1.0, 1.0]).unwrap();
    let row = at_start(&data, &network, all, Some(&test));
    let near = |name: &str, expected: f64| {
        let found = row.value(name).unwrap();
        assert!((found - expected).abs() < 1e-9, "{name}: {found}, not {expected}");
    };
    near("directions", 2.0);
    near("top_share", 9.0 / (4.0 + 1.000_001 + 9.0 + 3.0));
    near("max_angle_positive", std::f64::consts::FRAC_PI_2);
    let small = 0.001_f64.atan();
    let right = std::f64::consts::FRAC_PI_2;
    near("mean_angle_positive", (small + right + (right - small)) / 3.0);
    assert!(row.value("max_angle_negative").unwrap().is_nan());
    // γ = (1, -2, 1)/3.
    near("min_label_alignment", -2.0 / 6.0_f64.sqrt());
    near("nearest_1", 1.0);
    near("share_1", 9.0 / 17.000_001);
    near("teacher_cosine", 1.0);
    near("teacher_found", 4.0);
    near("distance", 0.0);
    near("flipped", 0.0);
    near("kernel_distance", 0.0);
    // h(e_1) = (2 + 1)/4 and h(e_3) = 0 against labels 1: loss (1/4)(1/16 + 1), and the zero counts as wrong.
    near("test_loss", 0.25 * (1.0 / 16.0 + 1.0));
    near("test_error", 0.5);
}

#[test]
fn what_a_record_refers_to_must_be_there() {
    let data = Dataset::new(Array2::eye(2), Array1::ones(2)).unwrap();
    let network = Network::new(Array2::eye(2), Array1::ones(2)).unwrap();
    let other = Dataset::new(Array2::eye(3), Array1::ones(3)).unwrap();
    let refused = |observable, directions: Vec<Vec<f64>>, test| {
        let problem = Problem {
            record: Record {
                observables: vec![observable],
                directions,
                ..Record::default()
            },
            test,
            ..Problem::new(&data, &network, Method::default())
        };
        problem.solve().unwrap_err().to_string()
    };
    assert!(refused(Observable::Test, vec![], None).contains("test examples"));
    assert!(refused(Observable::Test, vec![], Some(&other)).contains("dimension of the test"));
    assert!(refused(Observable::Teacher, vec![], None).contains("teacher"));
    assert!(refused(Observable::GivenDirections, vec![], None).contains("directions"));
    assert!(refused(Observable::GivenDirections, vec![vec![1.0]], None).contains("2 numbers"));
    assert!(refused(Observable::GivenDirections, vec![vec![0.0, 0.0]], None).contains("not zero"));
}

/// The path of a flow does not depend on what is read off it.
#[test]
fn reading_changes_no_bit_of_the_flow() {
    let data = Dataset::new(
        array![[1.0, 0.5, 0.0], [-0.3, 1.0, 0.2], [0.1, -0.4, 1.0]],
        array![1.0, -1.0, 1.0],
    )
    .unwrap();
    let hidden = array![
        [0.3, 0.1, -0.2],
        [-0.1, 0.4, 0.3],
        [0.2, -0.2, 0.5],
        [0.1, 0.3, 0.2]
    ];
    let network = Network::new(hidden, array![0.5, -0.6, 0.6, 0.4]).unwrap();
    let teacher = network.clone();
    for loss in [model::Loss::Square, model::Loss::Logistic] {
        let solve = |observables: Vec<Observable>| {
            Problem {
                model: Model {
                    loss,
                    ..Model::default()
                },
                stops: Stops {
                    time: Some(30.0),
                    ..Stops::default()
                },
                record: Record {
                    observables,
                    when: When::PerDecade(8),
                    ..Record::default()
                },
                test: Some(&data),
                teacher: Some(&teacher),
                ..Problem::new(&data, &network, Method::default())
            }
            .solve()
            .unwrap()
        };
        let plain = solve(vec![Observable::Loss]);
        let read = solve(vec![
            Observable::Rank,
            Observable::Angles,
            Observable::Directions,
            Observable::KernelDistance,
            Observable::Test,
            Observable::Teacher,
            Observable::Network,
        ]);
        assert_eq!(plain.network, read.network);
        assert_eq!(plain.verdict, read.verdict);
        assert_eq!(plain.counts.evaluations, read.counts.evaluations);
        // The training set as the test set.
        let rows = read.trajectory.rows().iter();
        for row in rows {
            let found = row.value("test_loss").unwrap();
            assert!(
                (found - row.loss).abs() <= 1e-12 * row.loss + 1e-15 * row.loss.sqrt(),
                "{found} {}",
                row.loss
            );
        }
    }
}
