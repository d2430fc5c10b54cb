//! Checks columns of observables by other means: the kernel's diagonal, coverage and squared norms from the networks.

use reluflow::EventE;
use reluflow::data::{Isotropic, Orthogonal};
use reluflow::flow::GradientDescent;
use reluflow::initialisation::Asymmetric;
use reluflow::observe::{Observable, When};
use reluflow::{DataLaw, InitialisationLaw, Method, Network, Problem, Record};

use super::common::{draw, draw_from};

/// The diagonal of M from its formula, M_ii = (1/p) Σ_j 1_ji (a_j² ‖x_i‖² + u_ji²), and coverage counted on the networks at both
/// ends, on inputs that are orthogonal and others, by descent, the flow and the exact flow.
#[test]
fn diagonal_and_coverage_are_those_of_the_networks() {
    let laws = [
        DataLaw::Isotropic(Isotropic::default()),
        DataLaw::Orthogonal(Orthogonal::default()),
    ];
    let methods = [
        Method::default(),
        Method::GradientDescent(GradientDescent::default()),
        Method::Exact(reluflow::flow::Exact::default()),
    ];
    let mut lost_anew = 0;
    for (law, method, number) in laws
        .iter()
        .flat_map(|law| methods.iter().map(move |method| (law, method)))
        .flat_map(|(law, method)| (0..6).map(move |number| (law, method, number)))
    {
        let init = InitialisationLaw::Asymmetric(Asymmetric::default());
        let (data, network) = draw_from(law, &init, [9, 9, 4], number);
        let mut problem = Problem::new(&data, &network, *method);
        problem.record = Record {
            observables: vec![Observable::Diagonal, Observable::Coverage],
            when: When::Times(vec![0.5, 1.0]),
            ..Record::default()
        };
        let solution = problem.solve().unwrap();
        let (rows, last) = (&solution.trajectory, &solution.network);
        let (u, norms) = (data.preactivations(last.hidden_weights()), data.input_norms());
        // A neuron that slides counts in part: an entry lies between those with and without it.
        let entry = |i: usize, slides: bool| {
            let active = (0..4).filter(|j| match u[(*j, i)] {
                value if value.abs() < 1e-9 => slides,
                value => value > 0.0,
            });
            let terms = active.map(|j| (last.output_weights()[j] * norms[i]).powi(2) + u[(j, i)].powi(2));
            terms.sum::<f64>() / 4.0
        };
        let least = |slides: bool| (0..9).map(|i| entry(i, slides)).fold(f64::INFINITY, f64::min);
        // Descent's field is in single precision.
        let (low, high) = (least(false), least(true));
        let (found, room) = (rows.last("diagonal_min").unwrap(), 1e-5 * (1.0 + high));
        assert!(
            low - room < found && found < high + room,
            "{method:?}: {:?} {low} to {high}",
            solution.end
        );
        assert!(entry(rows.last("slowest").unwrap() as usize, false) < found + room);
        let (before, after) = (EventE::new(&data, &network), EventE::new(&data, last));
        let bare = |coverage: &EventE, i: usize| coverage.correct[i] == 0;
        let uncovered = (0..9).filter(|i| bare(&before, *i)).count();
        let newly = (0..9).filter(|i| bare(&after, *i) && !bare(&before, *i)).count();
        assert_eq!(rows.last("uncovered"), Some(uncovered as f64));
        assert_eq!(rows.last("newly_lost"), Some(newly as f64));
        assert_eq!(before.holds(), uncovered == 0);
        let predicted = reluflow::observe::Predicted::new(&data, &network);
        assert_eq!(
            rows.last("predicted_min"),
            predicted.map(|predicted| predicted.diagonal)
        );
        assert_eq!(
            rows.last("predicted_slowest"),
            predicted.map(|predicted| predicted.example as f64)
        );
        let first = &solution.trajectory.rows()[0];
        assert_eq!(first.uncovered, uncovered as f64);
        lost_anew += newly;
    }
    assert!(
        lost_anew > 0,
        "no draw lost an example anew: nothing was told apart"
    );
}

/// By Lemma 1, ‖θ‖² = ‖W‖² + ‖a‖² = 2‖a‖² − Σ_j (a_j² − ‖w_j‖²), whose last sum is that of the start.
#[test]
fn the_squared_norm_is_what_the_output_weights_and_the_conserved_balances_make_it() {
    let (data, network) = draw(12, 6, 5, 3);
    let mut problem = Problem::new(&data, &network, Method::default());
    problem.record = Record {
        observables: vec![Observable::SquaredNorm],
        when: When::Times(vec![0.0, 1.0, 4.0]),
        ..Record::default()
    };
    let solution = problem.solve().unwrap();
    let balances: f64 = network.balances().iter().sum();
    let of_weights =
        |network: &Network| 2.0 * network.output_weights().iter().map(|a| a * a).sum::<f64>() - balances;
    let values = solution.trajectory.column("squared_norm").unwrap();
    assert!((values[0] / of_weights(&network) - 1.0).abs() < 1e-12);
    let last = *values.last().unwrap();
    assert!(
        (last / of_weights(&solution.network) - 1.0).abs() < 1e-3,
        "{values:?}"
    );
    assert!(
        (last / values[0] - 1.0).abs() > 0.1,
        "it did not move: {values:?}"
    );
    let rows = solution.trajectory.rows();
    assert_eq!(rows[0].value("squared_norm"), Some(values[0]));
}
