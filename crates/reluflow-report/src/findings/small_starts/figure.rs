//! Draws shares and tests against λ.

use std::collections::BTreeMap;

use reluflow_plot::{Axis, Chart, Dash, Ink, Layer, Marker, PAGE, Panel, dodge};
use reluflow_statistics::Estimate;

use super::draws::{Case, Start};
use super::studies::DRAWN;
use crate::Named;

/// What a panel shows of a start.
type Read = fn(&Start) -> Option<Estimate>;

/// Shares and tests against λ, one panel a problem; colours are layers, lines are n.
pub(super) fn figure(cases: &BTreeMap<Case, Vec<Start>>) -> Option<Named> {
    let share: Read = |start| Some(start.share());
    let panels: [(&str, &str, &str, &str, Read); 6] = [
        (
            "random labels, square loss",
            "labels",
            "square",
            "interpolated",
            share,
        ),
        (
            "random labels, logistic loss",
            "labels",
            "logistic",
            "separated",
            share,
        ),
        ("a teacher", "teacher", "square", "interpolated", share),
        ("a teacher", "teacher", "square", "test loss", Start::test_loss),
        ("clusters", "clusters", "logistic", "test loss", Start::test_loss),
        (
            "clusters",
            "clusters",
            "logistic",
            "test error",
            Start::test_error,
        ),
    ];
    let panels: Vec<Panel> = panels
        .into_iter()
        .filter_map(|(title, problem, loss, label, read)| {
            let here: Vec<(&Case, &Vec<Start>)> = cases
                .iter()
                .filter(|(case, _)| (case.problem.as_str(), case.loss.as_str()) == (problem, loss))
                .collect();
            let y = match label {
                "test loss" => Axis::log(label),
                "test error" => Axis::linear(label),
                _ => Axis::linear(label).over(0.0, 1.05),
            };
            (!here.is_empty()).then(|| panel(title, y, &here, read))
        })
        .collect();
    (!panels.is_empty()).then(|| Named {
        name: "small-starts".to_owned(),
        chart: Chart {
            description: "Shares of draws that succeed and test losses against the size of the start".to_owned(),
            panels,
            columns: 2,
            width: PAGE,
            panel_height: 130.0,
            ..Chart::default()
        },
        caption: "Shares of draws, geometric means of test losses and mean test errors against the size of the start, with 95 % \
                  intervals. Colours: what is trained; lines: n."
            .to_owned(),
    })
}

fn panel(title: &str, y: Axis, here: &[(&Case, &Vec<Start>)], read: Read) -> Panel {
    let mut panel = Panel {
        title: title.to_owned(),
        x: Axis::log("*λ*"),
        y,
        ..Panel::default()
    };
    let mut sizes: Vec<u64> = here.iter().map(|(case, _)| case.n).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let dashes = [Dash::Solid, Dash::Dashed, Dash::Dotted];
    for (k, (arm, method, name)) in DRAWN.iter().enumerate() {
        let (ink, shift) = (Ink::Series(k), dodge(k, DRAWN.len()));
        let mut drawn = false;
        for (case, starts) in here
            .iter()
            .filter(|(case, _)| (case.arm, case.method) == (*arm, *method))
        {
            let size = sizes.iter().position(|n| *n == case.n).unwrap_or(0);
            let points: Vec<(f64, Estimate)> = starts
                .iter()
                .filter_map(|start| Some((start.scale, read(start)?)))
                .collect();
            panel.layers.push(
                Layer::Line {
                    points: points.iter().map(|point| (point.0, point.1.value)).collect(),
                    ink,
                    dash: dashes[size % 3],
                }
                .moved(shift),
            );
            panel.layers.push(
                Layer::Points {
                    points,
                    ink,
                    marker: Marker::nth(k),
                }
                .moved(shift),
            );
            drawn = true;
        }
        if drawn {
            panel.entry(name, ink, Some(Marker::nth(k)), None);
        }
    }
    for (size, n) in sizes.iter().enumerate() {
        panel.entry(&format!("*n* = {n}"), Ink::Muted, None, Some(dashes[size % 3]));
    }
    panel
}
