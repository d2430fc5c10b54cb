//! Checks the process by its own laws, and as the limit of the exact flow.

use ndarray::{Array1, Array2};

use super::*;
use crate::data::{LabelLaw, Magnitude, Orthogonal};
use crate::flow::{Exact, Stops};
use crate::initialisation::Balanced;
use crate::random::Purpose;
use crate::{DataLaw, InitialisationLaw, Method, Problem, TrialSeed};

fn three_neurons(labels: Array1<f64>) -> (Dataset, Network) {
    let hidden = Array2::from_shape_fn((3, 4), |(j, i)| {
        let sets: [&[usize]; 3] = [&[0, 1, 2], &[2, 3], &[1, 2]];
        if sets[j].contains(&i) { 0.5 } else { -0.5 }
    });
    let data = Dataset::new(Array2::eye(4), labels).unwrap();
    (data, Network::new(hidden, Array1::ones(3)).unwrap())
}

#[test]
fn the_case_of_three_neurons() {
    // S = {1, 2, 3}, {3, 4}, {2, 3}: 1/√3; then −1 + √2/√3 is left to grow at speed 1: s = 1/√3 + 1 − √2/√3.
    let (data, network) = three_neurons(Array1::ones(4));
    let process = JumpProcess::new(&data, &network).unwrap();
    let jumps: Vec<(usize, &[usize])> = process.events.iter().map(|e| (e.neuron, &e.fitted[..])).collect();
    assert_eq!(jumps, [(0, &[0, 1, 2][..]), (1, &[3][..])]);
    let close = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-12, "{found}");
    close(process.events[0].s, 1.0 / 3f64.sqrt());
    close(process.events[1].s, 1.0 / 3f64.sqrt() + 1.0 - (2f64 / 3.0).sqrt());
    close(process.initial_loss, 0.5);
    close(process.events[0].loss, 0.125);
    close(process.loss, 0.0);
    close(process.norm, 2.0 * 3f64.sqrt() + 2.0);
    close(process.loss_at(0.6), 0.125);
    assert_eq!((process.idle, process.ties), (vec![2], 0));
    assert!(process.lost.is_empty());
    // The published digits.
    assert!((process.events[0].s - 0.577350).abs() < 1e-6 && (process.events[1].s - 0.760854).abs() < 1e-6);
}

#[test]
fn signs_that_nobody_has_are_lost_and_ties_are_counted() {
    let (data, network) = three_neurons(Array1::from_vec(vec![1.0, -1.0, 0.0, 1.0]));
    let process = JumpProcess::new(&data, &network).unwrap();
    assert_eq!(process.lost, [1]);
    assert_eq!((process.ties, process.events.len(), process.loss), (0, 2, 0.125));
    let (data, network) = three_neurons(Array1::ones(4));
    let twice = |j: usize| if j < 3 { j } else { 0 };
    let hidden = Array2::from_shape_fn((4, 4), |(j, i)| network.hidden_weights()[(twice(j), i)]);
    let process = JumpProcess::new(&data, &Network::new(hidden, Array1::ones(4)).unwrap()).unwrap();
    assert_eq!((process.ties, process.margins.order), (1, 0.0));
    assert_eq!((process.events[0].neuron, process.idle), (0, vec![2, 3]));
}

#[test]
fn what_is_no_jump_process_is_refused() {
    let refused = |data: &Dataset, w: [f64; 2], a: f64| {
        let network = Network::new(ndarray::array![w], ndarray::array![a]).unwrap();
        JumpProcess::new(data, &network).unwrap_err().to_string()
    };
    let data = Dataset::new(Array2::ones((2, 2)), Array1::ones(2)).unwrap();
    let said = refused(&data, [1.0, 1.0], 2.0);
    assert!(said.contains("orthogonal"), "{said}");
    // 1 − √5/0.01 = −222.6; here the output weight does change its sign.
    let data = Dataset::new(Array2::eye(2), ndarray::array![1.0, -1.5]).unwrap();
    let said = refused(&data, [1.0, 2.0], 0.01);
    assert!(
        said.contains("|a_j| ≥ ‖w_j‖") && said.contains("-2.2e2"),
        "{said}"
    );
    for (x, y) in [(1e-200, 1.0), (1e200, 1.0), (1.0, 1e-200), (1.0, 1e200)] {
        let data = Dataset::new(Array2::eye(2) * x, ndarray::array![y, y]).unwrap();
        let said = refused(&data, [1.0, 2.0], 3.0);
        assert!(
            said.contains("between 1e-70 and 1e70"),
            "x = {x}, y = {y}: {said}"
        );
    }
}

/// With x → c x, y → e y the growth rates are c e times as large, losses e², norms e/c; the size of the start does not matter.
#[test]
fn units_and_the_size_of_the_start_do_not_matter() {
    let (data, network) = three_neurons(ndarray::array![1.0, -0.5, 2.0, 1.5]);
    let plain = JumpProcess::new(&data, &network).unwrap();
    for (c, e) in [(1e-69, 1e69), (1e69, 1e-69), (1e-69, 1e-69), (1e69, 1e69)] {
        for size in [1e-300, 1e300] {
            let data = Dataset::new(Array2::eye(4) * c, data.labels().to_owned() * e).unwrap();
            let (w, a) = (network.hidden_weights(), network.output_weights());
            let start = Network::new(w.to_owned() * size, a.to_owned() * size).unwrap();
            let process = JumpProcess::new(&data, &start).unwrap();
            let close = |found: f64, expected: f64| {
                assert!((found / expected - 1.0).abs() < 1e-12, "{found}, {expected}");
            };
            assert_eq!(process.events.len(), plain.events.len());
            assert_eq!((&process.lost, &process.idle), (&plain.lost, &plain.idle));
            close(process.margins.activity, plain.margins.activity);
            close(process.norm, plain.norm * (e / c));
            close(process.loss, plain.loss * e * e);
            for (found, expected) in process.events.iter().zip(&plain.events) {
                assert_eq!((found.neuron, &found.fitted), (expected.neuron, &expected.fitted));
                close(found.s, expected.s / (c * e));
            }
            let end = process.network(&data, &start, process.events.len());
            assert!(
                end.hidden_weights()
                    .iter()
                    .chain(end.output_weights())
                    .all(|v| v.is_finite())
            );
        }
    }
}

/// The exact flow at λ: s of every jump where L is half way down it and who had grown most by then; and the norm at the end.
fn by_the_flow(data: &Dataset, start: &Network, process: &JumpProcess, size: f64) -> Vec<(f64, usize)> {
    let network = Network::new(
        start.hidden_weights().mapv(|w| w * size),
        start.output_weights().mapv(|a| a * size),
    )
    .unwrap();
    let clock = data.examples() as f64 * (1.0 / size).ln();
    let mut grown = vec![false; network.neurons()];
    let mut before = process.initial_loss;
    let jumps = process.events.iter().map(|jump| {
        let mut problem = Problem::new(data, &network, Method::Exact(Exact::default()));
        problem.stops = Stops {
            loss: Some(0.5 * (before + jump.loss)),
            time: Some(50.0 * clock),
            ..Stops::default()
        };
        before = jump.loss;
        let solution = problem.solve().unwrap();
        let output = solution.network.output_weights();
        let newest = (0..grown.len())
            .filter(|j| !grown[*j])
            .max_by(|i, j| output[*i].abs().total_cmp(&output[*j].abs()))
            .unwrap();
        grown[newest] = true;
        (solution.end.time / clock, newest)
    });
    jumps.collect()
}

#[test]
fn the_exact_flow_tends_to_the_process() {
    let mut compared = 0;
    for draw in 0..24 {
        let seed = TrialSeed {
            root: 22,
            n: 6,
            d: 6,
            p: 5,
            draw,
        };
        let law = Orthogonal {
            norms: Magnitude::PAPER,
            labels: LabelLaw::default(),
            ..Orthogonal::default()
        };
        let data = DataLaw::Orthogonal(law)
            .sample(6, 6, &mut seed.generator(Purpose::Data))
            .unwrap();
        let start = InitialisationLaw::Balanced(Balanced::default())
            .sample(5, &data, &mut seed.generator(Purpose::Initialisation))
            .unwrap();
        let process = JumpProcess::new(&data, &start).unwrap();
        // At finite λ the logarithms of the starts matter: those that come within 5 % of each other may change places.
        if process.events.is_empty() || process.margins.order < 0.05 {
            continue;
        }
        compared += 1;
        let errors = [1e-8, 1e-30, 1e-140].map(|size| {
            let found = by_the_flow(&data, &start, &process, size);
            if size == 1e-140 {
                let order: Vec<usize> = found.iter().map(|jump| jump.1).collect();
                let expected: Vec<usize> = process.events.iter().map(|jump| jump.neuron).collect();
                assert_eq!(order, expected, "draw {draw}");
            }
            let pairs = found.iter().zip(&process.events);
            pairs
                .map(|(found, jump)| (found.0 - jump.s).abs())
                .fold(0.0, f64::max)
        });
        // The error falls like 1/log(1/λ): log is 18, 69, 322.
        assert!(
            errors[2] < 0.05 && errors[2] < 0.3 * errors[0],
            "draw {draw}: {errors:?}"
        );
    }
    assert!(compared >= 6, "{compared}");
}
