//! Judges Lemma 3: how δ‖r(0)‖ grows when n doubles and d quadruples; not at all, if d ~ n² is the right line.

use super::exponent::Exponent;
use super::row::Row;
use super::{Drawn, Plan};
use crate::error::Result;
use crate::theory::lemma_3::{self, Frequency};
use crate::theory::{Hypothesis, Statement::Lemma3};
use crate::{DataLaw, Setting};

const CHECKED: &str = "power of n in the ratio of Assumption 2 along d ~ n², distance from 0 less 4 errors";
/// Draws at first and at most: they double as long as they leave the power open.
const DRAWS: (u64, u64) = (15, 120);
/// The smallest n at which the lemma is looked at, the most entries of a dataset drawn for it, and of all of them.
const SMALLEST: usize = 16;
const LARGEST: usize = 50_000_000;
const TOGETHER: usize = 500_000_000;

/// The line of Lemma 3.
pub(super) fn judge(drawn: &Drawn<'_>) -> Result<Vec<Row>> {
    let setting = &drawn.plan.setting;
    if !matches!(setting.data, DataLaw::Isotropic(_) | DataLaw::Gaussian(_)) {
        let why = "the data law is not one of independent whitened inputs";
        return Ok(vec![Row::not_applicable(Lemma3, CHECKED, why)]);
    }
    // At n = 8 the largest of so few correlations still grows faster: small problems are scaled up along d ~ n².
    let factor = SMALLEST.div_ceil(setting.n);
    let (n, d) = (setting.n * factor, setting.d * factor * factor);
    if 8 * n * d > LARGEST {
        let why = "too large to be drawn 15 times at 2n and 4d";
        return Ok(vec![Row::not_applicable(Lemma3, CHECKED, why)]);
    }
    let mut draws = DRAWS.0;
    let power = loop {
        let power = power(
            &at(drawn.plan, n, d, draws)?,
            &at(drawn.plan, 2 * n, 4 * d, draws)?,
        );
        let entries = 2 * draws as usize * 8 * n * d;
        if !power.is_open(0.0) || draws >= DRAWS.1 || entries > TOGETHER {
            break power;
        }
        draws *= 2;
    };
    let asked = at(drawn.plan, setting.n, setting.d, DRAWS.0)?;
    let assumes = [
        Hypothesis::weak("d ≥ n", setting.d as f64 - setting.n as f64),
        // Else ‖r(0)‖ is that of the outputs of a start too large, which fall as d grows.
        Hypothesis::weak(
            "‖r(0)‖ ≤ 2 ‖y‖, the start small against the labels",
            2.0 - asked.median_residual,
        ),
    ];
    Ok(vec![power.judge(Lemma3, CHECKED, &assumes, 0.0).remark(format!(
        "{draws} draws from (n, d) = ({n}, {d}); P(Assumption 2) about {}/{} at ({}, {}), line d = {:.1} n²",
        asked.holds,
        asked.draws,
        setting.n,
        setting.d,
        asked.line()
    ))])
}

fn at(plan: &Plan, n: usize, d: usize, draws: u64) -> Result<Frequency> {
    let setting = Setting {
        n,
        d,
        ..plan.setting.clone()
    };
    lemma_3::frequency(&setting, draws, plan.seed)
}

/// The power of n between n and 2n. An order d ~ n or d ~ n³ would make it 1/2 or −1/2.
fn power(here: &Frequency, beyond: &Frequency) -> Exponent {
    let (here, beyond) = (here.log_product, beyond.log_product);
    Exponent {
        value: (beyond.0 - here.0) / std::f64::consts::LN_2,
        error: here.1.hypot(beyond.1) / std::f64::consts::LN_2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::InitialisationLaw;
    use crate::audit::row::Judgement;
    use crate::data::Isotropic;
    use crate::initialisation::Balanced;

    /// Along d ~ n the ratio grows like √n: the line must be found to fail, given draws enough.
    #[test]
    fn a_wrong_line_fails() {
        let plan = Plan::weakly_interacting();
        let (n, d) = (16, 4000);
        let wrong = power(
            &at(&plan, n, d, 60).unwrap(),
            &at(&plan, 2 * n, 2 * d, 60).unwrap(),
        );
        let line = wrong.judge(Lemma3, CHECKED, &[], 0.0);
        assert_eq!(line.judgement, Judgement::Fails, "{line:?}");
    }

    /// Of a start at scale 10⁴ the residual is that of the outputs, which are of order 1/√d: the power is −1, whatever the order of d.
    #[test]
    fn a_start_that_dwarfs_the_labels_is_not_judged() {
        let mut plan = Plan::weakly_interacting();
        plan.setting = Setting {
            n: 6,
            d: 8,
            p: 4,
            data: DataLaw::Isotropic(Isotropic::default()),
            initialisation: InitialisationLaw::Balanced(Balanced::default()),
        };
        let judge = |plan: &Plan| {
            let (first, _) = plan.problem(0).unwrap();
            let drawn = Drawn {
                plan,
                first: &first,
                converged: 1,
                assumptions: true,
            };
            judge(&drawn).unwrap().remove(0)
        };
        let small = judge(&plan);
        assert_ne!(small.judgement, Judgement::HypothesesNotMet, "{small:?}");
        for scale in [1e4, 1e8] {
            plan.setting.initialisation = InitialisationLaw::Balanced(Balanced {
                scale,
                ..Balanced::default()
            });
            let line = judge(&plan);
            assert_eq!(line.judgement, Judgement::HypothesesNotMet, "{line:?}");
            assert!(line.note.contains("2 ‖y‖"), "{line:?}");
        }
    }
}
