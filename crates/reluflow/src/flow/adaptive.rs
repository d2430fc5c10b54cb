//! Adaptive time steps for the gradient flow: the loop that every adaptive method shares.
//!
//! A step of size h from θ is accepted when its error ([`Control::error`]) is at most 1 and the loss does not rise by
//! more than 2 % above its smallest value so far: where neurons slide, steps chatter about their kinks. At the times of the grid
//! below, and at the end of time, it must not lie above its smallest value at such times by more than 10⁻³. The next step is
//! 0.8 err^(−q) h, at most 3 h.
//!
//! Steps end on a grid of eight times a decade, whatever is recorded: the rows of the default record are states
//! of the run, and no record changes its path. A row at any other time is a shorter step from the start of the step that
//! it lies in.

use super::balance::Balance;
use super::confirm::Found;
use super::control::{Control, Limiter, Roundings};
use super::drift::Drift;
use super::far::{FAR, Far, LogFlow};
use super::locate;
use super::rest::Rest;
use super::risk::Risk;
use super::run::{MAX_CHATTER, MAX_RISE, Run};
use super::spectral_radius::SpectralRadius;
use super::stage::Stage;
use super::stepper::{Outlook, Stepper};
use super::{Journal, Problem, Solution};
use crate::field::VectorField;
use crate::model::Loss;

const SAFETY: f64 = 0.8;
const MAX_GROWTH: f64 = 3.0;
const MAX_SHRINKING: f64 = 0.2;
/// The first step, where neurons are followed over their kinks, in units of one that is not.
const FIRST_OVER_KINKS: f64 = 10.0;
/// How often a run may be looked at for a neuron that is held at its kink; then it is taken to rest.
const MAX_HOLDS: u32 = 10;
/// How many steps may be refused while no margin is watched; then a neuron is taken to be held.
const MAX_WASTED: u32 = 1000;
/// How often a time of the grid is approached before a rest is looked for.
const MAX_TRIES: u32 = 3;

/// How a time is approached at which steps of the usual length arrive amid chatter.
#[derive(Debug, Clone, Copy, Default)]
struct Slow {
    until: f64,
    step: f64,
    /// How often it was tried.
    tries: u32,
}

impl Slow {
    /// The longest step from `time`.
    fn longest(self, time: f64) -> f64 {
        if time < self.until {
            self.step
        } else {
            f64::INFINITY
        }
    }

    /// Goes from `time` to `until` in an eighth of the way a step, or half of what was tried before.
    fn approach(&mut self, time: f64, until: f64) {
        let eighth = 0.125 * (until - time);
        if self.until == until {
            self.step = (0.5 * self.step).min(eighth);
            self.tries += 1;
        } else {
            self.step = eighth;
            self.tries = 1;
        }
        self.until = until;
    }
}

/// Runs a method until a stop comes.
pub(super) fn solve(
    problem: &Problem<'_>,
    field: &mut dyn VectorField<f64>,
    stepper: &mut dyn Stepper,
    control: &Control,
) -> Solution {
    let length = field.state_length();
    let mut here = Stage::new(length);
    field.write_state(problem.network, &mut here.state);
    here.evaluate(field);
    let mut run = Run {
        balance: Balance::new(field.model(), &here.state, field.neurons()),
        lowest: here.loss,
        lowest_shown: here.loss,
        lowest_row: here.loss,
        drift: Drift::default(),
        field,
        stepper,
        journal: Journal::new(problem),
        calm: here.clone(),
        here,
        next: Stage::new(length),
        between: Stage::new(length),
        radius: 0.0,
    };
    run.journal.counts.evaluations += 1;
    if !run.integrate(problem, control) {
        return run.close();
    }
    // The way is the same in τ, where steps are long again.
    let Run {
        field,
        stepper,
        mut journal,
        balance,
        mut here,
        calm,
        next,
        between,
        ..
    } = run;
    let field: &mut dyn VectorField<f64> = &mut LogFlow::new(field);
    stepper.restart();
    here.time = journal.go_far();
    here.evaluate(field);
    journal.counts.evaluations += 1;
    let mut run = Run {
        lowest: here.loss,
        lowest_shown: here.loss,
        lowest_row: here.loss,
        drift: Drift::default(),
        field,
        stepper,
        journal,
        balance,
        calm,
        here,
        next,
        between,
        radius: 0.0,
    };
    run.calm.copy_from(&run.here);
    let control = Control {
        margin: f64::INFINITY,
        ..*control
    };
    run.integrate(problem, &control);
    run.close()
}

impl Run<'_> {
    /// Goes on until a stop comes, or to where the run is to go on in τ; whether that is so.
    fn integrate(&mut self, problem: &Problem<'_>, control: &Control) -> bool {
        let (n, p) = (self.field.examples(), self.field.neurons());
        let mut radius = SpectralRadius::new(problem.dataset);
        let mut risk = Risk::new(n);
        let (mut holds, mut wasted) = (0, 0);
        let mut rest = Rest::new(self.field.model(), n, p);
        let mut error = vec![0.0; self.here.state.len()];
        let mut roundings = Roundings::new(&self.here, p, control.rounding);
        let limiter = Limiter::new(self.field.model(), &self.here, p, control);
        let mut step = control.first_step(&self.here, p);
        let mut slow = Slow::default();
        let (mut afresh, mut follows) = (false, false);
        let goes_far = self.journal.goes_far();
        let mut control = *control;
        let fall = control.fall;
        let mut going_on = self.journal.far().is_some() || self.enter();
        while going_on {
            if goes_far && self.here.loss < FAR {
                return true;
            }
            if self.journal.far().is_some() {
                self.shift();
                let (far, loss) = (self.journal.far().unwrap_or_default(), self.here.loss);
                control.fall = far.fall(loss, fall, control.rounding);
                if far.ends(loss, control.rounding) {
                    self.journal.end_far();
                    break;
                }
            }
            let (field, stepper, journal) = (&mut *self.field, &mut *self.stepper, &mut self.journal);
            let (here, next) = (&mut self.here, &mut self.next);
            if here.velocity.iter().all(|v| *v == 0.0) {
                journal.rest((0.0, 0.0)); // exactly: nothing will ever move again
                break;
            }
            if !here.dissipation.is_finite() {
                journal.overflow(); // squares of velocities do not fit
                break;
            }
            let safety = stepper.radius_safety();
            self.radius = radius.at(field, here, safety, afresh, &mut journal.counts);
            afresh = false;
            let outlook = |radius| Outlook {
                longest: limiter.longest_of_both_kinds(here, p, radius),
                step,
                radius,
                early: limiter.is_early(here),
            };
            let mut plan = stepper.plan(outlook(self.radius));
            if follows && !plan.over_kinks {
                // Steps over kinks hardly depend on the radius; the others do, and so does the choice.
                self.radius = radius.at(field, here, safety, true, &mut journal.counts);
                plan = stepper.plan(outlook(self.radius));
            }
            follows = plan.over_kinks;
            if plan.over_kinks && here.time == 0.0 && journal.counts.rejected == 0 {
                step *= FIRST_OVER_KINKS;
            }
            let wanted = step
                .min(slow.longest(here.time))
                .min(plan.longest)
                .min(stepper.largest_step(self.radius));
            let last = journal.last_point();
            let (end, shown) = if journal.far().is_some() {
                ((here.time + wanted).min(last), false)
            } else {
                super::grid::end_of_step(here.time, wanted, last, plan.over_kinks)
            };
            let h = end - here.time;
            if h.is_nan() || h <= 0.0 {
                journal.rest((0.0, 0.0)); // no step is short enough to be told from none
                break;
            }
            let advance = stepper.advance(
                field,
                here,
                next,
                [h, self.drift.shortened(here.time, h)],
                self.radius,
            );
            journal.counts.evaluations += advance.evaluations + 1;
            let watched = control.margin.is_finite() && here.at_risk;
            next.time = end;
            match advance.known {
                Some(loss) => next.evaluate_there(field, loss),
                None if watched => next.evaluate_with_cover(field, &mut risk.cover),
                None => next.evaluate(field),
            }
            stepper.local_error(here, next, &mut error);
            let exponent = stepper.error_exponent();
            let control = if plan.over_kinks {
                control.over_kinks()
            } else {
                control
            };
            let mut err = control.error(here, next, &error, p, exponent);
            let mut by_margin = 0.0;
            if err <= 1.0 && control.margin.is_finite() && (watched || next.at_risk) {
                if advance.known.is_some() || !watched {
                    journal.counts.evaluations += 1;
                    field.cover(&next.state, &mut risk.cover);
                }
                by_margin = risk.error_of_step(field, &next.state, &error, limiter.margin(here.time));
                err = err.max(by_margin);
            }
            let risen = next.loss > (1.0 + MAX_CHATTER) * self.lowest
                || shown && next.loss > (1.0 + MAX_RISE) * self.lowest_shown;
            // A NaN compares false with everything: it must fall on the side of rejection.
            let accepted = err <= 1.0 && !risen;
            let factor = (SAFETY * err.powf(-exponent)).clamp(MAX_SHRINKING, MAX_GROWTH);
            let factor = if factor.is_nan() { MAX_SHRINKING } else { factor };
            if !accepted {
                journal.counts.rejected += 1;
                wasted += u32::from(risk.is_paused());
                if wasted > MAX_WASTED {
                    journal.rest((0.0, 0.0)); // held where this method's steps chatter and do not get on
                    break;
                }
                if risen && shown && self.calm.time < here.time {
                    // The step started amid chatter: go back to before it, and come in shorter steps.
                    here.copy_from(&self.calm);
                    journal.go_back();
                    slow.approach(here.time, end);
                    step = slow.longest(here.time);
                    if roundings.lose(here, step, p) {
                        journal.rest((0.0, 0.0));
                        break;
                    }
                    // Nothing is calm there, however short the steps: the flow may rest.
                    if slow.tries >= MAX_TRIES
                        && !limiter.grows(here, p)
                        && let Some(evidence) = rest.evidence(here, p)
                    {
                        slow.tries = 0;
                        match self.confirm_rest(&limiter, p) {
                            Found::Rest => {
                                self.journal.rest(evidence);
                                break;
                            }
                            Found::Motion => continue,
                            Found::Stop => break,
                        }
                    }
                    if journal.out_of_evaluations() {
                        going_on = self.enter();
                    }
                    continue;
                }
                afresh = risen || err.is_nan();
                step = h * factor.min(if risen { 0.5 } else { SAFETY });
                if roundings.lose(here, step, p) {
                    if by_margin <= 1.0 || holds == MAX_HOLDS {
                        journal.rest((0.0, 0.0));
                        break;
                    }
                    holds += 1;
                    match self.confirm_hold(&limiter, p) {
                        Found::Rest => {
                            self.journal.rest((0.0, 0.0));
                            break;
                        }
                        Found::Motion => {
                            risk.pause();
                            step = control.first_step(&self.here, p);
                            continue;
                        }
                        Found::Stop => break,
                    }
                }
                if journal.out_of_evaluations() {
                    going_on = self.enter();
                }
                continue;
            }
            journal.counts.steps += 1;
            radius.note_step(plan.over_kinks);
            // A step that was cut short by the grid says little of how long the next may be.
            step = if h < wanted {
                (h * factor).max(step)
            } else {
                h * factor
            };
            let leading = self
                .stepper
                .leading_error(&self.here, &self.next, self.field.neurons());
            self.accept();
            if self.journal.far().is_none() {
                self.drift.learn(&self.next, &self.here, leading); // accepted: the two have changed places
            }
            self.note_lowest(shown);
            if self.journal.far().is_none()
                && let Some(evidence) = rest.look(&self.here, p)
                && self.here.time + self.confirmation_time() < self.journal.last_point()
            {
                if !self.enter() {
                    break;
                }
                match self.confirm_rest(&limiter, p) {
                    Found::Rest => {
                        self.journal.rest(evidence);
                        break;
                    }
                    Found::Motion => step = control.first_step(&self.here, p),
                    Found::Stop => break,
                }
                continue;
            }
            going_on = self.enter();
        }
        false
    }

    /// Brings losses back to order 1, where that of either classification loss is exponential.
    fn shift(&mut self) {
        let Some(k) = Far::shift(self.here.loss) else {
            return;
        };
        self.field.set_loss(Loss::Tail(self.journal.shift(k)));
        let factor = 2f64.powi(k);
        self.here.loss *= factor;
        self.here.dissipation *= factor;
        self.calm.copy_from(&self.here);
        self.lowest = self.here.loss;
        self.lowest_shown = self.here.loss;
        self.lowest_row = self.here.loss;
    }

    fn close(mut self) -> Solution {
        let end = if self.here.loss <= (1.0 + MAX_RISE) * self.lowest_shown {
            &self.here
        } else {
            self.journal.go_back();
            &self.calm
        };
        self.journal.close(self.field, end.point(), false)
    }

    /// Enters the current state into the journal; whether to go on.
    pub(super) fn enter(&mut self) -> bool {
        let goes_on = self.journal.enter(self.field, self.here.point());
        if self.calm.time == self.here.time {
            self.journal.keep();
        }
        goes_on
    }

    /// Makes the step's end the current state, after the levels and rows inside it.
    pub(super) fn accept(&mut self) {
        self.balance.restore(&mut self.next);
        if self.journal.far().is_none() {
            locate::levels(self);
            locate::end_of_tau(self);
            self.journal.note_step(&self.here, &self.next);
        }
        while let Some(mark) = self.journal.mark_before(self.field, self.next.point()) {
            self.step_inside(mark);
            self.journal.counts.observations += 1;
            self.lowest_row = self.lowest_row.min(self.between.loss);
            self.journal.write(self.field, self.between.point());
        }
        std::mem::swap(&mut self.here, &mut self.next);
    }

    /// Notes the loss of the state that was just accepted, at a time of the grid or between two.
    pub(super) fn note_lowest(&mut self, shown: bool) {
        self.lowest = self.lowest.min(self.here.loss);
        if self.here.loss <= (1.0 + MAX_RISE) * self.lowest_shown {
            self.calm.copy_from(&self.here);
        }
        if shown {
            self.lowest_shown = self.lowest_shown.min(self.here.loss);
            self.lowest_row = self.lowest_row.min(self.here.loss);
        }
    }
}
