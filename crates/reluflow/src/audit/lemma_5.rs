//! Judges Lemma 5: the frequency of event E over networks drawn for one dataset.

use super::Drawn;
use super::row::{Relation::*, Row};
use crate::EventE;
use crate::error::Result;
use crate::random::Purpose;
use crate::theory::{Hypothesis, Statement::Lemma5, lemma_5};

/// Networks drawn.
const DRAWS: u64 = 200;
/// Standard errors the frequency may be off: beyond them once in 16 000 audits.
const ERRORS: f64 = 4.0;

/// Lemma 5: the frequency of event E against its bounds, over networks drawn for one dataset.
pub(super) fn judge(drawn: &Drawn<'_>) -> Result<Vec<Row>> {
    let (plan, dataset) = (drawn.plan, drawn.first);
    const UNION: &str = "frequency of event E against 1 − n(3/4)^p, less 4 standard errors";
    const EXACT: &str = "|frequency − exact P(E)| over its standard error, orthogonal inputs";
    if !plan.setting.initialisation.has_fair_signs() {
        let why = "the signs of the initialisation are not fair and independent";
        return Ok([UNION, EXACT]
            .map(|line| Row::not_applicable(Lemma5, line, why))
            .into());
    }
    // No neuron is correctly active on an example with the label 0, for then a_j y_i = 0.
    let labelled = [Hypothesis::fact(
        "no label is 0",
        dataset.labels().iter().all(|y| *y != 0.0),
    )];
    let mut covered = 0u64;
    for draw in 0..DRAWS {
        let mut random = plan.setting.seed(plan.seed, draw).generator(Purpose::Analysis);
        let network = plan
            .setting
            .initialisation
            .sample(plan.setting.p, dataset, &mut random)?;
        covered += u64::from(EventE::new(dataset, &network).holds());
    }
    let draws = DRAWS as f64;
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
        Lemma5,
        UNION,
        &labelled,
        frequency,
        AtLeast,
        union - ERRORS * error(union),
    );
    let second = if dataset.is_orthogonal() {
        Row::judge(
            Lemma5,
            EXACT,
            &labelled,
            (frequency - exact).abs() / error(exact),
            AtMost,
            ERRORS,
        )
        .remark(format!(
            "P(E) = {exact:.5}, frequency {frequency:.5} of {} draws",
            DRAWS
        ))
    } else {
        Row::not_applicable(
            Lemma5,
            EXACT,
            "the inputs are not orthogonal: signs are not independent",
        )
    };
    Ok(vec![first, second])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Dataset;
    use crate::audit::{Judgement, Plan};

    /// No neuron is correctly active on an example with the label 0, so that P(E) = 0 says nothing of the lemma.
    #[test]
    fn a_label_of_0_meets_no_hypothesis() {
        let plan = Plan::orthogonal();
        let (data, _) = plan.problem(0).unwrap();
        let judge = |first: &Dataset| {
            let drawn = Drawn {
                plan: &plan,
                first,
                converged: 1,
                assumptions: true,
            };
            judge(&drawn).unwrap()
        };
        assert!(judge(&data).iter().all(|line| line.judgement == Judgement::Holds));
        let mut labels = data.labels().to_owned();
        labels[0] = 0.0;
        let zero = Dataset::new(data.inputs().to_owned(), labels).unwrap();
        for line in judge(&zero) {
            assert_eq!(line.judgement, Judgement::HypothesesNotMet, "{line:?}");
            assert!(line.note.contains("no label is 0"), "{line:?}");
        }
    }
}
