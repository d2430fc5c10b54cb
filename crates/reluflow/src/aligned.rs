//! Holds numbers from the start of a cache line on.

/// Bytes of a cache line, and of the longest vector.
const LINE: usize = 64;

/// A slice that starts on a cache line: a vector that straddles two costs two loads.
#[derive(Debug)]
pub(crate) struct Aligned<T> {
    values: Vec<T>,
    first: usize,
    length: usize,
}

impl<T: Copy + Default> Aligned<T> {
    /// Zeros.
    pub(crate) fn zeros(length: usize) -> Self {
        let values = vec![T::default(); length + LINE / size_of::<T>()];
        let first = values.as_ptr().align_offset(LINE).min(values.len() - length);
        Self {
            values,
            first,
            length,
        }
    }
}

/// A clone is aligned, too.
impl<T: Copy + Default> Clone for Aligned<T> {
    fn clone(&self) -> Self {
        let mut clone = Self::zeros(self.length);
        clone.copy_from_slice(self);
        clone
    }
}

impl<'a, T> IntoIterator for &'a Aligned<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T> std::ops::Deref for Aligned<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.values[self.first..self.first + self.length]
    }
}

impl<T> std::ops::DerefMut for Aligned<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.values[self.first..self.first + self.length]
    }
}
