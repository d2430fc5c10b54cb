//! Draws the paths of neurons in a plane, each at |a_j| w_j, with the kinks of the examples.

use reluflow_lab::Result;
use reluflow_plot::{Anchor, Axis, COLUMN, Chart, Dash, Ink, Layer, Marker, Panel, power_of_ten};

use crate::path::{Path, Plane};

/// Most examples whose kinks are drawn.
const MOST_KINKS: usize = 20;
/// From which ratio of sizes on lengths are drawn by their logarithm.
const FAR: f64 = 1e4;

/// Lengths in the picture: as they are, or by their logarithm from 0 at `low` to 1 at `high`, in decades.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Lengths {
    Plain,
    Logarithmic { low: f64, high: f64 },
}

impl Lengths {
    fn of(places: &[Vec<[f64; 2]>]) -> Self {
        let sizes = places.iter().flatten().map(|[x, y]| x.hypot(*y));
        let (low, high) = sizes
            .filter(|size| *size > 0.0 && size.is_finite())
            .fold((f64::INFINITY, 0.0f64), |(low, high), size| {
                (low.min(size), high.max(size))
            });
        if high > FAR * low {
            Self::Logarithmic {
                low: low.log10().floor() - 0.5,
                high: high.log10().ceil(),
            }
        } else {
            Self::Plain
        }
    }

    fn place(self, [x, y]: [f64; 2]) -> (f64, f64) {
        let Self::Logarithmic { low, high } = self else {
            return (x, y);
        };
        let size = x.hypot(y);
        if size == 0.0 {
            return (0.0, 0.0);
        }
        let share = ((size.log10() - low) / (high - low)).max(0.0);
        (share * (x / size), share * (y / size))
    }
}

/// The paths of the neurons, their colour the sign of a_j at the end; a disc where each ends.
pub(super) fn neurons(path: &Path, plane: &Plane) -> Result<Chart> {
    let places: Vec<Vec<[f64; 2]>> = (0..path.neurons())
        .map(|j| {
            let place = |one: &reluflow::observe::Snapshot| {
                let size = one.network.output_weights()[j].abs();
                plane.place(one.network.hidden_weights().row(j)).map(|x| size * x)
            };
            path.snapshots.iter().map(place).collect()
        })
        .collect();
    let lengths = Lengths::of(&places);
    let reach = match lengths {
        Lengths::Logarithmic { .. } => 1.0,
        Lengths::Plain => places
            .iter()
            .flatten()
            .flatten()
            .filter(|x| x.is_finite())
            .fold(0.0, |reach: f64, x| reach.max(x.abs())),
    };
    let reach = if reach > 0.0 { reach } else { 1.0 };
    let span = 1.08 * reach;
    let axis = |label: &str| {
        let axis = Axis::linear(label).over(-span, span);
        match lengths {
            Lengths::Plain => axis,
            Lengths::Logarithmic { .. } => axis.without_ticks(),
        }
    };
    let mut panel = Panel {
        x: axis(&plane.labels[0]),
        y: axis(&plane.labels[1]),
        equal: true,
        ..Panel::default()
    };
    if let Lengths::Logarithmic { low, high } = lengths {
        circles(&mut panel, low, high, clear_direction(path, plane));
    }
    let drawn = plane.whole && path.dataset.examples() <= MOST_KINKS;
    if drawn {
        kinks(&mut panel, path, plane, reach);
    }
    let end = path.snapshots.last();
    let negative = |j: usize| end.is_some_and(|end| end.network.output_weights()[j] < 0.0);
    for negatives in [false, true] {
        let ink = Ink::Series(usize::from(negatives));
        let some = || {
            places
                .iter()
                .enumerate()
                .filter(|(j, _)| negative(*j) == negatives)
        };
        for (_, places) in some() {
            panel.layers.push(Layer::Trace {
                points: places.iter().map(|place| lengths.place(*place)).collect(),
                ink,
                opacity: 0.6,
                dash: Dash::Solid,
            });
        }
        let ends = some().filter_map(|(_, places)| places.last());
        let points: Vec<(f64, f64, f64)> = ends
            .map(|place| {
                let (x, y) = lengths.place(*place);
                (x, y, 1.9)
            })
            .collect();
        if !points.is_empty() {
            let word = if negatives {
                "*a*_{*j*} < 0"
            } else {
                "*a*_{*j*} > 0"
            };
            panel.entry(word, ink, Some(Marker::Circle), Some(Dash::Solid));
        }
        panel.layers.push(Layer::Discs {
            points,
            ink,
            opacity: 0.9,
        });
    }
    if drawn {
        panel.entry("kink of an example", Ink::Muted, None, Some(Dash::Dashed));
    }
    let how = match lengths {
        Lengths::Plain => "",
        Lengths::Logarithmic { .. } => ", lengths by their logarithm",
    };
    panel.x.label += how;
    Ok(Chart {
        description: format!("Paths of {} neurons, each at |a| w{how}", path.neurons()),
        panels: vec![panel],
        legend: Vec::new(),
        columns: 1,
        width: COLUMN,
        panel_height: 205.0,
    })
}

/// Circles of lengths that are powers of ten.
fn circles(panel: &mut Panel, low: f64, high: f64, towards: (f64, f64)) {
    let decades = (low.ceil() as i32, high as i32);
    let step = ((decades.1 - decades.0) / 4).max(1);
    for power in (decades.0..=decades.1).rev().step_by(step as usize) {
        let radius = (f64::from(power) - low) / (high - low);
        let at = |k: u32| {
            let angle = f64::from(k) * std::f64::consts::TAU / 90.0;
            (radius * angle.cos(), radius * angle.sin())
        };
        panel.layers.push(Layer::Trace {
            points: (0..=90).map(at).collect(),
            ink: Ink::Muted,
            opacity: 0.35,
            dash: Dash::Solid,
        });
        panel.layers.push(Layer::Words {
            at: (towards.0 * radius, towards.1 * radius),
            text: power_of_ten(power),
            anchor: Anchor::Middle,
            ink: Ink::Muted,
        });
    }
}

/// The direction, of twenty-four, that is farthest from all kinks and from where neurons end.
fn clear_direction(path: &Path, plane: &Plane) -> (f64, f64) {
    let unit = |[x, y]: [f64; 2]| {
        let size = x.hypot(y);
        (size > 0.0).then_some((x / size, y / size))
    };
    let inputs = path.dataset.inputs();
    let normals: Vec<(f64, f64)> = match plane.whole && inputs.nrows() <= MOST_KINKS {
        true => inputs
            .rows()
            .into_iter()
            .filter_map(|x| unit(plane.place(x)))
            .collect(),
        false => Vec::new(),
    };
    let ends: Vec<(f64, f64)> = path.end().map_or_else(Vec::new, |end| {
        let w = end.network.hidden_weights();
        w.rows()
            .into_iter()
            .filter_map(|w| unit(plane.place(w)))
            .collect()
    });
    let room = |(x, y): (f64, f64)| {
        let kink = normals.iter().map(|(a, b)| (a * x + b * y).abs());
        let neuron = ends.iter().map(|(a, b)| (a - x).hypot(b - y));
        kink.chain(neuron).fold(f64::INFINITY, f64::min)
    };
    let directions = (0..24).map(|k| (f64::from(k) * std::f64::consts::TAU / 24.0).sin_cos());
    let best = directions.max_by(|a, b| room((a.1, a.0)).total_cmp(&room((b.1, b.0))));
    best.map_or((1.0, 0.0), |(sine, cosine)| (cosine, sine))
}

/// The lines ⟨w, x_i⟩ = 0, each with its example's name on the active side.
fn kinks(panel: &mut Panel, path: &Path, plane: &Plane, reach: f64) {
    for (i, input) in path.dataset.inputs().rows().into_iter().enumerate() {
        let [x, y] = plane.place(input);
        let size = x.hypot(y);
        if size == 0.0 {
            continue;
        }
        let (x, y) = (x / size, y / size);
        let far = 3.0 * reach;
        panel.layers.push(Layer::Trace {
            points: vec![(far * y, -far * x), (-far * y, far * x)],
            ink: Ink::Muted,
            opacity: 0.7,
            dash: Dash::Dashed,
        });
        // Names of lines that are close stand at different distances.
        let along = (0.98 - 0.13 * (i % 4) as f64) * reach;
        let beside = 0.07 * reach;
        panel.layers.push(Layer::Words {
            at: (along * y + beside * x, -along * x + beside * y),
            text: format!("*x*_{{{i}}}"),
            anchor: Anchor::Middle,
            ink: Ink::Muted,
        });
    }
}
