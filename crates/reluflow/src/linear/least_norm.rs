//! Finds the element of least norm of g + Σ_i λ_i v_i, λ in the unit box: the velocity at convex kinks.

use pulp::Arch;

use super::{dot, norm};
use crate::vectors::in_vectors;

/// Where a multiplier ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    /// λ = 0.
    Lower,
    /// 0 < λ < 1.
    Free,
    /// λ = 1.
    Upper,
}

/// A multiplier or slope within this share of its natural size of its bound is on it: ten thousand roundings.
const RELATIVE: f64 = 1e-12;
/// A pivot below this share says that a normal depends on the others.
const DEPENDENT: f64 = 1e-12;

/// argmin over λ in [0, 1]^m of ‖g + Σ_i λ_i v_i‖, by bounded-variable least squares on the Gram matrix.
///
/// Works on y_i = λ_i ‖v_i‖ so that the Gram matrix is one of correlations. A v_i that depends on the free
/// ones is never freed: it would not change the norm. Returns λ and where each ended; O(m³) for each change of the free set.
pub(crate) fn least_norm(force: &[f64], jumps: &[Vec<f64>]) -> (Vec<f64>, Vec<Bound>) {
    let m = jumps.len();
    let lengths: Vec<f64> = jumps.iter().map(|v| norm(v)).collect();
    let size = norm(force) + lengths.iter().sum::<f64>();
    let mut gram = vec![vec![0.0; m]; m];
    in_vectors!(Arch::new(), {
        for i in 0..m {
            for k in 0..=i {
                gram[i][k] = dot(&jumps[i], &jumps[k]) / (lengths[i] * lengths[k]);
                gram[k][i] = gram[i][k];
            }
        }
    });
    let slope: Vec<f64> = (0..m).map(|i| dot(force, &jumps[i]) / lengths[i]).collect();
    let tiny = RELATIVE * size;

    let mut y = vec![0.0; m];
    let mut at = vec![Bound::Lower; m];
    let mut refused = vec![false; m];
    let gradient = |y: &[f64], i: usize| slope[i] + dot(&gram[i], y);
    // Each round frees the bound that pulls hardest inwards; the objective falls, so no free set comes twice.
    for _ in 0..20 * m + 20 {
        let pulls = |i: usize| match at[i] {
            Bound::Lower => -gradient(&y, i),
            Bound::Upper => gradient(&y, i),
            Bound::Free => 0.0,
        };
        let hardest = (0..m)
            .filter(|i| !refused[*i] && pulls(*i) > tiny)
            .max_by(|i, k| pulls(*i).total_cmp(&pulls(*k)));
        let Some(freed) = hardest else { break };
        let was = at[freed];
        at[freed] = Bound::Free;
        // Go towards the optimum of the free variables; the first to meet its bound stays there.
        loop {
            let free: Vec<usize> = (0..m).filter(|i| at[*i] == Bound::Free).collect();
            let Some(goal) = unconstrained(&gram, &slope, &y, &at, &free) else {
                at[freed] = was;
                refused[freed] = true;
                break;
            };
            let mut share = 1.0;
            let mut blocking = None;
            for (&i, &goal) in free.iter().zip(&goal) {
                let limit = if goal < 0.0 {
                    0.0
                } else if goal > lengths[i] {
                    lengths[i]
                } else {
                    continue;
                };
                let reach = (limit - y[i]) / (goal - y[i]);
                if blocking.is_none() || reach < share {
                    share = reach.clamp(0.0, 1.0);
                    blocking = Some((i, limit));
                }
            }
            for (&i, &goal) in free.iter().zip(&goal) {
                y[i] += share * (goal - y[i]);
            }
            let Some((i, limit)) = blocking else {
                refused.fill(false);
                break;
            };
            y[i] = limit;
            at[i] = if limit == 0.0 { Bound::Lower } else { Bound::Upper };
        }
    }
    for i in 0..m {
        if at[i] == Bound::Free && y[i] <= tiny {
            at[i] = Bound::Lower;
        } else if at[i] == Bound::Free && y[i] >= lengths[i] - tiny.min(0.5 * lengths[i]) {
            at[i] = Bound::Upper;
        }
    }
    let multipliers = (0..m)
        .map(|i| match at[i] {
            Bound::Lower => 0.0,
            Bound::Upper => 1.0,
            Bound::Free => y[i] / lengths[i],
        })
        .collect();
    (multipliers, at)
}

/// The minimiser over the free variables, the others held; none when the free normals are dependent.
fn unconstrained(
    gram: &[Vec<f64>],
    slope: &[f64],
    y: &[f64],
    at: &[Bound],
    free: &[usize],
) -> Option<Vec<f64>> {
    let held = |i: usize| -> f64 {
        (0..y.len())
            .filter(|k| at[*k] != Bound::Free)
            .map(|k| gram[i][k] * y[k])
            .sum()
    };
    let f = free.len();
    let mut solution: Vec<f64> = free.iter().map(|&i| -slope[i] - held(i)).collect();
    let mut lower = vec![vec![0.0; f]; f];
    for row in 0..f {
        for column in 0..=row {
            let sum: f64 = (0..column).map(|k| lower[row][k] * lower[column][k]).sum();
            let rest = gram[free[row]][free[column]] - sum;
            if row == column {
                if rest <= DEPENDENT {
                    return None;
                }
                lower[row][row] = rest.sqrt();
            } else {
                lower[row][column] = rest / lower[column][column];
            }
        }
    }
    for row in 0..f {
        let sum: f64 = (0..row).map(|k| lower[row][k] * solution[k]).sum();
        solution[row] = (solution[row] - sum) / lower[row][row];
    }
    for row in (0..f).rev() {
        let sum: f64 = (row + 1..f).map(|k| lower[k][row] * solution[k]).sum();
        solution[row] = (solution[row] - sum) / lower[row][row];
    }
    Some(solution)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn combine(force: &[f64], jumps: &[Vec<f64>], multipliers: &[f64]) -> Vec<f64> {
        let mut sum = force.to_vec();
        for (v, l) in jumps.iter().zip(multipliers) {
            super::super::add_scaled(&mut sum, *l, v);
        }
        sum
    }

    /// The least norm by trying every pattern of bounds and solving for the free multipliers.
    fn brute_force(force: &[f64], jumps: &[Vec<f64>]) -> f64 {
        let m = jumps.len();
        let gram: Vec<Vec<f64>> = jumps
            .iter()
            .map(|u| jumps.iter().map(|v| dot(u, v)).collect())
            .collect();
        let slope: Vec<f64> = jumps.iter().map(|v| dot(force, v)).collect();
        let mut best = f64::INFINITY;
        for pattern in 0..3usize.pow(m as u32) {
            let at: Vec<Bound> = (0..m)
                .map(|i| [Bound::Lower, Bound::Free, Bound::Upper][pattern / 3usize.pow(i as u32) % 3])
                .collect();
            let mut lambda: Vec<f64> = at.iter().map(|b| f64::from(*b == Bound::Upper)).collect();
            let free: Vec<usize> = (0..m).filter(|i| at[*i] == Bound::Free).collect();
            let Some(goal) = unconstrained(&gram, &slope, &lambda, &at, &free) else {
                continue;
            };
            for (&i, goal) in free.iter().zip(goal) {
                lambda[i] = goal;
            }
            if lambda.iter().all(|l| (-1e-9..=1.0 + 1e-9).contains(l)) {
                best = best.min(norm(&combine(force, jumps, &lambda)));
            }
        }
        best
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn least_norm_equals_the_best_pattern(
            d in 1usize..6,
            numbers in prop::collection::vec(-2.0f64..2.0, 36),
            m in 0usize..6,
        ) {
            let force = numbers[..d].to_vec();
            let jumps: Vec<Vec<f64>> = (0..m).map(|i| numbers[d + i * d..d + (i + 1) * d].to_vec()).collect();
            prop_assume!(jumps.iter().all(|v| norm(v) > 1e-3));
            let (lambda, _) = least_norm(&force, &jumps);
            prop_assert!(lambda.iter().all(|l| (0.0..=1.0).contains(l)));
            let found = norm(&combine(&force, &jumps, &lambda));
            let best = brute_force(&force, &jumps);
            // Norms up to 24; dependent normals are dropped at 1e-12, hence its square root.
            prop_assert!(found <= best + 1e-5, "{found} against {best}");
        }
    }

    #[test]
    fn one_kink_by_hand() {
        // ‖(1, 1) + λ (−2, 0)‖ is least at λ = 1/2; (−1/2, 0) ends at 1; (1, 0) at 0.
        let solve = |v: f64| least_norm(&[1.0, 1.0], &[vec![v, 0.0]]);
        assert_eq!(solve(-2.0), (vec![0.5], vec![Bound::Free]));
        assert_eq!(solve(-0.5), (vec![1.0], vec![Bound::Upper]));
        assert_eq!(solve(1.0), (vec![0.0], vec![Bound::Lower]));
    }
}
