//! Theorem 2: under the group initialisation the loss falls in steps, one for each group.
//!
//! ```text
//! t_j = (n/(2‖D_j‖)) log(4p‖D_j‖/(q_0(1 + c_0)²))                     when group j is fitted
//! L_j/L_j(0) = (K/(K − 1 + e^{2τ}))²  for c_0 = 1, K = p‖D_j‖/q_0     how
//! relative width of the fall from 1 − ε to ε: about log[(ε^{−1/2} − 1)/((1 − ε)^{−1/2} − 1)]/log K
//! ```
//!
//! With ‖D_j‖ of order √n, log K = (1/2) log n + O(1): the relative width is of order 1/log n, but its product
//! with log n reaches its limit only like 1/log n.

use serde::Serialize;

use super::proposition_2::Group;
use crate::error::{Error, Result};

/// The fall of one group's loss from (1 − ε) to ε of its value at time 0.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Window {
    /// When L_j = (1 − ε) L_j(0).
    pub start: f64,
    /// When L_j = ε L_j(0).
    pub end: f64,
    /// The transition time t_j.
    pub transition: f64,
    /// (end − start)/t_j.
    pub relative_width: f64,
}

/// t_j = (n/(2‖D_j‖)) log(4K/(1 + c_0)²): when q would be half of p‖D_j‖; 0 when it starts beyond.
pub fn transition_time(group: &Group) -> f64 {
    let reach = 1.0 + group.initial_alignment();
    let tau = 0.5 * (4.0 * group.growth() / (reach * reach)).ln();
    tau.max(0.0) * group.examples() / group.target()
}

/// The time at which L_j = level · L_j(0), by bisection of the closed form to rounding (O(100) evaluations).
///
/// For c_0 = 1 it is (n/(2‖D_j‖)) log(K(level^{−1/2} − 1) + 1).
///
/// # Errors
/// Unless 0 < level < 1.
pub fn crossing_time(group: &Group, level: f64) -> Result<f64> {
    if !(level > 0.0 && level < 1.0) {
        return Err(Error::out_of_range("level", "between 0 and 1", level));
    }
    let aim = group.log_loss(0.0) + level.ln();
    let unit = group.examples() / group.target();
    let (mut low, mut high) = (0.0, unit);
    while group.log_loss(high) > aim {
        low = high;
        high *= 2.0;
    }
    loop {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            return Ok(high);
        }
        if group.log_loss(middle) > aim {
            low = middle;
        } else {
            high = middle;
        }
    }
}

/// The window of one group.
///
/// # Errors
/// Unless 0 < ε < 1/2.
pub fn window(group: &Group, epsilon: f64) -> Result<Window> {
    if !(epsilon > 0.0 && epsilon < 0.5) {
        return Err(Error::out_of_range("epsilon", "between 0 and 1/2", epsilon));
    }
    let (start, end) = (
        crossing_time(group, 1.0 - epsilon)?,
        crossing_time(group, epsilon)?,
    );
    let transition = transition_time(group);
    Ok(Window {
        start,
        end,
        transition,
        relative_width: (end - start) / transition,
    })
}

/// C_ε, the limit of (relative width) · log n for aligned groups with ‖D_j‖ of order √n:
/// 2 log[(ε^{−1/2} − 1)/((1 − ε)^{−1/2} − 1)].
pub fn limiting_width(epsilon: f64) -> f64 {
    2.0 * ((epsilon.powf(-0.5) - 1.0) / ((1.0 - epsilon).powf(-0.5) - 1.0)).ln()
}

/// The bound log[(ε^{−1/2} − 1)/((1 − ε)^{−1/2} − 1)]/log K on the relative width of an aligned group, K > 1.
///
/// From the crossing times: (Kx + 1)/(Kz + 1) ≤ x/z for x ≥ z > 0. Times log n this is the C_ε of the theorem.
pub fn width_bound(group: &Group, epsilon: f64) -> f64 {
    0.5 * limiting_width(epsilon) / group.growth().ln()
}

/// A stretch of time on which the loss hardly moves, and its level relative to L(0).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Plateau {
    /// The transition before it (0 for the first).
    pub from: f64,
    /// The transition after it (infinite for the last).
    pub to: f64,
    /// L/L(0) in the limit of large n: the share of ‖D_j‖² not yet fitted.
    pub level: f64,
}

/// The plateaus of the limit, in order: one before each distinct transition time, and the last at 0.
///
/// There are at most p transitions; groups whose times differ by less than 10⁻⁹ relatively count as one.
pub fn plateaus(groups: &[Group]) -> Vec<Plateau> {
    let mut steps: Vec<(f64, f64)> = groups
        .iter()
        .map(|group| (transition_time(group), group.target() * group.target()))
        .collect();
    steps.sort_by(|a, b| a.0.total_cmp(&b.0));
    let total: f64 = steps.iter().map(|(_, share)| share).sum();
    let mut plateaus: Vec<Plateau> = Vec::new();
    let (mut from, mut left) = (0.0, total);
    for (time, share) in steps {
        if plateaus.is_empty() || time - from > 1e-9 * time {
            plateaus.push(Plateau {
                from,
                to: time,
                level: left / total,
            });
            from = time;
        }
        left -= share;
    }
    plateaus.push(Plateau {
        from,
        to: f64::INFINITY,
        level: 0.0,
    });
    plateaus
}

/// One row of the closed-form loss trajectory.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TransitionRow {
    /// t.
    pub time: f64,
    /// t/(√n log n), the time of Figure 1.
    pub rescaled_time: f64,
    /// L(t) = Σ_j L_j(t).
    pub loss: f64,
    /// L(t)/L(0).
    pub relative_loss: f64,
    /// log₁₀ of L(t)/L(0), which does not underflow.
    pub log10_relative_loss: f64,
    /// L_j(t)/L_j(0) for each group.
    pub groups: Vec<f64>,
}

/// The two groups of Figure 1: ‖D_1‖ = √n, ‖D_2‖ = 2√n, p = 2, c_0 = q_0 = 1.
///
/// # Errors
/// As [`Group::new`].
pub fn figure_1(examples: f64) -> Result<Vec<Group>> {
    [1.0, 2.0]
        .into_iter()
        .map(|factor| Group::new(examples, 2.0, factor * examples.sqrt(), 1.0, 1.0))
        .collect()
}

/// The closed-form trajectory at `rows` + 1 even times from 0 to `reach` times the last transition.
///
/// # Errors
/// When there is no group, no row, or the reach is not positive.
pub fn trajectory(groups: &[Group], rows: usize, reach: f64) -> Result<Vec<TransitionRow>> {
    let Some(first) = groups.first() else {
        return Err(Error::out_of_range("groups", "at least 1", 0));
    };
    if rows == 0 || !(reach > 0.0 && reach.is_finite()) {
        return Err(Error::out_of_range(
            "rows and reach",
            "at least 1 row and a positive reach",
            format!("{rows} and {reach}"),
        ));
    }
    let n = first.examples();
    let last = groups.iter().map(transition_time).fold(0.0, f64::max);
    let starts: Vec<f64> = groups.iter().map(|group| group.log_loss(0.0)).collect();
    let log_initial = log_sum(&starts);
    Ok((0..=rows)
        .map(|k| {
            let time = reach * last * k as f64 / rows as f64;
            let logs: Vec<f64> = groups.iter().map(|group| group.log_loss(time)).collect();
            let log_loss = log_sum(&logs);
            TransitionRow {
                time,
                rescaled_time: time / (n.sqrt() * n.ln()),
                loss: log_loss.exp(),
                relative_loss: (log_loss - log_initial).exp(),
                log10_relative_loss: (log_loss - log_initial) / std::f64::consts::LN_10,
                groups: logs
                    .iter()
                    .zip(&starts)
                    .map(|(log, start)| (log - start).exp())
                    .collect(),
            }
        })
        .collect())
}

/// log Σ exp(x), stable.
pub(super) fn log_sum(logs: &[f64]) -> f64 {
    let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if top == f64::NEG_INFINITY {
        return top;
    }
    top + logs.iter().map(|log| (log - top).exp()).sum::<f64>().ln()
}
