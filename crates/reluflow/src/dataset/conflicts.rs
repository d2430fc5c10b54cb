//! Finds examples whose labels no network without biases fits at once, whatever its width.

use std::fmt;

use super::{Dataset, Inputs};
use crate::linear::probe;

/// What keeps every network without biases from the loss 0.
///
/// The network is h(x) = Σ_j a_j σ(⟨w_j, x⟩), so h(c x) = c h(x) for c ≥ 0, and h(x) − h(−x) = ⟨Σ_j a_j w_j, x⟩ is linear
/// in x. Labels are fitted by some network if and only if
///
/// 1. y_i = 0 where x_i = 0;
/// 2. y_i/‖x_i‖ is the same for all examples on one ray from 0;
/// 3. there is a q ∈ R^d with v(u) − v(−u) = ⟨q, u⟩ for every line through 0 that has examples on both sides, where v is
///    the ratio y/‖x‖ on a ray and u its direction. One such line, or lines along independent directions, always pass.
///
/// *Only if* is said above. *If*: let Σ_i c_i σ(⟨w, u_i⟩) = 0 for all w, the u_i being the directions. Only u_i and −u_i
/// have a kink where ⟨w, u_i⟩ = 0, so a ray alone on its line has c_i = 0, opposite rays have c and −c, and what is left
/// is Σ c_i ⟨w, u_i⟩ = 0 over the lines: the conditions 3 are the only ones.
///
/// Directions and ratios are compared to 64 roundings, since 0.1 · 3 is not 0.3 in binary.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Conflicts {
    /// Examples with x_i = 0 and y_i ≠ 0.
    pub zero_inputs: Vec<usize>,
    /// Two examples of each ray on which y_i/‖x_i‖ is not the same.
    pub rays: Vec<(usize, usize)>,
    /// Two examples, x and −c x, of each line that takes part in breaking condition 3; empty when it holds.
    pub opposite: Vec<(usize, usize)>,
    /// The infimum of L = (1/2n) Σ (h(x_i) − y_i)² over all networks of all widths; 0 without conflicts.
    pub least_loss: f64,
}

/// Relative difference up to which two numbers are one number rounded twice.
const ROUNDING: f64 = 64.0 * f64::EPSILON;
/// Part of a vector outside a span, relative to the vector, up to which it lies in the span.
const DEPENDENT: f64 = 1e-10;

/// Examples on one line through 0: on the side of its direction, and on the other.
struct Line {
    direction: Vec<f64>,
    /// |⟨z, direction⟩| for the fixed z that lines are sorted by.
    place: f64,
    sides: [Vec<usize>; 2],
}

/// The weighted mean of y/‖x‖ on a ray, which fits it best.
struct Ratio {
    value: f64,
    weight: f64,
}

impl Conflicts {
    /// Whether some network fits every label.
    pub fn is_empty(&self) -> bool {
        self.zero_inputs.is_empty() && self.rays.is_empty() && self.opposite.is_empty()
    }
}

impl fmt::Display for Conflicts {
    /// The first conflict of each kind, in a sentence, and the least loss; examples are counted from 0.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let more = |count: usize, what: &str| match count.saturating_sub(1) {
            0 => String::new(),
            others => format!(", and {others} more {what}"),
        };
        let mut sentences = Vec::new();
        if let Some(i) = self.zero_inputs.first() {
            let others = more(self.zero_inputs.len(), "examples");
            sentences.push(format!(
                "the input of example {i} is 0 and its label is not{others}"
            ));
        }
        if let Some((i, k)) = self.rays.first() {
            let others = more(self.rays.len(), "rays");
            sentences.push(format!(
                "the inputs of examples {i} and {k} are positive multiples of each other and their labels are not in \
                 proportion{others}"
            ));
        }
        if let Some((i, k)) = self.opposite.first() {
            let others = more(self.opposite.len(), "pairs");
            sentences.push(format!(
                "examples {i} and {k}{others} are opposite, and h(x) - h(-x), which is linear in x, cannot take the \
                 values that their labels ask for"
            ));
        }
        match sentences.is_empty() {
            true => write!(f, "no conflict"),
            false => write!(
                f,
                "no network without biases fits every label: {}; its loss is at least {:.3e}",
                sentences.join("; "),
                self.least_loss
            ),
        }
    }
}

impl Dataset {
    /// Examples that no network without biases fits at once, and the least loss that follows; see [`Conflicts`].
    ///
    /// O(nd + n log n), and O(m d min(m, d)) more for m lines through 0 with examples on both sides.
    ///
    /// ```
    /// use ndarray::array;
    /// let data = reluflow::Dataset::new(array![[1.0], [1.0]], array![1.0, 1.1])?;
    /// assert_eq!(data.conflicts().rays, [(0, 1)]);
    /// assert!((data.conflicts().least_loss - 1.25e-3).abs() < 1e-12);
    /// # Ok::<(), reluflow::Error>(())
    /// ```
    pub fn conflicts(&self) -> Conflicts {
        let mut conflicts = Conflicts::default();
        let n = self.examples();
        let norms: Vec<f64> = match &self.inputs {
            Inputs::Axes { scales, .. } => scales.iter().map(|scale| scale.abs()).collect(),
            Inputs::Rows(rows) => rows.rows().into_iter().map(|x| norm(x.iter())).collect(),
        };
        let mut squares = 0.0;
        for (i, _) in norms.iter().enumerate().filter(|(_, norm)| **norm == 0.0) {
            if self.labels[i] != 0.0 {
                conflicts.zero_inputs.push(i);
                squares += self.labels[i] * self.labels[i];
            }
        }
        if let Inputs::Rows(_) = self.inputs {
            let mut both = Vec::new();
            for line in self.lines(&norms) {
                let [ahead, behind] =
                    [0, 1].map(|side| self.fit_ray(&line.sides[side], &norms, &mut conflicts, &mut squares));
                if let (Some(ahead), Some(behind)) = (ahead, behind) {
                    both.push((line, ahead, behind));
                }
            }
            squares += fit_lines(&both, &mut conflicts);
        }
        if !conflicts.is_empty() {
            conflicts.least_loss = squares / (2.0 * n as f64);
        }
        conflicts
    }

    /// The examples with x_i ≠ 0 by their lines through 0.
    fn lines(&self, norms: &[f64]) -> Vec<Line> {
        let d = self.dimension();
        let z: Vec<f64> = (0..d).map(probe).collect();
        let inputs = self.inputs();
        let place = |i: usize| -> f64 {
            let sum: f64 = inputs.row(i).iter().zip(&z).map(|(x, z)| x / norms[i] * z).sum();
            sum.abs()
        };
        let mut order: Vec<(f64, usize)> = (0..norms.len())
            .filter(|i| norms[*i] > 0.0)
            .map(|i| (place(i), i))
            .collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        // Two roundings of one direction differ by ROUNDING in each coordinate, which z weighs with up to 3/2.
        let window = 2.0 * ROUNDING * d as f64;
        let mut lines: Vec<Line> = Vec::new();
        for (place, i) in order {
            let along = |line: &Line, sign: f64| {
                let x = inputs.row(i);
                let coordinates = x.iter().zip(&line.direction);
                coordinates
                    .into_iter()
                    .all(|(x, u)| (x / norms[i] - sign * u).abs() <= ROUNDING)
            };
            let near = lines
                .iter_mut()
                .rev()
                .take_while(|line| place - line.place <= window);
            let mut found = None;
            for line in near {
                if along(line, 1.0) {
                    found = Some((line, 0));
                    break;
                }
                if along(line, -1.0) {
                    found = Some((line, 1));
                    break;
                }
            }
            match found {
                Some((line, side)) => line.sides[side].push(i),
                None => lines.push(Line {
                    direction: inputs.row(i).iter().map(|x| x / norms[i]).collect(),
                    place,
                    sides: [vec![i], Vec::new()],
                }),
            }
        }
        for line in &mut lines {
            line.sides.iter_mut().for_each(|side| side.sort_unstable());
        }
        lines.sort_by_key(|line| line.sides.iter().flatten().min().copied());
        lines
    }

    /// Fits the examples of a ray with one ratio, and adds what is left to `squares`; none for no examples.
    fn fit_ray(
        &self,
        ray: &[usize],
        norms: &[f64],
        conflicts: &mut Conflicts,
        squares: &mut f64,
    ) -> Option<Ratio> {
        let first = *ray.first()?;
        let mut clash = None;
        let (mut weight, mut sum) = (0.0, 0.0);
        for &i in ray {
            let (found, expected) = (self.labels[i], self.labels[first] / norms[first] * norms[i]);
            let differs = (found - expected).abs() > ROUNDING * (found.abs() + expected.abs());
            clash = clash.or(differs.then_some(i));
            weight += norms[i] * norms[i];
            sum += norms[i] * self.labels[i];
        }
        let Some(other) = clash else {
            let value = self.labels[first] / norms[first];
            return Some(Ratio { value, weight });
        };
        conflicts.rays.push((first, other));
        let value = sum / weight;
        *squares += ray
            .iter()
            .map(|i| (self.labels[*i] - value * norms[*i]).powi(2))
            .sum::<f64>();
        Some(Ratio { value, weight })
    }
}

/// Fits v(u) − v(−u) by a linear function of u over the lines with examples on both sides. Returns the sum of squares
/// that this adds to the rays' own, and reports the lines when it cannot be fitted.
fn fit_lines(lines: &[(Line, Ratio, Ratio)], conflicts: &mut Conflicts) -> f64 {
    if lines.len() < 2 {
        return 0.0;
    }
    let residual = |weight: &dyn Fn(&Ratio, &Ratio) -> f64| {
        let scales: Vec<f64> = lines.iter().map(|(_, a, b)| weight(a, b).sqrt()).collect();
        let values = lines.iter().zip(&scales);
        let mut rest: Vec<f64> = values
            .map(|((_, a, b), scale)| scale * (a.value - b.value))
            .collect();
        let d = lines[0].0.direction.len();
        let column = |c: usize| -> Vec<f64> {
            lines
                .iter()
                .zip(&scales)
                .map(|((line, ..), scale)| scale * line.direction[c])
                .collect()
        };
        leave_span((0..d).map(column), &mut rest);
        rest
    };
    let size = |v: &[f64]| norm(v.iter());
    let asked: Vec<f64> = lines.iter().map(|(_, a, b)| a.value - b.value).collect();
    let left = residual(&|_, _| 1.0);
    if size(&left) <= DEPENDENT * size(&asked) {
        return 0.0;
    }
    for ((line, ..), left) in lines.iter().zip(&left) {
        if left.abs() > DEPENDENT * size(&asked) {
            conflicts.opposite.push((line.sides[0][0], line.sides[1][0]));
        }
    }
    // With v(u) − v(−u) = δ + (what fits best), the two rays pay at least δ² W W′/(W + W′).
    let paid = residual(&|a, b| a.weight / (a.weight + b.weight) * b.weight);
    paid.iter().map(|left| left * left).sum()
}

/// Takes from `rest` its part in the span of the columns, by Gram–Schmidt done twice.
fn leave_span(columns: impl Iterator<Item = Vec<f64>>, rest: &mut [f64]) {
    let mut basis: Vec<Vec<f64>> = Vec::new();
    let remove = |v: &mut [f64], unit: &[f64]| {
        let part: f64 = v.iter().zip(unit).map(|(a, b)| a * b).sum();
        v.iter_mut().zip(unit).for_each(|(a, b)| *a -= part * b);
    };
    for mut column in columns {
        let before = norm(column.iter());
        for _ in 0..2 {
            basis.iter().for_each(|unit| remove(&mut column, unit));
        }
        let after = norm(column.iter());
        if after > DEPENDENT * before {
            column.iter_mut().for_each(|v| *v /= after);
            basis.push(column);
        }
    }
    for _ in 0..2 {
        basis.iter().for_each(|unit| remove(rest, unit));
    }
}

/// The Euclidean norm, also of numbers whose squares overflow or vanish.
fn norm<'a>(values: impl Iterator<Item = &'a f64> + Clone) -> f64 {
    let largest = values.clone().fold(0.0, |most: f64, v| most.max(v.abs()));
    if largest == 0.0 {
        return 0.0;
    }
    largest * values.map(|v| (v / largest).powi(2)).sum::<f64>().sqrt()
}
