//! Fits a power of n to measurements, with an interval for the exponent.

use serde::Serialize;

use crate::error::{Error, Result};

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
