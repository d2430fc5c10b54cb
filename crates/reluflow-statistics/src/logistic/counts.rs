//! Maximises the likelihood of the counts of cells: over threshold and slope, and over the slope alone (the profile).

use super::{Cell, Shape};

/// The counts with n mapped to [0, 1], in increasing order.
#[derive(Debug, Clone)]
pub(crate) struct Counts {
    first: f64,
    pub(super) range: f64,
    /// (place in [0, 1], successes, trials).
    cells: Vec<(f64, f64, f64)>,
}

impl Counts {
    pub(crate) fn new(cells: &[Cell]) -> Self {
        let mut used: Vec<&Cell> = cells.iter().filter(|cell| cell.trials > 0).collect();
        used.sort_by(|a, b| a.at.total_cmp(&b.at));
        let first = used.first().map_or(0.0, |cell| cell.at);
        let last = used.last().map_or(1.0, |cell| cell.at);
        let range = if last > first { last - first } else { 1.0 };
        let place = |cell: &&Cell| {
            let successes = cell.successes.min(cell.trials);
            ((cell.at - first) / range, successes as f64, cell.trials as f64)
        };
        Self {
            first,
            range,
            cells: used.iter().map(place).collect(),
        }
    }

    pub(super) fn to_n(&self, z: f64) -> f64 {
        self.first + self.range * z
    }

    /// The largest log-likelihood for a threshold at n.
    pub(crate) fn profile_at(&self, n: f64) -> f64 {
        self.profile((n - self.first) / self.range).1
    }

    /// Log-likelihood at the linear predictors `predictor(z)`.
    fn log_likelihood(&self, predictor: impl Fn(f64) -> f64) -> f64 {
        self.cells
            .iter()
            .map(|&(z, k, m)| {
                let u = predictor(z);
                -k * softplus(-u) - (m - k) * softplus(u)
            })
            .sum()
    }

    /// The κ ≥ 0 that maximises the likelihood for a threshold at z, and the log-likelihood there.
    pub(super) fn profile(&self, threshold: f64) -> (f64, f64) {
        let agrees =
            |&(z, k, m): &(f64, f64, f64)| z == threshold || k == if z < threshold { m } else { 0.0 };
        if self.cells.iter().all(agrees) {
            let ties = self.cells.iter().filter(|cell| cell.0 == threshold);
            return (
                f64::INFINITY,
                -std::f64::consts::LN_2 * ties.map(|cell| cell.2).sum::<f64>(),
            );
        }
        // d log-likelihood/dκ, decreasing in κ, and minus its derivative.
        let score = |slope: f64| {
            self.cells
                .iter()
                .fold((0.0, 0.0), |(score, information), &(z, k, m)| {
                    let distance = threshold - z;
                    let q = 1.0 / (1.0 + (-slope * distance).exp());
                    (
                        score + (k - m * q) * distance,
                        information + m * q * (1.0 - q) * distance * distance,
                    )
                })
        };
        let mut slope = 0.0;
        if score(0.0).0 > 0.0 {
            let (mut low, mut high) = (0.0, 1.0);
            while score(high).0 > 0.0 && high < 1e12 {
                (low, high) = (high, 2.0 * high);
            }
            slope = 0.5 * (low + high);
            for _ in 0..60 {
                let (value, information) = score(slope);
                if value > 0.0 {
                    low = slope
                } else {
                    high = slope
                }
                let newton = slope + value / information;
                let next = if newton > low && newton < high {
                    newton
                } else {
                    0.5 * (low + high)
                };
                let done = (next - slope).abs() <= 1e-9 * slope;
                slope = next;
                if done {
                    break;
                }
            }
        }
        (slope, self.log_likelihood(|z| slope * (threshold - z)))
    }

    /// Shape, threshold in [0, 1] units, κ in those units, largest log-likelihood.
    pub(super) fn maximise(&self) -> (Shape, f64, f64, f64) {
        let all = |cells: &[(f64, f64, f64)]| cells.iter().all(|cell| cell.1 == cell.2);
        let none = |cells: &[(f64, f64, f64)]| cells.iter().all(|cell| cell.1 == 0.0);
        let cells = self.cells.as_slice();
        if cells.is_empty() {
            return (Shape::Undetermined, f64::NAN, f64::NAN, 0.0);
        }
        if all(cells) {
            return (Shape::AllConverged, f64::INFINITY, f64::NAN, 0.0);
        }
        if none(cells) {
            return (Shape::NoneConverged, f64::NEG_INFINITY, f64::NAN, 0.0);
        }
        for split in 1..cells.len() {
            let (before, after) = (cells[split - 1].0, cells[split].0);
            if before < after && all(&cells[..split]) && none(&cells[split..]) {
                let shape = Shape::Separated {
                    last_all: self.to_n(before),
                    first_none: self.to_n(after),
                };
                return (shape, 0.5 * (before + after), f64::INFINITY, 0.0);
            }
        }
        for (middle, &(z, k, m)) in cells.iter().enumerate() {
            let (left, right) = (&cells[..middle], &cells[middle + 1..]);
            let apart = left.iter().all(|cell| cell.0 < z) && right.iter().all(|cell| cell.0 > z);
            if cells.len() > 1 && apart && all(left) && none(right) {
                let share = k / m;
                let entropy = |q: f64| if q > 0.0 { m * q * q.ln() } else { 0.0 };
                let best = entropy(share) + entropy(1.0 - share);
                if right.is_empty() && share > 0.5 {
                    return (Shape::MostConverged, f64::INFINITY, f64::INFINITY, best);
                }
                if left.is_empty() && share < 0.5 {
                    return (Shape::FewConverged, f64::NEG_INFINITY, f64::INFINITY, best);
                }
                let place = self.to_n(z);
                let shape = Shape::Separated {
                    last_all: place,
                    first_none: place,
                };
                return (shape, z, f64::INFINITY, best);
            }
        }
        self.newton()
    }

    /// Maximises over logit P = α − β z by Newton's method with step halving; α/β is the threshold.
    fn newton(&self) -> (Shape, f64, f64, f64) {
        let (mut alpha, mut beta) = (0.0, 0.0);
        let mut best = self.log_likelihood(|_| 0.0);
        for _ in 0..200 {
            let (mut ga, mut gb, mut haa, mut hab, mut hbb) = (0.0, 0.0, 0.0, 0.0, 0.0);
            for &(z, k, m) in &self.cells {
                let q = 1.0 / (1.0 + (beta * z - alpha).exp());
                let (residual, weight) = (k - m * q, m * q * (1.0 - q));
                ga += residual;
                gb -= residual * z;
                haa += weight;
                hab -= weight * z;
                hbb += weight * z * z;
            }
            let determinant = haa * hbb - hab * hab;
            let (da, db) = (
                (hbb * ga - hab * gb) / determinant,
                (haa * gb - hab * ga) / determinant,
            );
            if !(da.is_finite() && db.is_finite()) {
                return (Shape::Undetermined, f64::NAN, f64::NAN, best);
            }
            let mut step = 1.0;
            let (mut a, mut b, mut next);
            loop {
                (a, b) = (alpha + step * da, beta + step * db);
                next = self.log_likelihood(|z| a - b * z);
                if next >= best || step < 1e-9 {
                    break;
                }
                step *= 0.5;
            }
            let done = (next - best).abs() <= 1e-13 * (1.0 + best.abs()) && step == 1.0 || step < 1e-9;
            (alpha, beta, best) = (a, b, next.max(best));
            if done {
                break;
            }
        }
        if beta <= 0.0 {
            return (Shape::Undetermined, f64::NAN, f64::NAN, best);
        }
        (Shape::Regular, alpha / beta, beta, best)
    }
}

/// log(1 + eᵘ) without overflow.
pub(super) fn softplus(u: f64) -> f64 {
    u.max(0.0) + (-u.abs()).exp().ln_1p()
}
