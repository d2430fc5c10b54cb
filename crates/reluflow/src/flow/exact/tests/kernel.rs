//! The kernel and the bounds of Lemma 6 along exact flows: on orthogonal inputs, and where neurons slide.

use super::*;
use crate::data::Orthogonal;
use crate::model::Activation;
use crate::observe::{Observable, OrthogonalKernel, Row, When};
use crate::theory::kernel_extremes;
use crate::theory::lemma_6::{Chain, Moving};

const RECORDED: [Observable; 4] = [
    Observable::Curvature,
    Observable::Spectrum,
    Observable::Diagonal,
    Observable::CurvatureBounds,
];

/// An exact flow with rows at some times, of a slope.
fn recorded(data: &Dataset, network: &Network, slope: f64, when: When, end: f64) -> Solution {
    let mut problem = Problem::new(data, network, Method::Exact(Exact::default()));
    if slope != 0.0 {
        problem.model.activation = Activation::Leaky(slope);
    }
    problem.stops = until(end);
    problem.record.observables = RECORDED.to_vec();
    problem.record.when = when;
    problem.solve().unwrap()
}

/// (2/n) λ_min ≤ μ ≤ (2/n) λ_max, μ_low ≤ μ ≤ μ_upp and λ_min ≤ min_i M_ii, to rounding of the largest.
fn assert_chain(row: &Row, n: usize, place: &str) {
    let unit = 2.0 / n as f64;
    let slack = 1e-11 * unit * row.lambda_max;
    assert!(unit * row.lambda_min <= row.mu + slack, "{place}: {row:?}");
    assert!(row.mu <= unit * row.lambda_max + slack, "{place}: {row:?}");
    assert!(row.mu_low <= row.mu + slack, "{place}: {row:?}");
    assert!(row.mu <= row.mu_upp + slack, "{place}: {row:?}");
    if !row.diagonal_min.is_nan() {
        let slack = 1e-11 * row.lambda_max;
        assert!(row.lambda_min <= row.diagonal_min + slack, "{place}: {row:?}");
    }
}

/// Spectrum and diagonal of an exact flow on orthogonal inputs, d > n and d = n, are those of its network at the end.
#[test]
fn the_kernel_on_orthogonal_inputs_is_that_of_the_network() {
    for (n, d, p, draw) in [(6, 8, 5, 0), (6, 6, 5, 1), (2, 9, 3, 2), (7, 7, 1, 3)] {
        let mut setting = Setting::paper(n, d, p);
        setting.data = DataLaw::Orthogonal(Orthogonal::default());
        let (data, network) = setting.draw(12, draw).unwrap();
        assert!(data.is_orthogonal());
        let solution = recorded(&data, &network, 0.0, When::PerDecade(2), 3.0);
        for row in solution.trajectory.rows() {
            assert_chain(row, n, &format!("seed 12, draw {draw}"));
        }
        let (low, high) = kernel_extremes(&data, &solution.network);
        let kernel = OrthogonalKernel::new(&data, &solution.network).unwrap();
        let diagonal = kernel.diagonal().fold(f64::INFINITY, f64::min);
        let last = |name| solution.trajectory.last(name).unwrap();
        for (name, expected) in [
            ("lambda_min", low),
            ("lambda_max", high),
            ("diagonal_min", diagonal),
        ] {
            let found: f64 = last(name);
            assert!(
                (found - expected).abs() <= 1e-11 * high,
                "{name}: {found} {expected}"
            );
        }
    }
}

/// Every observable is recorded, or refused in words, by the exact flow on orthogonal inputs as well, each alone.
#[test]
fn every_observable_serves_orthogonal_inputs() {
    let mut setting = Setting::paper(6, 8, 5);
    setting.data = DataLaw::Orthogonal(Orthogonal::default());
    let (data, network) = setting.draw(12, 0).unwrap();
    let mut served = 0;
    for observable in Observable::ALL {
        for method in [Method::Exact(Exact::default()), Method::default()] {
            let mut problem = Problem::new(&data, &network, method);
            problem.stops.time = Some(1.0);
            problem.record.observables = vec![*observable];
            served += usize::from(problem.solve().is_ok());
        }
    }
    assert!(served > 30, "{served}");
}

/// The chain holds at every row of fifty small flows of five slopes, though neurons slide on most of them.
#[test]
fn the_curvature_chain_holds_where_neurons_slide() {
    let (mut slid, mut held, mut rows) = (0, 0, 0);
    for draw in 0..50 {
        let (n, d, p) = (4 + draw % 5, 2 + draw % 3, 3 + draw % 4);
        let slope = [0.0, 0.0, 0.2, -0.4, -1.0][draw % 5];
        let (data, network) = Setting::paper(n, d, p).draw(31, draw as u64).unwrap();
        let mut problem = Problem::new(&data, &network, Method::Exact(Exact::default()));
        if slope != 0.0 {
            problem.model.activation = Activation::Leaky(slope);
        }
        problem.stops = until(60.0);
        problem.stops.evaluations = Some(50_000);
        // Below, residuals are a rounding, and μ with them.
        problem.stops.loss = Some(1e-20);
        problem.record.observables = RECORDED.to_vec();
        problem.record.observables.push(Observable::Network);
        problem.record.when = When::PerDecade(6);
        let solution = problem.solve().unwrap();
        let began = solution.events.count(EventKind::BeganToSlide);
        slid += usize::from(began > 0);
        for (row, shot) in solution.trajectory.rows().iter().zip(&solution.path) {
            let place = format!("seed 31, draw {draw}, slope {slope}, t = {}", row.time);
            assert_chain(row, n, &place);
            rows += 1;
            // The same multipliers from the network alone, as long as all its residuals are far above their roundings: a
            // multiplier is a ratio of two.
            if slope == 0.0 && row.loss > 1e-14 && row.mu > 1e-6 {
                let unit = 2.0 / n as f64;
                let moving = Moving::new(&data, &shot.network);
                let chain = Chain::new(&data, &shot.network);
                held += usize::from(moving.slides() > 0);
                let close = |a: f64, b: f64| (a - b).abs() <= 1e-7 * chain.kernel_high;
                assert!(close(chain.curvature, row.mu), "{place}: {chain:?} {row:?}");
                assert!(
                    close(chain.kernel_low, unit * row.lambda_min),
                    "{place}: {chain:?} {row:?}"
                );
                assert!(
                    close(chain.kernel_high, unit * row.lambda_max),
                    "{place}: {chain:?} {row:?}"
                );
            }
        }
    }
    eprintln!("{slid} of 50 flows slide; {held} rows with slides at slope 0, of {rows} rows in all");
    assert!(slid >= 25 && held >= 50, "{slid} {held} of {rows}");
}

/// A flow that is held by slides for ever while its loss stays: μ goes to 0, and λ_min(M) with it. By the derivative at 0 or 1 of a
/// sliding pair (2/n) λ_min was 0.2 to 0.55.
#[test]
fn where_slides_hold_the_loss_the_smallest_eigenvalue_falls_with_the_curvature() {
    let (data, network) = Setting::paper(6, 4, 5).draw(0, 2).unwrap();
    let times = When::Times(vec![10.0, 20.0, 60.0]);
    let solution = recorded(&data, &network, 0.0, times, 60.0);
    assert!(solution.events.count(EventKind::BeganToSlide) > 0);
    let rows = solution.trajectory.rows();
    assert_eq!(rows.len(), 3);
    for row in rows {
        assert_chain(row, 6, "seed 0, draw 2");
    }
    assert!(rows[2].mu < 1e-9 && rows[2].loss > 1e-3, "{:?}", rows[2]);
    let judged = crate::audit::problem(&data, &network).unwrap();
    assert!(!judged.fails(), "{}", judged.summary);
    let lines = judged
        .rows
        .iter()
        .filter(|row| row.statement == crate::theory::Statement::Lemma6);
    assert!(lines.clone().count() > 0);
    for line in lines {
        assert!(line.note.contains("slide"), "{line:?}");
    }
}

/// σ(u) = |u|, x = 1, y = −1, w = 1/2, a = 1: the pair comes to slide at u = 0, where both sides push against each other with the
/// same force: λ = 1/2, σ' = 0, M = 0, and all bounds are 0.
#[test]
fn a_pair_at_rest_between_two_slopes_has_no_mass() {
    let data = Dataset::new(ndarray::array![[1.0, 0.0]], ndarray::array![-1.0]).unwrap();
    let network = Network::new(ndarray::array![[0.5, 0.0]], ndarray::array![1.0]).unwrap();
    let solution = recorded(&data, &network, -1.0, When::End, 30.0);
    let last = |name| solution.trajectory.last(name).unwrap();
    for name in ["mu", "mu_low", "mu_upp", "lambda_min", "lambda_max"] {
        let found: f64 = last(name);
        assert!(found.abs() < 1e-14, "{name} = {found}");
    }
}
