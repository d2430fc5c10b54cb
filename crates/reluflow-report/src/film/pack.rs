//! Packs a path for the player: few words of JSON, and arrays of numbers in base 64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::path::{Path, Plane};

/// Most inputs whose kink lines are drawn.
const MOST_LINES: usize = 40;
/// Most events that are kept.
const MOST_EVENTS: usize = 10_000;

/// Little-endian single precision, in base 64.
fn singles(values: impl Iterator<Item = f64>) -> String {
    let bytes: Vec<u8> = values.flat_map(|value| (value as f32).to_le_bytes()).collect();
    STANDARD.encode(bytes)
}

/// Little-endian double precision, in base 64.
fn doubles(values: impl Iterator<Item = f64>) -> String {
    let bytes: Vec<u8> = values.flat_map(f64::to_le_bytes).collect();
    STANDARD.encode(bytes)
}

/// What the player reads. `states` holds for every frame and neuron the two coordinates of w_j, a_j and ‖w_j‖.
pub(super) fn pack(path: &Path, plane: &Plane) -> Value {
    let frames = path.snapshots.len();
    let states = path.snapshots.iter().flat_map(|one| {
        let (w, a) = (one.network.hidden_weights(), one.network.output_weights());
        (0..w.nrows()).flat_map(move |j| {
            let row = w.row(j);
            let [x, y] = plane.place(row);
            [x, y, a[j], row.dot(&row).sqrt()]
        })
    });
    // On a line of inputs all is known of f; the kinks of a plane's inputs are lines through 0.
    let line = path.line().map(|line| {
        let inputs = path.dataset.inputs();
        json!({
            "coordinate": line.coordinate,
            "constant": line.constant,
            "x": inputs.column(line.coordinate).to_vec(),
            "y": path.dataset.labels().to_vec(),
        })
    });
    let inputs: Vec<[f64; 2]> = if plane.whole && path.dataset.examples() <= MOST_LINES {
        path.dataset
            .inputs()
            .rows()
            .into_iter()
            .map(|x| plane.place(x))
            .collect()
    } else {
        Vec::new()
    };
    let kinds: Vec<&str> = {
        let mut kinds: Vec<&str> = path.events.iter().map(|event| event.kind.as_str()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    };
    let shown = &path.events[..path.events.len().min(MOST_EVENTS)];
    let kind = |name: &str| kinds.iter().position(|kind| *kind == name).unwrap_or(0) as f64;
    let events = shown.iter().flat_map(|event| {
        let place = [
            event.neuron as f64,
            event.example as f64,
            kind(event.kind.as_str()),
        ];
        [event.time, place[0], place[1], place[2]]
    });
    json!({
        "frames": frames,
        "neurons": path.neurons(),
        "dimension": path.dataset.dimension(),
        "examples": path.dataset.examples(),
        "slope": path.activation.slope(),
        "factor": path.output_factor,
        "whole": plane.whole,
        "labels": plane.words,
        "times": doubles(path.snapshots.iter().map(|one| one.time)),
        "places": doubles(path.logarithmic_times().into_iter()),
        "losses": doubles(path.snapshots.iter().map(|one| one.loss)),
        "states": singles(states),
        "line": line,
        "inputs": inputs,
        "kinds": kinds,
        "events": doubles(events),
        "left_out": path.events.len() - shown.len(),
    })
}
