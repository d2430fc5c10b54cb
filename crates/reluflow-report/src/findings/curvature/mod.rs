//! Follows Conjecture 1 to large n: is the curvature left on orthogonal inputs of order 1/√n, and what determines it?

mod draw;
mod log;
mod series;

use log::Log;
use reluflow_statistics::slope::bootstrap_mean;
use reluflow_statistics::two_samples::Distance;
use reluflow_statistics::{
    DrawsAt, Estimate, Slope, kolmogorov_smirnov, kolmogorov_smirnov_of_shapes, wilson,
};
use series::{Draw, Series, Size, collect};

use super::table::{entries, entry};
use super::{Part, Results, Table, Written};
use crate::intervals::{LEVEL, RESAMPLES, SEED};

const FLOW: &str = include_str!("../../../../../experiments/findings/curvature.toml");
const START: &str = include_str!("../../../../../experiments/findings/curvature-start.toml");

/// Settings over a part's file.
type Settings = &'static [(&'static str, &'static str)];

const FOUR_SIZES: (&str, &str) = ("sweep.d", "[250, 1000, 4000, 16000]");
const TWO_SIZES: (&str, &str) = ("sweep.d", "[250, 1000]");

const fn part(name: &'static str, text: &'static str, settings: Settings, quick: Option<Settings>) -> Part {
    Part {
        name,
        text,
        settings,
        quick,
        search: None,
    }
}

/// The studies, the cheap ones first.
pub(super) const PARTS: &[Part] = &[
    part("curvature", FLOW, &[], Some(&[("sweep.draws", "24")])),
    part(
        "curvature-careful",
        FLOW,
        &[("flow.accuracy", "\"careful\""), ("sweep.draws", "20")],
        Some(&[TWO_SIZES, ("sweep.draws", "6")]),
    ),
    part(
        "curvature-tenth",
        FLOW,
        &[FOUR_SIZES, ("init.hidden_scale", "0.1"), ("sweep.draws", "20")],
        Some(&[TWO_SIZES, ("sweep.draws", "8")]),
    ),
    part(
        "curvature-unscaled",
        FLOW,
        &[FOUR_SIZES, ("init.hidden_scale", "1.0"), ("sweep.draws", "20")],
        Some(&[TWO_SIZES, ("sweep.draws", "8")]),
    ),
    part(
        "curvature-width",
        FLOW,
        &[FOUR_SIZES, ("sweep.p", "49"), ("sweep.draws", "30")],
        Some(&[("sweep.d", "[250, 1000, 4000]"), ("sweep.draws", "8")]),
    ),
    part(
        "curvature-16000",
        FLOW,
        &[("sweep.d", "[16000]"), ("sweep.draws", "60")],
        Some(&[("sweep.draws", "3")]),
    ),
    part(
        "curvature-start",
        START,
        &[("sweep.draws", "1000")],
        Some(&[("sweep.draws", "200")]),
    ),
    part(
        "curvature-start-64000",
        START,
        &[("sweep.d", "[64000]"), ("sweep.draws", "100")],
        None,
    ),
    part(
        "curvature-64000",
        FLOW,
        &[("sweep.d", "[64000]"), ("sweep.draws", "6")],
        None,
    ),
];

/// Tables, figures and sentences from what the studies gave.
pub(super) fn write_up(results: &[Results]) -> Written {
    let mut written = Written::default();
    let (series, unlearnt) = collect(results);
    let mut flows = Table::new(
        "curvature",
        "accuracy scale width n p draws mean low high slope slope_low slope_high better better_low better_high better_slope \
         better_slope_low better_slope_high scatter predicted predicted_low predicted_high predicted_scatter diagonal diagonal_low \
         diagonal_high same same_low same_high mu_low mu_upp mu_end",
    );
    let mut starts = Table::new(
        "curvature-starts",
        "n p draws mean low high slope slope_low slope_high scatter",
    );
    for one in &series {
        let mut before: Option<&Size> = None;
        for size in &one.sizes {
            if !size.draws.is_empty() {
                flows.rows.push(flow_row(one, size, before));
            }
            if one.is_main() {
                starts.rows.push(start_row(size, before));
                written.sentences.extend(sentence(size, before));
            }
            before = Some(size);
        }
    }
    written.tables.extend([flows, starts]);
    if let Some(main) = series.iter().find(|one| one.is_main()) {
        laws(main, &mut written);
        let careful = series
            .iter()
            .find(|one| one.careful && one.scale == main.scale && one.width.is_none());
        steps(main, careful, &mut written);
        written.figures.extend(draw::figure(main, &series));
    }
    if unlearnt > 0 {
        written.sentences.push(format!(
            "{unlearnt} flows had not come to the loss asked for when their time was up, and are left out"
        ));
    }
    written
}

/// What is told by one size, and by it and the one before.
fn flow_row(series: &Series, size: &Size, before: Option<&Size>) -> Vec<String> {
    let limits = size.values(|draw| draw.limit);
    let ratio =
        |of: fn(&Draw) -> f64| Log::geometric(&size.values(|draw| of(draw) / draw.limit)).exponential(LEVEL);
    let none = Estimate {
        value: f64::NAN,
        low: f64::NAN,
        high: f64::NAN,
    };
    let mut row = vec![
        if series.careful { "careful" } else { "standard" }.to_owned(),
        series.scale.to_string(),
        series.width.map_or("lemma5".to_owned(), |_| "fixed".to_owned()),
        size.n.to_string(),
        size.p.to_string(),
        limits.len().to_string(),
    ];
    let better = size.with_starts();
    for estimate in [
        level(&limits),
        before
            .and_then(|before| plain_slope(before, size))
            .unwrap_or(none),
        better.map_or(none, |log| log.exponential(LEVEL)),
        before
            .and_then(|before| better_slope(before, size))
            .unwrap_or(none),
    ] {
        row.extend(entries(&estimate));
    }
    row.push(entry(scatter(&limits)));
    row.extend(entries(&ratio(|draw| draw.predicted)));
    row.push(entry(scatter(&size.values(|draw| draw.predicted / draw.limit))));
    row.extend(entries(&ratio(|draw| draw.diagonal)));
    row.extend(entries(&share(size)));
    for of in [
        |draw: &Draw| draw.low,
        |draw: &Draw| draw.upp,
        |draw: &Draw| draw.end,
    ] {
        row.push(entry(ratio(of).value));
    }
    row
}

fn start_row(size: &Size, before: Option<&Size>) -> Vec<String> {
    let values = |size: &Size| size.starts.values().copied().collect::<Vec<f64>>();
    let slope = before.map_or(f64::NAN, |before| gap(before, size));
    let log = Log::mean(&values(size));
    let slope = before.map_or(Log::mean(&[]), |before| {
        log.plus(Log::mean(&values(before)).times(-1.0))
            .times(1.0 / slope)
    });
    let mut row = vec![
        size.n.to_string(),
        size.p.to_string(),
        size.starts.len().to_string(),
    ];
    row.extend(entries(&log.exponential(LEVEL)));
    row.extend(entries(&of_curvature(slope.interval(LEVEL))));
    row.push(entry(scatter(&values(size))));
    row
}

/// The mean by bootstrap; without ends from a single draw.
fn level(values: &[f64]) -> Estimate {
    let mean = bootstrap_mean(values, LEVEL, RESAMPLES, SEED);
    match values.len() {
        1 => Estimate {
            low: f64::NAN,
            high: f64::NAN,
            ..mean
        },
        _ => mean,
    }
}

/// log of the ratio of the n.
fn gap(before: &Size, size: &Size) -> f64 {
    (size.n as f64 / before.n as f64).ln()
}

/// A slope of √n μ as one of μ.
fn of_curvature(slope: Estimate) -> Estimate {
    Estimate {
        value: slope.value - 0.5,
        low: slope.low - 0.5,
        high: slope.high - 0.5,
    }
}

/// The local slope of the mean of μ_∞, by bootstrap over the flows alone.
fn plain_slope(before: &Size, size: &Size) -> Option<Estimate> {
    let at = |size: &Size| DrawsAt {
        at: size.n as f64,
        values: size.values(|draw| draw.limit),
    };
    let enough = before.draws.len() > 1 && size.draws.len() > 1;
    let fit = enough.then(|| Slope::fit(&[at(before), at(size)], LEVEL, RESAMPLES, SEED))??;
    Some(of_curvature(fit.slope))
}

/// The same with what many starts predicted.
fn better_slope(before: &Size, size: &Size) -> Option<Estimate> {
    let change = size.with_starts()?.plus(before.with_starts()?.times(-1.0));
    Some(of_curvature(
        change.times(1.0 / gap(before, size)).interval(LEVEL),
    ))
}

/// The standard deviation of the logarithm.
fn scatter(values: &[f64]) -> f64 {
    let logs: Vec<f64> = values.iter().map(|value| value.ln()).collect();
    let centre = logs.iter().sum::<f64>() / logs.len() as f64;
    let squares: f64 = logs.iter().map(|log| (log - centre).powi(2)).sum();
    (squares / (logs.len() as f64 - 1.0)).sqrt()
}

/// The share of draws in which the right example was predicted.
fn share(size: &Size) -> Estimate {
    let (same, all) = (
        size.draws.values().filter(|draw| draw.same).count(),
        size.draws.len(),
    );
    let (low, high) = wilson(same as u64, all as u64, LEVEL);
    Estimate {
        value: same as f64 / all as f64,
        low,
        high,
    }
}

/// `, word value [low, high]`, or without its interval where a single draw has none.
fn after(word: &str, estimate: &Estimate) -> String {
    let value = format!(", {word} {:.3}", estimate.value);
    let text = match estimate.low.is_nan() {
        true => value,
        false => format!("{value} [{:.3}, {:.3}]", estimate.low, estimate.high),
    };
    text.replace('-', "−")
}

/// A probability with two digits.
fn probability(value: f64) -> String {
    match value < 0.01 {
        true => format!("{value:.1e}"),
        false => format!("{value:.2}"),
    }
}

fn sentence(size: &Size, before: Option<&Size>) -> Option<String> {
    if size.draws.is_empty() {
        return None;
    }
    let mut text = format!("n = {}, p = {}, {} flows", size.n, size.p, size.draws.len());
    let better = size.with_starts().map(|log| log.exponential(LEVEL));
    let mean = better.unwrap_or_else(|| level(&size.values(|draw| draw.limit)));
    text += &after("mean of √n μ_∞", &mean);
    let slope = before.and_then(|before| better_slope(before, size).or_else(|| plain_slope(before, size)));
    if let Some(slope) = slope {
        text += &after("local slope of μ_∞", &slope);
    }
    let predicted = size.values(|draw| draw.predicted / draw.limit);
    text += &after("predicted/μ_∞", &Log::geometric(&predicted).exponential(LEVEL));
    Some(text)
}

type Values = fn(&Size) -> Vec<f64>;

/// Whether √n μ_∞, and its shape, have the same law at successive n: of flows, and of what many starts predicted.
fn laws(main: &Series, written: &mut Written) {
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
fn steps(main: &Series, careful: Option<&Series>, written: &mut Written) {
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

#[cfg(test)]
mod tests {
    use super::series::tests::made_up;
    use super::*;

    fn column(table: &Table, name: &str) -> Vec<String> {
        let place = table.header.iter().position(|word| word == name).unwrap();
        table.rows.iter().map(|row| row[place].clone()).collect()
    }

    /// Made-up draws with μ_∞ ∝ n^(−3/4), whatever the draw: both slopes say so at every size, on either kind of row.
    #[test]
    fn a_power_law_gives_its_slope_at_every_size() {
        let written = write_up(&made_up());
        let [flows, starts, laws, steps] = &written.tables[..] else {
            panic!("{:?}", written.tables)
        };
        for (table, name) in [(flows, "slope"), (flows, "better_slope"), (starts, "slope")] {
            let slopes = column(table, name);
            let given: Vec<f64> = slopes.iter().filter_map(|text| text.parse().ok()).collect();
            assert!(given.len() >= 3, "{slopes:?}");
            // Numbers of draws that are no multiple of five shift the mean of their scatter by some per cent.
            assert!(
                given.iter().all(|slope| (slope + 0.75).abs() < 0.06),
                "{name}: {given:?}"
            );
        }
        assert_eq!(column(flows, "predicted")[0], "1.100");
        assert_eq!(column(flows, "mu_end")[0], "1.020");
        assert!(column(laws, "quantity").contains(&"predicted".to_owned()));
        // Careful draws were made up as the others.
        assert!(
            column(steps, "careful_over_standard")
                .iter()
                .all(|text| text == "1.00000")
        );
        assert_eq!(written.figures.len(), 1);
        assert!(
            written.sentences[0].starts_with("n = 250, p = 30, 24 flows, mean of √n μ_∞ "),
            "{}",
            written.sentences[0]
        );
    }

    /// Logarithms −1, 0, 1: standard deviation 1.
    #[test]
    fn scatter_is_that_of_the_logarithm() {
        let values = [(-1f64).exp(), 1.0, 1f64.exp()];
        assert!((scatter(&values) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn nothing_gives_empty_tables() {
        let written = write_up(&[]);
        assert!(written.figures.is_empty() && written.sentences.is_empty());
        assert!(written.tables.iter().all(|table| table.rows.is_empty()));
    }
}
