//! Checks the labels of the law `teacher`: their root mean square, their band, their order, and the neurons behind them.
//!
//! Seeds are fixed. A tolerance that is statistical is five standard errors, which chance exceeds once in 1.7 million.

use reluflow::data::{Isotropic, Orthogonal, Teacher};
use reluflow::random::Purpose;
use reluflow::{DataLaw, Dataset, TrialSeed};

use super::common::{mean, sample_draw};

fn refusal(law: &DataLaw, n: usize, d: usize) -> String {
    law.check(n, d).unwrap_err().to_string()
}

#[test]
fn a_teachers_labels_have_the_root_mean_square_asked_for() {
    for width in [1, 4, 50] {
        let law = DataLaw::Teacher(Teacher {
            width,
            label_scale: 2.5,
            ..Teacher::default()
        });
        let data = sample_draw(&law, 40, 10, 5);
        let mean_square = mean(data.labels().mapv(|y| y * y));
        // A mean of 40 squares and a square root: some 44 roundings.
        assert!((mean_square.sqrt() - 2.5).abs() < 44.0 * f64::EPSILON * 2.5);
        let base = sample_draw(&DataLaw::Isotropic(Isotropic::default()), 40, 10, 5);
        assert_eq!(data.inputs(), base.inputs(), "the inputs are the base law's");
    }
}

/// Inputs and sorted labels are the teacher's; their order is not. A permutation leaves one label in place on average.
#[test]
fn shuffled_labels_are_the_teachers_in_another_order() {
    for band in [None, Some((1.0, 2.0))] {
        let own = Teacher {
            width: 3,
            label_scale: 1.5,
            band,
            ..Teacher::default()
        };
        let shuffled = Teacher {
            shuffled: true,
            ..own.clone()
        };
        let mut fixed = 0;
        for seed in 0..200 {
            let own = sample_draw(&DataLaw::Teacher(own.clone()), 30, 4, seed);
            let shuffled = sample_draw(&DataLaw::Teacher(shuffled.clone()), 30, 4, seed);
            assert_eq!(own.inputs(), shuffled.inputs());
            assert_ne!(own.labels(), shuffled.labels());
            let sorted = |data: &Dataset| {
                let mut labels = data.labels().to_vec();
                labels.sort_by(f64::total_cmp);
                labels
            };
            assert_eq!(sorted(&own), sorted(&shuffled));
            let pairs = own.labels().into_iter().zip(shuffled.labels());
            fixed += pairs.filter(|(a, b)| a == b && **a != 0.0).count();
        }
        // Mean and variance are 1 a permutation of labels that are not 0, which a teacher of three neurons gives to an
        // eighth of the inputs: 175 to 200, and five standard errors of 14 on either side.
        assert!((100..=270).contains(&fixed), "{fixed}");
    }
}

/// The labels of a band are still the teacher's: with one neuron y_i/⟨v, x_i⟩ is one number, so that three inputs in the
/// plane are tied by y_3 = α y_1 + β y_2 where x_3 = α x_1 + β x_2.
#[test]
fn a_band_keeps_the_labels_away_from_zero_and_true_to_the_teacher() {
    let law = Teacher {
        width: 1,
        label_scale: 1.5,
        band: Some((1.0, 2.0)),
        ..Teacher::default()
    };
    for seed in 0..20 {
        let data = sample_draw(&DataLaw::Teacher(law.clone()), 30, 2, seed);
        let (low, high) = data.label_bounds();
        assert!(1.0 <= low && high <= 2.0, "seed {seed}: {low}, {high}");
        let (x, y) = (data.inputs(), data.labels());
        let determinant = x[[0, 0]] * x[[1, 1]] - x[[0, 1]] * x[[1, 0]];
        for i in 2..30 {
            let alpha = (x[[i, 0]] * x[[1, 1]] - x[[i, 1]] * x[[1, 0]]) / determinant;
            let beta = (x[[0, 0]] * x[[i, 1]] - x[[0, 1]] * x[[i, 0]]) / determinant;
            let size = 1.0 + (alpha * y[0]).abs() + (beta * y[1]).abs();
            assert!(
                (alpha * y[0] + beta * y[1] - y[i]).abs() < 1e-10 * size,
                "seed {seed}, example {i}"
            );
        }
    }
}

#[test]
fn a_band_that_no_label_falls_into_or_of_dependent_inputs_is_refused() {
    let law = |base, band| {
        DataLaw::Teacher(Teacher {
            base: Box::new(base),
            band: Some(band),
            ..Teacher::default()
        })
    };
    let isotropic = || DataLaw::Isotropic(Isotropic::default());
    assert_eq!(
        refusal(&law(isotropic(), (2.0, 1.0)), 3, 3),
        "band: expected two sizes, the smaller one first, found 2, 1"
    );
    assert_eq!(
        refusal(&law(DataLaw::Orthogonal(Orthogonal::default()), (1.0, 2.0)), 3, 3),
        "base: expected independent inputs, isotropic, gaussian or cone, with a band, found inputs that depend on one another"
    );
    let seed = TrialSeed {
        root: 11,
        n: 0,
        d: 0,
        p: 0,
        draw: 0,
    };
    let never = law(isotropic(), (1e6, 2e6)).sample(3, 3, &mut seed.generator(Purpose::Data));
    let never = never.unwrap_err();
    assert!(
        never.to_string().starts_with("band: expected one that"),
        "{never}"
    );
}

/// y = c b σ(⟨v, x⟩): labels of one sign, zero on about half of the inputs, and linear on the others.
#[test]
fn a_teacher_of_one_neuron_is_one_relu() {
    let data = sample_draw(&DataLaw::Teacher(Teacher::default()), 60, 2, 6);
    let point = |i: usize| {
        (
            data.inputs()[(i, 0)],
            data.inputs()[(i, 1)],
            data.labels()[i].abs(),
        )
    };
    let active: Vec<usize> = (0..60).filter(|i| data.labels()[*i] != 0.0).collect();
    // Binomial(60, 1/2), five standard errors.
    assert!((11..=49).contains(&active.len()), "{} active", active.len());
    let sign = data.labels()[active[0]].signum();
    assert!(active.iter().all(|i| data.labels()[*i] * sign > 0.0));
    // Cramer's rule finds |c b| v from two active examples; it must then explain every label.
    let ((x1, x2, y), (z1, z2, t)) = (point(active[0]), point(active[1]));
    let determinant = x1 * z2 - x2 * z1;
    let v = [(y * z2 - t * x2) / determinant, (x1 * t - z1 * y) / determinant];
    // It loses ‖x‖‖z‖/|determinant| of its digits, and ‖x‖‖z‖ ≤ 4.
    let tolerance = 20.0 * f64::EPSILON * 4.0 / determinant.abs();
    for (x1, x2, y) in (0..60).map(point) {
        assert!((y - (v[0] * x1 + v[1] * x2).max(0.0)).abs() < tolerance);
    }
}
