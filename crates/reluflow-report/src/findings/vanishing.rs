//! Asks how large a network the flow learns from a vanishing start on orthonormal inputs, and how slowly it tends to that limit.

use reluflow::Method;
use reluflow_lab::Trial;
use reluflow_plot::{Axis, Chart, Dash, Ink, Layer, Marker, PAGE, Panel};
use reluflow_statistics::Estimate;
use reluflow_statistics::slope::bootstrap_mean;

use super::table::{entries, words};
use super::{Part, Results, Table, Written};
use crate::Named;
use crate::intervals::LEVEL;

const TEXT: &str = include_str!("../../../../experiments/findings/vanishing.toml");
/// Resamples behind an interval of a mean.
const RESAMPLES: usize = 2000;

/// Labels for the approach: sizes that differ. With labels ±1 the speeds ‖D_j‖ are roots of whole numbers, and neurons that compete for an
/// example start together in a good share of the draws; then the limit depends on more than its rule.
const SIZES: (&str, &str) = ("data.labels", "{ sizes = { uniform = [0.5, 1.5] } }");

/// The studies: the limit at growing n; the exact flow from ever smaller starts at n = 64, and the limit on the same draws.
pub(super) const PARTS: &[Part] = &[
    Part {
        name: "vanishing",
        text: TEXT,
        settings: &[],
        quick: Some(&[
            ("sweep.d", "[64, 256, 1024, 4096, 16384]"),
            ("sweep.n", "[64, 256, 1024, 4096, 16384]"),
            ("sweep.draws", "20"),
        ]),
        search: None,
    },
    Part {
        name: "vanishing-flow",
        text: TEXT,
        settings: &[
            ("sweep.d", "64"),
            ("sweep.n", "64"),
            ("sweep.zip", "[]"),
            ("sweep.draws", "20"),
            (
                "sweep.\"init.scale\"",
                "[1e-2, 1e-5, 1e-10, 1e-20, 1e-40, 1e-80, 1e-140]",
            ),
            SIZES,
            ("flow", "{ method = \"exact\" }"),
            // To the end: at the trap the last neuron is still growing.
            ("stop", "{ loss = 1e-20, time = 1e7 }"),
        ],
        quick: Some(&[
            ("sweep.draws", "4"),
            ("sweep.\"init.scale\"", "[1e-2, 1e-10, 1e-40, 1e-140]"),
        ]),
        search: None,
    },
    Part {
        name: LIMIT,
        text: TEXT,
        settings: &[
            ("sweep.d", "64"),
            ("sweep.n", "64"),
            ("sweep.zip", "[]"),
            ("sweep.draws", "20"),
            SIZES,
        ],
        quick: Some(&[("sweep.draws", "4")]),
        search: None,
    },
];

/// The limit on the draws of the exact flow.
const LIMIT: &str = "vanishing-flow-limit";

/// 4 + 2√2, derived for independent signs, first n → ∞ after λ → 0, p of order log n.
fn predicted() -> f64 {
    4.0 + 2.0 * std::f64::consts::SQRT_2
}

/// (1/p) Σ (‖w‖² + a²) of the least-norm interpolator over √n, half the labels of each sign: one neuron a sign, 2√(n/2) each.
fn least_norm() -> f64 {
    2.0 * std::f64::consts::SQRT_2
}

/// One cell: what its draws that lost no example ended with.
struct Cell {
    /// Whether it is the limit on the exact flow's draws.
    on_flow_draws: bool,
    n: u64,
    p: u64,
    /// The size of the start; none in the limit.
    scale: Option<f64>,
    lost: usize,
    /// (draw, (1/p) Σ (‖w‖² + a²)/√n).
    norms: Vec<(u64, f64)>,
    /// Jumps a draw; the time of the last in units of n log(1/λ).
    jumps: Vec<f64>,
    last: Vec<f64>,
}

fn collect(results: &[Results]) -> Vec<Cell> {
    let mut cells = Vec::new();
    for result in results {
        let scale = result.axis("init.scale");
        for filled in result.cells() {
            let (n, p) = (filled.cell.n, filled.cell.p);
            let limit = matches!(filled.cell.spec.method, Method::Jump(_));
            let whole: Vec<&Trial> = filled
                .trials
                .iter()
                .copied()
                .filter(|trial| trial.converged)
                .collect();
            let norm = |trial: &&Trial| {
                let norm = trial.get("squared_norm")?;
                Some((trial.draw, norm / p as f64 / (n as f64).sqrt()))
            };
            cells.push(Cell {
                on_flow_draws: result.study.name == LIMIT,
                n,
                p,
                scale: match (limit, scale.map(|axis| &filled.cell.axes[axis])) {
                    (false, Some(reluflow_lab::experiment::AxisValue::Number(value))) => Some(*value),
                    _ => None,
                },
                lost: filled.trials.len() - whole.len(),
                norms: whole.iter().filter_map(norm).collect(),
                jumps: whole.iter().map(|trial| trial.number("steps")).collect(),
                last: whole.iter().map(|trial| trial.number("time")).collect(),
            });
        }
    }
    cells
}

fn estimate(values: &[f64]) -> Estimate {
    bootstrap_mean(values, LEVEL, RESAMPLES, 0)
}

/// Tables, figures and sentences from what the studies gave.
pub(super) fn write_up(results: &[Results]) -> Written {
    let cells = collect(results);
    let mut written = Written::default();
    let mut table = Table::new(
        "vanishing",
        "n p draws lost norm norm_low norm_high ratio ratio_low ratio_high jumps jumps_low jumps_high last last_low last_high",
    );
    let limits: Vec<&Cell> = cells
        .iter()
        .filter(|cell| cell.scale.is_none() && !cell.on_flow_draws && cell.norms.len() > 1)
        .collect();
    for cell in &limits {
        let values: Vec<f64> = cell.norms.iter().map(|(_, norm)| *norm).collect();
        let ratios: Vec<f64> = values.iter().map(|norm| norm / least_norm()).collect();
        let mut row = vec![
            cell.n.to_string(),
            cell.p.to_string(),
            (cell.norms.len() + cell.lost).to_string(),
            cell.lost.to_string(),
        ];
        for values in [&values, &ratios, &cell.jumps, &cell.last] {
            row.extend(entries(&estimate(values)));
        }
        table.rows.push(row);
        written.sentences.push(format!(
            "n = {}: ‖θ‖²/√n = {}, {} times the least norm; {} jumps, the last at s = {}",
            cell.n,
            words(&estimate(&values)),
            words(&estimate(&ratios)),
            words(&estimate(&cell.jumps)),
            words(&estimate(&cell.last)),
        ));
    }
    written.tables.push(table);
    if !limits.is_empty() {
        written.sentences.push(format!(
            "predicted for n → ∞: ‖θ‖²/√n → 4 + 2√2 = {:.3}, the ratio → 1 + √2 = {:.3}",
            predicted(),
            predicted() / least_norm()
        ));
    }
    approach(&cells, &mut written);
    written.figures.extend(figure(&cells));
    written
}

/// The exact flow's norm over that of the limit on the same draw.
fn paired(cells: &[Cell], cell: &Cell) -> Vec<f64> {
    let limit = cells.iter().find(|other| other.on_flow_draws);
    let pair = |(draw, norm): &(u64, f64)| {
        let (_, there) = limit?.norms.iter().find(|(other, _)| other == draw)?;
        Some(norm / there)
    };
    cell.norms.iter().filter_map(pair).collect()
}

/// How the exact flow tends to the limit.
fn approach(cells: &[Cell], written: &mut Written) {
    let mut table = Table::new("vanishing-flow", "n p lambda draws ratio ratio_low ratio_high");
    for cell in cells.iter().filter(|cell| cell.scale.is_some()) {
        let (ratios, scale) = (paired(cells, cell), cell.scale.unwrap_or(f64::NAN));
        if ratios.len() < 2 {
            continue;
        }
        let found = estimate(&ratios);
        let mut row = vec![
            cell.n.to_string(),
            cell.p.to_string(),
            format!("{scale:e}"),
            ratios.len().to_string(),
        ];
        row.extend(entries(&found));
        table.rows.push(row);
        written.sentences.push(format!(
            "n = {}, λ = {scale:e}: the exact flow's ‖θ‖² is {:.4} [{:.4}, {:.4}] of the limit's on the same draws",
            cell.n, found.value, found.low, found.high
        ));
    }
    written.tables.push(table);
}

/// The norm over √n against n with its predicted limit, and the approach of the flow against 1/log(1/λ).
fn figure(cells: &[Cell]) -> Option<Named> {
    let mut left = Panel {
        title: "the limit λ → 0".to_owned(),
        x: Axis::log("*n*"),
        y: Axis::linear("‖*θ*‖^{2}/√*n*"),
        ..Panel::default()
    };
    let points: Vec<(f64, Estimate)> = cells
        .iter()
        .filter(|cell| cell.scale.is_none() && !cell.on_flow_draws && cell.norms.len() > 1)
        .map(|cell| {
            let values: Vec<f64> = cell.norms.iter().map(|(_, norm)| *norm).collect();
            (cell.n as f64, estimate(&values))
        })
        .collect();
    let (first, last) = (points.first()?.0, points.last()?.0);
    for (value, name, dash, k) in [
        (predicted(), "4 + 2√2", Dash::Dashed, 1),
        (least_norm(), "least norm, 2√2", Dash::Dotted, 2),
    ] {
        left.layers.push(Layer::Line {
            points: vec![(first, value), (last, value)],
            ink: Ink::Series(k),
            dash,
        });
        left.entry(name, Ink::Series(k), None, Some(dash));
    }
    left.layers.push(Layer::Points {
        points,
        ink: Ink::Series(0),
        marker: Marker::nth(0),
        dodge: 0.0,
    });
    left.entry("jump process", Ink::Series(0), Some(Marker::nth(0)), None);
    let mut right = Panel {
        title: "the exact flow, *n* = 64".to_owned(),
        x: Axis::linear("1/log(1/*λ*)"),
        y: Axis::linear("‖*θ*‖^{2} over the limit's"),
        ..Panel::default()
    };
    let flows: Vec<(f64, Estimate)> = cells
        .iter()
        .filter_map(|cell| Some((cell.scale?, paired(cells, cell))))
        .filter(|(_, ratios)| ratios.len() > 1)
        .map(|(scale, ratios)| (1.0 / (1.0 / scale).ln(), estimate(&ratios)))
        .collect();
    right.layers.push(Layer::Points {
        points: flows,
        ink: Ink::Series(0),
        marker: Marker::nth(0),
        dodge: 0.0,
    });
    Some(Named {
        name: "vanishing".to_owned(),
        chart: Chart {
            description: "Squared norm of the weights over √n from a vanishing start against n, and how the exact flow tends to it".to_owned(),
            panels: vec![left, right],
            columns: 2,
            width: PAGE,
            panel_height: 150.0,
            ..Chart::default()
        },
        caption: "Means over draws with 95 % bootstrap intervals."
            .to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::{Finding, Study};

    /// Trials of every quick study: draw k at n has ‖θ‖²/(p √n) = 6 + k/10, the flow 1 + 1/log(1/λ) times that; draw 0 of the
    /// limit lost an example.
    fn made_up() -> Vec<Results> {
        let results = |study: Study| {
            let mut trials = Vec::new();
            for (index, cell) in study.experiment.cells.iter().enumerate() {
                let scale = match cell.axes.first() {
                    Some(reluflow_lab::experiment::AxisValue::Number(value)) => Some(*value),
                    _ => None,
                };
                for draw in 0..study.experiment.draws {
                    let norm = (6.0 + draw as f64 / 10.0) * (cell.n as f64).sqrt() * cell.p as f64;
                    let factor = scale.map_or(1.0, |scale| 1.0 + 1.0 / (1.0 / scale).ln());
                    let trial = Trial {
                        cell: index,
                        draw,
                        converged: draw > 0 || scale.is_some(),
                        ..Trial::default()
                    };
                    let trial = trial.with("steps", 5.0).with("time", 0.25);
                    trials.push(trial.with("squared_norm", norm * factor));
                }
            }
            Results {
                study,
                trials,
                thresholds: Vec::new(),
            }
        };
        let studies = Finding::Vanishing.plan(true, &[]).unwrap();
        studies.into_iter().map(results).collect()
    }

    #[test]
    fn norms_are_averaged_over_draws_that_lose_nothing() {
        let written = write_up(&made_up());
        let [limit, flow] = &written.tables[..] else {
            panic!("{:?}", written.tables)
        };
        assert_eq!((limit.rows.len(), flow.rows.len()), (5, 4));
        // The limit on the flow's draws is in neither.
        assert_eq!(limit.rows[0][2], "20");
        assert!(limit.rows.iter().all(|row| row.len() == limit.header.len()));
        // Draws 1 … 19: a mean of 6 + 1.
        assert_eq!((&limit.rows[0][3][..], &limit.rows[0][4][..]), ("1", "7.000"));
        // 1 + 1/log(1e2), on the draws that both have.
        let ratio: f64 = flow.rows[0][4].parse().unwrap();
        assert!((ratio - (1.0 + 1.0 / 100.0_f64.ln())).abs() < 1e-3, "{ratio}");
        assert_eq!(written.figures.len(), 1);
    }

    #[test]
    fn nothing_gives_empty_tables() {
        assert!(write_up(&[]).figures.is_empty());
    }
}
