//! Conjecture 1: on orthogonal inputs, with p ~ log n, the curvature ends at the order 1/√n.
//!
//! Measured: networks are trained on orthogonal inputs until L is far below the trap, and the generic limit
//! μ_∞ = (2/n) λ_min(M(∞)) is fitted by a power of n. A conjecture about large n can be supported or put in
//! doubt at finite n, not refuted. [`Foretold`] is a heuristic for μ_∞ draw by draw.

mod foretold;

use serde::Serialize;

use super::snapshot::kernel_extremes;
use crate::data::Orthogonal;
use crate::error::{Error, Result};
use crate::initialisation::Asymmetric;
use crate::random::Purpose;
use crate::{DataLaw, InitialisationLaw, Method, Problem, Stops, TrialSeed};

pub(crate) use foretold::smallest;
pub use foretold::{Foretold, learnt_alone};

/// A power of n fitted to measurements, by least squares on logarithms.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PowerLaw {
    /// The fitted exponent.
    pub exponent: f64,
    /// Its 95 % interval (Student's t; assumes independent errors of equal relative size).
    pub interval: (f64, f64),
    /// What was fitted: (n, μ_∞), one a draw.
    pub points: Vec<(f64, f64)>,
}

impl PowerLaw {
    /// Fits value = constant · n^exponent.
    ///
    /// # Errors
    /// With fewer than three points, fewer than two sizes, or a value that is not positive.
    pub fn fit(points: Vec<(f64, f64)>) -> Result<Self> {
        let usable = points
            .iter()
            .all(|(n, value)| *n > 0.0 && *value > 0.0 && value.is_finite());
        let logs: Vec<(f64, f64)> = points.iter().map(|(n, value)| (n.ln(), value.ln())).collect();
        let count = logs.len() as f64;
        let mean_x = logs.iter().map(|(x, _)| x).sum::<f64>() / count;
        let mean_y = logs.iter().map(|(_, y)| y).sum::<f64>() / count;
        let spread: f64 = logs.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
        if !usable || logs.len() < 3 || spread <= 0.0 {
            return Err(Error::out_of_range(
                "points of a power law",
                "at least three positive ones over two sizes",
                format!("{points:?}"),
            ));
        }
        let along: f64 = logs.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
        let exponent = along / spread;
        let residual: f64 = logs
            .iter()
            .map(|(x, y)| (y - mean_y - exponent * (x - mean_x)).powi(2))
            .sum();
        let freedom = count - 2.0;
        let half = student_975(freedom) * (residual / freedom / spread).sqrt();
        Ok(Self {
            exponent,
            interval: (exponent - half, exponent + half),
            points,
        })
    }

    /// Whether the interval contains an exponent.
    pub fn admits(&self, exponent: f64) -> bool {
        self.interval.0 <= exponent && exponent <= self.interval.1
    }
}

/// The 97.5 % point of Student's t with ν degrees of freedom, by its expansion in 1/ν (within 1 % for ν ≥ 4).
fn student_975(freedom: f64) -> f64 {
    let z = 1.959_963_985f64;
    let (z3, z5) = (z.powi(3), z.powi(5));
    z + (z3 + z) / (4.0 * freedom)
        + (5.0 * z5 + 16.0 * z3 + 3.0 * z) / (96.0 * freedom * freedom)
        + (3.0 * z.powi(7) + 19.0 * z5 + 17.0 * z3 - 15.0 * z) / (384.0 * freedom.powi(3))
}

/// Far below the trap: M has settled when the loss is this multiple of it.
const SETTLED: f64 = 1e-6;
/// Most transition times a run may take.
const PATIENCE: f64 = 20.0;
/// ε of the width ⌊log(n/ε)/log(4/3)⌋ + 1.
const EPSILON: f64 = 0.05;

/// Trains `draws` networks for each n on orthogonal inputs (d = n, hidden weights scaled by 0.01, event E
/// enforced, as in the paper's experiment 2) and fits μ_∞.
///
/// # Errors
/// When a run does not converge, or as [`PowerLaw::fit`].
pub fn measure(sizes: &[usize], draws: u64, root: u64, method: Method) -> Result<PowerLaw> {
    let data = DataLaw::Orthogonal(Orthogonal::default());
    let initialisation = InitialisationLaw::Asymmetric(Asymmetric {
        hidden_scale: 0.01,
        covered: true,
        ..Asymmetric::default()
    });
    let mut points = Vec::new();
    for &n in sizes {
        let p = super::lemma_5::width(n, EPSILON);
        for draw in 0..draws {
            let seed = TrialSeed {
                root,
                n: n as u64,
                d: n as u64,
                p: p as u64,
                draw,
            };
            let dataset = data.sample(n, n, &mut seed.generator(Purpose::Data))?;
            let network = initialisation.sample(p, &dataset, &mut seed.generator(Purpose::Initialisation))?;
            let mut problem = Problem::new(&dataset, &network, method);
            problem.stops = Stops {
                trap_times: Some(SETTLED),
                transitions: Some(PATIENCE),
                ..Stops::default()
            };
            let solution = problem.solve()?;
            if solution.end.loss > SETTLED * dataset.trap_level() {
                return Err(Error::out_of_range(
                    "a run of conjecture 1",
                    "convergence",
                    format!("{} (n = {n}, draw {draw})", solution.verdict),
                ));
            }
            let lowest = kernel_extremes(&dataset, &solution.network).0;
            points.push((n as f64, 2.0 * lowest / n as f64));
        }
    }
    PowerLaw::fit(points)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exact_power_is_found_and_the_interval_widens_with_noise() {
        let exact: Vec<(f64, f64)> = (1..8)
            .map(|k| (f64::from(k), 3.0 * f64::from(k).powf(-0.7)))
            .collect();
        let fit = PowerLaw::fit(exact.clone()).unwrap();
        assert!((fit.exponent + 0.7).abs() < 1e-12 && !fit.admits(-0.5));
        let noisy = exact
            .iter()
            .enumerate()
            .map(|(k, (n, v))| (*n, v * if k % 2 == 0 { 1.5 } else { 0.7 }));
        assert!(PowerLaw::fit(noisy.collect()).unwrap().admits(-0.5));
    }

    /// Tables: t_{0.975} is 2.776 at 4, 2.228 at 10, 2.048 at 28 degrees of freedom.
    #[test]
    fn student_quantiles() {
        for (freedom, table) in [(4.0, 2.776), (10.0, 2.228), (28.0, 2.048)] {
            assert!((student_975(freedom) / table - 1.0).abs() < 0.01, "{freedom}");
        }
    }
}
