//! Asks which half fails: whether the flow on isotropic data misses what its initialisation missed, and nothing else.
//!
//! Event E (every example has a correctly active neuron) is decided on every draw at time 0, then the flow runs to its
//! verdict. p is the smallest width with P(E) ≥ 0.6 for independent signs (Lemma 5).
//!
//! `failures [--careful] [--seed R] [--transitions T] D:N:DRAWS …` writes one line of CSV a draw: whether E held, how many
//! examples were uncovered, whether the flow reached the trap, how many examples are wrong at its end (no correctly active
//! neuron), and how many of these were uncovered at the start. `failures --summary FILE` makes a table of such lines, with
//! 95 % Wilson intervals.

#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;

use reluflow::data::Isotropic;
use reluflow::flow::{Accuracy, Flow};
use reluflow::initialisation::Asymmetric;
use reluflow::random::Purpose;
use reluflow::theory::lemma_5::{self, Coverage};
use reluflow::{DataLaw, InitialisationLaw, Method, Problem, Stops, TrialSeed};

/// P(E) aimed at.
const COVERED: f64 = 0.6;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mut accuracy, mut root, mut transitions) = (Accuracy::Standard, 2026, 40.0);
    let mut cells: Vec<[u64; 3]> = Vec::new();
    let mut arguments = std::env::args().skip(1).peekable();
    if arguments.peek().is_some_and(|word| word == "--summary") {
        let file = arguments.nth(1).ok_or("--summary needs a file")?;
        return summarise(&std::fs::read_to_string(file)?);
    }
    while let Some(word) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{word} needs a value"));
        match word.as_str() {
            "--careful" => accuracy = Accuracy::Careful,
            "--seed" => root = value()?.parse()?,
            "--transitions" => transitions = value()?.parse()?,
            cell => {
                let numbers = cell.split(':').map(str::parse).collect::<Result<Vec<u64>, _>>()?;
                cells.push(
                    numbers
                        .try_into()
                        .map_err(|_| format!("expected D:N:DRAWS, found {cell}"))?,
                );
            }
        }
    }
    println!(
        "d,n,p,draw,accuracy,covered,uncovered,interpolates,verdict,lost,lost_of_uncovered,time,loss_over_trap,evaluations"
    );
    for [d, n, draws] in cells {
        let half = n as f64 / 2.0;
        let p = (1..)
            .find(|p| lemma_5::probability(half, half, *p) >= COVERED)
            .unwrap_or(1);
        for draw in 0..draws {
            let seed = TrialSeed {
                root,
                n,
                d,
                p: p as u64,
                draw,
            };
            let law = DataLaw::Isotropic(Isotropic::default());
            let data = law.sample(n as usize, d as usize, &mut seed.generator(Purpose::Data))?;
            let start = InitialisationLaw::Asymmetric(Asymmetric::default());
            let network = start.sample(p, &data, &mut seed.generator(Purpose::Initialisation))?;
            let flow = Flow {
                accuracy,
                ..Flow::default()
            };
            let mut problem = Problem::new(&data, &network, Method::Flow(flow));
            problem.stops = Stops {
                trap: true,
                transitions: Some(transitions),
                ..Stops::default()
            };
            let solution = problem.solve()?;
            let (before, after) = (
                Coverage::new(&data, &network),
                Coverage::new(&data, &solution.network),
            );
            let bare = |coverage: &Coverage, i: usize| coverage.correct[i] == 0;
            let lost: Vec<usize> = (0..n as usize).filter(|i| bare(&after, *i)).collect();
            println!(
                "{d},{n},{p},{draw},{},{},{},{},{},{},{},{:.1},{:.3e},{}",
                if accuracy == Accuracy::Careful {
                    "careful"
                } else {
                    "standard"
                },
                u8::from(before.holds()),
                before.correct.iter().filter(|count| **count == 0).count(),
                u8::from(solution.verdict.converged()),
                solution.verdict.kind(),
                lost.len(),
                lost.iter().filter(|i| bare(&before, **i)).count(),
                solution.end.time,
                solution.end.loss / data.trap_level(),
                solution.counts.evaluations
            );
        }
    }
    Ok(())
}

/// Prints one row of Markdown a cell.
fn summarise(text: &str) -> Result<(), Box<dyn std::error::Error>> {
    let mut cells: BTreeMap<(String, u64, u64), Vec<Vec<u64>>> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with("d,")) {
        let fields: Vec<&str> = line.split(',').collect();
        if fields.len() != 14 {
            return Err(format!("expected 14 fields: {line}").into());
        }
        // p, covered, uncovered, interpolates, lost, lost_of_uncovered.
        let numbers = [2, 5, 6, 7, 9, 10].map(|k| fields[k].parse::<u64>());
        let numbers = numbers.into_iter().collect::<Result<Vec<u64>, _>>()?;
        let key = (fields[4].to_owned(), fields[0].parse()?, fields[1].parse()?);
        cells.entry(key).or_default().push(numbers);
    }
    println!(
        "| accuracy | d | n | p | P(E), independent signs | P(E) | P(reach, E) | P(reach, not E) | lost at the end | of them uncovered at the start |"
    );
    println!("|{}", " --- |".repeat(10));
    for ((accuracy, d, n), draws) in &cells {
        let p = draws[0][0];
        let half = *n as f64 / 2.0;
        let share = |given: &dyn Fn(&Vec<u64>) -> bool, what: &dyn Fn(&Vec<u64>) -> bool| {
            let among = draws.iter().filter(|draw| given(draw));
            wilson(among.clone().filter(|draw| what(draw)).count(), among.count())
        };
        let (covered, reached) = (|draw: &Vec<u64>| draw[1] == 1, |draw: &Vec<u64>| draw[3] == 1);
        let failed = draws.iter().filter(|draw| draw[3] == 0);
        println!(
            "| {accuracy} | {d} | {n} | {p} | {:.2} | {} | {} | {} | {} | {} |",
            lemma_5::probability(half, half, p as usize),
            share(&|_| true, &covered),
            share(&covered, &reached),
            share(&|draw| !covered(draw), &reached),
            failed.clone().map(|draw| draw[4]).sum::<u64>(),
            failed.map(|draw| draw[5]).sum::<u64>()
        );
    }
    Ok(())
}

/// k of m with the probabilities that the score test does not reject at 5 %.
fn wilson(k: usize, m: usize) -> String {
    if m == 0 {
        return "0 of 0".to_owned();
    }
    let (z, size) = (1.959_964, m as f64);
    let share = k as f64 / size;
    let centre = share + z * z / (2.0 * size);
    let half = z * (share * (1.0 - share) / size + z * z / (4.0 * size * size)).sqrt();
    let scale = 1.0 + z * z / size;
    let (low, high) = (
        ((centre - half) / scale).max(0.0),
        ((centre + half) / scale).min(1.0),
    );
    format!("{k} of {m} [{low:.2}, {high:.2}]")
}
