//! Plans the paper's five figures as experiments, quick or in full, and writes them up from their runs.
//!
//! | figure | runs | shows |
//! | --- | --- | --- |
//! | 1 | none: closed form | transitions of Theorem 2 as n grows |
//! | 2 | `fig2-descent`, `fig2-flow` | probability and remaining loss against n |
//! | 3 | `fig3-descent`, `fig3-flow` | thresholds N(d, 30) against d |
//! | 4 | `fig4-descent`, `fig4-flow` | thresholds N(30, p) against p |
//! | 5 | `fig5-descent` | four curvatures against n |
//!
//! Runs are folders of their own, so that they resume; the flow meets the same draws as gradient descent wherever
//! they share (d, n, p).

mod draw;
mod findings;
mod page;

use std::path::{Path, PathBuf};

use reluflow::audit::{self, Audit, Plan};
use reluflow_lab::Result;
use reluflow_lab::{Experiment, Override, RunFolder, Trial};

use crate::{save, write};

pub use draw::figure_1;
pub use findings::Headline;

/// A figure of the paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PaperFigure {
    /// Transitions.
    Fig1,
    /// Probability against n.
    Fig2,
    /// Thresholds against d.
    Fig3,
    /// Thresholds against p.
    Fig4,
    /// Curvatures against n.
    Fig5,
}

impl PaperFigure {
    /// All five.
    pub const ALL: [Self; 5] = [Self::Fig1, Self::Fig2, Self::Fig3, Self::Fig4, Self::Fig5];

    /// `fig1` … `fig5`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fig1 => "fig1",
            Self::Fig2 => "fig2",
            Self::Fig3 => "fig3",
            Self::Fig4 => "fig4",
            Self::Fig5 => "fig5",
        }
    }

    /// The figure of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|figure| figure.name() == name)
    }
}

/// How much is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// Fewer cells and draws: minutes.
    Quick,
    /// The paper's protocol: 17 to 60 minutes of processor time.
    Full,
}

/// Whether the draws descend or flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Gradient descent, the paper's protocol.
    Descent,
    /// The flow until its verdict.
    Flow,
}

/// One run of the plan.
#[derive(Debug, Clone)]
pub struct Study {
    /// The figure it is for.
    pub figure: PaperFigure,
    /// Descent or flow.
    pub role: Role,
    /// The name of its folder.
    pub name: String,
    /// What it runs.
    pub experiment: Experiment,
}

/// The experiment files of the paper's protocol.
const FIG2: &str = include_str!("../../../../experiments/fig2-published.toml");
const FIG3: &str = include_str!("../../../../experiments/fig3.toml");
const FIG4: &str = include_str!("../../../../experiments/fig4.toml");
const FIG5: &str = include_str!("../../../../experiments/fig5.toml");

/// The paper's time budget and the flow's, in transition times.
pub(crate) const PAPER_BUDGET: f64 = 1.5;
const FLOW_BUDGET: f64 = 15.0;

/// Settings over the experiment files: (key, value in TOML).
type Settings = &'static [(&'static str, &'static str)];

/// The flow instead of gradient descent, until it interpolates, rests, or has had ten times the paper's time.
const FLOW: Settings = &[
    ("flow", "{ method = \"flow\", precision = \"f32\" }"),
    ("stop", "{ trap = true, transitions = 15.0 }"),
];

/// What each preset sets over the file of a figure.
fn settings(figure: PaperFigure, role: Role, preset: Preset) -> Settings {
    use PaperFigure::{Fig1, Fig2, Fig3, Fig4, Fig5};
    match (figure, role, preset) {
        (Fig2, Role::Descent, Preset::Quick) => &[
            ("sweep.n", "{ from = 1500, to = 1800, step = 50 }"),
            ("sweep.draws", "12"),
        ],
        (Fig2, Role::Flow, Preset::Quick) => &[
            ("sweep.n", "[1600, 1700, 1800, 2000, 2400, 3000]"),
            ("sweep.draws", "6"),
        ],
        (Fig2, Role::Flow, Preset::Full) => &[
            ("sweep.n", "{ from = 1400, to = 3400, step = 200 }"),
            ("sweep.draws", "12"),
        ],
        (Fig3, Role::Descent, Preset::Quick) => &[
            ("sweep.d", "[10, 20, 30, 50, 70]"),
            ("sweep.n", "{ per_d = { from = 2, to = 16, step = 1 } }"),
            ("sweep.draws", "8"),
        ],
        (Fig3, Role::Flow, Preset::Quick) => &[
            ("sweep.d", "[10, 20, 30, 50]"),
            ("sweep.n", "{ per_d = [4, 6, 8, 10, 12, 16, 20, 24, 28, 32] }"),
            ("sweep.draws", "8"),
        ],
        (Fig3, Role::Flow, Preset::Full) => &[
            ("sweep.n", "{ per_d = { from = 2, to = 30, step = 2 } }"),
            ("sweep.draws", "20"),
        ],
        (Fig4, Role::Descent, Preset::Quick) => &[
            ("sweep.p", "[50, 100, 200, 400]"),
            (
                "sweep.n",
                "{ values = { from = 100, to = 450, step = 20 }, at_least = { per_p = 0.6, plus = 70 }, at_most = { per_p = 0.3, plus = 330 } }",
            ),
            ("sweep.draws", "8"),
        ],
        (Fig4, Role::Flow, Preset::Quick) => &[
            ("sweep.p", "[50, 100, 200, 400]"),
            (
                "sweep.n",
                "{ per_pd = [0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0], at_most = { plus = 1800 } }",
            ),
            ("sweep.draws", "4"),
        ],
        (Fig4, Role::Flow, Preset::Full) => &[
            ("sweep.p", "[50, 100, 200, 400]"),
            (
                "sweep.n",
                "{ per_pd = { from = 0.1, to = 1.0, step = 0.1 }, at_most = { plus = 3000 } }",
            ),
            ("sweep.draws", "8"),
        ],
        (Fig5, Role::Descent, Preset::Quick) => &[("sweep.draws", "20")],
        (Fig1 | Fig5, _, _) | (_, Role::Descent, Preset::Full) => &[],
    }
}

/// The runs that the figures need, in order.
///
/// # Errors
/// None for the experiments that come with this crate; the type is that of reading them.
pub fn plan(figures: &[PaperFigure], preset: Preset) -> Result<Vec<Study>> {
    let mut studies = Vec::new();
    for figure in figures {
        let (text, roles): (&str, &[Role]) = match figure {
            PaperFigure::Fig1 => continue,
            PaperFigure::Fig2 => (FIG2, &[Role::Descent, Role::Flow]),
            PaperFigure::Fig3 => (FIG3, &[Role::Descent, Role::Flow]),
            PaperFigure::Fig4 => (FIG4, &[Role::Descent, Role::Flow]),
            PaperFigure::Fig5 => (FIG5, &[Role::Descent]),
        };
        for role in roles {
            let flow: Settings = if *role == Role::Flow { FLOW } else { &[] };
            let overrides: Vec<Override> = settings(*figure, *role, preset)
                .iter()
                .chain(flow)
                .map(Override::new)
                .collect();
            let word = if *role == Role::Flow { "flow" } else { "descent" };
            let name = format!("{}-{word}", figure.name());
            let source = format!("the experiment of {}", figure.name());
            studies.push(Study {
                figure: *figure,
                role: *role,
                experiment: Experiment::from_text(&source, &name, text, &overrides, Path::new(""))?,
                name,
            });
        }
    }
    Ok(studies)
}

/// A run of the plan with what it has so far.
#[derive(Debug)]
pub(crate) struct Finished {
    study: Study,
    trials: Vec<Trial>,
}

/// What [`write_up`] leaves: the page and what to say at the end.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The page.
    pub report: PathBuf,
    /// The headline numbers, one a figure.
    pub headlines: Vec<Headline>,
}

/// Reads the studies' runs in `folder`, draws their figures into `folder/figures` and writes `folder/report.html`.
/// Studies without a trial leave their part out and say so.
///
/// # Errors
/// When a run cannot be read or a file cannot be written.
pub fn write_up(
    folder: &Path,
    figures: &[PaperFigure],
    preset: Preset,
    studies: &[Study],
) -> Result<Outcome> {
    let mut finished = Vec::new();
    for study in studies {
        let run = RunFolder::check(&folder.join(&study.name), &study.experiment)?;
        let trials = run.read(&study.experiment)?.trials;
        // A run extended by hand has more draws than the plan: they count too.
        finished.push(Finished {
            study: study.clone(),
            trials,
        });
    }
    let findings = findings::Findings::new(figures, &finished)?;
    let drawn = draw::figures(figures, &finished, &findings)?;
    for (_, named) in &drawn {
        save(&folder.join("figures"), &named.name, &named.chart)?;
    }
    let audits = audits(preset)?;
    let page = page::page(folder, figures, preset, &finished, &findings, &drawn, &audits);
    let report = folder.join("report.html");
    write(&report, page.html().as_bytes())?;
    Ok(Outcome {
        report,
        headlines: findings.headlines(),
    })
}

/// The statements held against the flow: on orthogonal inputs and on groups; in full on weakly interacting ones too.
fn audits(preset: Preset) -> Result<Vec<(&'static str, Audit)>> {
    let mut plans = vec![
        ("orthogonal inputs", Plan::orthogonal()),
        ("groups", Plan::group()),
    ];
    if preset == Preset::Full {
        plans.insert(0, ("weakly interacting inputs", Plan::weakly_interacting()));
    }
    let run = |(name, plan): (&'static str, Plan)| {
        let failed = |source| reluflow_lab::Error::Trial {
            cell: format!("the audit of {name}"),
            draw: 0,
            source,
        };
        Ok((name, audit::laws(&plan).map_err(failed)?))
    };
    plans.into_iter().map(run).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_study_of_both_presets_is_a_sound_experiment() {
        for preset in [Preset::Quick, Preset::Full] {
            let studies = plan(&PaperFigure::ALL, preset).unwrap();
            let names: Vec<&str> = studies.iter().map(|study| study.name.as_str()).collect();
            let expected = [
                "fig2-descent",
                "fig2-flow",
                "fig3-descent",
                "fig3-flow",
                "fig4-descent",
                "fig4-flow",
                "fig5-descent",
            ];
            assert_eq!(names, expected);
            for study in &studies {
                let flows = study.experiment.settings()["flow.method"].contains("flow");
                assert_eq!(flows, study.role == Role::Flow, "{}", study.name);
            }
        }
        let full = plan(&[PaperFigure::Fig5], Preset::Full).unwrap();
        assert_eq!(full[0].experiment.draws, 500);
    }

    #[test]
    fn the_flow_meets_draws_of_gradient_descent() {
        // Same seed, and cells (d, n, p) in common, in every figure that compares them.
        let studies = plan(&PaperFigure::ALL, Preset::Quick).unwrap();
        for pair in studies.chunks(2).filter(|pair| pair.len() == 2) {
            let cells = |study: &Study| -> Vec<_> {
                study.experiment.cells.iter().map(|c| (c.d, c.n, c.p)).collect()
            };
            let (descent, flow) = (cells(&pair[0]), cells(&pair[1]));
            assert_eq!(pair[0].experiment.seed, pair[1].experiment.seed);
            assert!(flow.iter().any(|cell| descent.contains(cell)), "{}", pair[1].name);
        }
    }
}
