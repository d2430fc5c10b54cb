//! The audit on inputs that are not orthogonal, where neurons slide along kinks.

use ndarray::array;

use super::super::flow::Followed;
use super::super::{judge, problem};
use crate::audit::{Audit, Judgement};
use crate::data::{Gaussian, Isotropic, Teacher};
use crate::initialisation::{Asymmetric, Balanced, Normal, PyTorch};
use crate::theory::Statement;
use crate::{DataLaw, Dataset, InitialisationLaw, Network, Setting};

pub(super) fn setting((n, d, p): (usize, usize, usize), kind: u64) -> Setting {
    let data = match kind % 3 {
        0 => DataLaw::Isotropic(Isotropic::default()),
        1 => DataLaw::Gaussian(Gaussian::default()),
        _ => DataLaw::Teacher(Teacher::default()),
    };
    let initialisation = match kind / 3 % 4 {
        0 => InitialisationLaw::Asymmetric(Asymmetric::default()),
        1 => InitialisationLaw::Balanced(Balanced::default()),
        2 => InitialisationLaw::PyTorch(PyTorch::default()),
        _ => InitialisationLaw::Normal(Normal::default()),
    };
    Setting {
        n,
        d,
        p,
        data,
        initialisation,
    }
}

fn told(audit: &Audit, place: &str) {
    assert!(
        !audit.fails(),
        "{place}: {}\n{:#?}",
        audit.summary,
        audit
            .rows
            .iter()
            .filter(|row| row.judgement == Judgement::Fails)
            .collect::<Vec<_>>()
    );
}

/// Ordinary problems of every law: nothing fails, and Lemma 2 holds on each.
#[test]
fn lemma_2_holds_where_neurons_slide() {
    for kind in 0..12 {
        let (data, network) = setting((20, 4, 12), kind).draw(41, kind).unwrap();
        let audit = problem(&data, &network).unwrap();
        eprintln!("kind {kind}: {}", audit.summary);
        told(&audit, &format!("seed 41, kind {kind}"));
        assert_eq!(
            audit.judgement(Statement::Lemma2),
            Some(Judgement::Holds),
            "{}",
            audit.summary
        );
    }
}

/// In one and two dimensions, also with duplicates and opposites.
#[test]
fn few_dimensions_hold() {
    for draw in 0..20 {
        let d = 1 + draw as usize % 2;
        let (n, p) = (2 + draw as usize % 5, 3 + draw as usize % 4);
        // Teachers of so few neurons often are 0 on all inputs: the other two laws of the data, every initialisation.
        let kind = draw % 2 + 3 * (draw % 4);
        let (data, network) = setting((n, d, p), kind).draw(43, draw).unwrap();
        told(
            &problem(&data, &network).unwrap(),
            &format!("seed 43, draw {draw}"),
        );
    }
    let data = Dataset::new(
        array![[1.0, 0.0], [1.0, 0.0], [-1.0, 0.0], [0.5, 1.0]],
        array![1.0, 1.1, -1.0, 0.5],
    )
    .unwrap();
    let (_, network) = setting((4, 2, 6), 0).draw(43, 99).unwrap();
    told(&problem(&data, &network).unwrap(), "duplicates and opposites");
}

/// A flow that is tampered with is found out: the identity of Lemma 2 fails when μ is off by a tenth.
#[test]
fn a_tampered_flow_fails() {
    let (data, network) = setting((20, 4, 12), 0).draw(41, 0).unwrap();
    let lemma_2 = |followed: &Followed<'_>| judge(Statement::Lemma2, followed).unwrap()[0].judgement;
    let mut followed = Followed::new(&data, &network).unwrap();
    assert_eq!(lemma_2(&followed), Judgement::Holds);
    for factor in [1.1, 0.8] {
        followed
            .solution
            .trajectory
            .rows_mut()
            .iter_mut()
            .for_each(|row| row.mu *= factor);
        assert_eq!(lemma_2(&followed), Judgement::Fails, "{factor}");
    }
}

/// Where the exact flow cannot go to the end it is judged as far as it goes; what rests on one-sided rates is not judged.
#[test]
fn a_stretch_is_judged_where_the_whole_cannot_be() {
    for draw in 0..4 {
        let (data, network) = setting((40, 8, 20), 3 * draw).draw(47, draw).unwrap();
        let mut followed = Followed::one_sided(&data, &network).unwrap();
        let row = &judge(Statement::Lemma2, &followed).unwrap()[0];
        assert_eq!(row.judgement, Judgement::Holds, "seed 47, draw {draw}: {row:?}");
        assert!(row.note.contains("too large"), "{row:?}");
        for statement in Statement::ALL {
            for row in judge(statement, &followed).unwrap() {
                assert_ne!(row.judgement, Judgement::Fails, "seed 47, draw {draw}: {row:?}");
            }
        }
        let stretch = followed.stretch.as_mut().unwrap();
        stretch
            .trajectory
            .rows_mut()
            .iter_mut()
            .for_each(|row| row.mu *= 1.1);
        let row = &judge(Statement::Lemma2, &followed).unwrap()[0];
        assert_eq!(row.judgement, Judgement::Fails, "seed 47, draw {draw}: {row:?}");
    }
}

/// Labels at 0 and near it: nothing fails, no line says NaN without a reason.
#[test]
fn labels_near_zero_are_told() {
    for (small, inputs) in [
        (0.0, array![[1.0, 0.0], [0.0, 1.0]]),
        (0.0, array![[1.0, 0.2], [0.3, 1.0]]),
        (1e-9, array![[1.0, 0.0], [0.0, 1.0]]),
        (1e-9, array![[1.0, 0.2], [0.3, 1.0]]),
    ] {
        let data = Dataset::new(inputs, array![small, 1.0]).unwrap();
        let hidden = array![[0.3, 0.1], [-0.2, 0.4], [0.1, -0.3], [0.2, 0.2]];
        let network = Network::new(hidden, array![0.5, -0.6, 0.7, -0.5]).unwrap();
        let audit = problem(&data, &network).unwrap();
        told(&audit, &format!("label {small}"));
        for row in &audit.rows {
            assert!(!row.note.contains("NaN"), "label {small}: {row:?}");
            if row.judgement == Judgement::CannotBeJudged {
                assert!(!row.note.is_empty(), "{row:?}");
            }
        }
    }
}
