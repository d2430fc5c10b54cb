//! Draws a column of trials against an axis of the sweep: every draw, and means with intervals.

use reluflow_plot::{Axis, COLUMN, Chart, Dash, Ink, Layer, Marker, Panel, dodge};
use reluflow_statistics::slope::bootstrap_mean;

use super::natural;
use crate::intervals::{LEVEL, RESAMPLES, SEED};

/// The draws at one place of the axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Draws {
    /// Where.
    pub at: f64,
    /// One number a draw; those that are none are left out.
    pub values: Vec<f64>,
}

/// Draws along an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// What tells it from the others, in markup; nothing where it is alone.
    pub name: String,
    /// By place.
    pub draws: Vec<Draws>,
}

/// Means with 95 % bootstrap intervals over the draws, which are faint discs. An axis whose values are positive and far apart
/// is logarithmic.
pub fn column(series: &[Series], x_label: &str, y_label: &str) -> Chart {
    let places = series
        .iter()
        .flat_map(|one| one.draws.iter().map(|draws| draws.at));
    let values = series
        .iter()
        .flat_map(|one| one.draws.iter().flat_map(|draws| draws.values.iter().copied()));
    let mut panel = Panel {
        x: if decade(places) {
            Axis::log(x_label)
        } else {
            Axis::linear(x_label)
        },
        y: natural(y_label, values),
        ..Panel::default()
    };
    for (k, one) in series.iter().enumerate() {
        let (ink, marker, shift) = (Ink::Series(k), Marker::nth(k), dodge(k, series.len()));
        let finite = |draws: &Draws| -> Vec<f64> {
            draws
                .values
                .iter()
                .copied()
                .filter(|value| value.is_finite())
                .collect()
        };
        let single = one
            .draws
            .iter()
            .flat_map(|draws| finite(draws).into_iter().map(|value| (draws.at, value, 1.1)));
        let estimates: Vec<_> = one
            .draws
            .iter()
            .map(|draws| (draws.at, finite(draws)))
            .filter(|(_, values)| !values.is_empty())
            .map(|(at, values)| (at, bootstrap_mean(&values, LEVEL, RESAMPLES / 4, SEED)))
            .collect();
        panel.layers.push(Layer::Discs {
            points: single.collect(),
            ink,
            opacity: 0.35,
        });
        panel.layers.push(Layer::Line {
            points: estimates
                .iter()
                .map(|(at, estimate)| (*at, estimate.value))
                .collect(),
            ink,
            dash: Dash::Solid,
        });
        panel.layers.push(Layer::Points {
            points: estimates,
            ink,
            marker,
            dodge: shift,
        });
        if !one.name.is_empty() {
            panel.entry(&one.name, ink, Some(marker), Some(Dash::Solid));
        }
    }
    Chart {
        description: format!("{y_label} against {x_label}: draws, means and intervals"),
        panels: vec![panel],
        legend: Vec::new(),
        columns: 1,
        width: COLUMN,
        panel_height: 140.0,
    }
}

/// Whether places are positive and span more than a decade, as the axes of the other figures are chosen.
fn decade(places: impl Iterator<Item = f64>) -> bool {
    let (low, high) = places.fold((f64::INFINITY, 0.0f64), |(low, high), x| {
        (low.min(x), high.max(x))
    });
    low > 0.0 && high > 10.0 * low
}
