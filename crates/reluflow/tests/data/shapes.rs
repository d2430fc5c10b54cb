//! Checks facts about inputs in clusters, in cones and in orthogonally separable classes.
//!
//! Seeds are fixed. Averages over N independent draws are allowed five standard errors, which chance exceeds once in 1.7
//! million.

use ndarray::{Array2, array};
use reluflow::data::{CentreLabels, Centres, Clusters, Cone, Realised, Separable};
use reluflow::random::Purpose;
use reluflow::{DataLaw, TrialSeed};

fn realise(law: DataLaw, n: usize, d: usize) -> Realised {
    let seed = TrialSeed {
        root: 15,
        n: 0,
        d: 0,
        p: 0,
        draw: 0,
    };
    law.realise(n, d, &mut seed.generator(Purpose::Data)).unwrap()
}

fn clusters(change: impl FnOnce(&mut Clusters)) -> DataLaw {
    let mut law = Clusters::default();
    change(&mut law);
    DataLaw::Clusters(law)
}

#[test]
fn centres_and_labels_are_where_they_are_said_to_be() {
    for (centres, expected, labels) in [
        (
            Centres::Opposite,
            array![[2.0, 0.0, 0.0], [-2.0, 0.0, 0.0]],
            vec![1.0, -1.0],
        ),
        (
            Centres::Xor,
            array![
                [2.0, 0.0, 0.0],
                [-2.0, 0.0, 0.0],
                [0.0, 2.0, 0.0],
                [0.0, -2.0, 0.0]
            ],
            vec![1.0, 1.0, -1.0, -1.0],
        ),
        (Centres::Axes(3), Array2::eye(3) * 2.0, vec![1.0, -1.0, 1.0]),
        (
            Centres::Grid(2),
            array![
                [-2.0, -2.0, 0.0],
                [2.0, -2.0, 0.0],
                [-2.0, 2.0, 0.0],
                [2.0, 2.0, 0.0]
            ],
            vec![1.0, -1.0, -1.0, 1.0],
        ),
        (
            Centres::Given(vec![vec![1.0, 2.0, 3.0]]),
            array![[1.0, 2.0, 3.0]],
            vec![1.0],
        ),
    ] {
        let k = expected.nrows();
        let law = clusters(|law| {
            law.centres = centres;
            law.radius = 2.0;
            law.spread = 0.0;
            law.even = true;
        });
        let realised = realise(law, 2 * k, 3);
        assert_eq!(realised.centres().unwrap(), expected);
        for i in 0..2 * k {
            assert_eq!(realised.training().inputs().row(i), expected.row(i % k));
            assert_eq!(realised.training().labels()[i], labels[i % k]);
        }
    }
}

/// ‖x − c‖² = s² χ²_d/d has mean s² and variance 2s⁴/d; each of k centres has n/k examples on average, a binomial number.
#[test]
fn clusters_have_their_spread_and_their_shares() {
    let (n, d, s) = (4000, 6, 0.3);
    let law = clusters(|law| {
        law.centres = Centres::Xor;
        law.spread = s;
        law.rotated = true;
        law.radius = 5.0;
    });
    let realised = realise(law, n, d);
    let (data, centres) = (realised.training(), realised.centres().unwrap());
    let gram = centres.dot(&centres.t());
    let expected = array![
        [25.0, -25.0, 0.0, 0.0],
        [-25.0, 25.0, 0.0, 0.0],
        [0.0, 0.0, 25.0, -25.0],
        [0.0, 0.0, -25.0, 25.0]
    ];
    assert!((gram - expected).iter().all(|error| error.abs() < 1e-13));
    let (mut square, mut members) = (0.0, [0usize; 4]);
    for (x, y) in data.inputs().rows().into_iter().zip(data.labels()) {
        let distance = |c: usize| {
            let difference = &x - &centres.row(c);
            difference.dot(&difference)
        };
        // Centres are 5√2 apart, some 17 spreads of 0.3/√6 each way.
        let nearest = (0..4)
            .min_by(|a, b| distance(*a).total_cmp(&distance(*b)))
            .unwrap();
        square += distance(nearest) / n as f64;
        members[nearest] += 1;
        assert_eq!(*y, if nearest < 2 { 1.0 } else { -1.0 });
    }
    assert!(
        (square - s * s).abs() < 5.0 * s * s * (2.0 / d as f64 / n as f64).sqrt(),
        "{square}"
    );
    for count in members {
        assert!(
            (count as f64 - 1000.0).abs() < 5.0 * (4000.0f64 * 0.25 * 0.75).sqrt(),
            "{members:?}"
        );
    }
}

/// x = √γ y v + √(1 − γ) ξ with ξ ⟂ v and E‖ξ‖² = 1: ⟨x, v⟩ is √γ y to rounding, and ‖x‖² is 1 on average.
#[test]
fn a_perpendicular_spread_leaves_the_centres_alone() {
    let (n, d, gamma) = (3000, 5, 0.36f64);
    let law = clusters(|law| {
        law.radius = gamma.sqrt();
        law.spread = (1.0 - gamma).sqrt();
        law.perpendicular = true;
        law.rotated = true;
    });
    let realised = realise(law, n, d);
    let v = realised.directions().row(0).to_owned();
    let data = realised.training();
    let mut square = 0.0;
    for (x, y) in data.inputs().rows().into_iter().zip(data.labels()) {
        assert!((x.dot(&v) - gamma.sqrt() * y).abs() < 1e-14, "{}", x.dot(&v));
        square += x.dot(&x) / n as f64;
    }
    // (1 − γ) χ²_4/4 has variance (1 − γ)²/2.
    assert!(
        (square - 1.0).abs() < 5.0 * (1.0 - gamma) * (0.5 / n as f64).sqrt(),
        "{square}"
    );
    // Fresh examples are around the same centre.
    let seed = TrialSeed {
        root: 16,
        n: 0,
        d: 0,
        p: 0,
        draw: 0,
    };
    let test = realised
        .sample_clean(50, &mut seed.generator(Purpose::Analysis))
        .unwrap();
    for (x, y) in test.inputs().rows().into_iter().zip(test.labels()) {
        assert!((x.dot(&v) - gamma.sqrt() * y).abs() < 1e-14);
    }
}

#[test]
fn random_labels_of_centres_are_drawn_once() {
    let law = clusters(|law| {
        law.centres = Centres::Random(20);
        law.labels = CentreLabels::Random;
        law.spread = 0.0;
        law.even = true;
    });
    let realised = realise(law, 40, 4);
    let labels = realised.training().labels().to_vec();
    assert_eq!(labels[..20], labels[20..]);
    assert!(labels.contains(&1.0) && labels.contains(&-1.0));
    for norm in realised.training().input_norms() {
        assert!((norm - 1.0).abs() < 1e-14);
    }
    let mut random = TrialSeed {
        root: 16,
        n: 0,
        d: 0,
        p: 0,
        draw: 0,
    }
    .generator(Purpose::Analysis);
    let test = realised.sample(20, &mut random).unwrap();
    assert_eq!(test.labels().to_vec(), labels[..20]);
    assert_eq!(
        test.inputs(),
        realised.training().inputs().slice(ndarray::s![..20, ..])
    );
}

/// x ~ N(μ, ρ I/d): the mean is μ within five standard errors √(ρ/(dn)) an entry, and E‖x − μ‖² = ρ, of variance 2ρ²/d.
#[test]
fn a_cone_has_its_centre_and_its_variance() {
    let (n, d, rho) = (4000, 6, 0.25);
    for rotated in [false, true] {
        let law = DataLaw::Cone(Cone {
            radius: 2.0,
            variance: rho,
            rotated,
            ..Cone::default()
        });
        let realised = realise(law, n, d);
        let centre = realised.centres().unwrap().row(0).to_owned();
        assert!((centre.dot(&centre).sqrt() - 2.0).abs() < 1e-14);
        assert_eq!(centre[0] == 2.0, !rotated);
        let inputs = realised.training().inputs().to_owned();
        let mean = inputs.mean_axis(ndarray::Axis(0)).unwrap();
        let error = (rho / (d * n) as f64).sqrt();
        assert!(
            (&mean - &centre)
                .iter()
                .all(|difference| difference.abs() < 5.0 * error)
        );
        let square = (&inputs - &centre).mapv(|x| x * x).sum() / n as f64;
        assert!(
            (square - rho).abs() < 5.0 * rho * (2.0 / d as f64 / n as f64).sqrt(),
            "{square}"
        );
    }
    let given = Cone {
        centre: Some(vec![0.0, 3.0]),
        variance: 0.0,
        ..Cone::default()
    };
    let realised = realise(DataLaw::Cone(given), 2, 2);
    assert_eq!(realised.training().inputs(), array![[0.0, 3.0], [0.0, 3.0]]);
}

#[test]
fn separable_classes_are_separable_orthogonally() {
    for blocks in [false, true] {
        let law = DataLaw::Separable(Separable {
            blocks,
            ..Separable::default()
        });
        let realised = realise(law, 40, 5);
        let data = realised.training();
        let gram = data.inputs().dot(&data.inputs().t());
        let mut both = [false; 2];
        for ((i, j), product) in gram.indexed_iter() {
            let same = data.labels()[i] * data.labels()[j] > 0.0;
            both[usize::from(same)] = true;
            match (same, blocks) {
                (true, _) => assert!(*product > 0.0),
                (false, false) => assert!(*product < 0.0),
                (false, true) => assert_eq!(*product, 0.0),
            }
        }
        assert_eq!(both, [true, true]);
        for norm in data.input_norms() {
            assert!((1.0 - 1e-14..2.0 + 1e-14).contains(&norm));
        }
    }
}

#[test]
fn shapes_that_do_not_fit_are_refused() {
    let refusal = |law: DataLaw, d| law.check(6, d).unwrap_err().to_string();
    for (law, d, message) in [
        (
            clusters(|law| law.centres = Centres::Xor),
            1,
            "centres: expected centres in at most d = 1 directions, found 2",
        ),
        (
            clusters(|law| law.centres = Centres::Axes(0)),
            3,
            "number of centres: expected at least 1, found 0",
        ),
        (
            clusters(|law| law.spread = -1.0),
            3,
            "spread: expected a number from 0, found -1",
        ),
        (
            clusters(|law| law.centres = Centres::Given(vec![vec![1.0]])),
            3,
            "centres: expected lists of d = 3 finite numbers, without the bias, found [1.0]",
        ),
        (
            clusters(|law| law.labels = CentreLabels::Given(vec![1.0])),
            3,
            "labels: expected 2 finite numbers, one for each centre, found [1.0]",
        ),
        (
            clusters(|law| {
                law.centres = Centres::Xor;
                law.perpendicular = true;
            }),
            2,
            "centres: expected centres that span fewer than d = 2 dimensions with perpendicular = true, found 2",
        ),
        (
            clusters(|law| {
                law.centres = Centres::Random(2);
                law.rotated = true;
            }),
            3,
            "rotated: expected false where centres are random or given, found true",
        ),
        (
            DataLaw::Cone(Cone {
                centre: Some(vec![1.0]),
                ..Cone::default()
            }),
            3,
            "centre: expected d = 3 finite numbers, without the bias, found [1.0]",
        ),
        (
            DataLaw::Separable(Separable {
                blocks: true,
                ..Separable::default()
            }),
            1,
            "dimension d: expected at least 2 with blocks = true, found 1",
        ),
    ] {
        assert_eq!(refusal(law, d), message);
    }
}
