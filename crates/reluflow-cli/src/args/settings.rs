//! Options that most commands share: values set over the file's.

use super::values::parse_setting;
use clap::Args;
use reluflow_lab::Override;

/// Values set over those of the experiment file, or files.
#[derive(Debug, Args)]
pub(crate) struct Settings {
    /// Set a key over the file's, as TOML: sweep.n='[1500, 1600]'
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = parse_setting)]
    pub(crate) set: Vec<Override>,
    /// The root of all random numbers
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(i64).range(0..))]
    pub(crate) seed: Option<i64>,
}

impl Settings {
    /// The settings as overrides, `--seed` last.
    pub(crate) fn overrides(&self) -> Vec<Override> {
        let mut overrides = self.set.clone();
        overrides.extend(self.seed.map(|seed| flag("--seed", "sweep.seed", seed)));
        overrides
    }
}

/// A flag of its own as an override.
pub(crate) fn flag(name: &str, key: &str, value: impl ToString) -> Override {
    let value = value.to_string();
    Override {
        flag: format!("{name} {value}"),
        key: key.to_owned(),
        value,
    }
}
