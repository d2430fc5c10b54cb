//! Digests: the SHA-256 of bytes and of arrays.

use ndarray::{ArrayView1, ArrayView2};
use sha2::{Digest, Sha256};

/// The SHA-256 of some bytes, in hexadecimal digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(Sha256::digest(bytes).as_slice())
}

/// The SHA-256 of a matrix and a vector: rows, columns and length as 64-bit integers, then the entries as 64-bit floats,
/// row by row, all little-endian.
pub(crate) fn sha256_of(matrix: ArrayView2<'_, f64>, vector: ArrayView1<'_, f64>) -> String {
    let mut digest = Sha256::new();
    for length in [matrix.nrows(), matrix.ncols(), vector.len()] {
        digest.update((length as u64).to_le_bytes());
    }
    for value in matrix.iter().chain(vector) {
        digest.update(value.to_le_bytes());
    }
    hex(&digest.finalize())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
