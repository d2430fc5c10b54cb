//! Says whether one axis can be moved while the others stay.

use super::{Sweep, Unit, Width};
use crate::experiment::bad_input::BadInput;

impl Sweep {
    /// Checks that an axis is not zipped to another and that nothing but a width by Lemma 5 is computed from it.
    ///
    /// # Errors
    /// At the key of the sweep that ties it.
    pub(in crate::experiment) fn check_free(&self, name: &str) -> Result<(), BadInput> {
        if let Some((_, origin)) = self.zip.iter().find(|(zipped, _)| zipped == name) {
            let expected = format!("`{name}` outside of zip, to move it alone");
            let problem = format!("{name} cannot be moved alone");
            return Err(BadInput::at(
                origin,
                problem,
                expected,
                format!("`{name}` in zip"),
            ));
        }
        if name == "p" && matches!(self.width, Some(Width::Lemma5 { .. })) {
            return Err(BadInput::at(
                &self.origin,
                "p cannot be moved",
                "a number, a list or a range of p",
                "p by Lemma 5, which follows n",
            ));
        }
        let relative = match self.examples.as_ref().map(|examples| examples.unit) {
            Some(Unit::PerD) if name == "d" => Some("per_d"),
            Some(Unit::PerPd) if name == "d" || name == "p" => Some("per_pd"),
            _ => None,
        };
        match relative {
            None => Ok(()),
            Some(unit) => Err(BadInput::at(
                &self.origin,
                format!("{name} cannot be moved alone"),
                "n as a number, a list or a range",
                format!("n = {{ {unit} = … }}, which follows {name}"),
            )),
        }
    }
}
