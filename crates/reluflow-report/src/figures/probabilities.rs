//! Figure 2: probability of convergence and remaining loss against n.

use reluflow_plot::{Axis, Chart, Dash, Entry, Ink, Layer, Marker, PAGE, Panel, SIDE_BY_SIDE, dodge};
use reluflow_statistics::{Estimate, Threshold, clopper_pearson};

/// Most series whose thresholds are shaded; beyond, the bands would hide each other.
const MOST_BANDS: usize = 3;

/// One cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CellPoint {
    /// n.
    pub at: f64,
    /// How many draws converged.
    pub converged: u64,
    /// Of how many.
    pub trials: u64,
    /// The mean of L_end/L(0) over draws, 0 for those that converged.
    pub remaining: Estimate,
}

/// The cells of one method or one value of another axis.
#[derive(Debug, Clone, PartialEq)]
pub struct ProbabilitySeries {
    /// Its name, in markup.
    pub name: String,
    /// Its cells.
    pub cells: Vec<CellPoint>,
    /// The threshold fitted to them, if one is to be drawn.
    pub threshold: Option<Threshold>,
}

/// Probabilities with Clopper–Pearson intervals (95 %) and fitted curves; beside them the remaining loss.
/// `published`: a threshold to cite.
pub fn probabilities(series: &[ProbabilitySeries], symbol: &str, published: Option<f64>) -> Chart {
    let mut probability = Panel {
        title: "(a)".to_owned(),
        x: Axis::linear(symbol),
        y: Axis::linear("probability of convergence").over(-0.03, 1.03),
        ..Panel::default()
    };
    let mut remaining = Panel {
        title: "(b)".to_owned(),
        x: Axis::linear(symbol),
        y: Axis::linear("mean *L*_{end}/*L*(0), 0 if converged"),
        ..Panel::default()
    };
    probability.layers.push(Layer::Horizontal {
        at: 0.5,
        dash: Dash::Dotted,
    });
    let mut legend = Vec::new();
    for (k, one) in series.iter().enumerate() {
        let (ink, marker, shift) = (Ink::Series(k), Marker::nth(k), dodge(k, series.len()));
        let mut text = one.name.clone();
        if let Some(threshold) = &one.threshold {
            draw_threshold(
                &mut probability,
                threshold,
                &one.cells,
                (ink, shift),
                series.len() <= MOST_BANDS,
            );
            text += &format!(": {}", threshold_text(&threshold.estimate));
        }
        let points = one
            .cells
            .iter()
            .map(|cell| (cell.at, cell.probability()))
            .collect();
        probability
            .layers
            .push(Layer::Points { points, ink, marker }.moved(shift));
        let points: Vec<(f64, Estimate)> = one.cells.iter().map(|cell| (cell.at, cell.remaining)).collect();
        let line = points
            .iter()
            .map(|(at, estimate)| (*at, estimate.value))
            .collect();
        let line = Layer::Line {
            points: line,
            ink,
            dash: Dash::Solid,
        };
        remaining.layers.push(line.moved(shift));
        remaining
            .layers
            .push(Layer::Points { points, ink, marker }.moved(shift));
        legend.push(Entry::new(
            &text,
            ink,
            Some(marker),
            one.threshold
                .as_ref()
                .is_some_and(|threshold| threshold.estimate.value.is_finite())
                .then_some(Dash::Solid),
        ));
    }
    if series.len() > 1 {
        legend.push(Entry::new(SIDE_BY_SIDE, Ink::Text, None, None));
    }
    if let Some(published) = published {
        let at = Estimate {
            value: published,
            low: published,
            high: published,
        };
        probability.layers.push(Layer::Vertical {
            at,
            ink: Ink::Muted,
            dash: Dash::Dashed,
        });
        legend.push(Entry::new(
            "published threshold",
            Ink::Muted,
            None,
            Some(Dash::Dashed),
        ));
    }
    Chart {
        description: "Probability of convergence and remaining loss against the number of examples n"
            .to_owned(),
        panels: vec![probability, remaining],
        legend,
        columns: 2,
        width: PAGE,
        panel_height: 125.0,
    }
}

impl CellPoint {
    /// The share of draws that converged, with its interval.
    pub fn probability(&self) -> Estimate {
        let (low, high) = clopper_pearson(self.converged, self.trials, 0.95);
        Estimate {
            value: self.converged as f64 / self.trials as f64,
            low,
            high,
        }
    }
}

fn draw_threshold(
    panel: &mut Panel,
    threshold: &Threshold,
    cells: &[CellPoint],
    (ink, shift): (Ink, f64),
    banded: bool,
) {
    let first = cells.iter().map(|cell| cell.at).fold(f64::INFINITY, f64::min);
    let last = cells.iter().map(|cell| cell.at).fold(f64::NEG_INFINITY, f64::max);
    // A step beyond the cells is no finding, only that every draw here succeeded, or none.
    if last > first && threshold.estimate.value.is_finite() {
        let at = |k: u32| first + (last - first) * f64::from(k) / 200.0;
        let points = (0..=200).map(at).map(|n| (n, threshold.probability(n))).collect();
        let line = Layer::Line {
            points,
            ink,
            dash: Dash::Solid,
        };
        panel.layers.push(line.moved(shift));
    }
    // Beyond the cells the picture would be of what nobody ran.
    if banded && (first..=last).contains(&threshold.estimate.value) {
        let place = Layer::Vertical {
            at: threshold.estimate,
            ink,
            dash: Dash::Dotted,
        };
        panel.layers.push(place.moved(shift));
    }
}

/// A threshold with its interval in words of markup: `*N* = 1668 [1651, 1690]`, `*N* > 240`.
pub(crate) fn threshold_text(estimate: &Estimate) -> String {
    let Estimate { value, low, high } = *estimate;
    match (value, low.is_finite(), high.is_finite()) {
        (value, true, true) if value.is_finite() => format!("*N* = {value:.0} [{low:.0}, {high:.0}]"),
        (value, true, false) if value.is_finite() => format!("*N* = {value:.0} [{low:.0}, ∞)"),
        (value, false, true) if value.is_finite() => format!("*N* = {value:.0} (−∞, {high:.0}]"),
        (f64::INFINITY, true, _) => format!("*N* > {low:.0}"),
        (f64::NEG_INFINITY, _, true) => format!("*N* < {high:.0}"),
        _ => "*N* not determined".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_beyond_the_cells_are_said_to_be_beyond() {
        let text = |value, low, high| threshold_text(&Estimate { value, low, high });
        assert_eq!(text(80.2, 70.6, 91.0), "*N* = 80 [71, 91]");
        assert_eq!(text(80.2, 70.6, f64::INFINITY), "*N* = 80 [71, ∞)");
        assert_eq!(text(f64::INFINITY, 480.0, 3799.0), "*N* > 480");
        assert_eq!(text(f64::NEG_INFINITY, -1783.0, 80.0), "*N* < 80");
        assert_eq!(
            text(f64::NAN, f64::NEG_INFINITY, f64::INFINITY),
            "*N* not determined"
        );
    }

    /// A series is shifted as a whole: its points, their line or curve, and its threshold.
    #[test]
    fn points_are_on_their_lines() {
        let one = |name: &str, fit: bool| {
            let cell = |(k, converged): (usize, u64)| CellPoint {
                at: 10.0 * (k + 1) as f64,
                converged,
                trials: 20,
                remaining: Estimate {
                    value: 0.5,
                    low: 0.4,
                    high: 0.6,
                },
            };
            let cells: Vec<CellPoint> = [19, 15, 5, 1].into_iter().enumerate().map(cell).collect();
            let counts: Vec<reluflow_statistics::Cell> = cells
                .iter()
                .map(|cell| reluflow_statistics::Cell {
                    at: cell.at,
                    successes: cell.converged,
                    trials: cell.trials,
                })
                .collect();
            ProbabilitySeries {
                name: name.to_owned(),
                cells,
                threshold: fit.then(|| Threshold::fit(&counts, 0.95)),
            }
        };
        let places = |panel: &Panel| -> (Vec<f64>, Vec<f64>) {
            let points = panel.layers.iter().filter_map(|layer| match layer {
                Layer::Moved { by, layer } => matches!(**layer, Layer::Points { .. }).then_some(*by),
                _ => None,
            });
            let lines = panel.layers.iter().filter_map(|layer| match layer {
                Layer::Line { .. } => Some(0.0),
                Layer::Moved { by, layer } => (!matches!(**layer, Layer::Points { .. })).then_some(*by),
                _ => None,
            });
            (points.collect(), lines.collect())
        };
        let chart = probabilities(&[one("a", true), one("b", true)], "*n*", None);
        let (points, lines) = places(&chart.panels[0]);
        let twice: Vec<f64> = points.iter().flat_map(|by| [*by, *by]).collect();
        assert_eq!(lines, twice);
        let (points, lines) = places(&chart.panels[1]);
        assert!(points == lines && points[0] < points[1]);
        let chart = probabilities(&[one("a", false), one("b", false)], "*p*", None);
        let (points, lines) = places(&chart.panels[0]);
        assert!(lines.is_empty() && points[0] < points[1]);
    }
}
