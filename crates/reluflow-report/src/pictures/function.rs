//! Draws the function of a network of inputs on a line, with the data and the kinks of its neurons.

use reluflow::Network;
use reluflow_lab::Result;
use reluflow_plot::{Axis, COLUMN, Chart, Dash, Ink, Layer, Marker, Panel};
use reluflow_statistics::Estimate;

use super::{Kind, no_picture};
use crate::path::Path;

/// How far beyond the data the line reaches, as a share of theirs.
const MARGIN: f64 = 0.3;
/// Points of a curve.
const POINTS: u32 = 400;

/// (a) h at the end, and earlier where log L had fallen by a third and by two thirds; (b) the kinks −b_j/w_j at the end
/// against a_j ‖w_j‖.
pub(super) fn function(path: &Path) -> Result<Chart> {
    let wanted = "inputs that are numbers with a constant coordinate, such as `bias = true` in dimension 2";
    let line = path.line().ok_or_else(|| {
        let found = format!("inputs in dimension {}", path.dataset.dimension());
        let found = match path.dataset.dimension() {
            2 => "inputs in dimension 2 without one".to_owned(),
            _ => found,
        };
        no_picture(path, Kind::Function, wanted, found)
    })?;
    let end = path
        .end()
        .ok_or_else(|| no_picture(path, Kind::Function, "finite weights", "none"))?;
    let inputs = path.dataset.inputs();
    let column = inputs.column(line.coordinate);
    let (low, high) = column
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), s| {
            (low.min(*s), high.max(*s))
        });
    let room = if high > low { MARGIN * (high - low) } else { 1.0 };
    let (low, high) = (low - room, high + room);
    let curve = |network: &Network| -> Vec<(f64, f64)> {
        let at = |k: u32| low + (high - low) * f64::from(k) / f64::from(POINTS);
        let mut places: Vec<f64> = (0..=POINTS).map(at).collect();
        let w = network.hidden_weights();
        let kinks = w.rows().into_iter().filter_map(|w| line.kink([w[0], w[1]]));
        places.extend(kinks.filter(|kink| (low..=high).contains(kink)));
        places.sort_by(f64::total_cmp);
        places
            .into_iter()
            .map(|s| (s, path.output(network, &line.input(s))))
            .collect()
    };
    let axis = || Axis::linear("*x*").over(low, high);
    let mut shown = Panel {
        title: "(a) function and data".to_owned(),
        x: axis(),
        y: Axis::linear("*h*(*x*)"),
        ..Panel::default()
    };
    for (k, one) in milestones(path).into_iter().enumerate() {
        let (ink, dash) = (Ink::Series(2 + k), [Dash::Dotted, Dash::Dashed][k % 2]);
        shown.layers.push(Layer::Line {
            points: curve(&one.network),
            ink,
            dash,
        });
        shown.entry(
            &format!("*t* = {}", reluflow_plot::short(one.time)),
            ink,
            None,
            Some(dash),
        );
    }
    shown.layers.push(Layer::Line {
        points: curve(&end.network),
        ink: Ink::Series(0),
        dash: Dash::Solid,
    });
    let time = reluflow_plot::short(end.time);
    shown.entry(&format!("*t* = {time}"), Ink::Series(0), None, Some(Dash::Solid));
    let exact = |value: f64| Estimate {
        value,
        low: value,
        high: value,
    };
    let examples = column.iter().zip(path.dataset.labels());
    shown.layers.push(Layer::Points {
        points: examples.map(|(s, y)| (*s, exact(*y))).collect(),
        ink: Ink::Text,
        marker: Marker::Ring,
    });
    shown.entry("data", Ink::Text, Some(Marker::Ring), None);
    Ok(Chart {
        description: "The network as a function of x with its data, and the kinks of its neurons".to_owned(),
        panels: vec![shown, kinks(&end.network, (low, high), |w| line.kink(w))],
        legend: Vec::new(),
        columns: 1,
        width: COLUMN,
        panel_height: 125.0,
    })
}

/// The snapshots where log L had fallen by a third and by two thirds.
fn milestones(path: &Path) -> Vec<&reluflow::observe::Snapshot> {
    let (Some(first), Some(last)) = (path.snapshots.first(), path.end()) else {
        return Vec::new();
    };
    if !(last.loss > 0.0 && first.loss > 1.02 * last.loss) {
        return Vec::new();
    }
    let level = |share: f64| first.loss * (last.loss / first.loss).powf(share);
    let passing = |share: f64| path.snapshots.iter().find(|one| one.loss <= level(share));
    let mut found: Vec<_> = [1.0 / 3.0, 2.0 / 3.0].into_iter().filter_map(passing).collect();
    found.dedup_by_key(|one| one.time);
    found.retain(|one| one.time < last.time);
    found
}

/// The kinks in a range; how many lie beyond is said.
fn kinks(network: &Network, (low, high): (f64, f64), kink: impl Fn([f64; 2]) -> Option<f64>) -> Panel {
    let mut panel = Panel {
        title: "(b) kinks at the end".to_owned(),
        x: Axis::linear("*x*").over(low, high),
        y: Axis::linear("*a*_{*j*} ‖*w*_{*j*}‖"),
        ..Panel::default()
    };
    panel.layers.push(Layer::Horizontal {
        at: 0.0,
        dash: Dash::Dotted,
    });
    let a = network.output_weights();
    let mut beyond = 0;
    for negative in [false, true] {
        let ink = Ink::Series(usize::from(negative));
        let (mut stems, mut heads) = (Vec::new(), Vec::new());
        for (w, a) in network.hidden_weights().rows().into_iter().zip(a) {
            if (*a < 0.0) != negative {
                continue;
            }
            let at = kink([w[0], w[1]]).filter(|at| (low..=high).contains(at));
            beyond += usize::from(at.is_none());
            if let Some(at) = at {
                let height = a * w.dot(&w).sqrt();
                stems.extend([(at, 0.0), (at, height), (f64::NAN, f64::NAN)]);
                heads.push((at, height, 1.9));
            }
        }
        if heads.is_empty() {
            continue;
        }
        let word = if negative {
            "*a*_{*j*} < 0"
        } else {
            "*a*_{*j*} > 0"
        };
        panel.entry(word, ink, Some(Marker::Circle), None);
        panel.layers.push(Layer::Trace {
            points: stems,
            ink,
            opacity: 0.5,
            dash: Dash::Solid,
        });
        panel.layers.push(Layer::Discs {
            points: heads,
            ink,
            opacity: 0.75,
        });
    }
    if beyond > 0 {
        panel.title += &format!("; {beyond} neurons have theirs beyond");
    }
    panel
}
