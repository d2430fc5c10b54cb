//! Figure 5: curvatures against n on logarithmic axes, with their slopes.

use reluflow_plot::{Axis, COLUMN, Chart, Dash, Ink, Layer, Marker, Panel};
use reluflow_statistics::Slope;

/// One curvature against n.
#[derive(Debug, Clone, PartialEq)]
pub struct CurvatureSeries {
    /// Its symbol, in markup.
    pub symbol: String,
    /// Its means over draws and their slope.
    pub slope: Slope,
    /// The published slope.
    pub published: Option<f64>,
}

/// Means over draws with intervals, the fitted power laws, and their slopes in the legend.
pub fn curvatures(series: &[CurvatureSeries]) -> Chart {
    let mut panel = Panel {
        x: Axis::log("number of examples *n*"),
        y: Axis::log("local-PL curvature"),
        ..Panel::default()
    };
    for (
        k,
        CurvatureSeries {
            symbol,
            slope,
            published,
        },
    ) in series.iter().enumerate()
    {
        let (ink, marker) = (Ink::Series(k), Marker::nth(k));
        let line = slope
            .means
            .iter()
            .map(|mean| (mean.at, slope.at(mean.at)))
            .collect();
        panel.layers.push(Layer::Line {
            points: line,
            ink,
            dash: Dash::Solid,
        });
        let points = slope.means.iter().map(|mean| (mean.at, mean.mean)).collect();
        panel.layers.push(Layer::Points { points, ink, marker });
        let value = &slope.slope;
        let mut text = format!(
            "{symbol}: slope {:.2} [{:.2}, {:.2}]",
            value.value, value.low, value.high
        );
        if let Some(published) = published {
            text += &format!(", published {published:.2}");
        }
        panel.entry(&text.replace('-', "−"), ink, Some(marker), Some(Dash::Solid));
    }
    Chart {
        description:
            "Curvatures against the number of examples n on logarithmic axes, with fitted power laws"
                .to_owned(),
        panels: vec![panel],
        legend: Vec::new(),
        columns: 1,
        width: COLUMN,
        panel_height: 150.0,
    }
}
