//! Writes the page of the paper's figures.

use std::path::Path;

use reluflow::audit::{Audit, Judgement, Relation};
use reluflow_lab::store::Found;
use reluflow_lab::summarize;
use reluflow_statistics::{Shape, ThresholdCurve};

use super::findings::{COMPARED, Findings, PUBLISHED_THRESHOLDS, Thresholds, threshold_at, words};
use super::{FLOW_BUDGET, Finished, PAPER_BUDGET, PaperFigure, Preset, Role, settings};
use crate::choose::Named;
use crate::intervals::LEVEL;
use crate::series::{self, describe};
use crate::{Page, quoted, run};

/// Two sentences a figure.
pub(super) fn caption(figure: PaperFigure) -> &'static str {
    match figure {
        PaperFigure::Fig1 => {
            "Figure 1. Two groups of orthogonal examples (Theorem 2) with ‖D₂‖ = 2‖D₁‖, from the closed form: (a) the loss \
             tends to a staircase, (b) the curvature to plateaus of order 1/√n. The transitions sharpen only like \
             1/log n, which is why n has to be astronomical to see two of them apart."
        }
        PaperFigure::Fig2 => {
            "Figure 2. (a) Share of draws that reach the trap, so that every prediction has its label's sign for good, with \
             95 % Clopper–Pearson intervals, fitted logistic curves, and thresholds N with profile-likelihood intervals \
             (shaded). (b) Mean loss left at the end, with bootstrap intervals; the flow cut at the paper's time is shown \
             only where every draw had converged."
        }
        PaperFigure::Fig3 => {
            "Figure 3. Threshold N(d, 30) at which half of the draws converge, against the dimension, with 95 % \
             profile-likelihood intervals and the likeliest of a linear, power and logarithmic law. An arrow or a bar \
             without a sign says only that N lies beyond the cells run."
        }
        PaperFigure::Fig4 => {
            "Figure 4. Threshold N(30, p) against the number of neurons, as in Figure 3. Gradient descent with learning rate 1 \
             gains little from width; the flow on the same draws does not share its threshold."
        }
        PaperFigure::Fig5 => {
            "Figure 5. Orthogonal inputs, d = 2000, hidden weights scaled by 0.01: means over draws of four measures of the \
             local-PL curvature, with 95 % bootstrap intervals and fitted power laws. Conjecture 1 says the order is \
             1/√n; slopes between −1/2 and −1 are what one sees at these n."
        }
    }
}

/// The whole page.
pub(super) fn page(
    folder: &Path,
    asked: &[PaperFigure],
    preset: Preset,
    finished: &[Finished],
    findings: &Findings,
    drawn: &[(PaperFigure, Named)],
    audits: &[(&str, Audit)],
) -> Page {
    let mut page = Page::new(
        "Convergence of shallow ReLU networks: the five figures, by gradient descent and by the flow",
    );
    page.paragraph(
        "The figures of Dana, Bach and Pillaud-Vivien, Convergence of Shallow ReLU Networks on Weakly Interacting Data \
         (NeurIPS 2025), computed anew, with intervals, and beside them what the gradient flow itself does on the same \
         data from the same initial weights.",
    );
    for one in finished {
        for notice in notices(one) {
            page.notice(&notice);
        }
    }
    page.section("In short");
    let headlines: Vec<String> = findings
        .headlines()
        .iter()
        .map(|one| format!("{}: {}.", one.figure.name(), one.text))
        .collect();
    page.list(&headlines);
    page.section("Figures");
    for (_, named) in drawn {
        page.figure(&named.chart, &named.caption);
    }
    page.paragraph("Every figure is also in the folder's `figures`, as SVG, PNG and PDF.");
    page.section("Thresholds");
    threshold_table(&mut page, findings);
    laws(&mut page, findings);
    budgets(&mut page, findings);
    slopes(&mut page, findings);
    page.section("What differs between gradient descent and the flow, and why");
    differences(&mut page);
    audit_tables(&mut page, audits);
    page.section("What was run, and how to repeat it");
    runs(&mut page, folder, asked, preset, finished);
    page
}

fn notices(one: &Finished) -> Vec<String> {
    let experiment = &one.study.experiment;
    if one.trials.is_empty() {
        return vec![format!(
            "Missing: the run {} has no trial yet; its part of the figures is left out.",
            one.study.name
        )];
    }
    let found = Found {
        trials: one.trials.clone(),
        ..Found::default()
    };
    let summaries = summarize(experiment, &found.trials);
    let notices = run::missing(experiment, &found, &summaries);
    notices
        .iter()
        .map(|notice| format!("{}: {notice}", one.study.name))
        .collect()
}

fn threshold_table(page: &mut Page, findings: &Findings) {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut add = |found: &Thresholds, sizes: &dyn Fn(f64) -> (u64, String)| {
        let mut places: Vec<f64> = found
            .descent
            .iter()
            .chain(&found.flow)
            .map(|curve| curve.at)
            .collect();
        places.sort_by(f64::total_cmp);
        places.dedup();
        for at in places {
            let (d, p) = sizes(at);
            let published = PUBLISHED_THRESHOLDS
                .iter()
                .find(|cited| cited.0 == d && cited.1.to_string() == p)
                .map_or("–".to_owned(), |cited| format!("about {:.0}", cited.2));
            let published = if p.contains('–') {
                "about 1650".to_owned()
            } else {
                published
            };
            let cell = |curves: &[ThresholdCurve]| threshold_at(curves, at).unwrap_or_else(|| "–".to_owned());
            rows.push(vec![
                d.to_string(),
                p,
                cell(&found.descent),
                cell(&found.budget),
                cell(&found.flow),
                published,
            ]);
        }
    };
    add(&findings.fig2, &|at| (at as u64, "36–39".to_owned()));
    add(&findings.fig3, &|at| (at as u64, "30".to_owned()));
    add(&findings.fig4, &|at| (30, format!("{at:.0}")));
    if rows.is_empty() {
        page.paragraph("No thresholds were asked for.");
        return;
    }
    page.paragraph(
        "N is where a logistic curve with free slope, fitted to the counts by maximum likelihood, crosses 1/2; in brackets \
         its 95 % profile-likelihood interval. N > n says that more than half converge at every n run.",
    );
    page.table(
        &[
            "d",
            "p",
            "gradient descent",
            "flow, same time",
            "flow, until its verdict",
            "published",
        ],
        &rows,
    );
    let curves = [&findings.fig2, &findings.fig3, &findings.fig4]
        .into_iter()
        .flat_map(|found| found.descent.iter().chain(&found.budget).chain(&found.flow));
    let separated = curves
        .filter(|curve| {
            let fit = reluflow_statistics::Threshold::fit(&curve.cells, LEVEL);
            matches!(fit.shape, Shape::Separated { .. })
        })
        .count();
    if separated > 0 {
        page.paragraph(&format!(
            "{separated} of these fits are perfectly separated (all converge up to some n, none from the next on): their \
             slope is infinite, N is the middle of the gap, and the interval is the gap."
        ));
    }
}

fn laws(page: &mut Page, findings: &Findings) {
    let mut rows = Vec::new();
    for (name, curves, symbol) in [
        ("gradient descent", &findings.fig3.descent, "d"),
        ("flow, same time", &findings.fig3.budget, "d"),
        ("flow, until its verdict", &findings.fig3.flow, "d"),
        ("gradient descent", &findings.fig4.descent, "p"),
        ("flow, same time", &findings.fig4.budget, "p"),
        ("flow, until its verdict", &findings.fig4.flow, "p"),
    ] {
        let fits = series::laws(curves);
        let best = fits.first().map_or(0.0, |fit| fit.log_likelihood);
        for fit in &fits {
            let e = &fit.exponent;
            rows.push(vec![
                format!("{name}, in {symbol}"),
                fit.law.name().to_owned(),
                fit.formula(symbol),
                format!("{:.2} [{:.2}, {:.2}]", e.value, e.low, e.high),
                format!("{:.1}", best - fit.log_likelihood),
                format!("{:.1} on {}", fit.deviance, fit.degrees),
            ]);
        }
        if let Some(fit) = fits.first().filter(|fit| !fit.fits()) {
            page.paragraph(&format!("{name}, in {symbol}: {}", describe(fit, symbol)));
        }
    }
    if !rows.is_empty() {
        page.section("Laws of the threshold");
        page.paragraph(
            "Each law has two parameters and is fitted to the counts themselves, every curve keeping its own slope. \
             Elasticity is d log N/d log x at the geometric mean of the sizes: for the power law, its exponent. \
             \"Behind\" is the log-likelihood lost against the likeliest law: 2 is much, 5 decides. A curve is left out unless \
         three of its thresholds are bounded on both sides.",
        );
        page.table(
            &[
                "curve",
                "law",
                "formula",
                "elasticity, 95 %",
                "behind",
                "deviance",
            ],
            &rows,
        );
    }
}

fn budgets(page: &mut Page, findings: &Findings) {
    if findings.budgets.is_empty() {
        return;
    }
    let (d, p) = COMPARED;
    page.section("The flow's threshold against the time it is given");
    page.paragraph(&format!(
        "(d, p) = ({d}, {p}). The paper's time is {PAPER_BUDGET} transition times √(np) log(np)/4. Gradient descent with \
         learning rate 1 has {} at that time; published: about 80.",
        threshold_at(&findings.fig3.descent, d as f64).unwrap_or_else(|| "no threshold here".to_owned())
    ));
    let row = |(budget, fit): &(f64, reluflow_statistics::Threshold)| {
        vec![format!("{budget} ×"), words(&fit.estimate)]
    };
    page.table(
        &["time, in units of the paper's", "threshold of the flow"],
        &findings.budgets.iter().map(row).collect::<Vec<_>>(),
    );
}

fn slopes(page: &mut Page, findings: &Findings) {
    if findings.curvatures.is_empty() {
        return;
    }
    page.section("Slopes of the curvatures");
    let names = ["μ(t_∞)", "⟨μ_∞⟩", "μ_low", "μ_upp"];
    let rows: Vec<Vec<String>> = findings
        .curvatures
        .iter()
        .zip(names)
        .map(|(one, name)| {
            let s = &one.slope.slope;
            vec![
                name.to_owned(),
                format!("{:.3} [{:.3}, {:.3}]", s.value, s.low, s.high).replace('-', "−"),
                one.published
                    .map_or("–".to_owned(), |slope| format!("{slope:.2}").replace('-', "−")),
            ]
        })
        .collect();
    page.table(&["measure", "log–log slope, 95 %", "published"], &rows);
    page.paragraph(
        "Intervals are bootstrap percentiles over draws; the published slopes came without intervals.",
    );
}

fn differences(page: &mut Page) {
    page.list(&[
        "One step of gradient descent with learning rate η on p·L is one Euler step of the flow. It is stable only while \
         η λ_max(M)/n stays below 2, with M the kernel of the residuals, dr/dt = −(1/n) M r.",
        "Near the threshold the weights grow until λ_max(M)/n passes 2: learning rate 1 then runs at the edge of stability, \
         the loss oscillates instead of falling, and neurons are thrown out of the examples they were learning.",
        "The flow has no such limit, and what is left is time. Where it converges within the paper's time on draws that \
         gradient descent loses (few dimensions, or wide networks), the published threshold is one of the step; where \
         the two thresholds agree at the same time and the flow still converges later (d = 100 with the width of Lemma \
         5, as measured here), it is one of the time allowed.",
        "The flow is integrated by a stabilised Runge–Kutta–Chebyshev method whose step follows the kinks; its hitting \
         times on single draws carry an error of a few per cent, its counts over draws do not notice.",
    ]);
    page.paragraph(&format!(
        "The flow stops when it interpolates, when it has come to rest, or after {} times the paper's time; a draw that \
         stops for the last reason is counted as not converged, so thresholds \"until its verdict\" are lower bounds in \
         that sense.",
        FLOW_BUDGET / PAPER_BUDGET
    ));
}

/// The statements of the paper held against the flow: the lines that say something here.
fn audit_tables(page: &mut Page, audits: &[(&str, Audit)]) {
    page.section("The statements, held against the flow");
    page.paragraph(
        "For each problem, every statement of the paper whose hypotheses hold: its bound, what the flow does (the worst \
         draw), and whether it holds. `reluflow audit --orthogonal` and `reluflow audit --group` print all lines, \
         `reluflow audit` those for weakly interacting inputs.",
    );
    let number =
        |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.3e}").replace('-', "−"));
    for (name, audit) in audits {
        let rows: Vec<Vec<String>> = audit
            .rows
            .iter()
            .filter(|row| matches!(row.judgement, Judgement::Holds | Judgement::Fails))
            .map(|row| {
                let sign = match row.relation {
                    Relation::AtMost => "≤",
                    Relation::AtLeast => "≥",
                };
                let held = format!(
                    "{}, {} of {} draws",
                    row.judgement.words(),
                    row.judged.0,
                    row.judged.1
                );
                vec![
                    row.statement.name().to_owned(),
                    row.checked.to_owned(),
                    number(row.measured),
                    format!("{sign} {}", number(row.bound)),
                    held,
                ]
            })
            .collect();
        page.paragraph(&format!("{}{}:", name[..1].to_uppercase(), &name[1..]));
        page.table(&["statement", "checked", "measured", "bound", "verdict"], &rows);
    }
}

fn runs(page: &mut Page, folder: &Path, asked: &[PaperFigure], preset: Preset, finished: &[Finished]) {
    let dir = quoted(folder);
    let names: Vec<&str> = asked.iter().map(|figure| figure.name()).collect();
    let full = if preset == Preset::Full { " --full" } else { "" };
    page.paragraph(&format!(
        "reluflow {}. {} Runs resume: the same command resumes where it stopped.",
        env!("CARGO_PKG_VERSION"),
        match preset {
            Preset::Quick => "This is the quick preset: fewer cells and draws than the paper, as listed below; `--full` runs the paper's.",
            Preset::Full => "This is the paper's protocol.",
        }
    ));
    page.verbatim(&format!("reluflow paper {}{full} --out {dir}", names.join(" ")));
    let rows: Vec<Vec<String>> = finished
        .iter()
        .map(|one| {
            let experiment = &one.study.experiment;
            let role = match one.study.role {
                Role::Descent => "gradient descent, η = 1",
                Role::Flow => "flow",
            };
            vec![
                one.study.name.clone(),
                role.to_owned(),
                experiment.cells.len().to_string(),
                experiment.draws.to_string(),
                one.trials.len().to_string(),
                experiment.seed.to_string(),
            ]
        })
        .collect();
    if !rows.is_empty() {
        page.table(&["run", "method", "cells", "draws", "trials", "seed"], &rows);
    }
    for one in finished {
        let name = &one.study.name;
        page.verbatim(&format!(
            "reluflow run {dir}/{name}/experiment.toml --out {dir}/{name}"
        ));
        let changed = settings(one.study.figure, one.study.role, preset);
        let changed: Vec<String> = changed
            .iter()
            .map(|(key, value)| format!("{key} = {value}"))
            .collect();
        let over = if changed.is_empty() {
            "none".to_owned()
        } else {
            changed.join("\n")
        };
        let text = format!(
            "# set over the paper's protocol:\n{over}\n\n{}",
            one.study.experiment.to_toml(one.study.experiment.draws)
        );
        page.folded(&format!("{name}: what it sets, and the whole experiment"), &text);
    }
}
