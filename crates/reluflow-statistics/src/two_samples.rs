//! Asks whether two samples come from one law: the largest distance of their distribution functions, judged by permutations.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// A distance of two samples and how surprising it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distance {
    /// D = max_x |F_a(x) − F_b(x)|, F the shares of values up to x.
    pub distance: f64,
    /// The share of permutations of the pooled values with a distance as large, this one included.
    pub p_value: f64,
}

/// Kolmogorov and Smirnov's distance, with its p-value by `permutations` shuffles of the pooled values.
///
/// Under one common law the p-value is at most q with probability q or less, whatever the law and the sizes. `None` when a
/// sample is empty. The same seed gives the same answer. O(permutations · m log m) with m values in all.
///
/// ```
/// let distance = reluflow_statistics::kolmogorov_smirnov(&[1.0, 2.0], &[1.5, 3.0, 4.0], 1000, 1).unwrap();
/// // At x = 2 both of the first and one of three.
/// assert!((distance.distance - 2.0 / 3.0).abs() < 1e-15);
/// ```
pub fn kolmogorov_smirnov(a: &[f64], b: &[f64], permutations: usize, seed: u64) -> Option<Distance> {
    judged(a, b, permutations, seed, |values| values.to_vec())
}

/// The same of the samples' shapes: of positive values, each divided by the geometric mean of its sample.
///
/// Permuted samples are divided by theirs anew, so that the estimated scale is accounted for (to first order in 1/m).
pub fn kolmogorov_smirnov_of_shapes(
    a: &[f64],
    b: &[f64],
    permutations: usize,
    seed: u64,
) -> Option<Distance> {
    let logs = |values: &[f64]| -> Vec<f64> { values.iter().map(|value| value.ln()).collect() };
    judged(
        &centred(&logs(a)),
        &centred(&logs(b)),
        permutations,
        seed,
        centred,
    )
}

fn centred(values: &[f64]) -> Vec<f64> {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.iter().map(|value| value - mean).collect()
}

/// D of both samples and of shuffled ones, each `prepared` before it is compared.
fn judged(
    a: &[f64],
    b: &[f64],
    permutations: usize,
    seed: u64,
    prepared: impl Fn(&[f64]) -> Vec<f64>,
) -> Option<Distance> {
    if a.is_empty() || b.is_empty() {
        return None;
    }
    let found = distance(prepared(a), prepared(b));
    let mut pooled = [a, b].concat();
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let as_large = (0..permutations)
        .filter(|_| {
            pooled.shuffle(&mut random);
            let (first, second) = pooled.split_at(a.len());
            // Equal distances may differ by roundings.
            distance(prepared(first), prepared(second)) >= found - 1e-12
        })
        .count();
    Some(Distance {
        distance: found,
        p_value: (1 + as_large) as f64 / (1 + permutations) as f64,
    })
}

/// max_x |F_a(x) − F_b(x)|.
fn distance(mut a: Vec<f64>, mut b: Vec<f64>) -> f64 {
    a.sort_by(f64::total_cmp);
    b.sort_by(f64::total_cmp);
    let (mut i, mut j, mut largest) = (0, 0, 0.0f64);
    while i < a.len() && j < b.len() {
        let x = a[i].min(b[j]);
        i += a[i..].iter().take_while(|value| **value <= x).count();
        j += b[j..].iter().take_while(|value| **value <= x).count();
        largest = largest.max((i as f64 / a.len() as f64 - j as f64 / b.len() as f64).abs());
    }
    largest
}

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::*;

    /// By hand, ties included: F_a jumps at 1 (½) and 2, F_b at 2 (⅔) and 5.
    #[test]
    fn distances_are_those_of_the_distribution_functions() {
        let of = |a: &[f64], b: &[f64]| distance(a.to_vec(), b.to_vec());
        assert!((of(&[2.0, 1.0], &[5.0, 2.0, 2.0]) - 0.5).abs() < 1e-15);
        assert_eq!(of(&[1.0, 2.0, 3.0], &[3.0, 1.0, 2.0]), 0.0);
        assert_eq!(of(&[1.0, 2.0], &[3.0]), 1.0);
    }

    /// Of the C(10, 5) = 252 divisions of ten values only two separate them: p = 2/252, to five standard errors of 20 000
    /// permutations.
    #[test]
    fn separated_samples_have_the_exact_p_value() {
        let found =
            kolmogorov_smirnov(&[1.0, 2.0, 3.0, 4.0, 5.0], &[6.0, 7.0, 8.0, 9.0, 10.0], 20_000, 3).unwrap();
        let exact = 2.0 / 252.0;
        assert_eq!(found.distance, 1.0);
        let error = 5.0 * (exact / 20_000f64).sqrt();
        assert!((found.p_value - exact).abs() < error, "{found:?}");
        assert_eq!(kolmogorov_smirnov(&[], &[1.0], 10, 1), None);
    }

    /// Draws of one law with two scales: the plain test sees the scales, that of shapes rejects 5 % of the time (of 200, more
    /// than 22 has a probability of 10⁻⁴), and sees two shapes.
    #[test]
    fn shapes_do_not_feel_the_scale() {
        let mut random = ChaCha8Rng::seed_from_u64(9);
        let mut draw = |scale: f64, power: f64| -> Vec<f64> {
            (0..40)
                .map(|_| scale * (1.0 + random.random::<f64>()).powf(power))
                .collect()
        };
        let mut rejected = 0;
        for seed in 0..200 {
            let (a, b) = (draw(1.0, 1.0), draw(3.0, 1.0));
            rejected += u32::from(kolmogorov_smirnov_of_shapes(&a, &b, 199, seed).unwrap().p_value <= 0.05);
        }
        assert!(rejected <= 22, "{rejected} of 200");
        let (a, b, c) = (draw(1.0, 1.0), draw(3.0, 1.0), draw(1.0, 6.0));
        assert!(kolmogorov_smirnov(&a, &b, 999, 1).unwrap().p_value < 0.01);
        assert!(kolmogorov_smirnov_of_shapes(&a, &c, 999, 1).unwrap().p_value < 0.01);
    }
}
