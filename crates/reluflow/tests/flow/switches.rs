//! Holds a Runge–Kutta method against switches that the exact flow locates, and lets several multipliers leave at once.

use ndarray::{Array2, array};
use reluflow::flow::{EventKind, Exact, GradientDescent};
use reluflow::{Dataset, Method, Network, Problem, Setting, Solution, Stops};

use super::common::slope;

fn run(data: &Dataset, network: &Network, method: Method, time: f64) -> Solution {
    let mut problem = Problem::new(data, network, method);
    problem.stops = Stops {
        time: Some(time),
        ..Stops::default()
    };
    problem.solve().unwrap()
}

fn exact(data: &Dataset, network: &Network, time: f64) -> Solution {
    run(data, network, Method::Exact(Exact::default()), time)
}

fn gap(a: &Network, b: &Network) -> f64 {
    let hidden = &a.hidden_weights() - &b.hidden_weights();
    let output = &a.output_weights() - &b.output_weights();
    (hidden.iter().chain(&output).map(|v| v * v).sum::<f64>()).sqrt()
}

/// The paper's data and initialisation.
fn draw(n: usize, d: usize, p: usize, draw: u64) -> (Dataset, Network) {
    let setting = Setting::paper(n, d, p);
    setting.draw(6, draw).unwrap()
}

/// The first draw in which pairs cross to either side and none slides, before a time.
fn draw_that_only_crosses(time: f64) -> (Dataset, Network, Solution) {
    for index in 0..200 {
        let (data, network) = draw(5, 8, 4, index);
        let solution = exact(&data, &network, time);
        let crossed = |active: bool| {
            let rows = solution.events.rows().iter();
            rows.filter(|event| event.kind == EventKind::Crossed && event.active == active)
                .count()
        };
        let slides = solution.events.count(EventKind::BeganToSlide) + solution.events.branch_points();
        if slides == 0 && crossed(true) >= 1 && crossed(false) >= 1 {
            return (data, network, solution);
        }
    }
    panic!("none of 200 draws crosses to both sides without sliding");
}

/// The flow in plain loops, on sides that are frozen (a switch is then an event) or read off the signs at every evaluation.
struct Loops<'a> {
    data: &'a Dataset,
    neurons: usize,
    frozen: Option<Array2<bool>>,
}

impl Loops<'_> {
    /// dθ/dt for θ = (W row by row, a).
    fn velocity(&self, state: &[f64]) -> Vec<f64> {
        let (x, p, d) = (self.data.inputs(), self.neurons, self.data.dimension());
        let n = self.data.examples();
        let a = &state[p * d..];
        let u = Array2::from_shape_fn((p, n), |(j, i)| {
            (0..d).map(|c| state[j * d + c] * x[(i, c)]).sum::<f64>()
        });
        let on = |j: usize, i: usize| match &self.frozen {
            Some(sides) => sides[(j, i)],
            None => u[(j, i)] > 0.0,
        };
        let mut velocity = vec![0.0; state.len()];
        for i in 0..n {
            let active: Vec<usize> = (0..p).filter(|j| on(*j, i)).collect();
            let h = active.iter().map(|j| a[*j] * u[(*j, i)]).sum::<f64>() / p as f64;
            let r = (self.data.labels()[i] - h) / n as f64;
            for j in active {
                for c in 0..d {
                    velocity[j * d + c] += a[j] * r * x[(i, c)];
                }
                velocity[p * d + j] += r * u[(j, i)];
            }
        }
        velocity
    }

    /// The classical Runge–Kutta method of order 4.
    fn advance(&self, state: &mut [f64], time: f64, steps: f64) {
        let h = time / steps;
        for _ in 0..steps as usize {
            let at = |k: &[f64], share: f64| -> Vec<f64> {
                state.iter().zip(k).map(|(y, k)| y + share * h * k).collect()
            };
            let k1 = self.velocity(state);
            let k2 = self.velocity(&at(&k1, 0.5));
            let k3 = self.velocity(&at(&k2, 0.5));
            let k4 = self.velocity(&at(&k3, 1.0));
            for (k, y) in state.iter_mut().enumerate() {
                *y += h / 6.0 * (k1[k] + 2.0 * k2[k] + 2.0 * k3[k] + k4[k]);
            }
        }
    }
}

/// With the switches located a method keeps its order through them; without, whatever its order, it has about order 1.
#[test]
fn located_switches_leave_a_method_its_order() {
    let time = 4.0;
    let (data, network, solution) = draw_that_only_crosses(time);
    let flat = |network: &Network| -> Vec<f64> {
        let weights = network.hidden_weights();
        weights.iter().chain(network.output_weights()).copied().collect()
    };
    let error = |state: &[f64]| {
        let end = flat(&solution.network);
        state
            .iter()
            .zip(&end)
            .map(|(u, v)| (u - v).powi(2))
            .sum::<f64>()
            .sqrt()
    };
    let crossings = solution
        .events
        .rows()
        .iter()
        .filter(|event| event.kind == EventKind::Crossed);
    let through_events = |steps: f64| {
        let sides = network.hidden_weights().dot(&data.inputs().t()).mapv(|u| u > 0.0);
        let mut loops = Loops {
            data: &data,
            neurons: network.neurons(),
            frozen: Some(sides),
        };
        let (mut now, mut state) = (0.0, flat(&network));
        for event in crossings.clone() {
            loops.advance(&mut state, event.time - now, steps);
            now = event.time;
            if let Some(sides) = &mut loops.frozen {
                sides[(event.neuron, event.example)] = event.active;
            }
        }
        loops.advance(&mut state, time - now, steps);
        error(&state)
    };
    let located = [20.0, 30.0, 45.0, 68.0].map(|steps| (1.0 / steps, through_events(steps)));
    let found = slope(&located);
    assert!(
        (found - 4.0).abs() < 0.3,
        "switches located: slope {found:.2} of {located:?}"
    );
    // The error depends on where inside a step each switch falls: the slope is that of a scatter.
    let loops = Loops {
        data: &data,
        neurons: network.neurons(),
        frozen: None,
    };
    let plain: Vec<(f64, f64)> = (0..24)
        .map(|k| {
            let steps = (40.0 * 1.25f64.powi(k)).round();
            let mut state = flat(&network);
            loops.advance(&mut state, time, steps);
            (time / steps, error(&state))
        })
        .collect();
    let found = slope(&plain);
    assert!(
        (found - 1.0).abs() < 0.4,
        "switches ignored: slope {found:.2} of {plain:?}"
    );
}

fn descent(rate: f64) -> Method {
    Method::GradientDescent(GradientDescent {
        learning_rate: rate,
        ..GradientDescent::default()
    })
}

/// Neuron 0 is active on x_1 alone and slides on x_2 and x_3, so both its multipliers are multiples of r_1. Neuron 1, driven by
/// x_4, which it shares with x_1, makes h(x_1) overshoot: r_1 passes 0 and both multipliers reach λ = 0 at one instant.
#[test]
fn several_multipliers_leave_at_once() {
    let data = Dataset::new(
        array![
            [1.0, 0.0, 0.0, 0.0],
            [0.5, 0.8, 0.0, 0.0],
            [0.5, 0.0, 0.8, 0.0],
            [0.9, 0.0, 0.0, 0.9]
        ],
        array![0.4, -1.0, -1.0, 3.0],
    )
    .unwrap();
    let network = Network::new(
        array![[0.3, -0.1, -0.1, -0.6], [0.1, -0.6, -0.6, 0.5]],
        array![0.8, 1.2],
    )
    .unwrap();
    let time = 20.0;
    let solution = exact(&data, &network, time);
    let left: Vec<_> = solution
        .events
        .rows()
        .iter()
        .filter(|event| event.neuron == 0 && event.kind == EventKind::Left)
        .collect();
    assert!(
        left.windows(2)
            .any(|pair| pair[0].time == pair[1].time && pair[0].example != pair[1].example),
        "{:?}",
        solution.events.rows()
    );
    assert_eq!(solution.events.exhausted(), None);
    assert!(solution.events.checks.loss_rise <= 1e-14);
    assert!(solution.events.checks.dissipation_defect <= 1e-12);
    let error = |rate| {
        gap(
            &run(&data, &network, descent(rate), time).network,
            &solution.network,
        )
    };
    let (coarse, fine) = (error(2e-3), error(2e-4));
    assert!((5.0..20.0).contains(&(coarse / fine)), "{coarse} {fine}");
}

/// A draw in which several multipliers of one neuron vanish together among many others.
#[test]
fn a_draw_in_which_multipliers_vanish_together() {
    let (data, network) = draw(16, 8, 8, 30);
    let solution = exact(&data, &network, 30.0);
    assert_eq!(solution.events.exhausted(), None);
    assert_eq!(solution.counts.branches, 0);
    let error = |rate| {
        gap(
            &run(&data, &network, descent(rate), 30.0).network,
            &solution.network,
        )
    };
    let (coarse, fine) = (error(1e-3), error(1e-4));
    assert!((4.0..25.0).contains(&(coarse / fine)), "{coarse} {fine}");
}
