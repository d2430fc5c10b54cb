//! Holds the audit against problems that meet the hypotheses, and against broken ones.

mod dense;
mod problems;
mod rates;
