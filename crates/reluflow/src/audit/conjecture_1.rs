//! Judges Conjecture 1: the exponent of μ_∞ in n, measured on trained networks.

use super::power_law::PowerLaw;
use super::row::{Relation::*, Row};
use super::{Drawn, flow};
use crate::error::{Error, Result};
use crate::theory::conjecture_1::{self, EXPONENT};
use crate::theory::{Hypothesis, Statement::Conjecture1};
use crate::{DataLaw, Method, Problem, Stops};

/// Sizes and draws.
const SIZES: ([usize; 4], u64) = ([16, 32, 64, 128], 4);
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

/// Conjecture 1: the exponent of μ_∞. Nobody can say that n is large enough, so it is never found to fail.
pub(super) fn judge(drawn: &Drawn<'_>) -> Result<Vec<Row>> {
    const CHECKED: &str = "exponent of μ_∞ in n, distance of its 95 % interval from −1/2";
    if !matches!(drawn.plan.setting.data, DataLaw::Orthogonal(_)) {
        let why = "the inputs are not orthogonal";
        return Ok(vec![Row::not_applicable(Conjecture1, CHECKED, why)]);
    }
    let fit = measure(&SIZES.0, SIZES.1, drawn.plan.seed, flow::orthogonal_method())?;
    let distance = (fit.interval.0 - EXPONENT)
        .max(EXPONENT - fit.interval.1)
        .max(0.0);
    let large = Hypothesis::fact("n large enough for the order to show", fit.admits(EXPONENT));
    let row = Row::judge(Conjecture1, CHECKED, &[large], distance, AtMost, 0.0).remark(format!(
        "exponent {:.3}, interval [{:.3}, {:.3}], n = 16…128",
        fit.exponent, fit.interval.0, fit.interval.1
    ));
    Ok(vec![row])
}
