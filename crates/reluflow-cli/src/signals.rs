//! Takes Ctrl-C and termination signals: the first asks a run to end, a later one ends it at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use reluflow::flow::Interrupt;

use crate::live::say;

/// Signals that come this soon after another are the same one: some launchers pass one Ctrl-C on twice.
const SAME: Duration = Duration::from_secs(1);
/// How long a run that is ended at once may take to write what is finished.
const GRACE: Duration = Duration::from_secs(10);

/// What a signal is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// Nothing new.
    Same,
    /// To end when the trials under way have come to a stop.
    Stop,
    /// To write what is finished, and to end.
    EndNow,
    /// To end as it is.
    Exit,
}

/// The signals so far.
#[derive(Debug, Default)]
struct Signals {
    count: u32,
    last: Option<Instant>,
}

impl Signals {
    fn enter(&mut self, now: Instant) -> Asked {
        if self
            .last
            .is_some_and(|last| now.saturating_duration_since(last) < SAME)
        {
            return Asked::Same;
        }
        self.last = Some(now);
        self.count += 1;
        match self.count {
            1 => Asked::Stop,
            2 => Asked::EndNow,
            _ => Asked::Exit,
        }
    }
}

/// Listens for signals from here on: the first requests `interrupt`; a second one, a second later or more, sets `end_now`
/// where there is a run that writes what is finished, and ends the process otherwise.
pub(crate) fn listen(interrupt: &Interrupt, end_now: Option<&Arc<AtomicBool>>) {
    let (interrupt, end_now) = (interrupt.clone(), end_now.cloned());
    let signals = Mutex::new(Signals::default());
    let handler = move || {
        let asked = signals
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .enter(Instant::now());
        match (asked, &end_now) {
            (Asked::Same, _) => {}
            (Asked::Stop, _) => interrupt.request(),
            (Asked::EndNow, Some(end_now)) => {
                end_now.store(true, Ordering::Relaxed);
                std::thread::spawn(|| {
                    std::thread::sleep(GRACE);
                    std::process::exit(130);
                });
            }
            (Asked::EndNow, None) | (Asked::Exit, _) => std::process::exit(130),
        }
    };
    if ctrlc::set_handler(handler).is_err() {
        say("warning: Ctrl-C will end the run without writing the last trials");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_within_a_second_is_the_same_one() {
        let start = Instant::now();
        let after = |ms| start + Duration::from_millis(ms);
        let mut signals = Signals::default();
        assert_eq!(signals.enter(after(0)), Asked::Stop);
        assert_eq!(signals.enter(start + Duration::from_micros(250)), Asked::Same);
        assert_eq!(signals.enter(after(999)), Asked::Same);
        assert_eq!(signals.enter(after(1100)), Asked::EndNow);
        assert_eq!(signals.enter(after(1200)), Asked::Same);
        assert_eq!(signals.enter(after(5000)), Asked::Exit);
    }
}
