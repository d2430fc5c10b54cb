//! Refusals of data files, by what they say was found and what helps.
#![allow(clippy::unwrap_used)] // in the helpers of tests

use reluflow_lab::arrays::{FileData, Unusable};

#[track_caller]
pub(crate) fn assert_refused(read: Result<FileData, Unusable>, found: &str, hint: &str) {
    let refusal = read.map(|data| data.account.to_string()).unwrap_err();
    assert!(refusal.found.contains(found), "{refusal:?}");
    assert!(
        refusal.hint.clone().unwrap_or_default().contains(hint),
        "{refusal:?}"
    );
}
