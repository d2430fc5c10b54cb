//! Computes the numbers that the page states: thresholds, laws, slopes, and the headlines.

use reluflow::theory::{theorem_2, transition_time};
use reluflow_lab::Result;
use reluflow_lab::experiment::Axis;
use reluflow_lab::{Experiment, Trial};
use reluflow_statistics::{Estimate, Law, Threshold, ThresholdCurve};

use super::{Finished, PAPER_BUDGET, PaperFigure, Role};
use crate::figures::CurvatureSeries;
use crate::intervals::LEVEL;
use crate::series::{curvature_series, laws, threshold_curves_by};
use crate::sweep::{Filled, filled};

/// The slopes published for μ(t_∞), ⟨μ_∞⟩, μ_low, μ_upp.
pub(super) const PUBLISHED_SLOPES: [Option<f64>; 4] = [Some(-0.81), Some(-0.73), Some(-0.73), Some(-0.50)];
/// Published thresholds N(d, p), as (d, p, N).
pub(super) const PUBLISHED_THRESHOLDS: [(u64, u64, f64); 2] = [(20, 30, 80.0), (30, 400, 387.0)];
/// The published threshold of Figure 2.
pub(super) const PUBLISHED_FIG2: f64 = 1650.0;
/// Where descent and flow are compared budget by budget, and the budgets in units of the paper's.
pub(super) const COMPARED: (u64, u64) = (20, 30);
pub(super) const BUDGETS: [f64; 5] = [0.5, 1.0, 2.0, 5.0, 10.0];

/// A statement of the summary.
#[derive(Debug, Clone, PartialEq)]
pub struct Headline {
    /// Its figure.
    pub figure: PaperFigure,
    /// The sentence, with its numbers and intervals.
    pub text: String,
}

/// Threshold curves of one figure.
#[derive(Debug, Clone, Default)]
pub(super) struct Thresholds {
    /// Gradient descent.
    pub(super) descent: Vec<ThresholdCurve>,
    /// The flow within the paper's time.
    pub(super) budget: Vec<ThresholdCurve>,
    /// The flow until its verdict.
    pub(super) flow: Vec<ThresholdCurve>,
}

/// Everything computed from the runs.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// Relative width of the transition at n = 10⁶, 10¹², 10¹⁸.
    pub(super) widths: Vec<(f64, f64)>,
    pub(super) fig2: Thresholds,
    pub(super) fig3: Thresholds,
    pub(super) fig4: Thresholds,
    pub(super) curvatures: Vec<CurvatureSeries>,
    /// (budget in the paper's, N of the flow) at [`COMPARED`].
    pub(super) budgets: Vec<(f64, Threshold)>,
    asked: Vec<PaperFigure>,
}

impl Findings {
    pub(super) fn new(figures: &[PaperFigure], finished: &[Finished]) -> Result<Self> {
        let mut findings = Self {
            asked: figures.to_vec(),
            ..Self::default()
        };
        if figures.contains(&PaperFigure::Fig1) {
            for n in [1e6, 1e12, 1e18] {
                let failed = |source| reluflow_lab::Error::Trial {
                    cell: format!("n = {n:e}"),
                    draw: 0,
                    source,
                };
                let groups = theorem_2::figure_1(n).map_err(failed)?;
                let window = theorem_2::window(&groups[0], 0.1).map_err(failed)?;
                findings.widths.push((n, window.relative_width));
            }
        }
        for one in finished {
            let cells = filled(&one.study.experiment, &one.trials);
            match one.study.figure {
                PaperFigure::Fig1 => {}
                PaperFigure::Fig2 => findings.fig2.take(one, &cells, Axis::Dimension),
                PaperFigure::Fig3 => findings.fig3.take(one, &cells, Axis::Dimension),
                PaperFigure::Fig4 => findings.fig4.take(one, &cells, Axis::Neurons),
                PaperFigure::Fig5 => findings.curvatures = curvature_series(&cells, &PUBLISHED_SLOPES),
            }
            if one.study.figure == PaperFigure::Fig3 && one.study.role == Role::Flow {
                findings.budgets = budgets(&one.study.experiment, &one.trials);
            }
        }
        Ok(findings)
    }

    /// One sentence a figure.
    pub(super) fn headlines(&self) -> Vec<Headline> {
        let sentence = |figure: &PaperFigure| {
            match figure {
            PaperFigure::Fig1 => self.widths.last().map(|(n, width)| {
                let first = self.widths.first().map_or(f64::NAN, |first| first.1);
                format!(
                    "the first group's loss falls from 90 % to 10 % within {:.0} % of its transition time at n = {n:.0e}, \
                     {:.0} % at n = 1e6 (closed form)",
                    100.0 * width,
                    100.0 * first
                )
            }),
            PaperFigure::Fig2 => {
                let d = self.fig2.descent.first()?.at as u64;
                Some(format!(
                    "d = {d}: {} (published: about {PUBLISHED_FIG2:.0})",
                    comparison(&self.fig2, d as f64)?
                ))
            }
            PaperFigure::Fig3 => {
                let (d, p) = COMPARED;
                let compared = comparison(&self.fig3, d as f64)?;
                Some(format!("(d, p) = ({d}, {p}): {compared}{}", law(&self.fig3.descent, "d")))
            }
            PaperFigure::Fig4 => {
                let p = self.fig4.descent.last()?.at;
                let compared = comparison(&self.fig4, p)?;
                Some(format!("(d, p) = (30, {p:.0}): {compared}{}", law(&self.fig4.descent, "p")))
            }
            PaperFigure::Fig5 => {
                let slopes = self.curvatures.iter().zip(["μ(t_∞)", "⟨μ_∞⟩", "μ_low", "μ_upp"]).map(|(one, name)| {
                    let Estimate { value, low, high } = one.slope.slope;
                    let published = one.published.unwrap_or(f64::NAN);
                    format!("{name} {value:.2} [{low:.2}, {high:.2}] (published {published:.2})")
                });
                let slopes: Vec<String> = slopes.collect();
                (!slopes.is_empty()).then(|| format!("log–log slopes: {}", slopes.join(", ")))
            }
        }
        };
        self.asked
            .iter()
            .filter_map(|figure| {
                Some(Headline {
                    figure: *figure,
                    text: sentence(figure)?.replace(" -", " −").replace("[-", "[−"),
                })
            })
            .collect()
    }
}

impl Thresholds {
    fn take(&mut self, one: &Finished, cells: &[Filled<'_>], axis: Axis) {
        match one.study.role {
            Role::Descent => self.descent = threshold_curves_by(cells, axis, |trial| trial.converged),
            Role::Flow => {
                self.flow = threshold_curves_by(cells, axis, |trial| trial.converged);
                let experiment = &one.study.experiment;
                self.budget = threshold_curves_by(cells, axis, |trial| within(experiment, trial, 1.0));
            }
        }
    }
}

/// Whether a trial reached the trap within a multiple of the paper's time.
pub(super) fn within(experiment: &Experiment, trial: &Trial, budget: f64) -> bool {
    let cell = &experiment.cells[trial.cell];
    let time = PAPER_BUDGET * transition_time(cell.n as usize, cell.p as usize);
    trial
        .get("trap_time")
        .is_some_and(|reached| reached <= budget * time)
}

/// N of the flow at [`COMPARED`] for each budget.
fn budgets(experiment: &Experiment, trials: &[Trial]) -> Vec<(f64, Threshold)> {
    let mut cells = filled(experiment, trials);
    cells.retain(|cell| (cell.cell.d, cell.cell.p) == COMPARED);
    BUDGETS
        .iter()
        .filter_map(|budget| {
            let curves = threshold_curves_by(&cells, Axis::Dimension, |trial| {
                within(experiment, trial, *budget)
            });
            Some((*budget, Threshold::fit(&curves.first()?.cells, LEVEL)))
        })
        .collect()
}

/// The threshold of a curve at a size, in words.
pub(super) fn threshold_at(curves: &[ThresholdCurve], at: f64) -> Option<String> {
    let curve = curves.iter().find(|curve| curve.at == at)?;
    Some(words(&Threshold::fit(&curve.cells, LEVEL).estimate))
}

/// `N = 80 [70, 91]`, `N > 240`.
pub(super) fn words(estimate: &Estimate) -> String {
    crate::figures::threshold_text(estimate).replace('*', "")
}

fn comparison(thresholds: &Thresholds, at: f64) -> Option<String> {
    let descent = threshold_at(&thresholds.descent, at)?;
    let mut text = format!("gradient descent {descent}");
    if let (Some(budget), Some(flow)) = (
        threshold_at(&thresholds.budget, at),
        threshold_at(&thresholds.flow, at),
    ) {
        text += &format!("; the flow {budget} within the same time, {flow} until its verdict");
    }
    Some(text)
}

/// The likeliest law of gradient descent's thresholds, as the end of a sentence; whether it fits is said.
fn law(curves: &[ThresholdCurve], symbol: &str) -> String {
    let fits = laws(curves);
    let Some(fit) = fits.first() else {
        return String::new();
    };
    let Estimate { value, low, high } = fit.exponent;
    let grows = match fit.law {
        Law::Power => format!("N of gradient descent grows like {symbol}^{value:.2} [{low:.2}, {high:.2}]"),
        _ => format!(
            "the likeliest law of gradient descent is {}, elasticity {value:.2} [{low:.2}, {high:.2}]",
            fit.formula(symbol)
        ),
    };
    if fit.fits() {
        format!("; {grows}")
    } else {
        let (deviance, degrees) = (fit.deviance, fit.degrees);
        format!("; {grows}, though no law fits (deviance {deviance:.1} on {degrees})")
    }
}
