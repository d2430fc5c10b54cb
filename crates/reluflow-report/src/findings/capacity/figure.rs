//! Draws N/(pd) against the slope of the activation.

use std::collections::BTreeMap;

use reluflow_plot::{Axis, Chart, Dash, Entry, Ink, Layer, Marker, PAGE, Panel, dodge};
use reluflow_statistics::Estimate;

use crate::Named;

/// By loss and what else makes a panel: the slope, (d, p) and the estimate of each point.
pub(super) type Panels = BTreeMap<(bool, String), Vec<(f64, (u64, u64), Estimate)>>;

/// N/(pd) against γ, one panel for each loss and for the hidden layer alone; a series a size.
pub(super) fn figure(panels: Panels) -> Option<Named> {
    // The square loss, the logistic loss, the hidden layer alone; by the logistic loss it is too slow for a threshold.
    let mut panels: Vec<_> = panels
        .into_iter()
        .filter(|((hidden, loss), _)| !hidden || loss == "square")
        .collect();
    panels.sort_by(|a, b| (a.0.0, &b.0.1).cmp(&(b.0.0, &a.0.1)));
    let mut sizes: Vec<(u64, u64)> = panels.iter().flat_map(|one| &one.1).map(|one| one.1).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let panels: Vec<Panel> = panels
        .into_iter()
        .map(|((hidden, loss), points)| {
            let mut panel = Panel {
                title: format!("{loss} loss{}", if hidden { ", hidden only" } else { "" }),
                x: Axis {
                    marks: vec![-1.0, -0.5, 0.0, 0.5],
                    ..Axis::linear("slope *γ* below 0").over(-1.2, 0.7)
                },
                y: Axis::linear("*N*/(*pd*)"),
                ..Panel::default()
            };
            let mut top: f64 = 0.0;
            for (k, size) in sizes.iter().enumerate() {
                let mut here: Vec<(f64, Estimate)> = points
                    .iter()
                    .filter(|point| point.1 == *size)
                    .map(|point| (point.0, point.2))
                    .collect();
                if here.is_empty() {
                    continue;
                }
                here.sort_by(|a, b| a.0.total_cmp(&b.0));
                let ends = here.iter().flat_map(|point| [point.1.value, point.1.high]);
                top = ends.filter(|end| end.is_finite()).fold(top, f64::max);
                let (ink, marker, shift) = (Ink::Series(k), Marker::nth(k), 2.0 * dodge(k, sizes.len()));
                panel.layers.push(
                    Layer::Line {
                        points: here.iter().map(|point| (point.0, point.1.value)).collect(),
                        ink,
                        dash: Dash::Dotted,
                    }
                    .moved(shift),
                );
                panel.layers.push(
                    Layer::Points {
                        points: here,
                        ink,
                        marker,
                    }
                    .moved(shift),
                );
            }
            panel.y = panel.y.over(0.0, 1.1 * top);
            panel
        })
        .collect();
    let entry = |(k, (d, p)): (usize, &(u64, u64))| {
        let words = format!("(*d*, *p*) = ({d}, {p})");
        Entry::new(&words, Ink::Series(k), Some(Marker::nth(k)), None)
    };
    let legend = sizes.iter().enumerate().map(entry).collect();
    let columns = panels.len();
    (columns > 0).then(|| Named {
        name: "capacity".to_owned(),
        chart: Chart {
            description: "Threshold over p d against the slope of the activation, by loss".to_owned(),
            panels,
            legend,
            columns,
            width: PAGE,
            panel_height: 140.0,
        },
        caption: "N/(pd) at (d, p) against the slope of the activation, with 95 % intervals.".to_owned(),
    })
}
