//! Each field against the loops of [`super::reference`].
