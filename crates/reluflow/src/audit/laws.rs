//! Audits what is said of laws rather than of one draw: Lemmas 3, 4 and 5, Conjecture 1, Proposition 3.

use rand_chacha::ChaCha8Rng;

use super::row::{Relation::*, Row};
use super::{Plan, conjecture_1, flow, proposition_3};
use crate::error::Result;
use crate::random::Purpose;
use crate::theory::lemma_5;
use crate::theory::proposition_3::Example;
use crate::theory::{Hypothesis, lemma_3, lemma_4};
use crate::{DataLaw, Dataset, EventE, InitialisationLaw, Setting};

/// Draws for Lemma 3, Lemma 4 (each of two widths) and Lemma 5.
const DRAWS: (u64, u64, u64) = (15, 40, 200);
/// The smallest n at which Lemma 3 is looked at, and the most entries of a dataset drawn for it.
const SMALLEST: usize = 16;
const LARGEST: usize = 50_000_000;
/// Standard errors a Monte Carlo estimate may be off: beyond them once in 16 000 audits.
const ERRORS: f64 = 4.0;
/// Sizes and draws of Conjecture 1.
const SIZES: ([usize; 4], u64) = ([16, 32, 64, 128], 4);

/// Lemma 3: how δ‖r(0)‖ grows when n doubles and d quadruples; not at all, if d ~ n² is the right line.
pub(super) fn weak_interaction(plan: &Plan) -> Result<Row> {
    const NAME: &str = "Lemma 3";
    const CHECKED: &str = "power of n in the ratio of Assumption 2 along d ~ n², distance from 0";
    let whitened = matches!(plan.setting.data, DataLaw::Isotropic(_) | DataLaw::Gaussian(_));
    if !whitened {
        return Ok(Row::not_applicable(
            NAME,
            CHECKED,
            "the data law is not one of independent whitened inputs",
        ));
    }
    let at = |n: usize, d: usize| {
        let setting = Setting {
            n,
            d,
            ..plan.setting.clone()
        };
        lemma_3::frequency(&setting, DRAWS.0, plan.seed)
    };
    // At n = 8 the largest of so few correlations still grows faster: small problems are scaled up along d ~ n².
    let factor = SMALLEST.div_ceil(plan.setting.n);
    let (n, d) = (plan.setting.n * factor, plan.setting.d * factor * factor);
    if 8 * n * d > LARGEST {
        return Ok(Row::not_applicable(
            NAME,
            CHECKED,
            "too large to be drawn 15 times at 2n and 4d",
        ));
    }
    let (asked, here, beyond) = (at(plan.setting.n, plan.setting.d)?, at(n, d)?, at(2 * n, 4 * d)?);
    let power = (beyond.median_product / here.median_product).log2();
    // An order d ~ n or d ~ n³ would make this power 1/2 or −1/2; half of that tells them apart.
    let assumes = Hypothesis::weak("d ≥ n", plan.setting.d as f64 - plan.setting.n as f64);
    Ok(
        Row::judge(NAME, CHECKED, &[assumes], power.abs(), AtMost, 0.25).remark(format!(
            "from (n, d) = ({n}, {d}); P(Assumption 2) about {}/{} at ({}, {}), line d = {:.1} n²",
            asked.holds,
            asked.draws,
            plan.setting.n,
            plan.setting.d,
            asked.line()
        )),
    )
}

/// Lemma 4: the limit of μ(0), and the order of its fluctuations.
pub(super) fn first_curvature(plan: &Plan, dataset: &Dataset) -> Result<[Row; 2]> {
    const NAME: &str = "Lemma 4";
    const LIMIT: &str = "|mean μ(0) − limit| over its standard error, p = 400";
    const ORDER: &str = "power of p in the fluctuations of μ(0), distance from −1/2";
    let Some(moments) = lemma_4::moments(&plan.setting.initialisation, plan.setting.d) else {
        let why = "the law of w_j is not rotation-invariant, or not one of independent neurons";
        return Ok([
            Row::not_applicable(NAME, LIMIT, why),
            Row::not_applicable(NAME, ORDER, why),
        ]);
    };
    if matches!(plan.setting.initialisation, InitialisationLaw::Asymmetric(law) if law.covered) {
        let why = "draws are conditioned on event E";
        return Ok([
            Row::not_applicable(NAME, LIMIT, why),
            Row::not_applicable(NAME, ORDER, why),
        ]);
    }
    let measure = |p| lemma_4::measure(dataset, &plan.setting.initialisation, p, DRAWS.1, plan.seed);
    let (narrow, wide) = (measure(100)?, measure(400)?);
    let limit = lemma_4::limit(dataset, moments);
    let power = (wide.deviation / narrow.deviation).log2() / 2.0;
    Ok([
        Row::judge(
            NAME,
            LIMIT,
            &[],
            (wide.mean - limit).abs() / wide.error(),
            AtMost,
            ERRORS,
        )
        .remark(format!(
            "limit {limit:.6}, measured {:.6} ± {:.6}",
            wide.mean,
            wide.error()
        )),
        // With 40 draws the power is known to ±0.08 (one standard error): half-way to p^0 and p^−1 is 3 away.
        Row::judge(NAME, ORDER, &[], (power + 0.5).abs(), AtMost, 0.25),
    ])
}

/// Lemma 5: the frequency of event E against its bounds, over networks drawn for one dataset.
pub(super) fn coverage(plan: &Plan, dataset: &Dataset) -> Result<[Row; 2]> {
    const NAME: &str = "Lemma 5";
    const UNION: &str = "frequency of event E against 1 − n(3/4)^p, less 4 standard errors";
    const EXACT: &str = "|frequency − exact P(E)| over its standard error, orthogonal inputs";
    let fair = match &plan.setting.initialisation {
        InitialisationLaw::Group(_) => false,
        InitialisationLaw::Asymmetric(law) => !law.covered,
        _ => true,
    };
    if !fair {
        let why = "the signs of the initialisation are not fair and independent";
        return Ok([
            Row::not_applicable(NAME, UNION, why),
            Row::not_applicable(NAME, EXACT, why),
        ]);
    }
    let mut covered = 0u64;
    for draw in 0..DRAWS.2 {
        let mut random = generator(plan, draw);
        let network = plan
            .setting
            .initialisation
            .sample(plan.setting.p, dataset, &mut random)?;
        covered += u64::from(EventE::new(dataset, &network).holds());
    }
    let draws = DRAWS.2 as f64;
    let frequency = covered as f64 / draws;
    let error = |probability: f64| {
        (probability * (1.0 - probability) / draws)
            .sqrt()
            .max(0.5 / draws)
    };
    let n = dataset.examples() as f64;
    let union = lemma_5::probability_at_least(n, plan.setting.p as f64);
    let positive = dataset.labels().iter().filter(|y| **y > 0.0).count() as f64;
    let exact = lemma_5::probability(positive, n - positive, plan.setting.p);
    let first = Row::judge(
        NAME,
        UNION,
        &[],
        frequency,
        AtLeast,
        union - ERRORS * error(union),
    );
    let second = if dataset.is_orthogonal() {
        Row::judge(
            NAME,
            EXACT,
            &[],
            (frequency - exact).abs() / error(exact),
            AtMost,
            ERRORS,
        )
        .remark(format!(
            "P(E) = {exact:.5}, frequency {frequency:.5} of {} draws",
            DRAWS.2
        ))
    } else {
        Row::not_applicable(
            NAME,
            EXACT,
            "the inputs are not orthogonal: signs are not independent",
        )
    };
    Ok([first, second])
}

/// Conjecture 1: the exponent of μ_∞. Nobody can say that n is large enough, so it is never found to fail.
pub(super) fn exponent(plan: &Plan) -> Result<Row> {
    const NAME: &str = "Conjecture 1";
    const CHECKED: &str = "exponent of μ_∞ in n, distance of its 95 % interval from −1/2";
    if !matches!(plan.setting.data, DataLaw::Orthogonal(_)) {
        return Ok(Row::not_applicable(
            NAME,
            CHECKED,
            "the inputs are not orthogonal",
        ));
    }
    let fit = conjecture_1::measure(&SIZES.0, SIZES.1, plan.seed, flow::orthogonal_method())?;
    let distance = (fit.interval.0 + 0.5).max(-0.5 - fit.interval.1).max(0.0);
    let large = Hypothesis::fact("n large enough for the order to show", fit.admits(-0.5));
    Ok(
        Row::judge(NAME, CHECKED, &[large], distance, AtMost, 0.0).remark(format!(
            "exponent {:.3}, interval [{:.3}, {:.3}], n = 16…128",
            fit.exponent, fit.interval.0, fit.interval.1
        )),
    )
}

/// Proposition 3: its own example, whatever the problem.
pub(super) fn collapse() -> Result<[Row; 3]> {
    const NAME: &str = "Proposition 3";
    let example = Example::default();
    let heavy = Example {
        ratio: 2.0,
        ..example
    };
    let at = |lambda, example: &_| proposition_3::outcome(lambda, example, flow::orthogonal_method());
    let (far, near, safe) = (at(4.0, &example)?, at(1.5, &example)?, at(4.0, &heavy)?);
    let (low, high) = proposition_3::boundary((1.5, 4.0), 1e-2, &example, flow::orthogonal_method())?;
    let collapses = |outcome: proposition_3::Outcome| f64::from(u8::from(outcome.collapsed));
    Ok([
        Row::judge(
            NAME,
            "collapse at λ = 4 (p = 10, m = 0.5, spread 0.2, |a| = 0.05 m)",
            &[],
            collapses(far),
            AtLeast,
            0.5,
        )
        .remark(format!(
            "L = {:.6}; none at 1.5 (L = {:.1e}); boundary in [{low:.3}, {high:.3}]",
            far.loss, near.loss
        )),
        Row::judge(NAME, "collapse at λ = 1.5", &[], collapses(near), AtMost, 0.5),
        Row::judge(
            NAME,
            "collapse at λ = 4 with |a_j| = 2 m > ‖w_j‖",
            &[],
            collapses(safe),
            AtMost,
            0.5,
        ),
    ])
}

fn generator(plan: &Plan, draw: u64) -> ChaCha8Rng {
    plan.setting.seed(plan.seed, draw).generator(Purpose::Analysis)
}
