//! The audit on problems that meet the hypotheses, and on broken ones.

use ndarray::Array1;

use crate::audit::proposition_3;
use crate::audit::tampering::{self, Flipped};
use crate::audit::{self, Audit, Judgement, Plan};
use crate::data::{Antipodal, DataLaw, Groups, Isotropic, LabelLaw, Magnitude, Orthogonal, Signs};
use crate::initialisation::{Asymmetric, Balanced, GroupInitialisation, HiddenLaw, Margin, PyTorch};
use crate::theory::proposition_3::Example;
use crate::theory::{Snapshot, Statement, kernel_extremes, lemma_7};
use crate::{Dataset, InitialisationLaw, Network, Setting};

fn print(audit: &Audit) {
    for row in &audit.rows {
        eprintln!(
            "{:18} {:75.75} {:18} {:>11.4e} {:>11.4e} {:?} {}",
            row.statement,
            row.checked,
            row.judgement.words(),
            row.bound.unwrap_or(f64::NAN),
            row.measured.unwrap_or(f64::NAN),
            row.judged,
            row.note
        );
    }
}

fn judgement(audit: &Audit, statement: Statement) -> Vec<Judgement> {
    audit
        .rows
        .iter()
        .filter(|row| row.statement == statement)
        .map(|row| row.judgement)
        .collect()
}

/// The three plans of the command: nothing fails, and what each is there for is judged.
#[test]
fn the_default_plans_hold() {
    for (plan, judged) in [
        (
            Plan::weakly_interacting(),
            vec![
                Statement::Theorem1,
                Statement::Corollary1,
                Statement::Lemma3,
                Statement::Lemma4,
                Statement::Lemma6,
            ],
        ),
        (
            Plan::orthogonal(),
            vec![
                Statement::Lemma7,
                Statement::Proposition1,
                Statement::Theorem1,
                Statement::Lemma5,
            ],
        ),
        (
            Plan::group(),
            vec![
                Statement::Proposition2,
                Statement::Theorem2,
                Statement::Proposition1,
            ],
        ),
    ] {
        let audit = audit::laws(&plan).unwrap();
        print(&audit);
        assert!(!audit.fails());
        for statement in judged {
            let found = judgement(&audit, statement);
            assert!(
                found.contains(&Judgement::Holds),
                "{statement} is not judged: {found:?}"
            );
        }
    }
}

/// Plans whose draws are small and inside the hypotheses of every statement in turn.
fn small(draw: u64) -> Plan {
    let labels = LabelLaw {
        sizes: Magnitude::Uniform(0.5, 1.5),
        signs: [Signs::Random, Signs::Alternating, Signs::Positive][(draw / 4 % 3) as usize],
    };
    let hidden = [HiddenLaw::Uniform, HiddenLaw::Gaussian, HiddenLaw::Sphere][(draw / 12 % 3) as usize];
    let asymmetric = |hidden_scale, margin| {
        InitialisationLaw::Asymmetric(Asymmetric {
            hidden,
            hidden_scale,
            margin,
            covered: true,
        })
    };
    let (n, d, p, data, initialisation) = match draw % 4 {
        0 => {
            let norms = Magnitude::Uniform(1.0, 1.2);
            let law = DataLaw::Isotropic(Isotropic { norms, labels });
            (4, 2000, 12, law, asymmetric(1.0, Margin::Exponential(1.0)))
        }
        1 => {
            let base = DataLaw::Isotropic(Isotropic {
                norms: Magnitude::Constant(1.0),
                labels,
            });
            let law = DataLaw::Antipodal(Antipodal {
                base: Box::new(base),
                ..Antipodal::default()
            });
            (6, 400, 16, law, asymmetric(0.5, Margin::Constant(0.3)))
        }
        2 => {
            let norms = Magnitude::Uniform(0.7, 1.4);
            let rotated = draw % 8 == 2;
            let law = DataLaw::Orthogonal(Orthogonal {
                norms,
                labels,
                rotated,
            });
            (24, 30, 16, law, asymmetric(0.05, Margin::Exponential(0.5)))
        }
        _ => {
            let law = DataLaw::Groups(Groups {
                groups: 3,
                label_sizes: labels.sizes,
            });
            let aligned = draw % 8 == 3;
            let group = GroupInitialisation {
                squared_norm: 0.2,
                aligned,
            };
            (18, 18, 3, law, InitialisationLaw::Group(group))
        }
    };
    Plan {
        setting: Setting {
            n,
            d,
            p,
            data,
            initialisation,
        },
        draws: 1,
        seed: 101,
    }
}

/// 200 random problems: no statement fails, and each is judged in a good part of the draws made for it.
#[test]
fn two_hundred_problems_hold() {
    let mut judged = std::collections::BTreeMap::<(Statement, &str), u32>::new();
    for draw in 0..200 {
        let (data, network) = small(draw).problem(draw).unwrap();
        let audit = audit::problem(&data, &network).unwrap();
        if audit.fails() {
            print(&audit);
            panic!("root seed 101, draw {draw}");
        }
        for row in audit.rows {
            let count = judged.entry((row.statement, row.checked)).or_default();
            *count += u32::from(row.judgement == Judgement::Holds);
        }
    }
    for ((statement, checked), count) in &judged {
        eprintln!("{count:4} {statement}: {checked}");
        assert!(
            *count >= 25,
            "{statement}: {checked} was judged in {count} draws only"
        );
    }
}

/// Every inequality that holds fails when it is turned around: no line is vacuous.
#[test]
fn a_flipped_inequality_fails() {
    for draw in [0, 2, 11] {
        let (data, network) = small(draw).problem(draw).unwrap();
        let honest = audit::problem(&data, &network).unwrap();
        assert!(!honest.fails());
        tampering::flip(Some(Flipped::All));
        let broken = audit::problem(&data, &network).unwrap();
        tampering::flip(None);
        for (row, now) in honest.rows.iter().zip(&broken.rows) {
            if row.judgement == Judgement::Holds && row.margin != Some(0.0) {
                assert_eq!(
                    now.judgement,
                    Judgement::Fails,
                    "draw {draw}, {}: {}",
                    row.statement,
                    row.checked
                );
            }
        }
    }
    // One statement's alone is enough for the audit as a whole to fail.
    let (data, network) = small(0).problem(0).unwrap();
    tampering::flip(Some(Flipped::One(Statement::Lemma6)));
    let broken = audit::problem(&data, &network).unwrap();
    tampering::flip(None);
    assert!(broken.fails());
}

/// An initialisation that violates Assumption 1, and strongly correlated inputs: the audit says so, and judges
/// nothing that needs them.
#[test]
fn broken_hypotheses_are_named() {
    let mut plan = small(0);
    plan.setting.initialisation = InitialisationLaw::PyTorch(PyTorch::default());
    let (data, network) = plan.problem(0).unwrap();
    let audit = audit::problem(&data, &network).unwrap();
    assert_eq!(
        judgement(&audit, Statement::Assumption1),
        [Judgement::HypothesesNotMet; 2]
    );
    assert!(
        judgement(&audit, Statement::Theorem1)
            .iter()
            .all(|j| *j == Judgement::HypothesesNotMet)
    );
    let mut plan = small(0);
    plan.setting.d = 6;
    let (data, network) = plan.problem(0).unwrap();
    let audit = audit::problem(&data, &network).unwrap();
    assert_eq!(
        judgement(&audit, Statement::Assumption2),
        [Judgement::HypothesesNotMet; 2]
    );
    assert!(
        judgement(&audit, Statement::Theorem1)
            .iter()
            .all(|j| *j == Judgement::HypothesesNotMet)
    );
    assert!(judgement(&audit, Statement::Lemma2).contains(&Judgement::Holds));
}

/// The four inequalities of Lemma 6 at random θ (balanced or asymmetric), also where the lower bound is
/// negative; root seed 23.
#[test]
fn the_chain_holds_at_random_points() {
    for draw in 0..200 {
        let setting = Setting {
            n: 2 + (draw % 9) as usize,
            d: 3 + (draw % 40) as usize,
            p: 1 + (draw % 7) as usize,
            data: DataLaw::Isotropic(Isotropic::default()),
            initialisation: if draw % 2 == 0 {
                InitialisationLaw::Balanced(Balanced::default())
            } else {
                InitialisationLaw::Asymmetric(Asymmetric::default())
            },
        };
        let (data, network) = setting.draw(23, draw).unwrap();
        let chain = crate::theory::lemma_6::Chain::new(&data, &network);
        for margin in chain.margins() {
            assert!(
                margin >= -crate::theory::lemma_6::ROUNDING,
                "seed 23/{draw}: {chain:?}"
            );
        }
    }
}

/// The kernel written out has the extremes of the kernel applied (two independent ways to M).
#[test]
fn two_ways_to_the_kernel_agree() {
    for draw in 0..20 {
        let (data, network) = small(2 + 4 * draw).problem(draw).unwrap();
        let (low, high) = kernel_extremes(&data, &network);
        let mut field = crate::field::Dense::<f64>::new(&data, network.neurons());
        use crate::field::VectorField;
        let mut state = vec![0.0; field.state_length()];
        field.write_state(&network, &mut state);
        let applied = crate::spectrum::extreme_eigenvalues(data.examples(), |v, out| {
            field.apply_kernel(&state, v, out);
        });
        assert!((low - applied.0).abs() < 1e-12 * high && (high - applied.1).abs() < 1e-12 * high);
    }
}

/// The inputs of Proposition 3.
fn orthonormal() -> Dataset {
    Example::default().problem(1.0).unwrap().0
}

/// Proposition 3: collapse at λ = 4 to L = 1/4, none at 1.5, and none at 4 when |a_j| > ‖w_j‖. The boundary
/// found by bisection is the same with ten times smaller local errors.
#[test]
fn the_output_layer_collapses() {
    let example = Example::default();
    let far = proposition_3::outcome(4.0, &example, audit::method(&orthonormal())).unwrap();
    assert!(far.collapsed && (far.loss - 0.25).abs() < 1e-3, "{far:?}");
    assert!(
        !proposition_3::outcome(1.5, &example, audit::method(&orthonormal()))
            .unwrap()
            .collapsed
    );
    let heavy = Example {
        ratio: 2.0,
        ..example
    };
    assert!(
        proposition_3::outcome(4.0, &heavy, audit::method(&orthonormal()))
            .unwrap()
            .loss
            < 1e-5
    );
    let boundary = |method| proposition_3::boundary((1.5, 4.0), 1e-3, &example, method).unwrap();
    let coarse = boundary(audit::method(&orthonormal()));
    let fine = boundary(crate::Method::Flow(crate::flow::Flow {
        integrator: crate::flow::Integrator::Tsitouras,
        tolerance: Some(1e-7),
        fall: Some(0.01),
        ..crate::flow::Flow::default()
    }));
    eprintln!("boundary {coarse:?}, tighter {fine:?}");
    assert!((coarse.0 - fine.0).abs() < 5e-3);
}

/// Lemma 7 says nothing when entries are so large that residuals move before they die.
#[test]
fn a_large_initialisation_is_refused() {
    let (data, network) = small(2).problem(2).unwrap();
    assert!(lemma_7::Extinction::new(&data, &network).holds());
    let large = Network::new(
        &network.hidden_weights() * 100.0,
        Array1::from_iter(network.output_weights().iter().map(|a| a * 100.0)),
    )
    .unwrap();
    let refused = lemma_7::Extinction::new(&data, &large);
    assert!(!refused.holds() && refused.time.is_infinite());
}

/// The snapshot's loss and mass by hand: two orthogonal inputs, one neuron.
#[test]
fn a_snapshot_by_hand() {
    let data = Dataset::new(
        ndarray::array![[1.0, 0.0], [0.0, 2.0]],
        ndarray::array![1.0, -1.0],
    )
    .unwrap();
    let network = Network::new(ndarray::array![[0.5, -1.0]], ndarray::array![2.0]).unwrap();
    let now = Snapshot::new(&data, &network);
    // h = (1, 0), r = (0, −1), L = 1/4; e = (4, 0); nothing moves.
    assert_eq!((now.residuals.clone(), now.loss), (vec![0.0, -1.0], 0.25));
    assert_eq!((now.mass, now.curvature), (vec![4.0, 0.0], 0.0));
}
