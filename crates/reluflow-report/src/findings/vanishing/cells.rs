//! Collects norms, jumps and times by cell, and says which norms theory expects.

use reluflow::Method;
use reluflow_lab::Trial;
use reluflow_lab::experiment::AxisValue;
use reluflow_statistics::Estimate;
use reluflow_statistics::slope::bootstrap_mean;

use super::studies::LIMIT;
use crate::findings::Results;
use crate::intervals::LEVEL;

/// Resamples behind an interval of a mean.
const RESAMPLES: usize = 2000;

/// 4 + 2√2, derived for independent signs, first n → ∞ after λ → 0, p of order log n.
pub(super) fn predicted() -> f64 {
    4.0 + 2.0 * std::f64::consts::SQRT_2
}

/// (1/p) Σ (‖w‖² + a²) of the least-norm interpolator over √n, half the labels of each sign: one neuron a sign, 2√(n/2) each.
pub(super) fn least_norm() -> f64 {
    2.0 * std::f64::consts::SQRT_2
}

/// One cell: what its draws that lost no example ended with.
pub(super) struct Cell {
    /// Whether it is the limit on the exact flow's draws.
    pub(super) on_flow_draws: bool,
    pub(super) n: u64,
    pub(super) p: u64,
    /// The size of the start; none in the limit.
    pub(super) scale: Option<f64>,
    pub(super) lost: usize,
    /// (draw, (1/p) Σ (‖w‖² + a²)/√n).
    pub(super) norms: Vec<(u64, f64)>,
    /// Jumps a draw; the time of the last in units of n log(1/λ).
    pub(super) jumps: Vec<f64>,
    pub(super) last: Vec<f64>,
}

pub(super) fn collect(results: &[Results]) -> Vec<Cell> {
    let mut cells = Vec::new();
    for result in results {
        let scale = result.axis("init.scale");
        for filled in result.cells() {
            let (n, p) = (filled.cell.n, filled.cell.p);
            let limit = matches!(filled.cell.spec.method, Method::Jump(_));
            let whole: Vec<&Trial> = filled
                .trials
                .iter()
                .copied()
                .filter(|trial| trial.converged)
                .collect();
            let norm = |trial: &&Trial| {
                let norm = trial.get("squared_norm")?;
                Some((trial.draw, norm / p as f64 / (n as f64).sqrt()))
            };
            cells.push(Cell {
                on_flow_draws: result.study.name == LIMIT,
                n,
                p,
                scale: match (limit, scale.map(|axis| &filled.cell.axes[axis])) {
                    (false, Some(AxisValue::Number(value))) => Some(*value),
                    _ => None,
                },
                lost: filled.trials.len() - whole.len(),
                norms: whole.iter().filter_map(norm).collect(),
                jumps: whole.iter().map(|trial| trial.number("steps")).collect(),
                last: whole.iter().map(|trial| trial.number("time")).collect(),
            });
        }
    }
    cells
}

pub(super) fn estimate(values: &[f64]) -> Estimate {
    bootstrap_mean(values, LEVEL, RESAMPLES, 0)
}

/// The exact flow's norm over that of the limit on the same draw.
pub(super) fn paired(cells: &[Cell], cell: &Cell) -> Vec<f64> {
    let limit = cells.iter().find(|other| other.on_flow_draws);
    let pair = |(draw, norm): &(u64, f64)| {
        let (_, there) = limit?.norms.iter().find(|(other, _)| other == draw)?;
        Some(norm / there)
    };
    cell.norms.iter().filter_map(pair).collect()
}
