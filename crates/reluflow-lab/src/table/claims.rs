//! Refuses Parquet files that claim more than their bytes can hold, before the library makes room for it or counts it through.
//!
//! The footer and the headers of pages are written in Thrift's compact protocol. The library skips a list of unknown meaning element by
//! element, two thousand million of them if the file says so, and makes room for a page as large as its header says, 2 GiB at most.

use parquet::basic::Compression;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::ParquetMetaData;

/// Parquet's structures are not nested deeper than this.
const DEPTH: u32 = 16;
const MAGIC: &[u8] = b"PAR1";

fn claim<T>(text: impl Into<String>) -> Result<T> {
    Err(ParquetError::General(text.into()))
}

/// Checks the footer. The library itself refuses what is not a Parquet file.
///
/// # Errors
/// When a list claims more elements than bytes are left.
pub(crate) fn check_footer(bytes: &[u8]) -> Result<()> {
    let Some((rest, length)) = bytes.strip_suffix(MAGIC).and_then(<[u8]>::split_last_chunk::<4>) else {
        return Ok(());
    };
    let length = u32::from_le_bytes(*length) as usize;
    let Some(start) = rest.len().checked_sub(length) else {
        return Ok(());
    };
    Walk { left: &rest[start..] }.structure(DEPTH, &mut |_, _| ())
}

/// Checks the headers of all pages.
///
/// # Errors
/// When a page claims more bytes than its compressed bytes can give, or a header cannot be read.
pub(crate) fn check_pages(bytes: &[u8], metadata: &ParquetMetaData) -> Result<()> {
    for column in metadata.row_groups().iter().flat_map(|group| group.columns()) {
        let dictionary = column.dictionary_page_offset().filter(|offset| *offset > 0);
        let first = column.data_page_offset();
        let start =
            usize::try_from(dictionary.map_or(first, |offset| offset.min(first))).unwrap_or(usize::MAX);
        let length = usize::try_from(column.compressed_size()).unwrap_or(usize::MAX);
        let Some(chunk) = bytes.get(start..start.saturating_add(length)) else {
            return claim(format!(
                "a column at byte {start} that ends beyond the file's {}",
                bytes.len()
            ));
        };
        let mut walk = Walk { left: chunk };
        while !walk.left.is_empty() {
            let (mut whole, mut packed) = (0, 0);
            walk.structure(DEPTH, &mut |field, value| match field {
                2 => whole = value,
                3 => packed = value,
                _ => (),
            })?;
            let held = usize::try_from(packed)
                .ok()
                .filter(|packed| *packed <= walk.left.len());
            let Some(held) = held else {
                return claim(format!(
                    "a page of {packed} bytes where {} are left",
                    walk.left.len()
                ));
            };
            let most = (held as u64).saturating_mul(most_for_a_byte(column.compression())) + 64;
            if u64::try_from(whole).map_or(true, |whole| whole > most) {
                return claim(format!(
                    "a page of {whole} bytes, of which its {held} hold {most} at most"
                ));
            }
            walk.left = &walk.left[held..];
        }
    }
    Ok(())
}

/// Most bytes that one byte of a page gives.
fn most_for_a_byte(compression: Compression) -> u64 {
    match compression {
        Compression::UNCOMPRESSED => 1,
        // A copy of 64 bytes takes two.
        Compression::SNAPPY => 32,
        // A run's length continues in bytes of at most 255.
        Compression::LZ4 | Compression::LZ4_RAW => 255,
        // 258 bytes for two bits.
        Compression::GZIP(_) => 1032,
        // A block of 128 KiB takes four.
        _ => 1 << 15,
    }
}

/// Walks over values of Thrift's compact protocol.
struct Walk<'a> {
    left: &'a [u8],
}

impl Walk<'_> {
    fn byte(&mut self) -> Result<u8> {
        match self.left.split_first() {
            Some((first, rest)) => {
                self.left = rest;
                Ok(*first)
            }
            None => claim("a structure that is cut short"),
        }
    }

    fn bytes(&mut self, count: u64) -> Result<()> {
        match usize::try_from(count)
            .ok()
            .and_then(|count| self.left.get(count..))
        {
            Some(rest) => self.left = rest,
            None => return claim(format!("{count} bytes where {} are left", self.left.len())),
        }
        Ok(())
    }

    fn varint(&mut self) -> Result<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        claim("a number of more than 64 bits")
    }

    fn zigzag(&mut self) -> Result<i64> {
        let value = self.varint()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// A structure; `see` is shown its whole numbers by their fields.
    fn structure(&mut self, depth: u32, see: &mut dyn FnMut(i64, i64)) -> Result<()> {
        let mut field = 0i64;
        loop {
            let head = self.byte()?;
            let kind = head & 0x0f;
            if kind == 0 {
                return Ok(());
            }
            field = match head >> 4 {
                0 => self.zigzag()?,
                step => field.wrapping_add(i64::from(step)),
            };
            match kind {
                // A flag of a structure stands in its head.
                1 | 2 => (),
                4..=6 => see(field, self.zigzag()?),
                _ => self.value(kind, depth)?,
            }
        }
    }

    fn value(&mut self, kind: u8, depth: u32) -> Result<()> {
        let Some(depth) = depth.checked_sub(1) else {
            return claim("structures within structures without end");
        };
        match kind {
            3 => self.bytes(1),
            4..=6 => self.varint().map(|_| ()),
            7 => self.bytes(8),
            8 => {
                let length = self.varint()?;
                self.bytes(length)
            }
            9 | 10 => {
                let head = self.byte()?;
                let count = match head >> 4 {
                    15 => self.varint()?,
                    count => u64::from(count),
                };
                self.elements(count, head & 0x0f, depth)
            }
            12 => self.structure(depth, &mut |_, _| ()),
            // Parquet has no maps, and flags in lists nowhere here.
            other => claim(format!(
                "a value of kind {other}, which Parquet does not use here"
            )),
        }
    }

    fn elements(&mut self, count: u64, kind: u8, depth: u32) -> Result<()> {
        if count > self.left.len() as u64 {
            return claim(format!(
                "a list of {count} elements where {} bytes are left",
                self.left.len()
            ));
        }
        (0..count).try_for_each(|_| self.value(kind, depth))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Columns, decode, encode};
    use super::*;

    fn footer(structure: &[u8]) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(structure);
        bytes.extend(u32::try_from(structure.len()).unwrap().to_le_bytes());
        bytes.extend(MAGIC);
        bytes
    }

    #[test]
    fn a_list_longer_than_the_file_is_refused() {
        // Field 9, a list of 2³¹ flags, of whole numbers, of structures; a list within lists.
        for kind in [1, 2, 5, 12] {
            let bytes = footer(&[0x99, 0xf0 | kind, 0x80, 0x80, 0x80, 0x80, 0x08, 0]);
            let error = check_footer(&bytes).unwrap_err().to_string();
            assert!(error.contains("a list of 2147483648 elements"), "{error}");
            assert!(decode(bytes).is_err());
        }
        let nested = vec![0x19; 64];
        let error = check_footer(&footer(&nested)).unwrap_err().to_string();
        assert!(error.contains("without end"), "{error}");
    }

    #[test]
    fn a_page_larger_than_its_bytes_hold_is_refused() {
        let values: Vec<f64> = (0..40).map(f64::from).collect();
        let good = encode(&Columns::of(&values).numbers("x", |value| *value).table()).unwrap();
        let mut found = 0;
        // A high bit set in a page's header makes its sizes longer numbers: some of these files are refused for what they claim.
        for at in 4..good.len() - 8 {
            let mut bytes = good.clone();
            bytes[at] |= 0x80;
            found += usize::from(decode(bytes).is_err_and(|error| error.to_string().contains("a page of")));
        }
        assert!(found > 0);
        assert!(decode(good).is_ok());
    }

    #[test]
    fn numbers_are_those_of_the_protocol() {
        let zigzag = |bytes: &[u8]| Walk { left: bytes }.zigzag();
        assert_eq!(zigzag(&[0x01]).unwrap(), -1);
        assert_eq!(zigzag(&[0xac, 0x02]).unwrap(), 150);
        assert!(zigzag(&[0x80]).is_err() && zigzag(&[0xff; 11]).is_err());
    }
}
