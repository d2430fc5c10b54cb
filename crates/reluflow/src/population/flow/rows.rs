//! Writes the rows of a run: states that it reaches, at its steps or at times inside them.

use super::Run;
use crate::flow::explicit_pair::ExplicitPair;
use crate::flow::grid;
use crate::observe::When;
use crate::population::solution::{PopulationRow, PopulationSolution};

impl Run<'_> {
    /// Whether a row is due at time 0; notes that it is written.
    pub(super) fn due_at_start(&mut self) -> bool {
        match &self.problem.record.when {
            When::End => false,
            When::Times(times) if times.first() == Some(&0.0) => {
                self.marks = 1;
                true
            }
            When::Times(_) => false,
            _ => true,
        }
    }

    /// The time of the next row.
    pub(super) fn mark(&self) -> Option<f64> {
        match &self.problem.record.when {
            When::PerDecade(rows) => Some(grid::mark(self.marks as i32, *rows)),
            When::Times(times) => times.get(self.marks).copied(),
            _ => None,
        }
    }

    /// Writes the rows that lie in the step of length h from here.
    pub(super) fn rows_inside(&mut self, pair: &mut ExplicitPair, h: f64) {
        while let Some(mark) = self.mark().filter(|mark| *mark <= self.time + h) {
            self.marks += 1;
            let (mut state, mut velocity) = (self.state.clone(), self.state.clone());
            let field = &mut self.field;
            let evaluate = |state: &[f64], slope: &mut [f64]| {
                field.velocity(state, slope);
            };
            let spent = 1 + pair.step(
                evaluate,
                (&self.state, &self.velocity),
                mark - self.time,
                &mut state,
            );
            self.counts.evaluations += spent;
            self.counts.observations += spent;
            let loss = self.field.velocity(&state, &mut velocity);
            let gradient_norm = self.field.gradient_norm(&velocity);
            self.write(mark, &state, [loss, gradient_norm]);
        }
    }

    pub(super) fn write_here(&mut self) {
        let state = std::mem::take(&mut self.state);
        self.write(self.time, &state, [self.loss, self.gradient_norm]);
        self.state = state;
    }

    fn write(&mut self, time: f64, state: &[f64], [loss, gradient_norm]: [f64; 2]) {
        let network = self.network(state);
        let (overlaps, _) = PopulationSolution::look(&network, self.problem.teacher);
        self.rows.push(PopulationRow {
            time,
            step: self.counts.steps,
            evaluations: self.counts.evaluations,
            loss,
            gradient_norm,
            overlaps,
            output_weights: network.output_weights().to_vec(),
        });
    }
}
