//! Reads the values of options.

use std::str::FromStr;

use reluflow_lab::{Override, Shard};
use reluflow_report::findings::Finding;

pub(super) fn finding(name: String) -> Result<Finding, String> {
    Finding::from_name(&name).ok_or_else(|| "expected the name of a finding".to_owned())
}

pub(super) fn positive<T: FromStr + PartialOrd + From<u8>>(text: &str) -> Result<T, String> {
    let number = text.parse().ok().filter(|number| *number >= T::from(1));
    number.ok_or_else(|| "expected a whole number, at least 1".to_owned())
}

pub(super) fn shards(text: &str) -> Result<u32, String> {
    let count = text.parse().ok().and_then(|count| Shard::new(1, count));
    count
        .map(Shard::count)
        .ok_or_else(|| "expected a whole number from 1 to 1000000".to_owned())
}

pub(super) fn sbatch_option(text: &str) -> Result<String, String> {
    let right = text.starts_with('-') && !text.contains('\n');
    right
        .then(|| text.to_owned())
        .ok_or_else(|| "expected one option on one line, such as --account=theory".to_owned())
}

/// A share, as `95%`, `95 %` or `0.95`.
pub(super) fn fraction(text: &str) -> Option<f64> {
    match text.trim().strip_suffix('%') {
        Some(number) => number.trim_end().parse().ok().map(|number: f64| number / 100.0),
        None => text.trim().parse().ok(),
    }
}

pub(super) fn share(text: &str) -> Result<f64, String> {
    let number = fraction(text).filter(|share| (0.001..=0.999).contains(share));
    number.ok_or_else(|| "expected a probability from 0.001 to 0.999, such as 0.95 or 95%".to_owned())
}

pub(super) fn precision(text: &str) -> Result<f64, String> {
    let share = fraction(text).filter(|share| (1e-4..=0.5).contains(share));
    share.ok_or_else(|| "expected a share from 0.01% to 50%, such as 2%".to_owned())
}

pub(super) fn negligible(text: &str) -> Result<f64, String> {
    let number = fraction(text).filter(|share| (0.0..1.0).contains(share));
    number.ok_or_else(|| "expected a share from 0 to below 1, such as 1e-9 or 0.1%".to_owned())
}

pub(super) fn within(text: &str) -> Result<(f64, f64), String> {
    let ends = text.split_once("..").and_then(|(low, high)| {
        let ends: (f64, f64) = (low.trim().parse().ok()?, high.trim().parse().ok()?);
        (ends.0 < ends.1 && ends.0.is_finite() && ends.1.is_finite()).then_some(ends)
    });
    ends.ok_or_else(|| "expected LOW..HIGH with LOW < HIGH, such as 20..400".to_owned())
}

pub(super) fn parse_setting(text: &str) -> Result<Override, String> {
    let (key, value) = text
        .split_once('=')
        .ok_or("expected KEY=VALUE, such as sweep.draws=10")?;
    Ok(Override {
        flag: format!("--set {text}"),
        key: key.trim().to_owned(),
        value: value.trim().to_owned(),
    })
}
