//! Describes the columns of a trajectory as data: name, label, kind and unit.

/// What the numbers of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Real numbers.
    Real,
    /// How many there are of something: whole, and below 2^53.
    Count,
    /// Which one it is, from 0: whole, and below 2^53.
    Index,
}

/// How a column's numbers change between [`Units`](crate::Units).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// They are the same in all units.
    Number,
    /// They are times.
    Time,
    /// They are losses, or rates 1/t.
    Loss,
    /// They are weights.
    Weight,
    /// They are squares of weights.
    SquaredWeight,
}

/// A column of a trajectory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name in tables and files.
    pub name: &'static str,
    /// Its label in plots.
    pub label: &'static str,
    /// What its numbers are.
    pub kind: Kind,
    /// In which unit they are.
    pub unit: Unit,
}

impl Column {
    /// A column of real numbers.
    pub const fn real(name: &'static str, label: &'static str, unit: Unit) -> Self {
        Self {
            name,
            label,
            kind: Kind::Real,
            unit,
        }
    }

    /// A column that counts.
    pub const fn count(name: &'static str, label: &'static str) -> Self {
        Self {
            name,
            label,
            kind: Kind::Count,
            unit: Unit::Number,
        }
    }

    /// A column that numbers examples.
    pub const fn index(name: &'static str, label: &'static str) -> Self {
        Self {
            name,
            label,
            kind: Kind::Index,
            unit: Unit::Number,
        }
    }

    /// Whether its numbers are whole.
    pub fn is_whole(&self) -> bool {
        self.kind != Kind::Real
    }
}
