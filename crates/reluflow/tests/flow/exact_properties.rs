//! Holds the exact flow on random problems against a brute-force search over patterns, and under symmetries.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

use ndarray::{Array1, Array2, Axis};
use proptest::prelude::*;
use reluflow::flow::{Exact, Observer};
use reluflow::observe::{Observable, When};
use reluflow::{Dataset, Method, Network, Problem, Setting, Solution, Stops};

/// The paper's data and initialisation; a duplicate and an antipode of the first inputs if asked for.
fn draw(root: u64, (n, d, p): (usize, usize, usize), on_lines: bool) -> (Dataset, Network) {
    let (mut data, network) = Setting::paper(n, d, p).draw(root, 0).unwrap();
    if on_lines {
        let mut inputs = data.inputs().to_owned();
        let (first, second) = (inputs.row(0).mapv(|x| 1.5 * x), inputs.row(1).mapv(|x| -x));
        inputs.row_mut(n - 1).assign(&first);
        inputs.row_mut(n - 2).assign(&second);
        data = Dataset::new(inputs, data.labels().to_owned()).unwrap();
    }
    (data, network)
}

fn problem<'a>(data: &'a Dataset, network: &'a Network, time: f64) -> Problem<'a> {
    let mut problem = Problem::new(data, network, Method::Exact(Exact::default()));
    problem.stops = Stops {
        time: Some(time),
        ..Stops::default()
    };
    problem
}

/// Solves A z = b by Gauss elimination; none if a pivot is below 1e-10 of the largest entry.
fn solve(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Option<Vec<f64>> {
    let m = b.len();
    let largest = a.iter().flatten().fold(0.0f64, |most, v| most.max(v.abs()));
    for k in 0..m {
        let pivot = (k..m).max_by(|i, j| a[*i][k].abs().total_cmp(&a[*j][k].abs()))?;
        if a[pivot][k].abs() <= 1e-10 * largest {
            return None;
        }
        a.swap(k, pivot);
        b.swap(k, pivot);
        let row = a[k].clone();
        for i in k + 1..m {
            let factor = a[i][k] / row[k];
            for (entry, above) in a[i].iter_mut().zip(&row) {
                *entry -= factor * above;
            }
            b[i] -= factor * b[k];
        }
    }
    for k in (0..m).rev() {
        let known: f64 = (k + 1..m).map(|c| a[k][c] * b[c]).sum();
        b[k] = (b[k] - known) / a[k][k];
    }
    Some(b)
}

/// dw_j/dt of least norm: every pattern of off, on and sliding over the kinks that are touched is tried.
fn least_velocity(force: &Array1<f64>, jumps: &[Array1<f64>]) -> Array1<f64> {
    let mut best = force.clone();
    let mut least = f64::INFINITY;
    for pattern in 0..3usize.pow(jumps.len() as u32) {
        let state = |k: usize| pattern / 3usize.pow(k as u32) % 3;
        let mut velocity = force.clone();
        let (mut sliding, mut lambda) = (Vec::new(), Vec::new());
        for (k, jump) in jumps.iter().enumerate() {
            match state(k) {
                0 => {}
                1 => velocity += jump,
                _ => sliding.push(jump),
            }
        }
        if !sliding.is_empty() {
            let gram = sliding
                .iter()
                .map(|u| sliding.iter().map(|v| u.dot(*v)).collect())
                .collect();
            let Some(found) = solve(gram, sliding.iter().map(|u| -u.dot(&velocity)).collect()) else {
                continue;
            };
            lambda = found;
        }
        if lambda.iter().any(|l| !(-1e-9..=1.0 + 1e-9).contains(l)) {
            continue;
        }
        for (l, jump) in lambda.iter().zip(&sliding) {
            velocity.scaled_add(*l, jump);
        }
        let norm = velocity.dot(&velocity);
        if norm < least {
            (best, least) = (velocity, norm);
        }
    }
    best
}

/// ‖dθ/dt‖²/p and −dL/dt along that velocity of least norm, from the network alone; and the largest number of kinks touched.
fn by_brute_force(data: &Dataset, network: &Network) -> (f64, f64, usize) {
    let (x, w, a) = (data.inputs(), network.hidden_weights(), network.output_weights());
    let (n, p) = (data.examples() as f64, network.neurons() as f64);
    let u = w.dot(&x.t());
    let at_kink = |j: usize, i: usize| {
        let scale = (w.row(j).dot(&w.row(j)) * x.row(i).dot(&x.row(i))).sqrt();
        u[(j, i)].abs() <= 1e-12 * scale
    };
    let active = |j: usize, i: usize| u[(j, i)] > 0.0 && !at_kink(j, i);
    let r = Array1::from_shape_fn(data.examples(), |i| {
        let terms = (0..network.neurons()).filter(|j| active(*j, i));
        data.labels()[i] - terms.map(|j| a[j] * u[(j, i)]).sum::<f64>() / p
    });
    let (mut square, mut fall, mut most) = (0.0, 0.0, 0);
    for j in 0..network.neurons() {
        let mut force = Array1::zeros(data.dimension());
        let mut jumps: Vec<Array1<f64>> = Vec::new();
        let mut output = 0.0;
        for i in 0..data.examples() {
            let part = x.row(i).mapv(|x| a[j] * r[i] * x / n);
            if at_kink(j, i) {
                jumps.push(part);
            } else if active(j, i) {
                force += &part;
                output += r[i] * u[(j, i)] / n;
            }
        }
        most = most.max(jumps.len());
        let hidden = least_velocity(&force, &jumps);
        square += hidden.dot(&hidden) + output * output;
        for i in (0..data.examples()).filter(|i| active(j, *i)) {
            fall += r[i] * (output * u[(j, i)] + a[j] * hidden.dot(&x.row(i))) / (n * p);
        }
    }
    (square / p, fall, most)
}

/// One point as an observer saw it.
struct Seen {
    time: f64,
    loss: f64,
    mu: f64,
    network: Network,
}

fn seen(data: &Dataset, network: &Network, time: f64, when: When) -> (Solution, Vec<Seen>) {
    let points = Arc::new(Mutex::new(Vec::new()));
    let into = Arc::clone(&points);
    let mut problem = problem(data, network, time);
    problem.record.observables = vec![Observable::Curvature];
    problem.record.when = when;
    problem.observer = Observer::new(move |row, network| {
        into.lock().unwrap().push(Seen {
            time: row.time,
            loss: row.loss,
            mu: row.mu,
            network: network.clone(),
        });
        ControlFlow::Continue(())
    });
    let solution = problem.solve().unwrap();
    drop(problem);
    (solution, Arc::into_inner(points).unwrap().into_inner().unwrap())
}

/// From one step to the next L rises by a rounding at most, or, where it has become as small, by what a step leaves out.
fn loss_never_increases(
    root: u64,
    shape: (usize, usize, usize),
    on_lines: bool,
) -> Result<(), TestCaseError> {
    let (data, network) = draw(root, shape, on_lines);
    let (solution, points) = seen(&data, &network, 30.0, When::Every(1));
    let scale = data.label_bounds().1;
    // A step leaves out a tolerance of max |y| of the residuals.
    let floor = (2.0 * Exact::default().tolerance * scale).powi(2);
    for pair in points.windows(2) {
        // A rounding of the residuals moves L by max |y| √(2L) times a rounding.
        let natural = pair[0].loss.max(scale * (2.0 * pair[0].loss).sqrt());
        prop_assert!(
            pair[1].loss - pair[0].loss <= 1e-14 * natural + floor,
            "{:e} {:e}",
            pair[0].loss,
            pair[1].loss
        );
    }
    prop_assert_eq!(solution.events.exhausted(), None);
    prop_assert!(solution.events.checks.sliding_offset <= 1e-14);
    prop_assert!(solution.end.balance_drift <= 1e-10);
    Ok(())
}

/// L has fallen to 10⁻²⁷ there, and goes from 9.2e-28 to 3.6e-27 in one step: residuals of 10⁻¹³ are what steps leave out.
#[test]
fn the_loss_ends_where_steps_end() {
    loss_never_increases(172_463_677_833, (4, 5, 7), false).unwrap();
}

fn shapes() -> impl Strategy<Value = (usize, usize, usize)> {
    (4usize..12, 5usize..8, 1usize..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// At recorded times the flow moves with the element of least norm over all patterns, and dL/dt = −‖dθ/dt‖²/p.
    #[test]
    fn the_velocity_is_the_shortest_over_all_patterns(root in 0u64..1 << 40, shape in shapes(), on_lines: bool) {
        let (data, network) = draw(root, shape, on_lines);
        let times = (1..40).map(|k| 0.31 * f64::from(k)).collect();
        let (solution, points) = seen(&data, &network, 12.5, When::Times(times));
        prop_assume!(solution.counts.branches == 0);
        for point in points.iter().filter(|point| point.mu > 1e-3) {
            let (square, fall, touched) = by_brute_force(&data, &point.network);
            // μ L = −dL/dt, as the flow reports it. Some thousand roundings of forces that cancel, where μ > 10⁻³; the
            // residuals are recomputed here, and a hundred roundings of max |y| are a share max |y|/√(2L) of them.
            let rate = point.mu * point.loss;
            let share = data.label_bounds().1 / (2.0 * point.loss).sqrt();
            let close = |value: f64| (value / rate - 1.0).abs() <= 1e-12 + 1e-14 * share;
            prop_assert!(
                close(square) && close(fall),
                "t = {}, {touched} touched: reported {rate:e}, least norm {square:e}, fall {fall:e}",
                point.time
            );
        }
    }

    /// The loss never rises by more than a rounding, from one step of the flow to the next.
    #[test]
    fn the_loss_never_increases(root in 0u64..1 << 40, shape in shapes(), on_lines: bool) {
        loss_never_increases(root, shape, on_lines)?;
    }

    /// Other orders of neurons or examples and other coordinates give the same events, trap time and loss.
    #[test]
    fn symmetries_change_nothing(root in 0u64..1 << 40, shape in shapes(), mirror in prop::collection::vec(-1.0f64..1.0, 8)) {
        let (data, network) = draw(root, shape, false);
        let plain = problem(&data, &network, 12.0).solve().unwrap();
        prop_assume!(plain.counts.branches == 0);
        let (n, d, p) = shape;
        let backwards = |count: usize| (0..count).rev().collect::<Vec<_>>();
        let neurons = Network::new(
            network.hidden_weights().select(Axis(0), &backwards(p)),
            network.output_weights().to_owned().select(Axis(0), &backwards(p)),
        ).unwrap();
        let examples = Dataset::new(
            data.inputs().select(Axis(0), &backwards(n)),
            data.labels().to_owned().select(Axis(0), &backwards(n)),
        ).unwrap();
        // The reflection in the plane normal to v; coordinates 0 and 1 swapped makes it a rotation.
        let v = Array1::from_vec(mirror[..d].to_vec());
        prop_assume!(v.dot(&v) > 1e-2);
        let mut turn = Array2::from_shape_fn((d, d), |(i, k)| f64::from(i == k) - 2.0 * v[i] * v[k] / v.dot(&v));
        for i in 0..d {
            turn.swap((i, 0), (i, 1));
        }
        let turned_data = Dataset::new(data.inputs().dot(&turn), data.labels().to_owned()).unwrap();
        let turned = Network::new(network.hidden_weights().dot(&turn), network.output_weights().to_owned()).unwrap();
        for (what, data, network) in [
            ("neurons", &data, &neurons),
            ("examples", &examples, &network),
            ("rotation", &turned_data, &turned),
        ] {
            let other = problem(data, network, 12.0).solve().unwrap();
            prop_assert_eq!(other.counts.events, plain.counts.events, "{}", what);
            // The flow is well conditioned away from branch points; steps end at the tolerance, 1e-13, a hundred times, which
            // is a share 1e-13 max |y|/√(2L) of the residuals where they have become small.
            let share = data.label_bounds().1 / (2.0 * plain.end.loss).sqrt();
            let close = (other.end.loss / plain.end.loss - 1.0).abs() < 1e-10 + 1e-13 * share;
            prop_assert!(close, "{} {:e} {:e}", what, other.end.loss, plain.end.loss);
            let times = [plain.end.success_time, other.end.success_time].map(|time| time.unwrap_or(-1.0));
            prop_assert!((times[0] - times[1]).abs() < 1e-10, "{} {:?}", what, times);
        }
    }
}

/// What may follow a residual's change of sign in a cell where nothing else acts is not one flow: it is counted.
#[test]
fn a_force_that_changes_its_sign_is_a_branch_point() {
    // Three neurons slide on example 3 alone, fitted example 0 apart: orders of neurons ended with losses 20 % apart.
    let (data, network) = draw(274_587_579_427, (5, 6, 7), false);
    let solution = problem(&data, &network, 12.0).solve().unwrap();
    assert!(solution.counts.branches > 0);
    let before = problem(&data, &network, 7.0).solve().unwrap();
    assert_eq!(before.counts.branches, 0);
}

/// Neurons of one cell that leave it together count the same events in any order.
#[test]
fn an_instant_counts_what_it_changed() {
    let (data, network) = draw(247_884_191_334, (7, 6, 3), false);
    let solution = problem(&data, &network, 11.999).solve().unwrap();
    let now = solution.events.rows().last().unwrap().time;
    let last = solution
        .events
        .rows()
        .iter()
        .filter(|event| now - event.time < 1e-9)
        .count();
    assert_eq!(
        (solution.counts.events, last, solution.counts.branches),
        (24, 4, 0)
    );
}
