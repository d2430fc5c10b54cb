//! Checks pictures by what they are made of: lines, places and labels of cases known by hand, and what they refuse.
#![allow(clippy::unwrap_used)] // in the helpers of tests

use ndarray::{Array2, array};
use reluflow::flow::Interrupt;
use reluflow::model::Activation;
use reluflow::observe::Snapshot;
use reluflow::{Dataset, Network};
use reluflow_lab::{Experiment, Run, RunFolder, Trial};
use reluflow_plot::{Chart, Ink, Layer, Panel, Scale};
use reluflow_report::path::{Along, Path};
use reluflow_report::pictures::{
    Curve, Draws, HeatCell, Kind, Sample, Series, Wish, column, columns, heat, histogram, losses, picture,
    table_picture,
};

fn path(dataset: Dataset, networks: Vec<(f64, f64, Network)>) -> Path {
    Path {
        name: "test".to_owned(),
        verdict: "it ended".to_owned(),
        dataset,
        activation: Activation::Relu,
        output_factor: 1.0,
        snapshots: networks
            .into_iter()
            .map(|(time, loss, network)| Snapshot { time, loss, network })
            .collect(),
        events: Vec::new(),
    }
}

fn draw(kind: Kind, path: &Path) -> Chart {
    let chart = picture(kind, path, &Along::Leading).unwrap();
    let svg = chart.draw().svg();
    assert!(
        svg.starts_with("<svg xmlns=") && !svg.contains("NaN") && !svg.contains("inf"),
        "{kind:?}"
    );
    chart
}

fn refusal(kind: Kind, path: &Path) -> String {
    picture(kind, path, &Along::Leading).unwrap_err().to_string()
}

fn traces(panel: &Panel) -> Vec<(Vec<(f64, f64)>, Ink)> {
    let trace = |layer: &Layer| match layer {
        Layer::Trace { points, ink, .. } => Some((points.clone(), *ink)),
        _ => None,
    };
    panel.layers.iter().filter_map(trace).collect()
}

fn lines(panel: &Panel) -> Vec<Vec<(f64, f64)>> {
    fn line(layer: &Layer) -> Option<Vec<(f64, f64)>> {
        match layer {
            Layer::Line { points, .. } => Some(points.clone()),
            Layer::Moved { layer, .. } => line(layer),
            _ => None,
        }
    }
    panel.layers.iter().filter_map(line).collect()
}

/// Two neurons of inputs (s, 1) that move from (1, 0) to (2, 0) and from (0, 1) to (−1, 1).
fn two_neurons() -> Path {
    let dataset = Dataset::new(array![[-1.0, 1.0], [1.0, 1.0]], array![1.0, 0.5]).unwrap();
    let start = Network::new(array![[1.0, 0.0], [0.0, 1.0]], array![1.0, -1.0]).unwrap();
    let end = Network::new(array![[2.0, 0.0], [-1.0, 1.0]], array![3.0, -2.0]).unwrap();
    path(
        dataset,
        vec![(0.0, 1.0, start.clone()), (1.0, 0.9, start), (10.0, 0.1, end)],
    )
}

#[test]
fn neurons_move_at_a_times_w_in_the_colour_of_their_sign() {
    let chart = draw(Kind::Neurons, &two_neurons());
    let (kinks, found): (Vec<_>, Vec<_>) = traces(&chart.panels[0])
        .into_iter()
        .partition(|(_, ink)| *ink == Ink::Muted);
    assert_eq!(kinks.len(), 2);
    let expected = [
        (vec![(1.0, 0.0), (1.0, 0.0), (6.0, 0.0)], Ink::Series(0)),
        (vec![(0.0, 1.0), (0.0, 1.0), (-2.0, 2.0)], Ink::Series(1)),
    ];
    assert_eq!(found, expected);
    // Two kinks, each orthogonal to its input.
    for (kink, x) in kinks.iter().zip([(-1.0, 1.0), (1.0, 1.0)]) {
        assert!((kink.0[0].0 * x.0 + kink.0[0].1 * x.1).abs() < 1e-12);
    }
    assert!(chart.panels[0].equal);
}

#[test]
fn far_apart_sizes_are_drawn_by_their_logarithm() {
    let dataset = Dataset::new(array![[1.0, 0.0]], array![1.0]).unwrap();
    let network = |s: f64| Network::new(array![[0.6 * s, 0.8 * s]], array![1.0]).unwrap();
    // Sizes 1e-8 and 1: from half a decade below to the last decade.
    let path = path(dataset, vec![(1.0, 1.0, network(1e-8)), (2.0, 0.5, network(1.0))]);
    let chart = draw(Kind::Neurons, &path);
    let found = &traces(&chart.panels[0]).pop().unwrap().0;
    let share = 0.5 / 8.5;
    for ((x, y), size) in found.iter().zip([share, 1.0]) {
        assert!(
            (x - 0.6 * size).abs() < 1e-9 && (y - 0.8 * size).abs() < 1e-9,
            "{found:?}"
        );
    }
}

#[test]
fn angles_and_sizes_are_those_of_the_weights() {
    let chart = draw(Kind::Angles, &two_neurons());
    let last = |panel: &Panel, j: usize| *traces(panel)[j].0.last().unwrap();
    assert_eq!(last(&chart.panels[0], 0), (10.0, 0.0));
    assert!((last(&chart.panels[0], 1).1 - 135.0).abs() < 1e-12);
    assert!((last(&chart.panels[1], 0).1 - 6.0).abs() < 1e-12);
    assert!((last(&chart.panels[1], 1).1 - 8f64.sqrt()).abs() < 1e-12);
    // Beyond two dimensions: the angle to γ = (1, 1, 0)/2.
    let dataset = Dataset::new(array![[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], array![1.0, 1.0]).unwrap();
    let network = |z: f64| Network::new(array![[1.0, 1.0, z]], array![1.0]).unwrap();
    let path = path(
        dataset,
        vec![(1.0, 1.0, network(0.0)), (2.0, 0.5, network(2f64.sqrt()))],
    );
    let chart = draw(Kind::Angles, &path);
    let found = &traces(&chart.panels[0])[0].0;
    // acos near 1 keeps half of the digits.
    assert!(
        found[0].1.abs() < 1e-5 && (found[1].1 - 45.0).abs() < 1e-12,
        "{found:?}"
    );
}

#[test]
fn an_angle_that_passes_180_degrees_does_not_cross_the_picture() {
    let dataset = Dataset::new(array![[1.0, 0.0]], array![1.0]).unwrap();
    let network = |y: f64| Network::new(array![[-1.0, y]], array![1.0]).unwrap();
    let path = path(dataset, vec![(1.0, 1.0, network(0.1)), (2.0, 0.5, network(-0.1))]);
    let found = traces(&draw(Kind::Angles, &path).panels[0])[0].0.clone();
    assert_eq!(found.len(), 3);
    assert!(found[1].1.is_nan());
}

#[test]
fn singular_values_are_those_of_the_hidden_weights_however_small() {
    let dataset = Dataset::new(array![[1.0, 0.0]], array![1.0]).unwrap();
    // Squares of these underflow.
    let network = |s: f64| Network::new(array![[3.0 * s, 0.0], [0.0, -s]], array![1.0, 1.0]).unwrap();
    let path = path(
        dataset,
        vec![(1.0, 1.0, network(1e-200)), (2.0, 0.5, network(1.0))],
    );
    let found = lines(&draw(Kind::SingularValues, &path).panels[0]);
    for (line, value) in found.iter().zip([3.0, 1.0]) {
        assert!(
            (line[0].1 / (value * 1e-200) - 1.0).abs() < 1e-14 && (line[1].1 - value).abs() < 1e-14,
            "{line:?}"
        );
    }
}

#[test]
fn the_function_bends_at_its_kinks() {
    let path = two_neurons();
    let chart = draw(Kind::Function, &path);
    // At the end h(s) = 3 σ(2s) − 2 σ(1 − s).
    let h = |s: f64| 6.0 * s.max(0.0) - 2.0 * (1.0 - s).max(0.0);
    let curves = lines(&chart.panels[0]);
    let curve = curves.last().unwrap();
    assert!(curve.iter().all(|(s, value)| (value - h(*s)).abs() < 1e-12));
    assert!(
        curve.iter().any(|(s, _)| *s == 0.0) && curve.iter().any(|(s, _)| *s == 1.0),
        "a point at each kink"
    );
    // The kinks with a ‖w‖: 0 with 6, 1 with −2√2.
    let heads: Vec<(f64, f64, f64)> = chart.panels[1]
        .layers
        .iter()
        .filter_map(|layer| match layer {
            Layer::Discs { points, .. } => Some(points.clone()),
            _ => None,
        })
        .flatten()
        .collect();
    assert_eq!(heads[0], (0.0, 6.0, 1.9));
    assert!(heads[1].0 == 1.0 && (heads[1].1 + 8f64.sqrt()).abs() < 1e-12);
}

#[test]
fn regions_are_where_the_network_is_positive() {
    let dataset = Dataset::new(array![[1.0, 0.4], [-1.0, 0.3]], array![1.0, -1.0]).unwrap();
    // h(x) = σ(x_1) − σ(−x_1) = x_1.
    let network = || Network::new(array![[1.0, 0.0], [-1.0, 0.0]], array![1.0, -1.0]).unwrap();
    let path = path(dataset, vec![(1.0, 1.0, network()), (2.0, 0.5, network())]);
    let chart = draw(Kind::Regions, &path);
    for layer in &chart.panels[0].layers {
        if let Layer::Shade { rectangles, ink, .. } = layer {
            let negative = *ink == Ink::Series(1);
            for (a, b) in rectangles {
                assert!(if negative { b.0 <= 1e-12 } else { a.0 >= -1e-12 }, "{a:?} {b:?}");
            }
        }
    }
    let boundary = lines(&chart.panels[0]).pop().unwrap();
    assert!(!boundary.is_empty());
    // Found by thirty halvings of an edge of the grid, 2.9/120 long: to 3e-11.
    assert!(
        boundary
            .iter()
            .all(|point| point.0.is_nan() || point.0.abs() < 1e-10)
    );
}

#[test]
fn data_without_a_picture_are_refused_in_words() {
    let dataset = Dataset::new(Array2::eye(4), array![1.0, 1.0, 1.0, 1.0]).unwrap();
    let network = || Network::new(Array2::ones((2, 4)), array![1.0, -1.0]).unwrap();
    let path = path(dataset, vec![(1.0, 1.0, network()), (2.0, 0.5, network())]);
    let text = refusal(Kind::Function, &path);
    assert!(
        text.contains("numbers with a constant coordinate") && text.contains("inputs in dimension 4"),
        "{text}"
    );
    let text = refusal(Kind::Regions, &path);
    assert!(
        text.contains("two-dimensional inputs") && text.contains("inputs in dimension 4"),
        "{text}"
    );
    assert!(refusal(Kind::Regions, &two_neurons()).contains("`function` draws those"));
}

#[test]
fn the_median_counts_a_run_that_succeeded_as_below_all() {
    let curve = |points: &[(f64, f64)], succeeded| Curve {
        group: 0,
        points: points.to_vec(),
        succeeded,
    };
    // Between rows losses are straight in the logarithms: at t = 10 the first is 0.1.
    let runs = [
        curve(&[(1.0, 1.0), (100.0, 0.01)], true),
        curve(&[(1.0, 1.0), (10.0, 0.5), (1000.0, 0.5)], false),
        curve(&[(1.0, 1.0), (10.0, 0.3)], false),
    ];
    let chart = losses(&runs, &[String::new()]);
    let median = lines(&chart.panels[0]).pop().unwrap();
    let at = |time: f64| {
        median
            .iter()
            .find(|point| (point.0 / time - 1.0).abs() < 0.02)
            .unwrap()
            .1
    };
    // At rest a run keeps its loss: 0.3 is the middle of 0.1, 0.3, 0.5 and of 0, 0.3, 0.5.
    assert!((at(10.0) - 0.3).abs() < 0.01 && at(500.0) == 0.3);
    assert_eq!(traces(&chart.panels[0]).len(), 3);
    // With two of three ended in success the median is one of them, and its line ends.
    let runs = [runs[0].clone(), runs[0].clone(), runs[1].clone()];
    let median = lines(&losses(&runs, &[String::new()]).panels[0]).pop().unwrap();
    assert!(median.iter().any(|point| point.1 > 0.0) && median.last().unwrap().1.is_nan());
}

#[test]
fn columns_show_every_draw_and_their_mean() {
    let draws = |at, values: &[f64]| Draws {
        at,
        values: values.to_vec(),
    };
    let series = Series {
        name: "*p* = 3".to_owned(),
        draws: vec![draws(1.0, &[1.0, 3.0, f64::NAN]), draws(100.0, &[1000.0, 3000.0])],
    };
    let chart = column(&[series], "n", "loss");
    let panel = &chart.panels[0];
    assert_eq!((panel.x.scale, panel.y.scale), (Scale::Log, Scale::Log));
    assert_eq!(lines(panel)[0], [(1.0, 2.0), (100.0, 2000.0)]);
    assert!(
        matches!(&panel.layers[0], Layer::Discs { points, .. } if points.len() == 4),
        "a draw that is not a number is left out"
    );
    assert_eq!(panel.legend[0].text, "*p* = 3");
}

#[test]
fn a_heat_map_is_shaded_by_its_scale() {
    let cell = |x, y, value| HeatCell { x, y, value };
    let cells = [
        cell(1.0, 1.0, 1e-4),
        cell(2.0, 1.0, 1e-2),
        cell(1.0, 2.0, 1.0),
        cell(2.0, 2.0, f64::NAN),
    ];
    let chart = heat(&cells, "n", "d", "loss");
    let shares = |panel: &Panel| -> Vec<f64> {
        let share = |layer: &Layer| match layer {
            Layer::Tile { share, .. } => Some(*share),
            _ => None,
        };
        panel.layers.iter().filter_map(share).collect()
    };
    let found = shares(&chart.panels[0]);
    // Values 10⁻⁴, 10⁻², 1 on a logarithmic scale; the cell without a number is blank.
    assert_eq!(found.len(), 3);
    for (found, expected) in found.iter().zip([0.0, 0.5, 1.0]) {
        assert!((found - expected).abs() < 1e-12);
    }
    let scale = &chart.panels[1];
    assert_eq!(scale.x.scale, Scale::Log);
    assert!(shares(scale).is_sorted());
}

#[test]
fn a_histogram_counts_every_value_once() {
    let values: Vec<f64> = (0..100).map(|k| 10f64.powf(f64::from(k) / 25.0)).collect();
    let sample = Sample {
        name: String::new(),
        values: [values, vec![f64::NAN]].concat(),
    };
    let chart = histogram(&[sample], "time");
    let Layer::Shade { rectangles, .. } = &chart.panels[0].layers[0] else {
        panic!("{:?}", chart.panels[0].layers[0]);
    };
    assert_eq!(rectangles.iter().map(|(_, b)| b.1).sum::<f64>(), 100.0);
    assert_eq!(chart.panels[0].x.scale, Scale::Log);
}

/// Six cells of gradient descent, two draws each.
fn run() -> (tempfile::TempDir, Experiment, Vec<Trial>) {
    let text = "[sweep]\nd = 5\nn = [6, 12, 24]\np = 8\n\"init.hidden_scale\" = [1.0, 0.1]\ndraws = 2\n\n\
                [flow]\nmethod = \"gradient-descent\"\n\n[stop]\nsteps = 10\n\n[record]\nobservables = [\"squared-norm\"]\n";
    let experiment = Experiment::from_text("test", "own", text, &[], std::path::Path::new("")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut run = Run::open(&experiment, RunFolder::check(folder.path(), &experiment).unwrap()).unwrap();
    run.execute(2, &Interrupt::default(), |_| {}).unwrap();
    let (kept, experiment) = RunFolder::open(folder.path()).unwrap();
    let trials = kept.read(&experiment).unwrap().trials;
    (folder, experiment, trials)
}

#[test]
fn any_column_of_a_run_is_drawn_and_others_are_refused() {
    let (_folder, experiment, trials) = run();
    let names: Vec<String> = columns(&experiment, &trials)
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    for name in ["loss", "converged", "squared_norm", "remaining_loss", "steps"] {
        assert!(names.iter().any(|known| known == name), "{name}: {names:?}");
    }
    let along = Wish::Column { x: None, by: None };
    let chart = table_picture(&experiment, &trials, "squared_norm", &along).unwrap();
    // n across; a line for each scale, with a point for each n.
    let found = lines(&chart.panels[0]);
    assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3]);
    let mean = |n: u64, scale: usize| -> f64 {
        let of = |trial: &&Trial| {
            experiment.cells[trial.cell].n == n
                && experiment.cells[trial.cell].axes[0].to_string() == ["1", "0.1"][scale]
        };
        let values: Vec<f64> = trials
            .iter()
            .filter(of)
            .map(|trial| trial.number("squared_norm"))
            .collect();
        assert_eq!(values.len(), 2);
        (values[0] + values[1]) / 2.0
    };
    for (scale, line) in found.iter().enumerate() {
        for ((at, value), n) in line.iter().zip([6, 12, 24]) {
            assert!(
                *at == n as f64 && (value / mean(n, scale) - 1.0).abs() < 1e-12,
                "{line:?}"
            );
        }
    }
    let map = Wish::Map { x: None, y: None };
    assert!(
        matches!(&table_picture(&experiment, &trials, "loss", &map).unwrap().panels[0].layers[..], layers if layers.len() == 6)
    );
    let by = Some("init.hidden_scale".to_owned());
    let chart = table_picture(&experiment, &trials, "loss", &Wish::Histogram { by }).unwrap();
    assert_eq!(chart.panels[0].legend.len(), 2);

    let refused = |name: &str, wish: &Wish| {
        table_picture(&experiment, &trials, name, wish)
            .unwrap_err()
            .to_string()
    };
    let text = refused("los", &along);
    assert!(
        text.contains("no such column") && text.contains("remaining_loss") && text.contains("did you mean"),
        "{text}"
    );
    let x = Some("m".to_owned());
    let text = refused("loss", &Wish::Column { x, by: None });
    assert!(
        text.contains("no such axis") && text.contains("n, d, p, init.hidden_scale"),
        "{text}"
    );
    let text = refused("mu_low", &along);
    assert!(text.contains("nothing to draw"), "{text}");
}
