//! Reads a time limit as Slurm writes it.

use reluflow_lab::experiment::Place;

use super::bad;
use crate::Failure;

/// Slurm looks at its clock every half minute, and sends the signal that a task is to get one minute before its limit up
/// to that much sooner: a task of one minute can be told to end as soon as it begins.
const SHORTEST: u64 = 120;

/// Refuses a limit that leaves a task no time. What is no time at all is for sbatch to refuse.
///
/// # Errors
/// When it is too short.
pub(super) fn check(limit: &str) -> Result<(), Failure> {
    match seconds(limit) {
        // None at all is how Slurm writes that there is no limit.
        Some(1..SHORTEST) => Err(bad(
            Place::Flag(format!("--time {limit}")),
            "too short: a task is told to end up to a minute and a half before its limit",
            "at least 2 minutes, --time 2",
            limit,
            "the time is in minutes, minutes:seconds or hours:minutes:seconds",
        )),
        _ => Ok(()),
    }
}

/// `M`, `M:S`, `H:M:S`, `D-H`, `D-H:M` and `D-H:M:S` in seconds; none of anything else.
fn seconds(text: &str) -> Option<u64> {
    let (days, rest) = match text.split_once('-') {
        Some((days, rest)) => (Some(days.parse::<u64>().ok()?), rest),
        None => (None, text),
    };
    let numbers: Vec<u64> = rest
        .split(':')
        .map(|word| word.parse().ok())
        .collect::<Option<_>>()?;
    let (hours, minutes, seconds) = match (days, &numbers[..]) {
        (None, [minutes]) => (0, *minutes, 0),
        (None, [minutes, seconds]) => (0, *minutes, *seconds),
        (Some(_), [hours]) => (*hours, 0, 0),
        (Some(_), [hours, minutes]) => (*hours, *minutes, 0),
        (_, [hours, minutes, seconds]) => (*hours, *minutes, *seconds),
        _ => return None,
    };
    let hours = days.unwrap_or(0).checked_mul(24)?.checked_add(hours)?;
    let minutes = hours.checked_mul(60)?.checked_add(minutes)?;
    minutes.checked_mul(60)?.checked_add(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_limit_is_read() {
        let cases = [
            ("90", Some(5400)),
            ("2:30", Some(150)),
            ("1:02:03", Some(3723)),
            ("2-12", Some(216_000)),
            ("1-0:5", Some(86_700)),
            ("1-2:3:4", Some(93_784)),
            ("UNLIMITED", None),
            ("", None),
            ("1:2:3:4", None),
            ("99999999999999999999", None),
        ];
        for (text, expected) in cases {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }

    #[test]
    fn a_limit_that_leaves_no_time_is_refused() {
        for short in ["1", "0:30", "1:59", "0:01:00"] {
            assert!(check(short).is_err(), "{short}");
        }
        for long in ["2", "2:00", "0", "0:02:00", "1-0", "UNLIMITED"] {
            assert!(check(long).is_ok(), "{long}");
        }
    }
}
