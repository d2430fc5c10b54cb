//! How often lines fail by chance, over many seeds: too long for every day.
//!
//! `cargo test --release -p reluflow --lib rates -- --ignored --nocapture` prints the counts that the changelog and the notes
//! quote.

use std::collections::BTreeMap;

use super::super::{Drawn, Plan, lemma_3, lemma_4, problem};
use super::dense::setting;
use crate::audit::Judgement;
use crate::data::Isotropic;
use crate::initialisation::{Asymmetric, HiddenLaw};
use crate::{DataLaw, InitialisationLaw, Setting};

fn plan(n: usize, d: usize, seed: u64) -> Plan {
    Plan {
        setting: Setting {
            n,
            d,
            p: 20,
            data: DataLaw::Isotropic(Isotropic::default()),
            initialisation: InitialisationLaw::Asymmetric(Asymmetric {
                hidden: HiddenLaw::Gaussian,
                ..Asymmetric::default()
            }),
        },
        draws: 1,
        seed,
    }
}

/// Lemma 3 at n = 8, 10, 12 and Lemma 4 at (20, 10), 30 seeds each: none fails.
#[test]
#[ignore = "minutes"]
fn asymptotic_fits_do_not_fail_by_chance() {
    let mut counts = BTreeMap::<(String, Judgement), u32>::new();
    for seed in 0..30 {
        for (n, d) in [(8, 64), (10, 100), (12, 144), (20, 10)] {
            let plan = plan(n, d, seed);
            let (first, _) = plan.problem(0).unwrap();
            let drawn = Drawn {
                plan: &plan,
                first: &first,
                converged: 1,
                assumptions: true,
            };
            let lines = if d == 10 {
                lemma_4::judge(&drawn).unwrap()
            } else {
                lemma_3::judge(&drawn).unwrap()
            };
            for row in lines {
                *counts
                    .entry((format!("({n}, {d}) {}", row.checked), row.judgement))
                    .or_default() += 1;
                if row.judgement != Judgement::Holds {
                    eprintln!("({n}, {d}), seed {seed}: {} {}", row.judgement.words(), row.note);
                }
            }
        }
    }
    for ((line, judgement), count) in &counts {
        eprintln!("{count:3} {} {line}", judgement.words());
        assert_ne!(*judgement, Judgement::Fails, "{line}");
    }
}

/// Ordinary dense problems: nothing fails on any.
#[test]
#[ignore = "minutes"]
fn ordinary_problems_hold() {
    for sizes in [(60, 5, 40), (100, 20, 30), (160, 20, 30), (200, 50, 25)] {
        for seed in 0..3 {
            let (data, network) = setting(sizes, 3 * seed).draw(1000 + seed, seed).unwrap();
            let begun = std::time::Instant::now();
            let audit = problem(&data, &network).unwrap();
            eprintln!("{sizes:?} {seed}: {:.1?} {}", begun.elapsed(), audit.summary);
            for row in audit.of(crate::theory::Statement::Lemma2) {
                eprintln!("  {:?} {:?} {}", row.measured, row.bound, row.note);
            }
            assert!(!audit.fails(), "{sizes:?}, seed {seed}");
        }
    }
}

/// Under Assumption 1 no output weight changes sign: neither along the exact flow nor along the default one, in few
/// dimensions and in more. Prints how many of 200 problems have one that does.
#[test]
#[ignore = "minutes"]
fn output_weights_keep_their_signs() {
    use crate::{Method, Problem, Stops};
    for (name, method) in [
        ("default", Method::default()),
        ("exact", Method::Exact(crate::flow::Exact::default())),
    ] {
        let mut flipped = Vec::new();
        for draw in 0..200u64 {
            let d = 1 + (draw % 5) as usize;
            let (n, p) = (2 + (draw / 5 % 9) as usize, 3 + (draw / 7 % 10) as usize);
            let kind = draw % 2 + 3 * (draw / 2 % 2);
            let (data, network) = setting((n, d, p), kind).draw(71, draw).unwrap();
            let mut problem = Problem::new(&data, &network, method);
            problem.stops = Stops {
                transitions: Some(8.0),
                evaluations: Some(20_000),
                ..Stops::default()
            };
            let end = problem.solve().unwrap().network;
            let (before, after) = (network.output_weights(), end.output_weights());
            let largest = after.iter().fold(0.0, |most: f64, a| most.max(a.abs()));
            let changed = before.iter().zip(after);
            let changed =
                changed.filter(|(before, after)| *before * *after < 0.0 && after.abs() > 1e-6 * largest);
            if changed.count() > 0 {
                flipped.push((draw, d));
            }
        }
        eprintln!(
            "{name}: {} of 200 with an output weight that changed sign: {flipped:?}",
            flipped.len()
        );
        if name == "exact" {
            assert!(flipped.is_empty());
        }
    }
}
