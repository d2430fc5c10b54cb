//! Levels, the floor of rounding, scales and degenerate starts: every run ends, and says what it found.

use std::time::{Duration, Instant};

use ndarray::{Array2, array};
use proptest::prelude::*;
use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};

use super::*;
use crate::data::{Magnitude, Orthogonal, Teacher};
use crate::flow::Interrupt;
use crate::initialisation::Balanced;

/// Runs until a loss, with room for 20 000 evaluations.
fn to_loss(data: &Dataset, network: &Network, loss: f64) -> Solution {
    let stops = Stops {
        loss: Some(loss),
        time: Some(1e5),
        evaluations: Some(20_000),
        ..Stops::default()
    };
    exact(data, network, stops)
}

fn assert_reached(solution: &Solution, loss: f64, what: &str) {
    assert!(
        solution.end.loss < loss && solution.end.loss > 0.999 * loss && solution.counts.evaluations < 20_000,
        "{what}: {:e} at t = {} for {loss:e}, {:?}",
        solution.end.loss,
        solution.end.time,
        solution.counts
    );
}

#[test]
fn a_level_of_the_loss_is_reached_wherever_rounding_puts_it() {
    let one = Dataset::new(array![[1.0]], array![1.0]).unwrap();
    for k in 0..40 {
        let network = Network::new(array![[0.1 + 0.013 * f64::from(k)]], array![0.5]).unwrap();
        for loss in [1e-6, 1e-8, 3e-9, 1e-10, 1e-11, 1e-12] {
            assert_reached(&to_loss(&one, &network, loss), loss, &format!("start {k}"));
        }
    }
    for index in 0..8 {
        let seed = seed(4, 6, 12, index);
        let random = &mut seed.generator(Purpose::Data);
        let orthogonal = DataLaw::Orthogonal(Orthogonal {
            norms: Magnitude::PAPER,
            ..Orthogonal::default()
        });
        for data in [
            orthogonal.sample(4, 4, random).unwrap(),
            DataLaw::Isotropic(Isotropic::default())
                .sample(4, 6, random)
                .unwrap(),
        ] {
            let network = balanced(&data, 12, index, 1.0);
            for loss in [1e-7, 1e-10, 1e-11] {
                let solution = to_loss(&data, &network, loss);
                let ended = solution.counts.evaluations < 20_000;
                assert!(ended, "draw {index}: {:e}", solution.end.loss);
                if solution.end.loss < 1e-5 {
                    assert_reached(&solution, loss, &format!("draw {index}"));
                }
            }
        }
    }
}

fn balanced(data: &Dataset, p: usize, index: u64, scale: f64) -> Network {
    let random = &mut seed(1, 1, p, index).generator(Purpose::Initialisation);
    InitialisationLaw::Balanced(Balanced {
        scale,
        ..Balanced::default()
    })
    .sample(p, data, random)
    .unwrap()
}

#[test]
fn the_trap_of_a_small_label_is_reached() {
    for index in 0..10 {
        for small in [1e-4, -1e-5, 1e-6] {
            let data = Dataset::new(array![[1.0, 0.3], [-0.4, 1.0]], array![1.0, small]).unwrap();
            let stops = Stops {
                trap: true,
                time: Some(1e4),
                evaluations: Some(100_000),
                ..Stops::default()
            };
            let solution = exact(&data, &balanced(&data, 12, index, 0.3), stops);
            assert!(
                solution.counts.evaluations < 100_000,
                "draw {index}, {small}: {} after {:?}",
                solution.verdict,
                solution.counts
            );
        }
    }
}

#[test]
fn the_floor_of_rounding_is_an_end() {
    let ends = |data: &Dataset, network: &Network, stops: Stops, what: &str| {
        let solution = exact(
            data,
            network,
            Stops {
                evaluations: Some(60_000),
                ..stops
            },
        );
        assert!(
            solution.counts.evaluations < 60_000,
            "{what}: {:?}, L = {:e} at t = {}",
            solution.counts,
            solution.end.loss,
            solution.end.time
        );
        solution
    };
    for index in 0..3 {
        let (data, network) = draw(10, 8, 30, index);
        let solution = ends(&data, &network, until(2000.0), "(10, 8, 30)");
        assert!(solution.end.loss < 1e-27, "{:e}", solution.end.loss);
        let (data, network) = draw(10, 12, 12, index);
        let stops = Stops {
            transitions: Some(60.0),
            ..Stops::default()
        };
        ends(&data, &network, stops, "(10, 12, 12)");
    }
    let teacher = DataLaw::Teacher(Teacher {
        width: 1,
        ..Teacher::default()
    });
    for index in 0..3 {
        let random = &mut seed(10, 5, 40, index).generator(Purpose::Data);
        let data = teacher.sample(10, 5, random).unwrap();
        ends(&data, &balanced(&data, 40, index, 1.0), until(3000.0), "teacher");
    }
}

#[test]
fn a_run_that_tends_to_the_trap_does_not_interpolate() {
    // Where nobody learns one of the two, L tends to 1/4, which is the trap.
    let data = Dataset::new(array![[-0.5, 1.0], [2.0, 1.0]], array![-1.0, 1.0]).unwrap();
    let (mut rests, mut learns) = (0, 0);
    for index in 0..20 {
        for (p, scale) in [(1, 1.0), (2, 1e-30), (3, 1e-60), (3, 1.0)] {
            let network = balanced(&data, p, index, scale);
            let solution = exact(&data, &network, until(1e4));
            assert!(solution.counts.evaluations < 20_000, "{:?}", solution.counts);
            if (solution.end.loss - 0.25).abs() < 1e-6 {
                rests += 1;
                assert!(!solution.verdict.converged(), "{}", solution.verdict);
            }
            learns += usize::from(solution.end.loss < 1e-6 && solution.verdict.converged());
        }
    }
    assert!(rests >= 10 && learns >= 10, "{rests} rest, {learns} learn");
}

/// A problem with inputs, labels and weights multiplied, and the time until it is followed.
fn scaled((data, network): &(Dataset, Network), x: f64, y: f64, time: f64) -> Result<Solution, String> {
    let weights = (y / x).sqrt();
    let data = Dataset::new(data.inputs().mapv(|v| v * x), data.labels().mapv(|v| v * y)).unwrap();
    let network = Network::new(
        network.hidden_weights().mapv(|w| w * weights),
        network.output_weights().mapv(|a| a * weights),
    )
    .unwrap();
    let mut problem = Problem::new(&data, &network, Method::Exact(Exact::default()));
    problem.stops = until(time / (x * y));
    problem.solve().map_err(|error| error.to_string())
}

#[test]
fn scales_are_followed_or_refused() {
    let case = draw(12, 6, 8, 3);
    let plain = scaled(&case, 1.0, 1.0, 20.0).unwrap();
    for (x, y) in [
        (1e-15, 1e-15),
        (1e100, 1e-100),
        (1e-140, 1e60),
        (1e60, 1e10),
        (3e-7, 1e40),
        (1e-60, 1e-60),
    ] {
        let other = scaled(&case, x, y, 20.0).unwrap();
        assert_eq!(other.counts.events, plain.counts.events, "{x:e} {y:e}");
        assert_eq!(other.verdict.kind(), plain.verdict.kind());
        let ratio = other.end.loss / (y * y) / plain.end.loss;
        assert!((ratio - 1.0).abs() < 1e-9, "{x:e} {y:e}: {ratio}");
    }
    for (x, y, named) in [
        (1e160, 1.0, "|x|"),
        (1e-160, 1.0, "|x|"),
        (1.0, 1e155, "|y|"),
        (1.0, 1e-300, "|y|"),
        (1e149, 1e149, "scales"),
        (1e149, 1e100, "L"),
    ] {
        let refused = scaled(&case, x, y, 20.0).unwrap_err();
        assert!(
            refused.contains(named) && refused.contains("expected"),
            "{x:e} {y:e}: {refused}"
        );
    }
    // One label, one weight that is out of range.
    let (data, network) = case;
    let mut hidden = network.hidden_weights().to_owned();
    hidden.row_mut(2).fill(1e-200);
    let tiny = Network::new(hidden, network.output_weights().to_owned()).unwrap();
    let refused = Problem::new(&data, &tiny, Method::Exact(Exact::default())).solve();
    assert!(refused.unwrap_err().to_string().contains("hidden weights"));
}

#[test]
fn stiff_neurons_end_in_a_word() {
    let (data, network) = draw(12, 6, 8, 0);
    let factor = |j: usize| if j < 4 { 1e8 } else { 1.0 };
    let hidden = Array2::from_shape_fn((8, 6), |(j, c)| network.hidden_weights()[(j, c)] * factor(j));
    let output = Array1::from_shape_fn(8, |j| network.output_weights()[j] / factor(j));
    let mixed = Network::new(hidden, output).unwrap();
    let started = Instant::now();
    let solution = exact(&data, &mixed, until(100.0));
    assert!(solution.counts.evaluations < 1_000_000, "{:?}", solution.counts);
    assert!(started.elapsed() < Duration::from_secs(60));
    let short = "steps too short to reach the end";
    assert!(
        solution.verdict.to_string().contains(short),
        "{}",
        solution.verdict
    );
}

/// Large weights need many short steps at first, and the end of time seems out of reach; the trap is not.
#[test]
fn large_starts_reach_the_trap_whatever_the_end_of_time() {
    let (data, network) = draw(6, 5, 12, 0);
    let large = Network::new(&network.hidden_weights() * 1e5, &network.output_weights() * 1e5).unwrap();
    let solution = exact(&data, &large, until(100.0));
    assert_eq!(solution.verdict.kind(), "interpolating", "{}", solution.verdict);
}

#[test]
fn an_interrupt_is_honoured_at_once() {
    let (data, network) = draw(60, 10, 30, 0);
    let interrupt = Interrupt::default();
    let mut problem = Problem::new(&data, &network, Method::Exact(Exact::default()));
    problem.stops = until(1e6);
    problem.interrupt = interrupt.clone();
    interrupt.request();
    let started = Instant::now();
    let solution = problem.solve().unwrap();
    assert_eq!(solution.verdict.kind(), "interrupted");
    assert!(started.elapsed() < Duration::from_secs(1));
}

#[test]
fn degenerate_starts_come_to_rest() {
    // Nothing active; w = 0 and a = 0; one neuron on one example whose sign it cannot fit.
    let data = Dataset::new(array![[1.0, 0.5], [0.5, 1.0]], array![1.0, -1.0]).unwrap();
    for (hidden, output) in [
        (Array2::from_elem((3, 2), -1.0), Array1::ones(3)),
        (Array2::zeros((3, 2)), Array1::zeros(3)),
        (array![[1.0, -3.0]], array![0.0]),
        (array![[1.0, 1.0], [0.0, 0.0]], array![0.0, 2.0]),
        (array![[1e-12, 1e-12], [1.0, -1.0]], array![-1.0, 1e-12]),
    ] {
        let network = Network::new(hidden, output).unwrap();
        let solution = exact(&data, &network, until(1e5));
        assert!(solution.counts.evaluations < 10_000, "{:?}", solution.counts);
        assert!(solution.end.loss <= solution.end.initial_loss * (1.0 + 1e-14));
    }
    let parallel = Dataset::new(array![[1.0, 2.0], [1.0 + 1e-12, 2.0]], array![1.0, 1.0]).unwrap();
    for index in 0..10 {
        let solution = exact(&parallel, &balanced(&parallel, 6, index, 1.0), until(1e4));
        assert!(solution.counts.evaluations < 20_000, "{:?}", solution.counts);
    }
}

/// A problem of a kind picked by `kind`, of scales and shapes picked by the generator.
fn any_problem(kind: usize, random: &mut impl Rng) -> (Dataset, Network) {
    let d = random.random_range(1..=10usize);
    let n = if kind == 0 {
        1
    } else {
        random.random_range(1..=14usize)
    };
    let p = if kind == 1 {
        1
    } else {
        random.random_range(1..=12usize)
    };
    let mut log_scale = |low: f64, high: f64| 10f64.powf(random.random_range(low..high));
    let (x_scale, y_scale, w_scale) = (log_scale(-3.0, 3.0), log_scale(-3.0, 3.0), log_scale(-6.0, 0.7));
    let mut normal = || -> f64 { StandardNormal.sample(random) };
    let mut x = Array2::from_shape_simple_fn((n, d), || x_scale * normal());
    let mut y = Array1::from_shape_simple_fn(n, || y_scale * normal());
    let unit = w_scale * (y_scale / x_scale).sqrt();
    let mut w = Array2::from_shape_simple_fn((p, d), || unit * normal());
    let mut a = Array1::from_shape_fn(p, |j| {
        let sign = if normal() > 0.0 { 1.0 } else { -1.0 };
        sign * w.row(j).dot(&w.row(j)).sqrt()
    });
    match kind {
        2 => a.mapv_inplace(|a| a * 0.01),
        3 => a.fill(0.0),
        4 => w.row_mut(0).fill(0.0),
        5 | 6 => {
            // Duplicates or antipodes, some but for 1e-12.
            for i in n / 2..n {
                let factor = if kind == 5 { 2.0 } else { -1.0 };
                let off = if i % 2 == 0 { 1e-12 } else { 0.0 };
                let other = x.row(i - n / 2).mapv(|v| factor * v * (1.0 + off));
                x.row_mut(i).assign(&other);
                x[(i, 0)] *= 1.0 + off;
            }
        }
        7 => y[0] = 0.0,
        8 => y.mapv_inplace(f64::abs),
        9 => x.row_mut(0).fill(0.0),
        10 => w.mapv_inplace(|w| w * 1e4),
        _ => {}
    }
    (Dataset::new(x, y).unwrap(), Network::new(w, a).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(240))]

    /// Whatever the kind: the run ends within its budget and one more series, and the loss never rises.
    #[test]
    fn any_run_ends_and_descends(kind in 0usize..12, root in 0u64..1 << 40) {
        let random = &mut TrialSeed { root, n: 0, d: 0, p: 0, draw: 0 }.generator(Purpose::Data);
        let (data, network) = any_problem(kind, random);
        let g = data.inputs().t().dot(&data.labels());
        let rate = (g.dot(&g).sqrt() / data.examples() as f64).max(1e-12);
        let budget = 8_000;
        let stops = Stops { time: Some(300.0 / rate), evaluations: Some(budget), ..Stops::default() };
        let solution = exact(&data, &network, stops);
        prop_assert!(solution.counts.evaluations <= budget + 50, "{:?}", solution.counts);
        // Of networks 10⁴ times too large the terms of h cancel to labels 10⁸ times smaller.
        let rounding = if kind == 10 { 1e-6 } else { 1e-12 };
        prop_assert!(solution.events.checks.loss_rise <= rounding, "{:?}", solution.events.checks);
        prop_assert!(solution.end.loss.is_finite());
        prop_assert!(solution.end.loss <= solution.end.initial_loss * (1.0 + 1e-12));
    }
}
