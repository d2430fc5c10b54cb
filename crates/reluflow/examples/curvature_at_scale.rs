//! Follows Conjecture 1 to large n: the limit μ_∞ of the curvature on orthogonal inputs, draw by draw, beside two formulas for it.
//!
//! ```text
//! μ_∞ = (2/n) λ_min(M(∞))                                         by Sylvester's law of inertia, no n × n matrix
//! diagonal = (2/n) min_i M_ii = (2/n) min_i ‖x_i‖² (1/p) Σ_{j∋i} (a_j² + v_ji²)                  at the end
//! foretold = (2/n) min_i √(‖x_i‖⁴ B_i² + 4‖x_i‖² y_i²),  B_i = (1/p) Σ_{j∋i} b_j                from the start
//! ```
//!
//! j ∋ i: the neurons correctly active on i at the start. b_j is what a_j² would be if all neurons of a sign grew alike, from
//! g_j = (a_j + ⟨v_j, D_j/‖D_j‖⟩)/2 in the direction D_j of the examples they see: b_j = g_j² φ², with φ² such that the examples
//! are learnt: φ⁴ = mean over j of Σ_{i∋j} (y_i/(‖x_i‖ G_i))², G_i = (1/p) Σ_{j∋i} g_j².
//!
//! `curvature_at_scale [--p P] [--scale S] [--careful] [--seed R] N:DRAWS …` writes one line of CSV a draw;
//! `curvature_at_scale --summary FILE` makes a table of such lines, with 95 % intervals by resampling the draws.

#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;

use rand::{RngExt, SeedableRng};
use reluflow::data::Orthogonal;
use reluflow::flow::{Accuracy, Flow};
use reluflow::initialisation::Asymmetric;
use reluflow::observe::OrthogonalKernel;
use reluflow::random::{ChaCha8Rng, Purpose};
use reluflow::theory::lemma_5;
use reluflow::{DataLaw, Dataset, InitialisationLaw, Method, Network, Problem, Stops, TrialSeed};

/// What the command line asks.
struct Question {
    cells: Vec<(usize, u64)>,
    width: Option<usize>,
    scale: f64,
    accuracy: Accuracy,
    root: u64,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1).peekable();
    if arguments.peek().is_some_and(|word| word == "--summary") {
        let file = arguments.nth(1).ok_or("--summary needs a file")?;
        return summarise(&std::fs::read_to_string(file)?);
    }
    let question = read(arguments)?;
    println!(
        "scale,n,p,draw,accuracy,mu_inf,mu_end,mu_avg,mu_low,mu_upp,diagonal,foretold,least_active,same_example,verdict,loss,evaluations"
    );
    for (n, draws) in &question.cells {
        for draw in 0..*draws {
            println!("{}", follow(&question, *n, draw)?);
        }
    }
    Ok(())
}

fn read(mut arguments: impl Iterator<Item = String>) -> Result<Question, Box<dyn std::error::Error>> {
    let mut question = Question {
        cells: Vec::new(),
        width: None,
        scale: 0.01,
        accuracy: Accuracy::Standard,
        root: 2026,
    };
    while let Some(word) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{word} needs a value"));
        match word.as_str() {
            "--p" => question.width = Some(value()?.parse()?),
            "--scale" => question.scale = value()?.parse()?,
            "--seed" => question.root = value()?.parse()?,
            "--careful" => question.accuracy = Accuracy::Careful,
            cell => {
                let (n, draws) = cell
                    .split_once(':')
                    .ok_or(format!("expected N:DRAWS, found {cell}"))?;
                question.cells.push((n.parse()?, draws.parse()?));
            }
        }
    }
    Ok(question)
}

/// One draw, as a line.
fn follow(question: &Question, n: usize, draw: u64) -> Result<String, reluflow::Error> {
    let p = question.width.unwrap_or_else(|| lemma_5::width(n, 0.05));
    let seed = TrialSeed {
        root: question.root,
        n: n as u64,
        d: n as u64,
        p: p as u64,
        draw,
    };
    let law = DataLaw::Orthogonal(Orthogonal::default());
    let start = InitialisationLaw::Asymmetric(Asymmetric {
        hidden_scale: question.scale,
        covered: true,
        ..Asymmetric::default()
    });
    let data = law.sample(n, n, &mut seed.generator(Purpose::Data))?;
    let network = start.sample(p, &data, &mut seed.generator(Purpose::Initialisation))?;
    let flow = Flow {
        accuracy: question.accuracy,
        ..Flow::default()
    };
    let mut problem = Problem::new(&data, &network, Method::Flow(flow));
    problem.stops = Stops {
        trap_times: Some(1e-6),
        transitions: Some(60.0),
        ..Stops::default()
    };
    let solution = problem.solve()?;
    let unit = 2.0 / n as f64;
    let limit = OrthogonalKernel::new(&data, &solution.network).map_or(f64::NAN, |kernel| kernel.smallest());
    let end = Diagonal::new(&data, &solution.network);
    let (foretold, whose) = foretell(&data, &network);
    let (smallest, largest) = data.input_norm_bounds();
    let numbers = [
        unit * limit,
        solution.end.mu_end,
        solution.end.mu_avg,
        unit * smallest * smallest * end.mass.0,
        2.0 * unit * largest * largest * end.mass.1,
        unit * end.least,
        unit * foretold,
    ];
    let numbers: Vec<String> = numbers.iter().map(|value| format!("{value:.6e}")).collect();
    Ok(format!(
        "{},{n},{p},{draw},{},{},{},{},{},{:.3e},{}",
        question.scale,
        if question.accuracy == Accuracy::Careful {
            "careful"
        } else {
            "standard"
        },
        numbers.join(","),
        end.active,
        u8::from(whose == end.example),
        solution.verdict.kind(),
        solution.end.loss,
        solution.counts.evaluations
    ))
}

/// The smallest entry of the diagonal of M.
struct Diagonal {
    /// min_i M_ii.
    least: f64,
    /// Where.
    example: usize,
    /// How many neurons are active there.
    active: usize,
    /// (min_i e_i, max_i e_i).
    mass: (f64, f64),
}

impl Diagonal {
    fn new(data: &Dataset, network: &Network) -> Self {
        let n = data.examples();
        let (mut mass, mut own, mut active) = (vec![0.0; n], vec![0.0; n], vec![0; n]);
        let norms = data.input_norms();
        let values = data.preactivations(network.hidden_weights());
        for (row, a) in values.rows().into_iter().zip(network.output_weights()) {
            for (i, u) in row.iter().enumerate().filter(|(_, u)| **u > 0.0) {
                mass[i] += a * a / network.neurons() as f64;
                own[i] += (a * a * norms[i] * norms[i] + u * u) / network.neurons() as f64;
                active[i] += 1;
            }
        }
        let (example, least) = least(&own);
        let high = mass.iter().copied().fold(0.0, f64::max);
        Self {
            least,
            example,
            active: active[example],
            mass: (mass.iter().copied().fold(f64::INFINITY, f64::min), high),
        }
    }
}

fn least(values: &[f64]) -> (usize, f64) {
    let pairs = values.iter().copied().enumerate();
    pairs.fold(
        (0, f64::INFINITY),
        |best, next| if next.1 < best.1 { next } else { best },
    )
}

/// min_i √(‖x_i‖⁴ B_i² + 4‖x_i‖² y_i²) and where, from the network at time 0.
fn foretell(data: &Dataset, network: &Network) -> (f64, usize) {
    let (n, p) = (data.examples(), network.neurons());
    let (norms, labels) = (data.input_norms(), data.labels());
    let values = data.preactivations(network.hidden_weights());
    let output = network.output_weights();
    let sees = |j: usize, i: usize| values[(j, i)] > 0.0 && output[j] * labels[i] > 0.0;
    let growth: Vec<f64> = (0..p)
        .map(|j| {
            let (mut size, mut along, mut wrong) = (0.0, 0.0, 0.0);
            for i in 0..n {
                let v = values[(j, i)].max(0.0) / norms[i];
                if sees(j, i) {
                    size += (labels[i] * norms[i]).powi(2);
                    along += v * (labels[i] * norms[i]).abs();
                } else {
                    // Wrong entries die at once, and take their square from a_j².
                    wrong += v * v;
                }
            }
            0.25 * ((output[j] * output[j] - wrong).max(0.0).sqrt()
                + along / size.sqrt().max(f64::MIN_POSITIVE))
            .powi(2)
        })
        .collect();
    let shared = |weight: &[f64]| -> Vec<f64> {
        let of = |i: usize| (0..p).filter(|j| sees(*j, i)).map(|j| weight[j]).sum::<f64>() / p as f64;
        (0..n).map(of).collect()
    };
    let together = shared(&growth);
    // φ⁴ of the neurons of each sign.
    let mut bulk = growth.clone();
    for sign in [1.0, -1.0] {
        let alike: Vec<usize> = (0..p).filter(|j| output[*j] * sign > 0.0).collect();
        let needs = |j: &usize| -> f64 {
            let seen = (0..n).filter(|i| sees(*j, *i));
            seen.map(|i| (labels[i] / norms[i] / together[i]).powi(2)).sum()
        };
        let fourth = alike.iter().map(needs).sum::<f64>() / alike.len().max(1) as f64;
        alike.iter().for_each(|j| bulk[*j] *= fourth.sqrt());
    }
    let own: Vec<f64> = shared(&bulk)
        .iter()
        .enumerate()
        .map(|(i, mass)| norms[i] * (norms[i] * mass).hypot(2.0 * labels[i]))
        .collect();
    let (example, value) = least(&own);
    (value, example)
}

/// What the summary takes of a draw: μ_∞, foretold, diagonal, μ_low, μ at the end, whether the example was foretold.
type Draw = [f64; 6];
/// Accuracy, scale and n.
type Key = (String, String, u64);

/// Prints one row of Markdown a cell; slopes are those of the mean from the cell before.
fn summarise(text: &str) -> Result<(), Box<dyn std::error::Error>> {
    let mut cells: BTreeMap<Key, (String, Vec<Draw>)> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with("scale")) {
        let fields: Vec<&str> = line.split(',').collect();
        if fields.len() != 17 {
            return Err(format!("expected 17 fields: {line}").into());
        }
        let number = |k: usize| fields[k].parse::<f64>();
        let draw = [
            number(5)?,
            number(11)?,
            number(10)?,
            number(8)?,
            number(6)?,
            number(13)?,
        ];
        let key = (fields[4].to_owned(), fields[0].to_owned(), fields[1].parse()?);
        let cell = cells.entry(key).or_insert((fields[2].to_owned(), Vec::new()));
        cell.1.push(draw);
    }
    println!(
        "| accuracy | scale | n | p | draws | √n μ_∞, mean | slope | foretold/μ_∞ | spread | diagonal/μ_∞ | same example | μ_low/μ_∞ | μ_end/μ_∞ |"
    );
    println!("|{}", " --- |".repeat(13));
    let mut before: Option<(&Key, &Vec<Draw>)> = None;
    for (key, (p, draws)) in &cells {
        let n = key.2 as f64;
        let level = interval(&[draws], |cells| n.sqrt() * mean(cells[0], |draw| draw[0]));
        let slope = before
            .filter(|(last, draws)| last.0 == key.0 && last.1 == key.1 && draws.len() > 1)
            .map(|(last, old)| {
                let gap = (n / last.2 as f64).ln();
                interval(&[old, draws], |cells| {
                    (mean(cells[1], |draw| draw[0]) / mean(cells[0], |draw| draw[0])).ln() / gap
                })
            });
        let ratio = |k: usize| {
            interval(&[draws], move |cells| {
                mean(cells[0], |draw| (draw[k] / draw[0]).ln()).exp()
            })
        };
        let centre = mean(draws, |draw| (draw[1] / draw[0]).ln());
        let spread = mean(draws, |draw| ((draw[1] / draw[0]).ln() - centre).powi(2)).sqrt();
        println!(
            "| {} | {} | {} | {p} | {} | {level} | {} | {} | {:.0} % | {} | {:.2} | {} | {} |",
            key.0,
            key.1,
            key.2,
            draws.len(),
            slope.unwrap_or_default(),
            ratio(1),
            100.0 * spread,
            ratio(2),
            mean(draws, |draw| draw[5]),
            ratio(3),
            ratio(4)
        );
        before = Some((key, draws));
    }
    Ok(())
}

fn mean(draws: &[Draw], of: impl Fn(&Draw) -> f64) -> f64 {
    draws.iter().map(of).sum::<f64>() / draws.len() as f64
}

/// An estimate with the percentiles of 2000 resamples, which are none of a single draw.
fn interval(cells: &[&Vec<Draw>], estimate: impl Fn(&[&[Draw]]) -> f64) -> String {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let plain: Vec<&[Draw]> = cells.iter().map(|cell| cell.as_slice()).collect();
    let value = estimate(&plain);
    if cells.iter().any(|cell| cell.len() < 2) {
        return format!("{value:.3}");
    }
    let mut resampled: Vec<f64> = (0..2000)
        .map(|_| {
            let drawn: Vec<Vec<Draw>> = cells
                .iter()
                .map(|cell| {
                    cell.iter()
                        .map(|_| cell[random.random_range(0..cell.len())])
                        .collect()
                })
                .collect();
            let drawn: Vec<&[Draw]> = drawn.iter().map(Vec::as_slice).collect();
            estimate(&drawn)
        })
        .collect();
    resampled.sort_by(f64::total_cmp);
    format!("{value:.3} [{:.3}, {:.3}]", resampled[50], resampled[1949])
}
