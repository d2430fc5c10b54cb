//! Compares other accuracies and the exact flow with standard steps, on the same draws.

use std::collections::BTreeMap;

use super::draws::{Case, Draw, Start, exponential, log_ratio, success};
use super::studies::STANDARD;
use crate::findings::table::{entries, entry};
use crate::findings::{Table, Written};

/// How many verdicts another accuracy and the exact flow change, and by how much the test loss differs, on the same draws.
pub(super) fn methods(cases: &BTreeMap<Case, Vec<Start>>, written: &mut Written) {
    let mut table = Table::new(
        "small-starts-methods",
        "problem trained loss n lambda method draws standard other only_standard only_other p ratio ratio_low ratio_high",
    );
    for (case, starts) in cases.iter().filter(|(case, _)| case.method != STANDARD) {
        let standard = Case {
            method: STANDARD,
            ..case.clone()
        };
        for start in starts {
            let same = |other: &&Start| other.scale == start.scale;
            let Some(other) = cases.get(&standard).and_then(|all| all.iter().find(same)) else {
                continue;
            };
            let both: Vec<(&Draw, &Draw)> = start
                .draws
                .iter()
                .filter_map(|(number, draw)| Some((other.draws.get(number)?, draw)))
                .collect();
            let count = |kept: fn(&Draw, &Draw) -> bool| {
                both.iter().filter(|(there, here)| kept(there, here)).count()
            };
            let counts = [
                both.len(),
                count(|there, _| there.succeeded),
                count(|_, here| here.succeeded),
                count(|there, here| there.succeeded && !here.succeeded),
                count(|there, here| !there.succeeded && here.succeeded),
            ];
            let verdicts = start.against(other, success);
            let ratio = exponential(start.against(other, log_ratio).mean);
            let mut row = vec![
                case.problem.clone(),
                case.arm.to_owned(),
                case.loss.clone(),
                case.n.to_string(),
                format!("{:e}", start.scale),
                case.method.to_owned(),
            ];
            row.extend(counts.map(|count| count.to_string()));
            row.push(entry(verdicts.p_value));
            row.extend(entries(&ratio));
            table.rows.push(row);
            written.sentences.push(format!(
                "{}, {}, {} loss, n = {}, λ = {:e}: of {} draws {} succeed, {} by {} steps; {} verdicts differ",
                case.problem,
                case.arm,
                case.loss,
                case.n,
                start.scale,
                counts[0],
                counts[1],
                counts[2],
                case.method,
                counts[3] + counts[4]
            ));
        }
    }
    if !table.rows.is_empty() {
        written.tables.push(table);
    }
}
