//! Draws how a column of trials is distributed.

use reluflow_plot::{Axis, COLUMN, Chart, Dash, Ink, Layer, Panel, Scale};

use super::natural;

/// The values of one group.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// What tells it from the others, in markup; nothing where it is alone.
    pub name: String,
    /// Values that are not a number are left out.
    pub values: Vec<f64>,
}

/// Counts in bins of one width, of the logarithm where values are positive and far apart; about the square root of the
/// number of values in number, as many as values at most.
pub fn histogram(samples: &[Sample], label: &str) -> Chart {
    let known = || {
        samples
            .iter()
            .flat_map(|one| one.values.iter().copied())
            .filter(|value| value.is_finite())
    };
    let mut axis = natural(label, known());
    let logarithmic = axis.scale == Scale::Log;
    let forward = |value: f64| if logarithmic { value.log10() } else { value };
    let back = |value: f64| if logarithmic { 10f64.powf(value) } else { value };
    let (low, high) = known()
        .map(forward)
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
    let (low, high) = match (low < high, low.is_finite()) {
        (true, _) => (low, high),
        (false, true) if low == 0.0 => (-1.0, 1.0),
        (false, true) => (low - 0.5 * low.abs(), low + 0.5 * low.abs()),
        (false, false) => (0.0, 1.0),
    };
    let most = samples.iter().map(|one| one.values.len()).max().unwrap_or(0);
    let bins = ((most as f64).sqrt().ceil() as usize).clamp(5, 60);
    let edge = |k: usize| back(low + (high - low) * k as f64 / bins as f64);
    let room = 0.03 * (high - low);
    axis = axis.over(back(low - room), back(high + room));
    let all: usize = samples.iter().map(|one| one.values.len()).sum();
    let note = match all - known().count() {
        0 => String::new(),
        missing => format!("{missing} of {all} draws have no value"),
    };
    let mut panel = Panel {
        title: note.clone(),
        x: axis,
        y: Axis::linear("draws"),
        ..Panel::default()
    };
    let mut tallest = 1usize;
    for (k, one) in samples.iter().enumerate() {
        let mut counts = vec![0usize; bins];
        for value in one.values.iter().filter(|value| value.is_finite()) {
            let share = (forward(*value) - low) / (high - low);
            counts[((share * bins as f64) as usize).min(bins - 1)] += 1;
        }
        tallest = tallest.max(counts.iter().copied().max().unwrap_or(0));
        let ink = Ink::Series(k);
        let bars = counts.iter().enumerate().filter(|(_, count)| **count > 0);
        panel.layers.push(Layer::Shade {
            rectangles: bars
                .map(|(b, count)| ((edge(b), 0.0), (edge(b + 1), *count as f64)))
                .collect(),
            ink,
            opacity: if samples.len() == 1 { 0.45 } else { 0.15 },
        });
        let mut outline = vec![(edge(0), 0.0)];
        for (b, count) in counts.iter().enumerate() {
            outline.extend([(edge(b), *count as f64), (edge(b + 1), *count as f64)]);
        }
        outline.push((edge(bins), 0.0));
        panel.layers.push(Layer::Line {
            points: outline,
            ink,
            dash: [Dash::Solid, Dash::Dashed, Dash::Dotted][k % 3],
        });
        if !one.name.is_empty() {
            panel.entry(
                &one.name,
                ink,
                None,
                Some([Dash::Solid, Dash::Dashed, Dash::Dotted][k % 3]),
            );
        }
    }
    panel.y = panel.y.over(0.0, 1.08 * tallest as f64);
    Chart {
        description: match note.as_str() {
            "" => format!("Histogram of {label}"),
            note => format!("Histogram of {label}; {note}"),
        },
        panels: vec![panel],
        legend: Vec::new(),
        columns: 1,
        width: COLUMN,
        panel_height: 125.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_without_a_value_are_counted() {
        let sample = |values: &[f64]| Sample {
            name: String::new(),
            values: values.to_vec(),
        };
        let chart = histogram(&[sample(&[1.0, f64::NAN]), sample(&[2.0, f64::NAN, 3.0])], "time");
        assert_eq!(chart.panels[0].title, "2 of 5 draws have no value");
        assert_eq!(chart.description, "Histogram of time; 2 of 5 draws have no value");
        let chart = histogram(&[sample(&[1.0, 2.0])], "time");
        assert_eq!(chart.panels[0].title, "");
    }

    #[test]
    fn zeros_alone_have_an_axis_of_a_sensible_length() {
        let zeros = Sample {
            name: String::new(),
            values: vec![0.0; 3],
        };
        let (low, high) = histogram(&[zeros], "lost").panels[0].x.range.unwrap();
        assert!(
            (-1.2..=-1.0).contains(&low) && (1.0..1.2).contains(&high),
            "{low} {high}"
        );
    }
}
