//! Checks networks that are mirrored or have output weights of one size, and the laws that refuse to be altered so.
//!
//! Seeds are fixed. Counts of random signs are allowed five standard errors, which chance exceeds once in 1.7 million.

use ndarray::array;
use reluflow::InitialisationLaw;
use reluflow::data::Signs;
use reluflow::initialisation::{
    Altered, Balanced, FixedOutput, GroupInitialisation, Normal, PyTorch, TauDelta,
};

use super::common::{covered, isotropic, sample, try_sample};

fn altered(law: InitialisationLaw, output: Option<FixedOutput>, mirrored: bool) -> InitialisationLaw {
    InitialisationLaw::Altered(Altered {
        law: Box::new(law),
        output,
        mirrored,
    })
}

fn laws_to_alter() -> [InitialisationLaw; 5] {
    [
        covered(false),
        InitialisationLaw::Balanced(Balanced::default()),
        InitialisationLaw::Normal(Normal {
            hidden: 1.0,
            output: Some(2.0),
        }),
        InitialisationLaw::PyTorch(PyTorch {}),
        InitialisationLaw::TauDelta(TauDelta {
            tau: 1.0,
            delta: 0.3,
            ..TauDelta::default()
        }),
    ]
}

/// The first half of the law's neurons, each beside its mirror; h vanishes without rounding.
#[test]
fn mirrored_networks_are_zero() {
    let data = isotropic(6, 4);
    for law in laws_to_alter() {
        let (whole, mirrored) = (
            sample(&law, 10, &data, 0),
            sample(&altered(law, None, true), 10, &data, 0),
        );
        for j in 0..5 {
            let pair = [2 * j, 2 * j + 1];
            for k in pair {
                assert_eq!(mirrored.hidden_weights().row(k), whole.hidden_weights().row(j));
            }
            assert_eq!(mirrored.output_weights()[pair[0]], whole.output_weights()[j]);
            assert_eq!(mirrored.output_weights()[pair[1]], -whole.output_weights()[j]);
        }
        for x in data.inputs().rows() {
            assert_eq!(mirrored.output(&x.to_vec()), 0.0);
        }
    }
    let error = try_sample(&altered(covered(false), None, true), 5, &data, 0).unwrap_err();
    assert_eq!(
        error.to_string(),
        "number of neurons p: expected an even number with mirrored = true, found 5"
    );
}

#[test]
fn fixed_output_weights_leave_the_hidden_ones() {
    let data = isotropic(6, 4);
    for law in &laws_to_alter()[..3] {
        let whole = sample(law, 4, &data, 0);
        for (signs, expected) in [
            (Signs::Positive, array![0.5, 0.5, 0.5, 0.5]),
            (Signs::Negative, array![-0.5, -0.5, -0.5, -0.5]),
            (Signs::Alternating, array![0.5, -0.5, 0.5, -0.5]),
        ] {
            let network = sample(
                &altered(law.clone(), Some(FixedOutput { fixed: 0.5, signs }), false),
                4,
                &data,
                0,
            );
            assert_eq!(network.hidden_weights(), whole.hidden_weights());
            assert_eq!(network.output_weights(), expected);
        }
        let fair = altered(
            law.clone(),
            Some(FixedOutput {
                fixed: 1.0,
                signs: Signs::Random,
            }),
            false,
        );
        let positive = sample(&fair, 400, &data, 0)
            .output_weights()
            .iter()
            .filter(|a| **a == 1.0)
            .count() as f64;
        assert!((positive - 200.0).abs() < 50.0, "{positive}");
        assert!(fair.has_fair_signs());
    }
    let both = altered(
        covered(false),
        Some(FixedOutput {
            fixed: 1.0,
            signs: Signs::Alternating,
        }),
        true,
    );
    assert_eq!(
        sample(&both, 4, &data, 0).output_weights(),
        array![1.0, -1.0, -1.0, 1.0]
    );
    assert!(!both.has_fair_signs());
}

#[test]
fn laws_that_say_what_neurons_are_are_not_altered() {
    let output = || {
        Some(FixedOutput {
            fixed: 1.0,
            signs: Signs::Positive,
        })
    };
    let group = || InitialisationLaw::Group(GroupInitialisation::default());
    for (law, message) in [
        (
            altered(group(), output(), false),
            "output: expected none with group, which says what the neurons are, found one",
        ),
        (
            altered(group(), None, true),
            "mirrored: expected none with group, which says what the neurons are, found one",
        ),
        (
            altered(covered(true), None, true),
            "mirrored: expected none with covered = true, which says what the neurons are, found one",
        ),
        (
            altered(InitialisationLaw::TauDelta(TauDelta::default()), output(), false),
            "output: expected none with tau-delta, which says what the neurons are, found one",
        ),
        (
            altered(
                covered(false),
                Some(FixedOutput {
                    fixed: 0.0,
                    signs: Signs::Positive,
                }),
                false,
            ),
            "fixed: expected a positive number, found 0",
        ),
        (
            InitialisationLaw::TauDelta(TauDelta {
                tau: 0.0,
                ..TauDelta::default()
            }),
            "tau: expected a positive number, found 0",
        ),
        (
            InitialisationLaw::TauDelta(TauDelta {
                delta: f64::INFINITY,
                ..TauDelta::default()
            }),
            "delta: expected a number whose ratio to tau² leaves both layers a size, found inf",
        ),
    ] {
        assert_eq!(law.check().unwrap_err().to_string(), message);
    }
}
