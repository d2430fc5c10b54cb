//! Judges Lemma 4: the limit of μ(0) over networks drawn for one dataset, and the order of its fluctuations.

use super::Drawn;
use super::exponent::{Exponent, SURE};
use super::row::{Relation::*, Row};
use crate::InitialisationLaw;
use crate::error::Result;
use crate::theory::{Statement::Lemma4, lemma_4};

const LIMIT: &str = "|mean μ(0) − limit| over its standard error, p → ∞ from 100 and 400";
const ORDER: &str = "power of p in the fluctuations of μ(0), distance from −1/2 less 4 errors";
/// The two widths.
const WIDTHS: (usize, usize) = (100, 400);
/// Draws at first and at most: they double as long as they leave the power open; and most products of all draws.
const DRAWS: (u64, u64) = (40, 640);
const TOGETHER: usize = 4_000_000_000;

/// The lines of Lemma 4.
pub(super) fn judge(drawn: &Drawn<'_>) -> Result<Vec<Row>> {
    let (plan, dataset) = (drawn.plan, drawn.first);
    let (law, d) = (&plan.setting.initialisation, dataset.dimension());
    let nothing = |why: &str| {
        [LIMIT, ORDER]
            .map(|line| Row::not_applicable(Lemma4, line, why))
            .into()
    };
    let Some(moments) = lemma_4::moments(law, d) else {
        return Ok(nothing(
            "the law of w_j is not rotation-invariant, or not one of independent neurons",
        ));
    };
    if matches!(law, InitialisationLaw::Asymmetric(law) if law.covered) {
        return Ok(nothing("draws are conditioned on event E"));
    }
    let mut draws = DRAWS.0;
    let (narrow, wide, power) = loop {
        let measure = |p| lemma_4::measure(dataset, law, p, draws, plan.seed);
        let (narrow, wide) = (measure(WIDTHS.0)?, measure(WIDTHS.1)?);
        let octaves = 2.0 * std::f64::consts::LN_2;
        let power = Exponent {
            value: (wide.deviation / narrow.deviation).ln() / octaves,
            error: narrow.log_deviation_error.hypot(wide.log_deviation_error) / octaves,
        };
        let products = 2 * draws as usize * dataset.examples() * d * WIDTHS.1;
        if !power.is_open(-0.5) || draws >= DRAWS.1 || products > TOGETHER {
            break (narrow, wide, power);
        }
        draws *= 2;
    };
    let limit = lemma_4::limit(dataset, moments);
    // The mean is off by a multiple of 1/p, which two widths tell.
    let ratio = WIDTHS.1 as f64 / WIDTHS.0 as f64;
    let mean = (ratio * wide.mean - narrow.mean) / (ratio - 1.0);
    let error = (ratio * wide.error()).hypot(narrow.error()) / (ratio - 1.0);
    Ok(vec![
        Row::judge(Lemma4, LIMIT, &[], (mean - limit).abs() / error, AtMost, SURE)
            .remark(format!("limit {limit:.6}, measured {mean:.6} ± {error:.6}")),
        power
            .judge(Lemma4, ORDER, &[], -0.5)
            .remark(format!("{draws} draws of each width")),
    ])
}
