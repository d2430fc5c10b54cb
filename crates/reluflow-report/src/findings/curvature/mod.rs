//! Follows Conjecture 1 to large n: is the curvature left on orthogonal inputs of order 1/√n, and what determines it?

mod compared;
mod estimates;
mod figure;
mod log;
mod series;
mod studies;

use reluflow_statistics::Estimate;

use crate::findings::table::{entries, entry};
use crate::findings::{Results, Table, Written};
use crate::intervals::LEVEL;
use compared::{laws, steps};
use estimates::{better_slope, gap, level, of_curvature, plain_slope, scatter, share};
use figure::figure;
use log::Log;
use series::{Draw, Series, Size, collect};
pub(super) use studies::PARTS;

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
        written.figures.extend(figure(main, &series));
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

/// `, word value [low, high]`, or without its interval where a single draw has none.
fn after(word: &str, estimate: &Estimate) -> String {
    let value = format!(", {word} {:.3}", estimate.value);
    let text = match estimate.low.is_nan() {
        true => value,
        false => format!("{value} [{:.3}, {:.3}]", estimate.low, estimate.high),
    };
    text.replace('-', "−")
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

    #[test]
    fn nothing_gives_empty_tables() {
        let written = write_up(&[]);
        assert!(written.figures.is_empty() && written.sentences.is_empty());
        assert!(written.tables.iter().all(|table| table.rows.is_empty()));
    }
}
