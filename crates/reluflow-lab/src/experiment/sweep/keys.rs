//! Describes the keys of `[sweep]`, which are read one by one, each with its place in the file.

// Nothing is read into these types: `read` holds every number together with the line it stands in.
#![expect(dead_code, reason = "they are descriptions")]

use schemars::JsonSchema;

/// A range: from, from + step, …, up to `to`.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Range {
    /// The first value.
    from: f64,
    /// No value is larger.
    to: f64,
    /// The distance of two values.
    #[schemars(default = "unit")]
    step: f64,
}

/// Sizes: one, several, or a range.
#[derive(JsonSchema)]
#[schemars(untagged)]
enum Sizes {
    One(u64),
    Several(Vec<u64>),
    Range(Range),
}

/// Factors: one, several, or a range.
#[derive(JsonSchema)]
#[schemars(untagged)]
enum Factors {
    One(f64),
    Several(Vec<f64>),
    Range(Range),
}

/// plus + per_d · d + per_p · p: cells with n beyond it are left out.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct LinearBound {
    /// The part that is always there.
    #[schemars(default)]
    plus: f64,
    /// Times d.
    #[schemars(default)]
    per_d: f64,
    /// Times p.
    #[schemars(default)]
    per_p: f64,
}

/// A number, or one that follows d and p.
#[derive(JsonSchema)]
#[schemars(untagged)]
enum Bound {
    Number(f64),
    Linear(LinearBound),
}

/// n that follows d and p, or has bounds: one of `values`, `per_d`, `per_pd`.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct FollowingSizes {
    /// n itself, together with bounds.
    values: Option<Sizes>,
    /// n = factor · d, rounded.
    per_d: Option<Factors>,
    /// n = factor · p · d, rounded.
    per_pd: Option<Factors>,
    /// Cells with a smaller n are left out.
    at_least: Option<Bound>,
    /// Cells with a larger n are left out.
    at_most: Option<Bound>,
}

#[derive(JsonSchema)]
#[schemars(untagged)]
enum Examples {
    One(u64),
    Several(Vec<u64>),
    Range(Range),
    Following(FollowingSizes),
}

/// The width of Lemma 5: p = times · ⌊log(n/ε)/log(4/3)⌋ + 1.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Lemma5Width {
    /// ε, between 0 and 1.
    lemma5: f64,
    /// The factor on the floor.
    #[schemars(default = "once")]
    times: u64,
}

#[derive(JsonSchema)]
#[schemars(untagged)]
enum Width {
    One(u64),
    Several(Vec<u64>),
    Range(Range),
    Lemma5(Lemma5Width),
}

fn unit() -> f64 {
    1.0
}

fn once() -> u64 {
    1
}

fn draws() -> u64 {
    super::DRAWS
}

/// The keys that `[[sweep.also]]` takes as well.
#[derive(JsonSchema)]
pub(crate) struct Axes {
    /// Number of examples. Left out: all rows of a `file` or of `points`; otherwise it must be there.
    n: Option<Examples>,
    /// Dimension of the inputs. Left out: that of a file; otherwise it must be there.
    d: Option<Sizes>,
    /// Number of neurons. Left out: that of an `[init]` from a file; otherwise it must be there.
    p: Option<Width>,
    /// Names of axes that advance together instead of crossing: `zip = ["n", "d"]`.
    #[schemars(default)]
    zip: Vec<String>,
}

/// The keys of the whole sweep.
#[derive(JsonSchema)]
pub(crate) struct Whole {
    /// Trials in every cell, each with data and weights of its own.
    #[schemars(default = "draws")]
    draws: u64,
    /// Root of all random numbers.
    #[schemars(default)]
    seed: u64,
}
