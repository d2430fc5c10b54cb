//! Draws a column of trials against an axis of the sweep: every draw, and means with intervals.

use reluflow_plot::{Axis, COLUMN, Chart, Dash, Ink, Layer, Marker, Panel, dodge};
use reluflow_statistics::slope::bootstrap_mean;

use super::natural;
use crate::figures::by_logarithm;
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

/// Means with 95 % bootstrap intervals over the draws, which are faint discs. The axis is logarithmic where the places are far
/// apart or even by their logarithm, values where they are far apart; each series is shifted as a whole so that none hides another.
pub fn column(series: &[Series], x_label: &str, y_label: &str) -> Chart {
    let places = series
        .iter()
        .flat_map(|one| one.draws.iter().map(|draws| draws.at));
    let values = series
        .iter()
        .flat_map(|one| one.draws.iter().flat_map(|draws| draws.values.iter().copied()));
    let mut panel = Panel {
        x: if by_logarithm(places) {
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
        let discs = Layer::Discs {
            points: single.collect(),
            ink,
            opacity: 0.35,
        };
        let line = Layer::Line {
            points: estimates
                .iter()
                .map(|(at, estimate)| (*at, estimate.value))
                .collect(),
            ink,
            dash: Dash::Solid,
        };
        panel.layers.extend([discs.moved(shift), line.moved(shift)]);
        panel.layers.push(
            Layer::Points {
                points: estimates,
                ink,
                marker,
            }
            .moved(shift),
        );
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

#[cfg(test)]
mod tests {
    use reluflow_plot::Scale;

    use super::*;

    #[test]
    fn places_even_by_their_logarithm_have_a_logarithmic_axis() {
        let draws = [16.0, 32.0, 64.0, 128.0].map(|at| Draws {
            at,
            values: vec![1.0],
        });
        let series = Series {
            name: String::new(),
            draws: draws.to_vec(),
        };
        assert_eq!(column(&[series], "n", "loss").panels[0].x.scale, Scale::Log);
    }

    #[test]
    fn zeros_alone_have_an_axis_of_a_sensible_length() {
        let axis = |value: f64| natural("loss", [value; 3].into_iter()).range;
        assert_eq!((axis(0.0), axis(2.0)), (Some((-1.0, 1.0)), None));
    }

    #[test]
    fn a_series_is_moved_with_its_line() {
        let series = |name: &str, value| Series {
            name: name.to_owned(),
            draws: vec![
                Draws {
                    at: 1.0,
                    values: vec![value, value],
                },
                Draws {
                    at: 2.0,
                    values: vec![value],
                },
            ],
        };
        let chart = column(&[series("a", 1.0), series("b", 2.0)], "n", "loss");
        let (mut lines, mut discs, mut points) = (Vec::new(), Vec::new(), Vec::new());
        for layer in &chart.panels[0].layers {
            match layer {
                Layer::Moved { by, layer } => match **layer {
                    Layer::Points { .. } => points.push(*by),
                    Layer::Line { .. } => lines.push(*by),
                    _ => discs.push(*by),
                },
                other => panic!("{other:?} is not moved"),
            }
        }
        assert!(points.len() == 2 && points[0] < points[1]);
        assert_eq!((&lines, &discs), (&points, &points));
    }
}
