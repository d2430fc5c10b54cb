//! Draws the paper's five figures from their runs.

use reluflow::flow::{Flow, Interrupt};
use reluflow::theory::theorem_2;
use reluflow::{DataLaw, InitialisationLaw, Method, Problem, Setting, Stops, data, initialisation};
use reluflow_lab::experiment::Axis;
use reluflow_lab::{Error, Result};
use reluflow_plot::Chart;
use reluflow_statistics::{Cell, Estimate, Threshold, ThresholdCurve};

use super::findings::{Findings, PUBLISHED_FIG2, PUBLISHED_THRESHOLDS, Thresholds, within};
use super::{Finished, PaperFigure, Role};
use crate::Named;
use crate::choose::full_record;
use crate::figures::{
    Cited, ProbabilitySeries, ThresholdSeries, Transition, curvatures, probabilities, thresholds, trajectory,
    transitions,
};
use crate::intervals::LEVEL;
use crate::series::{laws, series, threshold_series};
use crate::sweep::{Filled, filled};

/// The figures asked for whose runs have trials, and a trajectory beside Figure 1.
pub(super) fn figures(
    asked: &[PaperFigure],
    finished: &[Finished],
    findings: &Findings,
) -> Result<Vec<(PaperFigure, Named)>> {
    let mut all = Vec::new();
    for figure in asked {
        let caption = super::page::caption(*figure);
        let chart = match figure {
            PaperFigure::Fig1 => Some(figure_1(&[1e6, 1e12, 1e18])?),
            PaperFigure::Fig2 => figure_2(finished),
            PaperFigure::Fig3 => size_figure(&findings.fig3, "d", "dimension *d*, with *p* = 30"),
            PaperFigure::Fig4 => size_figure(&findings.fig4, "p", "number of neurons *p*, with *d* = 30"),
            PaperFigure::Fig5 => (!findings.curvatures.is_empty()).then(|| curvatures(&findings.curvatures)),
        };
        let Some(chart) = chart else {
            continue;
        };
        all.push((
            *figure,
            Named {
                name: figure.name().to_owned(),
                chart,
                caption: caption.to_owned(),
            },
        ));
        if *figure == PaperFigure::Fig1 {
            all.push((*figure, along_time()?));
        }
    }
    Ok(all)
}

fn failed(source: reluflow::Error) -> Error {
    Error::Trial {
        cell: "a figure's own example".to_owned(),
        draw: 0,
        source,
    }
}

/// Figure 1 from the closed form, one curve for each number of examples, and their limit.
///
/// # Errors
/// Unless every number of examples is one that [`theorem_2::figure_1`] takes.
pub fn figure_1(sizes: &[f64]) -> Result<Chart> {
    const ROWS: usize = 2400;
    const REACH: f64 = 1.35;
    let mut curves = Vec::new();
    for &examples in sizes {
        let groups = theorem_2::figure_1(examples).map_err(failed)?;
        let rows = theorem_2::trajectory(&groups, ROWS, REACH).map_err(failed)?;
        // μ = −d log L/dt by central differences.
        let curvature = |pair: &[theorem_2::TransitionRow]| {
            let fall = (pair[0].log10_relative_loss - pair[2].log10_relative_loss) * std::f64::consts::LN_10;
            let point = &pair[1];
            (
                point.rescaled_time,
                point.relative_loss,
                examples.sqrt() * fall / (pair[2].time - pair[0].time),
            )
        };
        let points = rows.windows(3).map(curvature).filter(|point| point.2.is_finite());
        curves.push(Transition {
            examples,
            points: points.collect(),
        });
    }
    // ‖D_2‖ = 2‖D_1‖: L_2(0) is four fifths of L(0), t_2 → √n log n/8, t_1 → √n log n/4.
    let limit = [
        (0.0, 1.0),
        (0.125, 1.0),
        (0.125, 0.2),
        (0.25, 0.2),
        (0.25, 0.0),
        (0.5, 0.0),
    ];
    Ok(transitions(&curves, &limit))
}

/// One flow on orthogonal inputs against time.
fn along_time() -> Result<Named> {
    let (n, p) = (400, 30);
    let setting = Setting {
        n,
        d: n,
        p,
        data: DataLaw::Orthogonal(data::Orthogonal::default()),
        initialisation: InitialisationLaw::Asymmetric(initialisation::Asymmetric {
            covered: true,
            ..initialisation::Asymmetric::default()
        }),
    };
    let (data, network) = setting.draw(2025, 0).map_err(failed)?;
    let problem = Problem {
        stops: Stops {
            trap_times: Some(1e-8),
            transitions: Some(30.0),
            ..Stops::default()
        },
        record: full_record(),
        interrupt: Interrupt::default(),
        ..Problem::new(&data, &network, Method::Flow(Flow::default()))
    };
    let solution = problem.solve().map_err(failed)?;
    Ok(Named {
        name: "trajectory".to_owned(),
        chart: trajectory(&solution.trajectory),
        caption: format!(
            "The flow along time for n = d = {n} orthogonal inputs and p = {p} neurons, seed 2025, draw 0: {}. The \
             local-PL curvature μ stays between the bounds of Lemma 6 (shaded); the wrongly active pairs die first, and \
             the correctly active ones stay.",
            solution.verdict
        ),
    })
}

/// Figure 2: gradient descent, the flow within the same time, the flow until its verdict.
fn figure_2(finished: &[Finished]) -> Option<Chart> {
    let mut all: Vec<ProbabilitySeries> = Vec::new();
    for one in finished
        .iter()
        .filter(|one| one.study.figure == PaperFigure::Fig2 && !one.trials.is_empty())
    {
        let experiment = &one.study.experiment;
        let cells = filled(experiment, &one.trials);
        match one.study.role {
            Role::Descent => all.push(series("gradient descent, *η* = 1", Axis::Examples, &cells, true)),
            Role::Flow => {
                all.push(budgeted(&cells, |trial| within(experiment, trial, 1.0)));
                all.push(series("flow, until its verdict", Axis::Examples, &cells, true));
            }
        }
    }
    (!all.is_empty()).then(|| {
        probabilities(
            &all,
            "number of examples *n*, with *d* = 100",
            Some(PUBLISHED_FIG2),
        )
    })
}

/// The flow cut off at the paper's time: counts are known from the times at which it reached the trap, the loss at the
/// cut only where every draw had reached it.
fn budgeted(cells: &[Filled<'_>], success: impl Fn(&reluflow_lab::Trial) -> bool) -> ProbabilitySeries {
    let mut cut = series("flow, same time", Axis::Examples, cells, false);
    for point in &mut cut.cells {
        let found = cells.iter().find(|cell| cell.cell.n as f64 == point.at);
        point.converged = found.map_or(0, |cell| {
            cell.trials.iter().filter(|trial| success(trial)).count() as u64
        });
        if point.converged < point.trials {
            point.remaining = Estimate {
                value: f64::NAN,
                low: f64::NAN,
                high: f64::NAN,
            };
        }
    }
    let counts: Vec<Cell> = cut
        .cells
        .iter()
        .map(|point| Cell {
            at: point.at,
            successes: point.converged,
            trials: point.trials,
        })
        .collect();
    cut.threshold = Some(Threshold::fit(&counts, LEVEL));
    cut
}

/// Figures 3 and 4.
fn size_figure(found: &Thresholds, symbol: &str, label: &str) -> Option<Chart> {
    let one = |name: &str, curves: &[ThresholdCurve]| -> Option<ThresholdSeries> {
        (!curves.is_empty()).then(|| {
            let law = laws(curves).into_iter().next();
            threshold_series(name, curves, law)
        })
    };
    let all: Vec<ThresholdSeries> = [
        one("gradient descent, *η* = 1", &found.descent),
        one("flow, same time", &found.budget),
        one("flow, until its verdict", &found.flow),
    ]
    .into_iter()
    .flatten()
    .collect();
    let cited: Vec<Cited> = PUBLISHED_THRESHOLDS
        .iter()
        .filter_map(|(d, p, threshold)| match symbol {
            "d" if *p == 30 => Some(Cited {
                at: *d as f64,
                threshold: *threshold,
            }),
            "p" if *d == 30 => Some(Cited {
                at: *p as f64,
                threshold: *threshold,
            }),
            _ => None,
        })
        .collect();
    (!all.is_empty()).then(|| thresholds(&all, symbol, label, &cited))
}
