//! Checks facts about what the data laws draw, and what they refuse.
//!
//! Every dataset is drawn from a fixed seed. Averages over N independent draws are allowed five standard
//! errors, which chance exceeds once in 1.7 million.

use reluflow::data::{
    Antipodal, Clusters, Cone, Gaussian, Groups, Isotropic, LabelLaw, Magnitude, Orthogonal, Separable,
    Signs, Teacher, antipodal::AntipodalLabels,
};
use reluflow::{DataLaw, Dataset};

use super::common::{mean, sample_draw};

fn refusal(law: &DataLaw, n: usize, d: usize) -> String {
    law.check(n, d).unwrap_err().to_string()
}

fn every_law() -> Vec<DataLaw> {
    vec![
        DataLaw::Isotropic(Isotropic::default()),
        DataLaw::Gaussian(Gaussian::default()),
        DataLaw::Orthogonal(Orthogonal::default()),
        DataLaw::Orthogonal(Orthogonal {
            rotated: true,
            ..Orthogonal::default()
        }),
        DataLaw::Antipodal(Antipodal::default()),
        DataLaw::Groups(Groups::default()),
        DataLaw::Teacher(Teacher::default()),
        DataLaw::Clusters(Clusters::default()),
        DataLaw::Cone(Cone::default()),
        DataLaw::Separable(Separable::default()),
    ]
}

#[test]
fn a_seed_draws_the_same_data_again_and_another_does_not() {
    for law in every_law() {
        let first = sample_draw(&law, 6, 9, 0);
        assert_eq!((first.examples(), first.dimension()), (6, 9));
        assert_eq!(first, sample_draw(&law, 6, 9, 0), "{law:?}");
        assert_ne!(first, sample_draw(&law, 6, 9, 1), "{law:?}");
    }
}

#[test]
fn no_law_draws_an_empty_dataset() {
    for law in every_law() {
        assert_eq!(
            refusal(&law, 0, 3),
            "number of examples n: expected at least 1, found 0"
        );
        assert_eq!(refusal(&law, 2, 0), "dimension d: expected at least 1, found 0");
    }
}

#[test]
fn the_papers_norms_and_labels_are_uniform_on_one_to_two() {
    let (n, d) = (4000, 7);
    let data = sample_draw(&DataLaw::Isotropic(Isotropic::default()), n, d, 0);
    // ‖x‖ is the norm asked for up to the rounding of d squares, a root and a division.
    let (smallest, largest) = data.input_norm_bounds();
    assert!(smallest >= 1.0 - 1e-14 && largest <= 2.0 + 1e-14);
    let (smallest, largest) = data.label_bounds();
    assert!(smallest >= 1.0 && largest <= 2.0);
    let standard_error = (1.0 / 12.0 / n as f64).sqrt();
    assert!((mean(data.input_norms()) - 1.5).abs() < 5.0 * standard_error);
    assert!((mean(data.labels().mapv(f64::abs)) - 1.5).abs() < 5.0 * standard_error);
    // Signs are fair: their mean has standard error 1/√n.
    assert!(mean(data.labels().mapv(f64::signum)).abs() < 5.0 / (n as f64).sqrt());
}

/// E u = 0 and E u_k² = 1/d for u uniform on the sphere; u_k² has variance 2(d − 1)/(d²(d + 2)).
fn assert_uniform_on_the_sphere(coordinate: &[f64], d: usize) {
    let (count, d) = (coordinate.len() as f64, d as f64);
    let first = mean(coordinate.iter().copied());
    let second = mean(coordinate.iter().map(|u| u * u));
    let variance = 2.0 * (d - 1.0) / (d * d * (d + 2.0));
    assert!(first.abs() < 5.0 / (d * count).sqrt(), "mean {first}");
    assert!(
        (second - 1.0 / d).abs() < 5.0 * (variance / count).sqrt(),
        "mean square {second}"
    );
}

#[test]
fn isotropic_directions_are_uniform_on_the_sphere() {
    let (n, d) = (6000, 5);
    let data = sample_draw(&DataLaw::Isotropic(Isotropic::default()), n, d, 1);
    let norms = data.input_norms();
    for k in 0..d {
        let coordinate: Vec<f64> = (0..n).map(|i| data.inputs()[(i, k)] / norms[i]).collect();
        assert_uniform_on_the_sphere(&coordinate, d);
    }
}

/// A QR decomposition whose signs are left alone would keep the first coordinate of one sign.
#[test]
fn rotated_frames_have_no_preferred_direction() {
    let d = 3;
    let law = DataLaw::Orthogonal(Orthogonal {
        norms: Magnitude::Constant(1.0),
        rotated: true,
        ..Orthogonal::default()
    });
    let frames: Vec<Dataset> = (0..2000).map(|draw| sample_draw(&law, d, d, draw)).collect();
    for (i, k) in (0..d).flat_map(|i| (0..d).map(move |k| (i, k))) {
        let coordinate: Vec<f64> = frames.iter().map(|frame| frame.inputs()[(i, k)]).collect();
        assert_uniform_on_the_sphere(&coordinate, d);
    }
}

/// ‖x‖² = s² χ²_d/d has mean s² and variance 2s⁴/d.
#[test]
fn gaussian_inputs_have_the_root_mean_square_asked_for() {
    let (n, d, scale) = (3000, 8, 3.0);
    let law = DataLaw::Gaussian(Gaussian {
        scale,
        ..Gaussian::default()
    });
    let squares = mean(
        sample_draw(&law, n, d, 0)
            .input_norms()
            .iter()
            .map(|norm| norm * norm),
    );
    let standard_error = scale * scale * (2.0 / d as f64 / n as f64).sqrt();
    assert!(
        (squares - scale * scale).abs() < 5.0 * standard_error,
        "{squares}"
    );
}

#[test]
fn orthogonal_inputs_are_orthogonal_along_the_axes_and_rotated() {
    for rotated in [false, true] {
        let law = DataLaw::Orthogonal(Orthogonal {
            rotated,
            ..Orthogonal::default()
        });
        for (n, d) in [(1, 1), (17, 17), (30, 50)] {
            let data = sample_draw(&law, n, d, 2);
            let gram = data.inputs().dot(&data.inputs().t());
            let norms = data.input_norms();
            for ((i, k), value) in gram.indexed_iter() {
                let cosine = value / (norms[i] * norms[k]);
                let expected = f64::from(u8::from(i == k));
                assert!(
                    (cosine - expected).abs() < 1e-12,
                    "rotated: {rotated}, ({i}, {k}): {cosine}"
                );
            }
            assert!(
                norms
                    .iter()
                    .all(|norm| (1.0 - 1e-12..=2.0 + 1e-12).contains(norm))
            );
            assert!(data.is_orthogonal());
            assert_eq!(data.interaction(), 0.0);
            let on_axes = data
                .inputs()
                .indexed_iter()
                .all(|((i, k), x)| i == k || *x == 0.0);
            assert_eq!(on_axes, !rotated || d == 1);
        }
    }
}

#[test]
fn more_orthogonal_inputs_than_dimensions_are_refused() {
    let expected = "number of orthogonal inputs n: expected at most d = 4, found 5";
    assert_eq!(
        refusal(&DataLaw::Orthogonal(Orthogonal::default()), 5, 4),
        expected
    );
    assert_eq!(refusal(&DataLaw::Groups(Groups::default()), 5, 4), expected);
}

#[test]
fn antipodal_inputs_come_in_pairs_under_every_rule_for_labels() {
    let constant = LabelLaw {
        sizes: Magnitude::Constant(3.0),
        signs: Signs::Positive,
    };
    let rules = [
        AntipodalLabels::Opposite,
        AntipodalLabels::Same,
        AntipodalLabels::Independent(constant),
    ];
    let bases = [
        DataLaw::Isotropic(Isotropic::default()),
        DataLaw::Orthogonal(Orthogonal::default()),
    ];
    for (rule, base) in rules
        .iter()
        .flat_map(|rule| bases.iter().map(move |base| (rule, base)))
    {
        let law = DataLaw::Antipodal(Antipodal {
            base: Box::new(base.clone()),
            opposite_labels: *rule,
        });
        let data = sample_draw(&law, 10, 5, 3);
        let half = sample_draw(base, 5, 5, 3);
        for i in 0..5 {
            assert_eq!(data.inputs().row(i), half.inputs().row(i));
            assert_eq!(data.inputs().row(i + 5), -&half.inputs().row(i));
            let (y, opposite) = (data.labels()[i], data.labels()[i + 5]);
            assert_eq!(y, half.labels()[i]);
            match rule {
                AntipodalLabels::Opposite => assert_eq!(opposite, -y),
                AntipodalLabels::Same => assert_eq!(opposite, y),
                AntipodalLabels::Independent(_) => assert_eq!(opposite, 3.0),
            }
        }
    }
}

#[test]
fn antipodal_laws_refuse_odd_numbers_and_themselves() {
    let law = DataLaw::Antipodal(Antipodal::default());
    assert_eq!(
        refusal(&law, 7, 3),
        "number of antipodal inputs n: expected an even number, found 7"
    );
    let with_base = |base| {
        DataLaw::Antipodal(Antipodal {
            base: Box::new(base),
            ..Antipodal::default()
        })
    };
    assert_eq!(
        refusal(&with_base(law), 8, 3),
        "base: expected a law that is not antipodal, found antipodal"
    );
    let orthogonal = with_base(DataLaw::Orthogonal(Orthogonal::default()));
    assert!(
        orthogonal.check(8, 4).is_ok(),
        "n/2 orthogonal inputs fit, and their opposites cost nothing"
    );
    assert!(orthogonal.check(10, 4).is_err());
}

#[test]
fn groups_are_orthonormal_and_share_their_sign() {
    let law = DataLaw::Groups(Groups {
        groups: 3,
        ..Groups::default()
    });
    let data = sample_draw(&law, 12, 15, 4);
    assert!(data.is_orthogonal());
    assert_eq!(data.input_norm_bounds(), (1.0, 1.0));
    for (i, y) in data.labels().iter().enumerate() {
        let sign = if (i / 4) % 2 == 0 { 1.0 } else { -1.0 };
        assert!((1.0..=2.0).contains(&(sign * y)), "label {i} is {y}");
    }
    assert_eq!(
        refusal(&law, 13, 15),
        "groups: expected a divisor of n = 13, found 3"
    );
}

#[test]
fn signs_follow_their_rule() {
    let labels = |signs| {
        let law = Isotropic {
            labels: LabelLaw {
                sizes: Magnitude::Constant(1.0),
                signs,
            },
            ..Isotropic::default()
        };
        sample_draw(&DataLaw::Isotropic(law), 5, 3, 7).labels().to_vec()
    };
    assert_eq!(labels(Signs::Positive), [1.0; 5]);
    assert_eq!(labels(Signs::Negative), [-1.0; 5]);
    assert_eq!(labels(Signs::Alternating), [1.0, -1.0, 1.0, -1.0, 1.0]);
}

/// log ‖x‖ ~ N(μ, σ²); the mean of n squared deviations has variance 2σ⁴/n.
#[test]
fn log_normal_norms_have_the_moments_asked_for() {
    let (n, mu, sigma) = (4000, 0.3, 0.5);
    let law = DataLaw::Isotropic(Isotropic {
        norms: Magnitude::LogNormal(mu, sigma),
        ..Isotropic::default()
    });
    let norms = sample_draw(&law, n, 4, 8).input_norms();
    let logs: Vec<f64> = norms.iter().map(|norm| norm.ln()).collect();
    let root = (n as f64).sqrt();
    assert!((mean(logs.iter().copied()) - mu).abs() < 5.0 * sigma / root);
    let variance = mean(logs.iter().map(|v| (v - mu).powi(2)));
    assert!((variance - sigma * sigma).abs() < 5.0 * 2f64.sqrt() * sigma * sigma / root);
}

/// |y| = σ|N(0, 1)|: the mean is σ√(2/π) with variance σ²(1 − 2/π)/n, the mean square σ² with variance 2σ⁴/n.
#[test]
fn half_normal_labels_have_the_moments_of_gaussian_ones() {
    let (n, sigma) = (4000, 1.5);
    let law = DataLaw::Isotropic(Isotropic {
        labels: LabelLaw {
            sizes: Magnitude::HalfNormal(sigma),
            ..LabelLaw::default()
        },
        ..Isotropic::default()
    });
    let data = sample_draw(&law, n, 3, 8);
    let drawn = data.labels().to_vec();
    let labels = || drawn.iter();
    let (root, two_over_pi) = ((n as f64).sqrt(), std::f64::consts::FRAC_2_PI);
    let sizes = mean(labels().map(|y| y.abs()));
    assert!((sizes - sigma * two_over_pi.sqrt()).abs() < 5.0 * sigma * (1.0 - two_over_pi).sqrt() / root);
    let squares = mean(labels().map(|y| y * y));
    assert!((squares - sigma * sigma).abs() < 5.0 * 2f64.sqrt() * sigma * sigma / root);
    assert!(mean(labels().copied()).abs() < 5.0 * sigma / root);
}

#[test]
fn laws_refuse_parameters_out_of_range() {
    let norms = |norms| {
        let law = Isotropic {
            norms,
            ..Isotropic::default()
        };
        refusal(&DataLaw::Isotropic(law), 3, 3)
    };
    let uniform = "norms: expected uniform = [low, high] with 0 < low <= high, found uniform";
    assert_eq!(
        norms(Magnitude::Uniform(-1.0, 2.0)),
        format!("{uniform} = [-1, 2]")
    );
    assert_eq!(norms(Magnitude::Uniform(2.0, 1.0)), format!("{uniform} = [2, 1]"));
    assert_eq!(
        norms(Magnitude::Constant(f64::NAN)),
        "norms: expected a positive constant, found constant = NaN"
    );
    assert_eq!(
        norms(Magnitude::LogNormal(0.0, -1.0)),
        "norms: expected log-normal = [mu, sigma] with finite mu and sigma >= 0, found log-normal = [0, -1]"
    );
    assert_eq!(
        norms(Magnitude::HalfNormal(0.0)),
        "norms: expected half-normal = sigma with sigma > 0, found half-normal = 0"
    );
    let gaussian = DataLaw::Gaussian(Gaussian {
        scale: 0.0,
        ..Gaussian::default()
    });
    assert_eq!(
        refusal(&gaussian, 3, 3),
        "scale: expected a positive number, found 0"
    );
    let teacher = DataLaw::Teacher(Teacher {
        width: 0,
        ..Teacher::default()
    });
    assert_eq!(
        refusal(&teacher, 3, 3),
        "width of the teacher: expected at least 1, found 0"
    );
}
