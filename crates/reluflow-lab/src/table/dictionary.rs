//! Refuses dictionaries of a Parquet file that claim more values than their bytes can hold.
//!
//! The library makes room for as many values as a dictionary says it has, 16 GB at most, before it reads one. A
//! flipped bit must not cost that.

use parquet::basic::Type as Physical;
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};

/// The pages of a column chunk, whose dictionaries are looked at before anyone believes them.
pub(crate) struct CheckedPages {
    pages: Box<dyn PageReader>,
    /// Fewest bytes of a value.
    least: usize,
}

impl CheckedPages {
    pub(crate) fn new(pages: Box<dyn PageReader>, kind: Physical) -> Self {
        let least = match kind {
            Physical::INT64 | Physical::DOUBLE => 8,
            Physical::INT96 => 12,
            // A text begins with its length.
            Physical::INT32 | Physical::FLOAT | Physical::BYTE_ARRAY => 4,
            Physical::BOOLEAN | Physical::FIXED_LEN_BYTE_ARRAY => 1,
        };
        Self { pages, least }
    }

    fn check(&self, page: Page) -> Result<Page> {
        if let Page::DictionaryPage { buf, num_values, .. } = &page {
            let most = buf.len() / self.least;
            if *num_values as usize > most {
                return Err(ParquetError::General(format!(
                    "a dictionary of {num_values} values, of which its {} bytes hold {most} at most",
                    buf.len()
                )));
            }
        }
        Ok(page)
    }
}

impl Iterator for CheckedPages {
    type Item = Result<Page>;
    fn next(&mut self) -> Option<Result<Page>> {
        self.get_next_page().transpose()
    }
}

impl PageReader for CheckedPages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.pages.get_next_page()?;
        page.map(|page| self.check(page)).transpose()
    }
    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }
    fn skip_next_page(&mut self) -> Result<()> {
        self.pages.skip_next_page()
    }
    fn at_record_boundary(&mut self) -> Result<bool> {
        self.pages.at_record_boundary()
    }
}
