//! Checks targets, noise, flips and bias on every law, and that tests are labelled by the teacher of the training examples.
//!
//! Seeds are fixed. Averages over N independent draws are allowed five standard errors, which chance exceeds once in 1.7
//! million.

use ndarray::Array1;
use reluflow::DataLaw;
use reluflow::data::target::{Centred, Linear, Neurons, OutputLaw, Weights};
use reluflow::data::{
    Altered, Antipodal, Clusters, Cone, Gaussian, Groups, Isotropic, LabelLaw, Line, Magnitude, Orthogonal,
    Separable, Signs, Target, Teacher,
};
use reluflow::random::Purpose;

use super::common::{altered, assert_follows, generator, realise, sample};

fn refusal(law: &DataLaw, n: usize, d: usize) -> String {
    law.check(n, d).unwrap_err().to_string()
}

fn gaussian() -> DataLaw {
    DataLaw::Gaussian(Gaussian::default())
}

/// Laws of the inputs, and a dimension in which all can draw six examples.
fn every_law() -> Vec<(DataLaw, usize)> {
    let rotated = Orthogonal {
        rotated: true,
        ..Orthogonal::default()
    };
    vec![
        (DataLaw::Isotropic(Isotropic::default()), 9),
        (gaussian(), 9),
        (DataLaw::Orthogonal(Orthogonal::default()), 9),
        (DataLaw::Orthogonal(rotated), 9),
        (DataLaw::Antipodal(Antipodal::default()), 9),
        (DataLaw::Groups(Groups::default()), 9),
        (DataLaw::Teacher(Teacher::default()), 9),
        (DataLaw::Clusters(Clusters::default()), 9),
        (DataLaw::Cone(Cone::default()), 9),
        (DataLaw::Separable(Separable::default()), 9),
        (DataLaw::Line(Line::default()), 1),
    ]
}

#[test]
fn inputs_and_clean_labels_are_the_same_bits_under_every_corruption() {
    for (law, d) in every_law() {
        let plain = sample(&law, 6, d);
        let corrupted = altered(law.clone(), |law| {
            law.noise = 0.3;
            law.flip = 0.4;
        });
        let realised = realise(&corrupted, 6, d);
        assert_eq!(realised.clean().unwrap(), plain, "{law:?}");
        assert_eq!(corrupted.clean(), law);
        assert_eq!(realised.training().inputs(), plain.inputs());
        assert_ne!(realised.training().labels(), plain.labels());
        assert_eq!(realised.into_training(), sample(&corrupted, 6, d));
    }
}

/// With a bias a law draws in dimension d − 1 what it draws without, and 1 stands behind it.
#[test]
fn a_bias_is_one_more_coordinate_of_every_law() {
    for (law, d) in every_law() {
        let plain = sample(&law, 6, d);
        let with = sample(&altered(law.clone(), |law| law.bias = true), 6, d + 1);
        assert_eq!(with.dimension(), d + 1);
        assert_eq!(with.labels(), plain.labels());
        assert_eq!(with.inputs().slice(ndarray::s![.., ..d]), plain.inputs());
        assert!(with.inputs().column(d).iter().all(|x| *x == 1.0));
    }
    let law = altered(gaussian(), |law| law.bias = true);
    assert_eq!(
        refusal(&law, 3, 1),
        "dimension d: expected at least 2 with bias = true, whose coordinate it counts, found 1"
    );
}

/// A target leaves the inputs of every law as they are, and its labels are the network's that it says it is.
#[test]
fn a_target_labels_the_inputs_of_every_law() {
    let targets = [
        Target::Linear(Linear {
            norm: 2.0,
            weights: None,
        }),
        Target::Neurons(Neurons {
            width: 3,
            scale: 0.5,
            output: OutputLaw::Normal,
            orthonormal: false,
        }),
    ];
    for (law, d) in every_law() {
        if matches!(law, DataLaw::Teacher(_)) {
            continue;
        }
        for target in &targets {
            let labelled = altered(law.clone(), |law| {
                law.target = Some(target.clone());
                law.bias = true;
            });
            let realised = realise(&labelled, 6, d + 1);
            let data = realised.training();
            assert_eq!(
                data.inputs().slice(ndarray::s![.., ..d]),
                sample(&law, 6, d).inputs()
            );
            assert_follows(data, &realised);
        }
    }
}

/// Fresh examples: other inputs, the same teacher; clean although training labels are not.
#[test]
fn tests_are_labelled_by_the_teacher_of_the_training_examples() {
    let teachers = [
        altered(gaussian(), |law| {
            law.target = Some(Target::Linear(Linear::default()));
        }),
        altered(gaussian(), |law| {
            law.target = Some(Target::Neurons(Neurons {
                width: 4,
                ..Neurons::default()
            }));
            law.bias = true;
        }),
        DataLaw::Teacher(Teacher {
            width: 3,
            label_scale: 2.0,
            ..Teacher::default()
        }),
        DataLaw::Teacher(Teacher {
            width: 3,
            band: Some((0.5, 2.0)),
            ..Teacher::default()
        }),
        altered(
            DataLaw::Cone(Cone {
                rotated: true,
                ..Cone::default()
            }),
            |law| {
                law.target = Some(Target::Centre(Centred {
                    angle: 0.7,
                    norm: 2.0,
                }));
            },
        ),
    ];
    for law in teachers {
        let noisy = match law.clone() {
            DataLaw::Altered(law) => DataLaw::Altered(Altered { noise: 0.5, ..law }),
            law => altered(law, |law| law.noise = 0.5),
        };
        let realised = realise(&noisy, 30, 6);
        assert_follows(&realised.clean().unwrap(), &realised);
        let mut random = generator(0, Purpose::Analysis);
        let test = realised.sample_clean(200, &mut random).unwrap();
        assert_follows(&test, &realised);
        assert_ne!(test.inputs().row(0), realised.training().inputs().row(0));
        let noisy = realised.sample(200, &mut random).unwrap();
        let teacher = realised.teacher().unwrap();
        let inputs = noisy.inputs();
        let errors = inputs.rows().into_iter().zip(noisy.labels());
        let square: f64 = errors
            .map(|(x, y)| (y - teacher.output(&x.to_vec())).powi(2) / 200.0)
            .sum();
        // Mean 1/4 of squares of N(0, 1/4), with standard error √(2/200)/4.
        assert!((square - 0.25).abs() < 5.0 * 0.025, "{square}");
        for row in realised.directions().rows() {
            assert!((row.dot(&row) - 1.0).abs() < 1e-14);
        }
    }
}

#[test]
fn flips_are_as_frequent_as_asked_for_and_nested() {
    let n = 4000;
    let flipped = |flip: f64, noise: f64| {
        let law = altered(gaussian(), |law| {
            law.flip = flip;
            law.noise = noise;
        });
        let realised = realise(&law, n, 3);
        let clean = realised.clean().unwrap();
        let pairs = realised
            .training()
            .labels()
            .to_vec()
            .into_iter()
            .zip(clean.labels().to_vec());
        pairs.map(|(y, clean)| y * clean < 0.0).collect::<Vec<bool>>()
    };
    let count = |flips: &[bool]| flips.iter().filter(|flip| **flip).count() as f64;
    let (few, many) = (flipped(0.05, 0.0), flipped(0.3, 0.0));
    for (flips, probability) in [(&few, 0.05), (&many, 0.3)] {
        let (mean, variance) = (
            n as f64 * probability,
            n as f64 * probability * (1.0 - probability),
        );
        assert!(
            (count(flips) - mean).abs() < 5.0 * variance.sqrt(),
            "{}",
            count(flips)
        );
    }
    assert!(few.iter().zip(&many).all(|(few, many)| !few || *many));
    // |y| ≥ 1, and noise of 0.01 turns no sign: who is flipped does not depend on it.
    assert_eq!(few, flipped(0.05, 0.01));
    assert!(flipped(1.0, 0.0).iter().all(|flip| *flip) && count(&flipped(0.0, 0.01)) == 0.0);
}

/// ξ_i ~ N(0, 1): mean 0, mean square 1 with variance 2. It is the same at every size of the noise and under flips.
#[test]
fn noise_is_normal_and_scales() {
    let n = 4000;
    let noise = |noise: f64, flip: f64| -> Array1<f64> {
        let law = altered(gaussian(), |law| {
            law.target = Some(Target::Weights(Weights {
                hidden: vec![vec![1.0, 0.0]],
                output: vec![0.0],
            }));
            law.noise = noise;
            law.flip = flip;
        });
        sample(&law, n, 2).labels().to_owned()
    };
    let (one, half) = (noise(1.0, 0.0), noise(0.5, 0.5));
    assert_eq!(&one * 0.5, half);
    let root = (n as f64).sqrt();
    assert!(one.mean().unwrap().abs() < 5.0 / root);
    assert!(((&one * &one).mean().unwrap() - 1.0).abs() < 5.0 * 2.0f64.sqrt() / root);
    let neighbours: f64 = (1..n).map(|i| one[i] * one[i - 1]).sum();
    assert!((neighbours / n as f64).abs() < 5.0 / root);
}

/// |y| half-normal with random signs is N(0, σ²): moments 0, σ², 0, 3σ⁴, the last with variance 96σ⁸.
#[test]
fn half_normal_sizes_make_gaussian_labels() {
    let n = 20_000;
    let labels = LabelLaw {
        sizes: Magnitude::HalfNormal(2.0),
        signs: Signs::Random,
    };
    let data = sample(&DataLaw::Gaussian(Gaussian { scale: 1.0, labels }), n, 1);
    let y = data.labels().mapv(|y| y / 2.0);
    let moment = |power| y.mapv(|y: f64| y.powi(power)).mean().unwrap();
    let root = (n as f64).sqrt();
    for (power, expected, deviation) in [
        (1, 0.0, 1.0),
        (2, 1.0, 2.0f64.sqrt()),
        (3, 0.0, 15.0f64.sqrt()),
        (4, 3.0, 96.0f64.sqrt()),
    ] {
        assert!(
            (moment(power) - expected).abs() < 5.0 * deviation / root,
            "moment {power}: {}",
            moment(power)
        );
    }
}
