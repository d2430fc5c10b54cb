//! Draws angle and size of every neuron over log time.

use reluflow_plot::{Axis, Chart, Dash, Ink, Layer, PAGE, Panel};

use crate::path::Path;

/// (a) In dimension 2 the argument of w_j, beyond it the angle to γ, in degrees; (b) |a_j| ‖w_j‖. Colour is the sign of a_j.
pub(super) fn angles(path: &Path) -> Chart {
    let plane = path.dataset.dimension() == 2;
    let gamma = path.gamma();
    let norm = |v: &mut dyn Iterator<Item = f64>| v.map(|v| v * v).sum::<f64>().sqrt();
    let length = norm(&mut gamma.iter().copied());
    let times: Vec<f64> = path.snapshots.iter().map(|one| one.time).collect();
    let first = times.iter().copied().find(|time| *time > 0.0).unwrap_or(1.0);
    let last = times.last().copied().unwrap_or(1.0).max(1.001 * first);
    let axis = || Axis::log("time *t*").over(first, last);
    let mut angle = Panel {
        title: if plane {
            "(a) direction of *w*_{*j*}"
        } else {
            "(a) angle to *γ*"
        }
        .to_owned(),
        x: axis(),
        y: Axis {
            marks: if plane {
                vec![-180.0, -90.0, 0.0, 90.0, 180.0]
            } else {
                vec![0.0, 45.0, 90.0, 135.0, 180.0]
            },
            ..Axis::linear("angle in degrees").over(if plane { -186.0 } else { -4.0 }, 186.0)
        },
        ..Panel::default()
    };
    let mut size = Panel {
        title: "(b) size".to_owned(),
        x: axis(),
        y: Axis::log("|*a*_{*j*}| ‖*w*_{*j*}‖"),
        ..Panel::default()
    };
    let mut signs = [false; 2];
    for j in 0..path.neurons() {
        let negative = path
            .end()
            .is_some_and(|end| end.network.output_weights()[j] < 0.0);
        signs[usize::from(negative)] = true;
        let (mut angles, mut sizes) = (Vec::new(), Vec::new());
        let mut before = f64::NAN;
        for one in &path.snapshots {
            let (w, a) = (one.network.hidden_weights(), one.network.output_weights()[j]);
            let w = w.row(j);
            let degrees = if plane {
                w[1].atan2(w[0]).to_degrees()
            } else {
                // Of lengths 1 first: products of tiny weights may underflow.
                let own = norm(&mut w.iter().copied());
                let cosine: f64 = w.iter().zip(&gamma).map(|(w, g)| (w / own) * (g / length)).sum();
                cosine.clamp(-1.0, 1.0).acos().to_degrees()
            };
            // From 180° to −180° the line would cross the whole picture.
            if (degrees - before).abs() > 180.0 {
                angles.push((f64::NAN, f64::NAN));
            }
            before = degrees;
            angles.push((one.time, degrees));
            sizes.push((one.time, a.abs() * norm(&mut w.iter().copied())));
        }
        for (panel, points) in [(&mut angle, angles), (&mut size, sizes)] {
            panel.layers.push(Layer::Trace {
                points,
                ink: Ink::Series(usize::from(negative)),
                opacity: 0.6,
                dash: Dash::Solid,
            });
        }
    }
    let mut chart = Chart {
        description: format!("Angle and size of {} neurons over time", path.neurons()),
        panels: vec![angle, size],
        legend: Vec::new(),
        columns: 2,
        width: PAGE,
        panel_height: 140.0,
    };
    for (k, word) in ["*a*_{*j*} > 0", "*a*_{*j*} < 0"].into_iter().enumerate() {
        if signs[k] {
            chart.legend.push(reluflow_plot::Entry::new(
                word,
                Ink::Series(k),
                None,
                Some(Dash::Solid),
            ));
        }
    }
    chart
}
