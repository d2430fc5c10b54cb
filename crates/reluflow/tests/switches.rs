//! Holds Runge–Kutta methods against switches that the exact flow locates, and lets several multipliers leave at once.
#![allow(clippy::unwrap_used)]

use ndarray::{Array2, array};
use reluflow::data::Isotropic;
use reluflow::flow::{EventKind, Exact, Flow, GradientDescent, Integrator};
use reluflow::initialisation::Asymmetric;
use reluflow::random::Purpose;
use reluflow::{DataLaw, Dataset, InitialisationLaw, Method, Network, Problem, Solution, Stops, TrialSeed};

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

/// Fixed steps, tolerances too wide to matter.
fn fixed(integrator: Integrator, step: f64) -> Method {
    Method::Flow(Flow {
        integrator,
        tolerance: Some(1e6),
        fall: Some(1e6),
        largest_step: Some(step),
        ..Flow::default()
    })
}

fn gap(a: &Network, b: &Network) -> f64 {
    let hidden = &a.hidden_weights() - &b.hidden_weights();
    let output = &a.output_weights() - &b.output_weights();
    (hidden.iter().chain(&output).map(|v| v * v).sum::<f64>()).sqrt()
}

/// The least-squares slope of log error against log step.
fn slope(points: &[(f64, f64)]) -> f64 {
    let n = points.len() as f64;
    let logs: Vec<(f64, f64)> = points.iter().map(|(h, e)| (h.ln(), e.ln())).collect();
    let (mx, my) = logs
        .iter()
        .fold((0.0, 0.0), |s, (x, y)| (s.0 + x / n, s.1 + y / n));
    let covariance: f64 = logs.iter().map(|(x, y)| (x - mx) * (y - my)).sum();
    covariance / logs.iter().map(|(x, _)| (x - mx).powi(2)).sum::<f64>()
}

/// The paper's data and initialisation.
fn draw(n: usize, d: usize, p: usize, draw: u64) -> (Dataset, Network) {
    let seed = TrialSeed {
        root: 6,
        n: n as u64,
        d: d as u64,
        p: p as u64,
        draw,
    };
    let data = DataLaw::Isotropic(Isotropic::default())
        .sample(n, d, &mut seed.generator(Purpose::Data))
        .unwrap();
    let network = InitialisationLaw::Asymmetric(Asymmetric::default())
        .sample(p, &data, &mut seed.generator(Purpose::Initialisation))
        .unwrap();
    (data, network)
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

/// Puts a pair a few roundings beyond its kink: a method's error at the event would leave it on either side.
fn put_beyond(network: &Network, data: &Dataset, (neuron, example): (usize, usize), active: bool) -> Network {
    let mut hidden: Array2<f64> = network.hidden_weights().to_owned();
    let inputs = data.inputs();
    let x = inputs.row(example);
    let w = hidden.row(neuron);
    let beyond = 1e-14 * w.dot(&w).sqrt() * x.dot(&x).sqrt();
    let shift = (if active { beyond } else { -beyond }) - w.dot(&x);
    let square = x.dot(&x);
    hidden.row_mut(neuron).scaled_add(shift / square, &x);
    Network::new(hidden, network.output_weights().to_owned()).unwrap()
}

/// With the switches located a method keeps its order through them; without, whatever its order, it has about order 1.
#[test]
fn located_switches_leave_a_method_its_order() {
    let time = 4.0;
    let (data, network, solution) = draw_that_only_crosses(time);
    let crossings: Vec<_> = solution
        .events
        .rows()
        .iter()
        .filter(|event| event.kind == EventKind::Crossed)
        .collect();
    let through_events = |integrator, steps: f64| {
        let (mut now, mut state) = (0.0, network.clone());
        for event in &crossings {
            let span = event.time - now;
            state = run(
                &data,
                &state,
                fixed(integrator, span / steps * (1.0 + 1e-12)),
                span,
            )
            .network;
            state = put_beyond(&state, &data, (event.neuron, event.example), event.active);
            now = event.time;
        }
        let span = time - now;
        run(
            &data,
            &state,
            fixed(integrator, span / steps * (1.0 + 1e-12)),
            span,
        )
        .network
    };
    for (integrator, order, counts) in [
        (Integrator::BogackiShampine, 3.0, [12.0, 18.0, 27.0, 40.0]),
        (Integrator::Tsitouras, 5.0, [4.0, 6.0, 9.0, 13.0]),
    ] {
        let located = counts.map(|steps| {
            (
                1.0 / steps,
                gap(&through_events(integrator, steps), &solution.network),
            )
        });
        let found = slope(&located);
        assert!(
            (found - order).abs() < 0.5,
            "{integrator:?}, switches located: slope {found:.2} of {located:?}"
        );
        // The error depends on where inside a step each switch falls: the slope is that of a scatter.
        let plain: Vec<(f64, f64)> = (0..24)
            .map(|k| {
                let step = time / (40.0 * 1.25f64.powi(k)).round();
                let end = run(&data, &network, fixed(integrator, step), time).network;
                (step, gap(&end, &solution.network))
            })
            .collect();
        let found = slope(&plain);
        assert!(
            (found - 1.0).abs() < 0.4,
            "{integrator:?}, switches ignored: slope {found:.2} of {plain:?}"
        );
    }
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
