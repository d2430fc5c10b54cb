//! Follows neurons through 0 on the population, where the loss has no gradient.

use ndarray::{Array1, Array2, array};
use rand::RngExt;
use reluflow::flow::GradientDescent;
use reluflow::population::{
    PopulationProblem, PopulationSolution, PopulationStops, PopulationVerdict, Teacher,
};
use reluflow::{Method, Network};

use super::common::{generator, normal};

fn flow(teacher: &Teacher, start: &Network) -> PopulationSolution {
    let mut problem = PopulationProblem::new(teacher, start);
    problem.stops.time = Some(100.0);
    problem.solve().unwrap()
}

fn descent(teacher: &Teacher, start: &Network, rate: f64) -> PopulationSolution {
    let mut problem = PopulationProblem::new(teacher, start);
    problem.method = Method::GradientDescent(GradientDescent {
        learning_rate: rate,
        ..GradientDescent::default()
    });
    problem.stops.time = Some(100.0);
    problem.solve().unwrap()
}

/// A verdict that speaks of a point of rest has its gradient below the level and an error that says something.
fn check_verdict(solution: &PopulationSolution) {
    if let PopulationVerdict::Spurious {
        gradient_norm,
        curvature,
        ..
    }
    | PopulationVerdict::Saddle {
        gradient_norm,
        curvature,
        ..
    } = solution.verdict
    {
        assert!(gradient_norm <= PopulationStops::default().gradient_norm);
        assert!(curvature.error < 100.0 * curvature.largest.abs().max(curvature.least.abs()));
    }
}

/// The third neuron, of output weight −1, comes to 0 at t = 0.913. Descent passes and finds the teacher.
#[test]
fn a_neuron_passes_through_0() {
    let teacher = Teacher::new(Array2::eye(2), Array1::ones(2)).unwrap();
    let start = Network::new(array![[0.5, 0.2], [0.3, 0.6], [0.2, 0.1]], array![1.0, 1.5, -1.0]).unwrap();
    let solution = PopulationProblem::new(&teacher, &start).solve().unwrap();
    check_verdict(&solution);
    assert!(solution.verdict.is_global(), "{}", solution.sentence());
    assert!(solution.counts.evaluations < 100_000, "{:?}", solution.counts);
}

/// Forty starts |a_j| = ‖w_j‖ and larger: the flow's loss is that of descent with a short step, to 10⁻³, or both are near rest.
#[test]
fn the_flow_ends_where_short_steps_of_descent_do() {
    let mut failures = Vec::new();
    for draw in 0..40 {
        let mut random = generator(500 + draw);
        let d = 2 + draw as usize % 3;
        let p = 2 + draw as usize / 3 % 4;
        let width = 1 + draw as usize / 12 % 3;
        let v = normal(width, d, 1.0 / (d as f64).sqrt(), &mut random);
        let b = Array1::from_iter((0..width).map(|_| if random.random_bool(0.5) { 1.0 } else { -1.0 }));
        let teacher = Teacher::new(v, b).unwrap();
        let w = normal(p, d, 0.5, &mut random);
        let a = Array1::from_iter(w.rows().into_iter().map(|w| {
            let sign = if random.random_bool(0.5) { 1.0 } else { -1.0 };
            sign * (w.dot(&w).sqrt() + 0.5 * random.random_range(0.0..1.0))
        }));
        let start = Network::new(w, a).unwrap();
        let (flow, descent) = (flow(&teacher, &start), descent(&teacher, &start, 1e-3));
        check_verdict(&flow);
        let (ours, theirs) = (flow.end.loss, descent.end.loss);
        let close = (ours - theirs).abs() <= 1e-3 * ours.max(theirs) + 1e-6;
        let spent = flow.verdict.kind() == "out-of-budget" && flow.end.time < 100.0;
        if spent || !(close || flow.end.gradient_norm < 1e-3 && descent.end.gradient_norm < 1e-2) {
            failures.push((draw, flow.sentence(), descent.verdict.to_string()));
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

/// A student wholly at 0 leaves along the steepest direction, the teacher's; where that leads uphill it rests.
#[test]
fn neurons_that_start_at_0_leave_where_they_can() {
    let teacher = Teacher::new(array![[0.6, 0.8]], array![1.0]).unwrap();
    let with = |a: f64| Network::new(Array2::zeros((1, 2)), array![a]).unwrap();
    let solution = flow(&teacher, &with(1.0));
    assert!(solution.verdict.is_global(), "{}", solution.sentence());
    assert_eq!(solution.end.found, 1);
    // L(0) = ½ E h*² = ‖v‖²/4, and φ = −G(u, v) has its maximum 0 at u = −v.
    let solution = flow(&teacher, &with(-1.0));
    assert_eq!(solution.network.hidden_weights(), Array2::<f64>::zeros((1, 2)));
    assert!((solution.end.loss - 0.25).abs() < 1e-12);
}
