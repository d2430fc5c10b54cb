//! Measures the exponent of Conjecture 1 on trained networks.

use super::power_law::PowerLaw;
use crate::error::{Error, Result};
use crate::theory::conjecture_1;
use crate::{Method, Problem, Stops};

/// Far below the trap: M has settled when the loss is this multiple of it.
const SETTLED: f64 = 1e-6;
/// Most transition times a run may take.
const PATIENCE: f64 = 20.0;

/// Trains `draws` networks of [`conjecture_1::setting`] for each n and fits μ_∞.
///
/// # Errors
/// When a run does not converge, or as [`PowerLaw::fit`].
pub fn measure(sizes: &[usize], draws: u64, root: u64, method: Method) -> Result<PowerLaw> {
    let mut points = Vec::new();
    for &n in sizes {
        let setting = conjecture_1::setting(n);
        for draw in 0..draws {
            let (dataset, network) = setting.draw(root, draw)?;
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
            points.push((
                n as f64,
                conjecture_1::limiting_curvature(&dataset, &solution.network),
            ));
        }
    }
    PowerLaw::fit(points)
}
