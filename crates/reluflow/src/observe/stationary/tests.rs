//! Reports on networks whose points of rest are known.

use super::*;
use ndarray::array;

fn loss(data: &Dataset, network: &Network) -> f64 {
    let rows = data.inputs();
    let squares = rows.rows().into_iter().zip(data.labels());
    squares
        .map(|(x, y)| (y - network.output(&x.to_vec())).powi(2))
        .sum::<f64>()
        / (2.0 * data.examples() as f64)
}

#[test]
fn an_escape_lowers_the_loss_at_the_stated_rate() {
    // w on the kinks of x_1 and x_2, dead elsewhere; labels pull x_1 in (a r > 0) and push x_2 out.
    let data = Dataset::new(
        array![[1.0, 0.0, 0.0], [0.6, 0.8, 0.0], [0.0, 0.6, -0.8]],
        array![1.0, -0.5, 2.0],
    )
    .unwrap();
    let network = Network::new(array![[0.0, 0.0, 1.0]], array![2.0]).unwrap();
    let report = Stationarity::new(&data, &network, 1e-12).unwrap();
    assert_eq!(report.kind, Kind::Saddle);
    let escape = &report.escapes[0];
    assert!(!report.alive_escape() && escape.through.contains(&0));
    let step = 1e-6;
    let mut moved = network.hidden_weights().to_owned();
    for (w, d) in moved.row_mut(0).iter_mut().zip(&escape.direction) {
        *w += step * d;
    }
    let after = Network::new(moved, network.output_weights().to_owned()).unwrap();
    let fall = (loss(&data, &network) - loss(&data, &after)) / step;
    // Second order in the step: 1e-6 times a curvature of order 1.
    assert!((fall / escape.rate - 1.0).abs() < 1e-5, "{fall} {}", escape.rate);
}

#[test]
fn no_direction_is_steeper_than_the_one_reported() {
    // Directions on a fine circle, d = 2, w = 0 so that all kinks are touched.
    let data = Dataset::new(
        array![[1.0, 0.2], [-0.5, 1.0], [-0.3, -1.0], [0.9, -0.7]],
        array![1.0, -2.0, 1.5, 0.4],
    )
    .unwrap();
    let network = Network::new(array![[0.0, 0.0]], array![1.5]).unwrap();
    let report = Stationarity::new(&data, &network, 1e-12).unwrap();
    let slope = |angle: f64| -> f64 {
        let (sin, cos) = angle.sin_cos();
        let inputs = data.inputs();
        let pairs = inputs.rows().into_iter().zip(data.labels());
        pairs
            .map(|(x, y)| 1.5 * y * (x[0] * cos + x[1] * sin).max(0.0))
            .sum::<f64>()
            / 4.0
    };
    let best = (0..100_000)
        .map(|k| slope(f64::from(k) * 6.283_185_3e-5))
        .fold(0.0, f64::max);
    // The circle's steps of 6e-5 miss the top by their square.
    assert!(
        (report.escapes[0].rate / best - 1.0).abs() < 1e-7,
        "{best} {}",
        report.escapes[0].rate
    );
}

/// A fit to rounding is a local minimum in whatever units inputs and labels are, though no residual is 0; a residual of a
/// millionth is told.
#[test]
fn a_fit_to_rounding_is_a_local_minimum() {
    // h(x_1) = (0.1·0.3 + 0.7·0.9)/2, h(x_2) = −0.6·0.35/3 …: labels are outputs, shifted by two roundings.
    let hidden = array![[0.3, -0.2], [0.9, 0.1], [-0.4, 0.35]];
    let output = array![0.1, 0.7, -0.6];
    let inputs = array![[1.0, 0.1], [-0.2, 1.3], [0.7, 0.6]];
    let network = Network::new(hidden.clone(), output.clone()).unwrap();
    for (shift, kind) in [
        (2.0 * f64::EPSILON, Kind::LocalMinimum),
        (1e-6, Kind::NotStationary),
    ] {
        let labels: ndarray::Array1<f64> = inputs
            .rows()
            .into_iter()
            .map(|x| network.output(&x.to_vec()) * (1.0 + shift))
            .collect();
        for x_unit in [1e-50, 1e-10, 1.0, 1e10, 1e50] {
            for y_unit in [1e-50, 1.0, 1e50] {
                let data = Dataset::new(&inputs * x_unit, &labels * y_unit).unwrap();
                // Both weights take half of the unit of y/x, as balanced ones do.
                let unit = f64::sqrt(y_unit / x_unit);
                let network = Network::new(&hidden * unit, &output * unit).unwrap();
                let report = Stationarity::new(&data, &network, 1e-9).unwrap();
                assert_eq!(report.kind, kind, "{x_unit:e}, {y_unit:e}: {report}");
                assert_eq!(report.gradient_norm == 0.0, kind == Kind::LocalMinimum);
            }
        }
    }
}

/// The end of an exact flow that fits to rounding, with neurons that are dead and some that are not.
#[test]
fn the_end_of_a_flow_that_fits_is_a_local_minimum() {
    let mut fits = 0;
    for draw in 0..12 {
        let (data, network) = crate::Setting::paper(3, 3, 6).draw(7, draw).unwrap();
        let mut problem = crate::Problem::new(&data, &network, crate::Method::Exact(Default::default()));
        problem.stops = crate::Stops {
            time: Some(2000.0),
            ..Default::default()
        };
        let solution = problem.solve().unwrap();
        if solution.end.loss < 1e-27 {
            fits += 1;
            let report = Stationarity::new(&data, &solution.network, 1e-9).unwrap();
            assert_eq!(report.kind, Kind::LocalMinimum, "seed 7, draw {draw}: {report}");
        }
    }
    assert!(fits > 3, "{fits}");
}

#[test]
fn a_neuron_held_on_a_kink_is_at_a_local_minimum() {
    // x_1 = 1 and its antipode-free copy of opposite label: a = 1, w = 0, y = −1: moving in raises the loss.
    let data = Dataset::new(array![[1.0]], array![-1.0]).unwrap();
    let network = Network::new(array![[0.0]], array![1.0]).unwrap();
    let report = Stationarity::new(&data, &network, 1e-12).unwrap();
    assert_eq!((report.kind, report.gradient_norm), (Kind::LocalMinimum, 0.0));
    // With a = 0 as well, δa < 0 with δw > 0 lowers it, at second order.
    let origin = Network::new(array![[0.0]], array![0.0]).unwrap();
    let report = Stationarity::new(&data, &origin, 1e-12).unwrap();
    assert_eq!((report.kind, report.escapes[0].rate), (Kind::Saddle, 0.0));
}
