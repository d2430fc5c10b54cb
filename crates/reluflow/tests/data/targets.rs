//! Checks targets by their formulas: random teachers, curves on the line, given weights; and what cannot be altered.
//!
//! Seeds are fixed. Tolerances are of rounding.

use ndarray::array;
use reluflow::DataLaw;
use reluflow::data::target::{Centred, Knots, Linear, Neurons, OutputLaw, Sine, SquareWave, Weights};
use reluflow::data::{Altered, Antipodal, Clusters, Cone, Gaussian, Line, Spacing, Target, Teacher};
use reluflow::random::Purpose;

use super::common::{altered, assert_follows, generator, realise, sample};

fn refusal(law: &DataLaw, n: usize, d: usize) -> String {
    law.check(n, d).unwrap_err().to_string()
}

fn gaussian() -> DataLaw {
    DataLaw::Gaussian(Gaussian::default())
}

#[test]
fn random_teachers_have_their_norms_and_angles() {
    let target = |target| altered(gaussian(), |law| law.target = Some(target));
    let teacher = |law: &DataLaw| realise(law, 5, 7).teacher().unwrap();
    let linear = teacher(&target(Target::Linear(Linear {
        norm: 3.0,
        weights: None,
    })));
    let beta = linear.hidden_weights().row(0).to_owned();
    assert!((beta.dot(&beta) - 9.0).abs() < 1e-14 * 9.0);
    assert_eq!(linear.hidden_weights().row(1), -&beta);
    let frame = teacher(&target(Target::Neurons(Neurons {
        width: 4,
        output: OutputLaw::Alternating,
        scale: 2.0,
        orthonormal: true,
    })));
    let gram = frame.hidden_weights().dot(&frame.hidden_weights().t());
    for ((j, k), value) in gram.indexed_iter() {
        assert!((value - f64::from(u8::from(j == k))).abs() < 1e-14);
    }
    // (1/4) Σ a σ = Σ b σ with b = ±2.
    assert_eq!(frame.output_weights(), array![8.0, -8.0, 8.0, -8.0]);
    for angle in [0.0, 0.5, 3.0] {
        let cone = DataLaw::Cone(Cone {
            radius: 3.0,
            rotated: true,
            ..Cone::default()
        });
        let law = altered(cone, |law| {
            law.target = Some(Target::Centre(Centred { angle, norm: 2.0 }))
        });
        let realised = realise(&law, 5, 7);
        let (teacher, centres) = (realised.teacher().unwrap(), realised.centres().unwrap());
        let (v, centre) = (teacher.hidden_weights().row(0).to_owned(), centres.row(0));
        assert!((v.dot(&v).sqrt() - 2.0).abs() < 1e-14 && (centre.dot(&centre).sqrt() - 3.0).abs() < 1e-14);
        assert!((v.dot(&centre) / 6.0 - angle.cos()).abs() < 1e-14);
        assert_eq!(realised.directions().nrows(), 2);
    }
}

fn line(points: Spacing, target: Target) -> DataLaw {
    let law = DataLaw::Line(Line {
        points,
        from: 0.0,
        to: 2.0,
        ..Line::default()
    });
    altered(law, |law| law.target = Some(target))
}

#[test]
fn curves_on_the_line_are_their_formulas() {
    let wave = SquareWave {
        period: 1.0,
        height: 3.0,
    };
    let data = sample(&line(Spacing::Grid, Target::SquareWave(wave)), 9, 1);
    assert_eq!(
        data.inputs().column(0),
        array![0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0]
    );
    assert_eq!(
        data.labels(),
        array![3.0, 3.0, -3.0, -3.0, 3.0, 3.0, -3.0, -3.0, 3.0]
    );
    let sine = Sine {
        period: 4.0,
        height: 2.0,
    };
    let data = sample(&line(Spacing::Random, Target::Sine(sine)), 9, 1);
    for (x, y) in data.inputs().column(0).iter().zip(data.labels()) {
        assert!((0.0..2.0).contains(x));
        assert!((y - 2.0 * (std::f64::consts::FRAC_PI_2 * x).sin()).abs() < 1e-15 * 8.0);
    }
    // Constant before 0.25 and behind 1.5; by hand in between.
    let knots = Knots {
        x: vec![0.25, 0.5, 1.5],
        y: vec![1.0, 2.0, 0.0],
    };
    let data = sample(&line(Spacing::Grid, Target::Knots(knots)), 9, 1);
    assert_eq!(data.labels(), array![1.0, 1.0, 2.0, 1.5, 1.0, 0.5, 0.0, 0.0, 0.0]);
    assert!(
        realise(&line(Spacing::Grid, Target::Sine(sine)), 9, 1)
            .teacher()
            .is_none()
    );
}

/// |x − 1| as two neurons with kinks at 1: the last weight of each is its bias, with and without bias of the inputs.
#[test]
fn given_weights_may_have_a_bias() {
    let weights = Weights {
        hidden: vec![vec![1.0, -1.0], vec![-1.0, 1.0]],
        output: vec![1.0, 1.0],
    };
    let law = line(Spacing::Grid, Target::Weights(weights));
    let realised = realise(&law, 5, 1);
    assert_eq!(realised.training().labels(), array![1.0, 0.5, 0.0, 0.5, 1.0]);
    assert!(
        realised.teacher().is_none(),
        "no network without bias on the line is |x − 1|"
    );
    let DataLaw::Altered(law) = law else { panic!() };
    let law = DataLaw::Altered(Altered { bias: true, ..law });
    let realised = realise(&law, 5, 2);
    assert_eq!(realised.training().labels(), array![1.0, 0.5, 0.0, 0.5, 1.0]);
    assert_follows(realised.training(), &realised);
}

#[test]
fn what_cannot_be_altered_is_refused() {
    let target = |target| altered(gaussian(), |law| law.target = Some(target));
    let teacher = altered(DataLaw::Teacher(Teacher::default()), |law| {
        law.target = Some(Target::Linear(Linear::default()));
    });
    let nested = DataLaw::Antipodal(Antipodal {
        base: Box::new(altered(gaussian(), |law| law.bias = true)),
        ..Antipodal::default()
    });
    let knots = |x: Vec<f64>, y: Vec<f64>| line(Spacing::Grid, Target::Knots(Knots { x, y }));
    let weights = |hidden, output| target(Target::Weights(Weights { hidden, output }));
    for (law, d, message) in [
        (
            altered(gaussian(), |law| law.noise = -1.0),
            3,
            "noise: expected a number from 0, found -1",
        ),
        (
            altered(gaussian(), |law| law.flip = 1.5),
            3,
            "flip: expected a probability from 0 to 1, found 1.5",
        ),
        (
            teacher,
            3,
            "target: expected none with the law teacher, which labels its inputs itself, found one",
        ),
        (
            nested,
            3,
            "base: expected a law without target, noise, flip and bias, which belong to the outer law, found one of them",
        ),
        (
            target(Target::Centre(Centred::default())),
            3,
            "target: expected another one, or a law whose inputs have a centre: cone, clusters, found centre",
        ),
        (
            target(Target::Sine(Sine::default())),
            3,
            "target: expected one of linear, neurons, weights, centre where inputs are not on the line, found a curve, for inputs in dimension 3 without the bias",
        ),
        (
            knots(vec![1.0, 1.0], vec![0.0, 0.0]),
            1,
            "x of the knots: expected at least one finite number, each larger than the one before, found [1.0, 1.0]",
        ),
        (
            knots(vec![1.0], vec![]),
            1,
            "y of the knots: expected 1 finite numbers, as many as x, found []",
        ),
        (
            weights(vec![vec![1.0]], vec![1.0]),
            3,
            "hidden: expected lists of 3 finite numbers, or of 4 for x with 1 behind it, found [[1.0]]",
        ),
        (
            weights(vec![vec![1.0; 3]], vec![]),
            3,
            "output: expected 1 finite numbers, one a list of hidden, found []",
        ),
        (
            target(Target::Linear(Linear {
                norm: 1.0,
                weights: Some(vec![1.0]),
            })),
            3,
            "weights: expected d = 3 finite numbers, without the bias, found [1.0]",
        ),
        (
            target(Target::Neurons(Neurons {
                width: 4,
                orthonormal: true,
                ..Neurons::default()
            })),
            3,
            "width of the teacher: expected from 1 to d = 3 with orthonormal = true, found 4",
        ),
        (
            DataLaw::Line(Line::default()),
            2,
            "dimension d: expected 1, or 2 with bias = true, for points on the line, found 2 without the bias",
        ),
    ] {
        assert_eq!(refusal(&law, 4, d), message);
    }
    // ±μ have the mean 0.
    let law = altered(DataLaw::Clusters(Clusters::default()), |law| {
        law.target = Some(Target::Centre(Centred::default()))
    });
    let error = law
        .sample(4, 3, &mut generator(0, Purpose::Data))
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("law: expected a law whose inputs have a centre that is not 0"),
        "{error}"
    );
}
