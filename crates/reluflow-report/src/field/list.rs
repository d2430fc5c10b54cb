//! The experiments of the field, in the order of their page.

use super::Drawn::{Column, Histogram, Losses, Map, Path, Shares};
use super::Entry;
use crate::pictures::Kind::{Angles, Function, Neurons, SingularValues};

macro_rules! entries {
    ($($name:literal: $($picture:expr),+;)*) => {
        /// All of them.
        pub const ALL: &[Entry] = &[$(Entry {
            name: $name,
            text: include_str!(concat!("../../../../experiments/field/", $name, ".toml")),
            pictures: &[$($picture),+],
        }),*];
    };
}

entries! {
    "teacher-from-nothing": Losses, Path(SingularValues);
    "early-alignment": Losses, Path(Angles), Path(Function);
    "five-points": Losses, Path(Function);
    "two-points": Losses;
    "optimization-threshold": Column("remaining_loss", "n", None), Column("test_loss", "n", None);
    "penalised-bias": Histogram("directions", "model.decay_bias"), Path(Function);
    "cone": Column("max_angle_positive", "init.scale", None);
    "separated": Column("stable_rank", "init.scale", None), Column("label_alignment", "init.scale", None);
    "symmetric-margin": Column("directions", "model.activation.leaky", None), Losses;
    "stable-rank": Column("stable_rank", "init.scale", None);
    "equal-margins": Column("margin_ratio", "d", None);
    "xor": Path(Neurons), Losses;
    "wide-margin": Column("test_error", "n", Some("model.train")), Column("margin", "n", Some("model.train"));
    "lazy": Column("hidden_movement", "init.scale", None), Column("flipped", "init.scale", None), Path(Function);
    "rich": Map("kernel_distance", "init.tau", "init.delta"), Map("flipped", "init.tau", "init.delta"), Map("test_loss", "init.tau", "init.delta");
    "symmetric-data": Losses;
    "spline": Column("flipped", "init.delta", None), Path(Function);
    "condensation": Column("hidden_movement", "p", Some("init.scale"));
    "two-speeds": Column("loss", "model.rates.output", None), Path(Function);
    "jumps": Column("squared_norm", "n", None), Column("time", "n", None);
    "spurious": Shares;
}
