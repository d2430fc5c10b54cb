//! One column of a study: its cell, its grid, how far its search may go, and its search.

use reluflow_statistics::Estimate;
use reluflow_statistics::sequential::{Answer, Plan, Scale, Search, grid_trials};

use super::Axis;
use crate::error::Result;
use crate::experiment::{BadInput, Cell, Experiment, Place, memory};

/// How far beyond the file's values a search may go unless told, as a factor.
const BEYOND: [f64; 3] = [4.0, 2.0, 1.0];

/// What is asked of a study.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The axis to search.
    pub axis: String,
    /// The probability whose place is sought.
    pub target: f64,
    /// Half-width of the interval over the threshold at which to stop.
    pub precision: f64,
    /// Most draws a column.
    pub most_trials: u64,
    /// Fewest draws a column places at once.
    pub batch: u64,
    /// Where the threshold may be; the search then does not look beyond.
    pub within: Option<(f64, f64)>,
    /// Whether the probability rises along the axis, where that is not known.
    pub rises: Option<bool>,
}

/// Successes of draws at one place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drawn {
    /// Where.
    pub at: f64,
    /// How many succeeded.
    pub successes: u64,
    /// Of how many.
    pub trials: u64,
    /// How many more could not be drawn, and are left out.
    pub void: u64,
}

/// One column of a study.
#[derive(Debug, Clone)]
pub struct Column {
    /// One of its cells: all but the axis counts.
    pub cell: Cell,
    /// The places of the file's grid, in increasing order.
    pub grid: Vec<f64>,
    /// What its search was asked.
    pub plan: Plan,
    /// The draws so far, by place.
    pub drawn: Vec<Drawn>,
    /// What was found, once the search has ended.
    pub answer: Option<Answer>,
    pub(super) search: Search,
}

impl Column {
    pub(super) fn new(
        experiment: &Experiment,
        axis: Axis,
        cells: &[&Cell],
        question: &Question,
        falls: bool,
        available: f64,
    ) -> Result<Self> {
        let bad = |problem: &str, expected: &str, found: String| {
            BadInput::new(
                Place::Flag(format!("--axis {}", question.axis)),
                problem,
                expected,
                found,
            )
        };
        let mut grid = Vec::new();
        for cell in cells {
            match axis.number(cell) {
                Some(value) if value.is_finite() => grid.push(value),
                _ => return Err(bad("not a size", "an axis of numbers", axis.of(cell).to_string()).into()),
            }
        }
        grid.sort_by(f64::total_cmp);
        grid.dedup();
        let cell = cells[0].clone();
        let whole = experiment.is_whole(axis);
        let inside = question.within.unwrap_or((grid[0], grid[grid.len() - 1]));
        if whole
            && [inside.0, inside.1]
                .iter()
                .any(|end| end.fract() != 0.0 || *end < 1.0)
        {
            let place = Place::Flag(format!("--within {}..{}", inside.0, inside.1));
            let expected = format!("whole numbers from 1 on, for --axis {}", question.axis);
            return Err(BadInput::new(
                place,
                "not sizes",
                expected,
                format!("{}..{}", inside.0, inside.1),
            )
            .into());
        }
        let logarithmic = inside.0 > 0.0;
        let fits = |place: f64| {
            experiment
                .moved(&cell, axis, place)
                .is_ok_and(|cell| memory(&cell) <= available)
        };
        let (range, limits) = match question.within {
            Some(within) => {
                for place in [within.0, within.1] {
                    let cell = experiment.moved(&cell, axis, place)?;
                    if memory(&cell) > available {
                        let found = format!("{} for a trial", gib(memory(&cell)));
                        let place = Place::Flag(experiment.describe(&cell));
                        return Err(BadInput::new(place, "not enough memory", gib(available), found)
                            .hint("use a smaller --within or fewer --threads")
                            .into());
                    }
                }
                (within, within)
            }
            None => {
                let (low, high) = inside;
                let width = if high > low { high - low } else { low.abs() };
                let reach = |factor: f64, up: bool| {
                    let place = match (logarithmic, up) {
                        (true, true) => high * factor,
                        (true, false) => low / factor,
                        (false, true) => high + (factor - 1.0) * width,
                        (false, false) => low - (factor - 1.0) * width,
                    };
                    match (whole, up) {
                        (true, true) => place.floor(),
                        (true, false) => place.ceil().max(1.0),
                        (false, _) => place,
                    }
                };
                let furthest = |up| {
                    BEYOND
                        .iter()
                        .map(|factor| reach(*factor, up))
                        .find(|place| fits(*place))
                };
                let limits = (furthest(false).unwrap_or(low), furthest(true).unwrap_or(high));
                let range = if high > low { (low, high) } else { limits };
                (range, limits)
            }
        };
        if limits.0 >= limits.1 {
            return Err(bad(
                "nothing to search",
                "--within LOW..HIGH",
                format!("{} only", limits.0),
            )
            .into());
        }
        let plan = Plan {
            scale: Scale {
                logarithmic,
                whole,
                falls,
            },
            target: question.target,
            precision: question.precision,
            level: crate::summary::LEVEL,
            most_trials: question.most_trials,
            batch: question.batch,
            range,
            limits,
        };
        Ok(Self {
            cell,
            grid,
            search: Search::new(plan.clone()),
            plan,
            drawn: Vec::new(),
            answer: None,
        })
    }

    /// What was drawn so far at a place.
    pub(super) fn drawn(&self, at: f64) -> Drawn {
        let found = self.drawn.iter().find(|drawn| drawn.at == at);
        found.copied().unwrap_or(Drawn {
            at,
            successes: 0,
            trials: 0,
            void: 0,
        })
    }

    /// Takes in what there is at a place now, earlier draws included.
    pub(super) fn enter(&mut self, now: Drawn) {
        let before = self.drawn(now.at);
        self.search.enter(
            now.at,
            now.successes - before.successes,
            now.trials - before.trials,
        );
        match self.drawn.binary_search_by(|drawn| drawn.at.total_cmp(&now.at)) {
            Ok(k) => self.drawn[k] = now,
            Err(k) => self.drawn.insert(k, now),
        }
    }

    /// What is known so far, or in the end.
    pub fn found(&self) -> Answer {
        self.answer.clone().unwrap_or_else(|| self.search.so_far())
    }

    /// How many draws the file's grid would need for an interval as wide; see [`grid_trials`].
    pub fn grid_trials(&self) -> Option<f64> {
        grid_trials(&self.plan, &self.found(), &self.grid)
    }

    /// The fitted probability at a place with its pointwise interval.
    pub fn curve(&self, at: f64) -> Estimate {
        self.search.curve(at)
    }
}

fn gib(bytes: f64) -> String {
    const GIB: f64 = (1u64 << 30) as f64;
    format!("{:.1} GiB", bytes / GIB)
}
