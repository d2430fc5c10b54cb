//! Compares laws at successive n, and careful steps with standard ones, in tables and sentences.

use reluflow_statistics::two_samples::Distance;
use reluflow_statistics::{kolmogorov_smirnov, kolmogorov_smirnov_of_shapes};

use super::log::Log;
use super::series::{Series, Size};
use crate::findings::table::entry;
use crate::findings::{Table, Written};
use crate::intervals::{LEVEL, RESAMPLES, SEED};

/// A probability with two digits.
fn probability(value: f64) -> String {
    match value < 0.01 {
        true => format!("{value:.1e}"),
        false => format!("{value:.2}"),
    }
}

type Values = fn(&Size) -> Vec<f64>;

/// Whether √n μ_∞, and its shape, have the same law at successive n: of flows, and of what many starts predicted.
pub(super) fn laws(main: &Series, written: &mut Written) {
    let mut table = Table::new(
        "curvature-laws",
        "quantity n next draws next_draws distance p_value shape_distance shape_p_value",
    );
    let flows = |size: &Size| size.values(|draw| draw.limit);
    let starts = |size: &Size| size.starts.values().copied().collect::<Vec<f64>>();
    let values: [Values; 2] = [flows, starts];
    for (name, values) in ["found", "predicted"].into_iter().zip(values) {
        for pair in main.sizes.windows(2) {
            let (a, b) = (values(&pair[0]), values(&pair[1]));
            let same = kolmogorov_smirnov(&a, &b, RESAMPLES, SEED);
            let shape = kolmogorov_smirnov_of_shapes(&a, &b, RESAMPLES, SEED);
            let (Some(same), Some(shape)) = (same, shape) else {
                continue;
            };
            let sizes = [pair[0].n, pair[1].n, a.len() as u64, b.len() as u64];
            let mut row = vec![name.to_owned()];
            row.extend(sizes.map(|size| size.to_string()));
            row.extend(
                [same, shape]
                    .iter()
                    .flat_map(|d: &Distance| [entry(d.distance), entry(d.p_value)]),
            );
            table.rows.push(row);
            written.sentences.push(format!(
                "{name} at n = {} and {}: one law of √n μ with probability {}, one shape with probability {}",
                pair[0].n,
                pair[1].n,
                probability(same.p_value),
                probability(shape.p_value)
            ));
        }
    }
    written.tables.push(table);
}

/// What careful steps change, on the same draws.
pub(super) fn steps(main: &Series, careful: Option<&Series>, written: &mut Written) {
    let mut table = Table::new(
        "curvature-steps",
        "n draws careful_over_standard low high farthest",
    );
    for size in careful.map_or(&[][..], |series| &series.sizes) {
        let standard = main.sizes.iter().find(|one| one.n == size.n);
        let pairs = size.draws.iter().filter_map(|(k, draw)| {
            let other = standard?.draws.get(k)?;
            Some(draw.limit / other.limit)
        });
        let ratios: Vec<f64> = pairs.collect();
        if ratios.is_empty() {
            continue;
        }
        let mean = Log::geometric(&ratios).exponential(LEVEL);
        let farthest = ratios.iter().map(|ratio| (ratio - 1.0).abs()).fold(0.0, f64::max);
        let mut row = vec![size.n.to_string(), ratios.len().to_string()];
        row.extend([mean.value, mean.low, mean.high].map(|value| format!("{value:.5}")));
        row.push(entry(farthest));
        table.rows.push(row);
        written.sentences.push(format!(
            "n = {}: careful steps change μ_∞ by {:+.2} % [{:+.2}, {:+.2}], in no draw by more than {:.1} %",
            size.n,
            100.0 * (mean.value - 1.0),
            100.0 * (mean.low - 1.0),
            100.0 * (mean.high - 1.0),
            100.0 * farthest
        ));
    }
    written.tables.push(table);
}
