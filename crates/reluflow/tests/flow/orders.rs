//! Holds every integrator against flows with closed forms: slopes of the error, tolerances, switches.

use ndarray::{Array1, Array2, array};
use reluflow::data::{Groups, Magnitude};
use reluflow::flow::{Flow, Integrator};
use reluflow::initialisation::GroupInitialisation;
use reluflow::random::Purpose;
use reluflow::theory::proposition_2::GroupProblem;
use reluflow::{
    DataLaw, Dataset, InitialisationLaw, Method, Network, Problem, Setting, Solution, Stops, TrialSeed,
};

use super::common::{slope, solve};

/// The flow at a time, with fixed steps (tolerances too wide to matter) or with the tolerances given.
fn run(data: &Dataset, network: &Network, flow: Flow, time: f64) -> Solution {
    let stops = Stops {
        time: Some(time),
        ..Stops::default()
    };
    solve(data, network, Method::Flow(flow), stops)
}

fn fixed(integrator: Integrator, step: f64) -> Flow {
    let wide = Some(1e6);
    Flow {
        integrator,
        tolerance: wide,
        fall: wide,
        largest_step: Some(step),
        ..Flow::default()
    }
}

/// One neuron, one example of norm 1, n = p = 1: u = a⟨w, x⟩ obeys u' = (y − u)√(c² + 4u²), and for balanced
/// weights (c = 0) u(t) = y/(1 + (y/u_0 − 1) e^{−2yt}).
fn scalar_problem() -> (Dataset, Network, f64, f64) {
    let (y, start) = (1.5, 0.4);
    let data = Dataset::new(array![[1.0]], array![y]).unwrap();
    (
        data,
        Network::new(array![[start]], array![start]).unwrap(),
        y,
        start * start,
    )
}

#[test]
fn every_method_has_its_order_on_the_scalar_problem() {
    let (data, network, y, u0) = scalar_problem();
    let time = 2.0;
    let exact = y / (1.0 + (y / u0 - 1.0) * (-2.0 * y * time).exp());
    for (integrator, order, steps) in [
        (Integrator::RungeKuttaChebyshev1, 1.0, [64, 128, 256, 512]),
        (Integrator::RungeKuttaChebyshev2, 2.0, [32, 64, 128, 256]),
        (Integrator::BogackiShampine, 3.0, [16, 32, 64, 128]),
        (Integrator::Tsitouras, 5.0, [50, 70, 90, 110]),
    ] {
        let errors = steps.map(|steps| {
            let solution = run(&data, &network, fixed(integrator, time / f64::from(steps)), time);
            (
                time / f64::from(steps),
                (solution.network.output(&[1.0]) - exact).abs(),
            )
        });
        let found = slope(&errors);
        assert!(
            (found - order).abs() < 0.2,
            "{integrator:?}: slope {found:.3} of {errors:?}"
        );
    }
}

/// Tolerances ask for a local error: on a smooth problem the error at the end stays within ten times of it.
#[test]
fn errors_follow_the_tolerance() {
    let (data, network, y, u0) = scalar_problem();
    let time = 3.0;
    let exact = y / (1.0 + (y / u0 - 1.0) * (-2.0 * y * time).exp());
    for integrator in Integrator::ALL {
        for tolerance in [1e-2, 1e-3, 1e-4] {
            let flow = Flow {
                integrator,
                tolerance: Some(tolerance),
                fall: Some(1e6),
                ..Flow::default()
            };
            let error = (run(&data, &network, flow, time).network.output(&[1.0]) - exact).abs();
            assert!(
                error < 10.0 * tolerance,
                "{integrator:?} at {tolerance}: error {error:e}"
            );
        }
    }
}

/// Proposition 2: with groups the squared norms of the neurons have a closed form.
#[test]
fn group_initialisation_follows_its_closed_form() {
    let (n, p) = (12, 3);
    let seed = TrialSeed {
        root: 5,
        n: 12,
        d: 12,
        p: 3,
        draw: 0,
    };
    let law = DataLaw::Groups(Groups {
        groups: p,
        label_sizes: Magnitude::Uniform(1.0, 2.0),
    });
    let data = law.sample(n, n, &mut seed.generator(Purpose::Data)).unwrap();
    for aligned in [true, false] {
        let init = InitialisationLaw::Group(GroupInitialisation {
            squared_norm: 0.3,
            aligned,
        });
        let network = init
            .sample(p, &data, &mut seed.generator(Purpose::Initialisation))
            .unwrap();
        let groups = GroupProblem::new(&data, &network).groups;
        let time = 8.0;
        for (integrator, tolerance, bound) in [
            (Integrator::RungeKuttaChebyshev1, 1e-5, 1e-2),
            (Integrator::RungeKuttaChebyshev2, 1e-7, 1e-4),
            (Integrator::BogackiShampine, 1e-8, 1e-6),
            (Integrator::Tsitouras, 1e-11, 1e-9),
        ] {
            let flow = Flow {
                integrator,
                tolerance: Some(tolerance),
                fall: Some(1e6),
                ..Flow::default()
            };
            let solution = run(&data, &network, flow, time);
            for (group, w) in groups.iter().zip(solution.network.hidden_weights().rows()) {
                let (found, exact) = (w.dot(&w), group.squared_norm(time));
                let error = (found / exact - 1.0).abs();
                assert!(
                    error < bound,
                    "{integrator:?}, aligned {aligned}: {found} for {exact}, {error:e}"
                );
            }
        }
    }
}

/// Two examples, one neuron that starts active on the second and is pushed off it by its label: fixed steps that
/// ignore the switch have order 1 there, whatever their order elsewhere.
#[test]
fn a_switch_costs_every_method_its_order() {
    let data = Dataset::new(array![[1.0, 0.0], [-0.4, 0.9]], array![2.0, -2.0]).unwrap();
    let network = Network::new(array![[0.1, 0.3]], array![1.0]).unwrap();
    assert!(
        data.inputs().row(1).dot(&network.hidden_weights().row(0)) > 0.0,
        "active at first"
    );
    let time = 1.0;
    let reference = run(&data, &network, fixed(Integrator::Tsitouras, time / 2e6), time);
    assert!(
        data.inputs()
            .row(1)
            .dot(&reference.network.hidden_weights().row(0))
            < 0.0,
        "it crossed"
    );
    for integrator in [Integrator::BogackiShampine, Integrator::Tsitouras] {
        let errors: Vec<(f64, f64)> = (0..24)
            .map(|k| {
                let step = time / (20.0 * 1.3f64.powi(k)).round();
                let solution = run(&data, &network, fixed(integrator, step), time);
                let gap = &solution.network.hidden_weights() - &reference.network.hidden_weights();
                (step, gap.iter().map(|v| v * v).sum::<f64>().sqrt())
            })
            .collect();
        // The error depends on where inside a step the switch falls: the slope is that of a scatter.
        let found = slope(&errors);
        assert!(
            (found - 1.0).abs() < 0.35,
            "{integrator:?}: slope {found:.3} of {errors:?}"
        );
    }
}

/// Lemma 1: restored after every step, the balance is kept to rounding, at any tolerance.
#[test]
fn balance_is_kept_to_rounding() {
    let (data, network) = Setting::paper(60, 10, 20).draw(9, 0).unwrap();
    let largest: f64 = network.output_weights().iter().map(|a| a * a).fold(0.0, f64::max);
    for integrator in Integrator::ALL {
        let flow = Flow {
            integrator,
            ..Flow::default()
        };
        let solution = run(&data, &network, flow, 100.0);
        let end = solution
            .network
            .output_weights()
            .iter()
            .map(|a| a * a)
            .fold(largest, f64::max);
        let drift = solution.end.balance_drift;
        // a² and ‖w‖² are rounded once each when scaled and summed over d + 1 entries.
        assert!(
            drift < 20.0 * f64::EPSILON * end,
            "{integrator:?}: drift {drift:e}"
        );
    }
}

/// Also at an end that was located inside a step, at the trap.
#[test]
fn balance_is_kept_where_a_run_ends_at_the_trap() {
    let (data, network) = Setting::paper(20, 20, 20).draw(9, 0).unwrap();
    let solution = Problem::new(&data, &network, Method::default()).solve().unwrap();
    assert!(solution.verdict.converged(), "{}", solution.verdict);
    let largest = solution
        .network
        .output_weights()
        .iter()
        .map(|a| a * a)
        .fold(1.0, f64::max);
    let drift = solution.end.balance_drift;
    assert!(drift < 20.0 * f64::EPSILON * largest, "drift {drift:e}");
}

#[test]
fn dead_neurons_do_not_move() {
    // Neuron 2 is inactive on everything: its velocity is zero, and balance leaves it alone.
    let data = Dataset::new(array![[1.0, 0.2], [0.5, 1.0]], array![1.0, -1.0]).unwrap();
    let hidden: Array2<f64> = array![[0.5, 0.1], [-1.0, -1.0]];
    let output: Array1<f64> = array![1.0, 2.0];
    let network = Network::new(hidden, output).unwrap();
    let solution = run(&data, &network, Flow::default(), 10.0);
    let gap = &solution.network.hidden_weights().row(1) - &network.hidden_weights().row(1);
    assert!(gap.iter().all(|v| v.abs() < 1e-14));
}
