//! Checks films without a browser: what the page holds, how frames are chosen, onto which plane neurons are projected.
#![allow(clippy::unwrap_used)] // in the helpers of tests

use base64::Engine as _;
use ndarray::{Array1, Array2, array};
use reluflow::model::Activation;
use reluflow::observe::Snapshot;
use reluflow::{Dataset, Network};
use reluflow_report::film::{Options, film};
use reluflow_report::path::{Along, Direction, Happening, Path, thinned};
use serde_json::Value;

/// A path through networks at times 0, 1, 2, 4, 8, …
fn path(dataset: Dataset, networks: Vec<Network>) -> Path {
    let time = |k: usize| if k == 0 { 0.0 } else { 2f64.powi(k as i32 - 1) };
    Path {
        name: "a <film> & more".to_owned(),
        verdict: "it ended".to_owned(),
        dataset,
        activation: Activation::Relu,
        output_factor: 1.0,
        snapshots: networks
            .into_iter()
            .enumerate()
            .map(|(k, network)| Snapshot {
                time: time(k),
                loss: 0.5f64.powi(k as i32),
                network,
            })
            .collect(),
        events: vec![Happening {
            time: 1.5,
            neuron: 1,
            example: 0,
            kind: "crossed".to_owned(),
        }],
    }
}

fn on_a_line() -> Path {
    let dataset = Dataset::new(array![[-1.0, 1.0], [0.5, 1.0]], array![1.0, -1.0]).unwrap();
    let network = |s: f64| Network::new(array![[s, 0.0], [0.0, -2.0 * s]], array![s, -s]).unwrap();
    path(dataset, vec![network(1.0), network(1.5), network(3.0)])
}

/// The data of a page.
fn data(page: &str) -> Value {
    let (_, rest) = page.split_once("id=\"data\">").unwrap();
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    base64::engine::general_purpose::STANDARD
        .decode(value.as_str().unwrap())
        .unwrap()
}

#[test]
fn a_film_is_one_page_with_everything_in_it() {
    let page = film(&on_a_line(), &Options::default()).unwrap();
    for remote in ["http:", "https:", "src=", "@import", "url(", "{{"] {
        assert!(!page.contains(remote), "{remote}");
    }
    assert!(
        page.contains("<h1>a &lt;film&gt; &amp; more</h1>") && page.contains("prefers-color-scheme: dark")
    );
    let data = data(&page);
    assert_eq!(data["frames"], 3);
    assert_eq!(data["kinds"][0], "crossed");
    assert_eq!(data["line"]["x"], serde_json::json!([-1.0, 0.5]));
    // (w_1, w_2, a, ‖w‖) of two neurons in three frames.
    let states: Vec<f32> = bytes(&data["states"])
        .chunks(4)
        .map(|b| f32::from_le_bytes(b.try_into().unwrap()))
        .collect();
    let frame = |s: f32| [s, 0.0, s, s, 0.0, -2.0 * s, -s, 2.0 * s];
    assert_eq!(states, [frame(1.0), frame(1.5), frame(3.0)].concat());
    let times: Vec<f64> = bytes(&data["times"])
        .chunks(8)
        .map(|b| f64::from_le_bytes(b.try_into().unwrap()))
        .collect();
    assert_eq!(times, [0.0, 1.0, 2.0]);
}

#[test]
fn fifty_neurons_at_three_hundred_times_are_below_two_megabytes_and_so_are_a_thousand() {
    for (p, most) in [(50, 700_000), (1000, 2_000_000)] {
        let dataset = Dataset::new(array![[1.0, 0.2], [0.3, 1.0]], array![1.0, -1.0]).unwrap();
        // Numbers without a pattern that would shorten them: base 64 has one length all the same.
        let network = |k: usize| {
            let w = Array2::from_shape_fn((p, 2), |(j, c)| {
                ((k * 7 + j * 3 + c) as f64).sin() * (1.0 + k as f64)
            });
            Network::new(w, Array1::from_shape_fn(p, |j| ((k + j) as f64).cos() + 2.0)).unwrap()
        };
        let mut path = path(dataset, (0..400).map(network).collect());
        for (k, one) in path.snapshots.iter_mut().enumerate() {
            one.time = 1.03f64.powi(k as i32);
        }
        let page = film(&path, &Options::default()).unwrap();
        assert!(page.len() < most, "{p}: {}", page.len());
        let frames = data(&page)["frames"].as_u64().unwrap();
        assert!(
            if p == 50 { frames == 300 } else { frames >= 60 },
            "{p}: {frames}"
        );
    }
}

#[test]
fn frames_are_chosen_evenly_in_log_time_from_where_something_moves() {
    let dataset = Dataset::new(array![[1.0]], array![1.0]).unwrap();
    // Nothing moves until t = 2^9; then the weight grows by half of itself a step.
    let weight = |k: usize| 1.5f64.powi(k.saturating_sub(10) as i32);
    let network = |k: usize| Network::new(array![[weight(k)]], array![1.0]).unwrap();
    let path = path(dataset, (0..=50).map(network).collect());
    let times: Vec<f64> = thinned(path, 11).snapshots.iter().map(|one| one.time).collect();
    // The start, then ten of the forty doublings from the last that has not moved, 2^9, to the end, 2^49.
    let expected: Vec<f64> = [0.0]
        .into_iter()
        .chain((0..10).map(|k| 2f64.powi(9 + (40.0 * f64::from(k) / 9.0).round() as i32)))
        .collect();
    assert_eq!(times, expected);
}

#[test]
fn the_leading_plane_is_where_the_neurons_end() {
    // |a_j| w_j lie in the plane of e0 and (e1 + e3)/√2, longest along the latter.
    let dataset = Dataset::new(Array2::eye(4), Array1::ones(4)).unwrap();
    let end = Network::new(
        array![[1.0, 0.0, 0.0, 0.0], [0.0, 2.0, 0.0, 2.0]],
        array![1.0, -3.0],
    )
    .unwrap();
    let start = Network::new(Array2::ones((2, 4)), Array1::ones(2)).unwrap();
    let path = path(dataset, vec![start, end]);
    let plane = path.plane(&Along::Leading).unwrap();
    let half = 0.5f64.sqrt();
    for (found, expected) in plane
        .directions
        .iter()
        .zip([[0.0, half, 0.0, half], [1.0, 0.0, 0.0, 0.0]])
    {
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-14, "{plane:?}");
        }
    }
    // γ = (1, 1, 1, 1)/4; what is left of x0 = e0 is (3, −1, −1, −1)/√12.
    let given: Along = "gamma,x0".parse().unwrap();
    let plane = path.plane(&given).unwrap();
    let expected = [[0.5; 4], [3.0, -1.0, -1.0, -1.0].map(|v| v / 12f64.sqrt())];
    for (found, expected) in plane.directions.iter().flatten().zip(expected.as_flattened()) {
        assert!((found - expected).abs() < 1e-14, "{plane:?}");
    }
}

#[test]
fn what_is_no_path_or_no_plane_is_refused_in_words() {
    let refused = |path: &Path, along: Along| {
        film(
            path,
            &Options {
                along,
                ..Options::default()
            },
        )
        .unwrap_err()
        .to_string()
    };
    let mut path = on_a_line();
    let given = |a, b| Along::Given(a, b);
    let text = refused(
        &path,
        given(Direction::Axis(0), Direction::Vector(vec![-2.0, 0.0])),
    );
    assert!(text.contains("two directions that are not parallel"), "{text}");
    let text = refused(&path, given(Direction::Axis(0), Direction::Input(2)));
    assert!(
        text.contains("an input from 0 to 1") && text.contains('2'),
        "{text}"
    );
    let text = refused(&path, given(Direction::Axis(0), Direction::Vector(vec![1.0])));
    assert!(text.contains("2 numbers") && text.contains("1 numbers"), "{text}");
    path.snapshots.swap(1, 2);
    let text = refused(&path, Along::Leading);
    assert!(
        text.contains("increasing times") && text.contains("1 after 2"),
        "{text}"
    );
    path.snapshots.truncate(1);
    assert!(refused(&path, Along::Leading).contains("networks at two times or more"));
    assert!("e0".parse::<Along>().is_err() && "e0,y1".parse::<Along>().is_err());
}
