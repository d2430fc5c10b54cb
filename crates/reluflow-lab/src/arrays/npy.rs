//! Parses NumPy's `.npy` format, alone or as a member of an `.npz` archive.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// An array in row-major order.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Array {
    /// Lengths of its dimensions.
    pub(super) shape: Vec<usize>,
    /// Its values, widened to f64.
    pub(super) values: Vec<f64>,
}

/// Reads the member `name.npy` of an archive.
pub(super) fn read_member(path: &Path, name: &str) -> Result<Array, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut archive = zip::ZipArchive::new(file).map_err(|error| error.to_string())?;
    let known: Vec<String> = archive.file_names().map(str::to_owned).collect();
    let mut member = archive
        .by_name(&format!("{name}.npy"))
        .map_err(|_| format!("no array `{name}` among {}", known.join(", ")))?;
    let mut bytes = Vec::new();
    member
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    parse(&bytes)
}

/// Parses the bytes of an `.npy` file: magic, version, length of the header, header, values.
pub(super) fn parse(bytes: &[u8]) -> Result<Array, String> {
    let rest = bytes.strip_prefix(b"\x93NUMPY").ok_or("no NumPy header")?;
    let (length, skip) = match rest {
        [1, _, a, b, ..] => (usize::from(u16::from_le_bytes([*a, *b])), 4),
        [2 | 3, _, a, b, c, d, ..] => (u32::from_le_bytes([*a, *b, *c, *d]) as usize, 6),
        _ => return Err("an unknown version of the format".into()),
    };
    let header = rest.get(skip..skip + length).ok_or("a header cut short")?;
    let header = std::str::from_utf8(header).map_err(|error| error.to_string())?;
    let data = &rest[skip + length..];
    let kind = value_of(header, "descr")?.trim_matches(['\'', '"']);
    let shape: Vec<usize> = value_of(header, "shape")?
        .trim_matches(['(', ')'])
        .split(',')
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(|text| text.parse().map_err(|_| format!("shape {text}")))
        .collect::<Result<_, _>>()?;
    let count = shape
        .iter()
        .try_fold(1usize, |product, length| product.checked_mul(*length))
        .ok_or("a shape too large")?;
    let mut values = values_of_kind(kind, data)?;
    if values.len() != count {
        return Err(format!("{} entries for shape {shape:?}", values.len()));
    }
    if value_of(header, "fortran_order")? == "True"
        && let [rows, columns] = shape[..]
    {
        values = (0..count)
            .map(|k| values[(k % columns) * rows + k / columns])
            .collect();
    }
    Ok(Array { shape, values })
}

/// The numbers of a type as NumPy names it: byte order, kind, bytes. This is the list of `reluflow.Dataset` too.
fn values_of_kind(kind: &str, data: &[u8]) -> Result<Vec<f64>, String> {
    fn numbers<const SIZE: usize>(data: &[u8], big: bool, read: fn([u8; SIZE]) -> f64) -> Vec<f64> {
        let number = |bytes: &[u8; SIZE]| {
            let mut bytes = *bytes;
            if big {
                bytes.reverse();
            }
            read(bytes)
        };
        data.as_chunks::<SIZE>().0.iter().map(number).collect()
    }
    let (big, name) = match kind.split_at_checked(1) {
        Some((">", name)) => (true, name),
        Some(("<" | "|", name)) => (false, name),
        // Native order: NumPy writes it never, some programs do.
        Some(("=", name)) => (cfg!(target_endian = "big"), name),
        _ => (false, kind),
    };
    Ok(match name {
        "f8" => numbers(data, big, f64::from_le_bytes),
        "f4" => numbers(data, big, |bytes| f32::from_le_bytes(bytes).into()),
        "f2" => numbers(data, big, |bytes| half::f16::from_le_bytes(bytes).to_f64()),
        "i8" => numbers(data, big, |bytes| i64::from_le_bytes(bytes) as f64),
        "i4" => numbers(data, big, |bytes| i32::from_le_bytes(bytes).into()),
        "i2" => numbers(data, big, |bytes| i16::from_le_bytes(bytes).into()),
        "i1" => numbers(data, big, |bytes| i8::from_le_bytes(bytes).into()),
        "u8" => numbers(data, big, |bytes| u64::from_le_bytes(bytes) as f64),
        "u4" => numbers(data, big, |bytes| u32::from_le_bytes(bytes).into()),
        "u2" => numbers(data, big, |bytes| u16::from_le_bytes(bytes).into()),
        "u1" => numbers(data, big, |bytes| u8::from_le_bytes(bytes).into()),
        "b1" => numbers(data, big, |[byte]: [u8; 1]| f64::from(u8::from(byte != 0))),
        _ => {
            return Err(format!(
                "entries of type {kind}: not booleans, integers, or float16, float32 or float64"
            ));
        }
    })
}

/// The value of a key in the header, a Python dictionary such as
/// `{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }`.
fn value_of<'a>(header: &'a str, key: &str) -> Result<&'a str, String> {
    let missing = || format!("a header without {key}");
    let (_, after) = header.split_once(&format!("'{key}':")).ok_or_else(missing)?;
    let after = after.trim_start();
    let end = match after.strip_prefix('(') {
        Some(_) => after.find(')').map(|end| end + 1),
        None => after.find([',', '}']),
    };
    end.and_then(|end| after.get(..end))
        .map(str::trim)
        .ok_or_else(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(descr: &str, order: &str, shape: &str, data: &[u8]) -> Vec<u8> {
        let header = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}\n");
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend(data);
        bytes
    }

    #[test]
    fn both_orders_and_all_types_are_read() {
        // The matrix 0 1 2 / 3 4 5.
        let rows: Vec<u8> = (0..6).flat_map(|k| f64::from(k).to_le_bytes()).collect();
        let expected = Array {
            shape: vec![2, 3],
            values: (0..6).map(f64::from).collect(),
        };
        assert_eq!(parse(&file("<f8", "False", "(2, 3)", &rows)).unwrap(), expected);
        let columns: Vec<u8> = [0, 3, 1, 4, 2, 5i32]
            .iter()
            .flat_map(|k| k.to_le_bytes())
            .collect();
        assert_eq!(parse(&file("<i4", "True", "(2, 3)", &columns)).unwrap(), expected);
        let vector: Vec<u8> = [1.5f32, -2.0].iter().flat_map(|v| v.to_le_bytes()).collect();
        let parsed = parse(&file("<f4", "False", "(2,)", &vector)).unwrap();
        assert_eq!(parsed.values, [1.5, -2.0]);
        assert_eq!(parsed.shape, [2]);
    }

    #[test]
    fn every_numeric_type_is_read_in_both_byte_orders() {
        let cases: [(&str, &[u8], f64); 12] = [
            ("f8", &1.5f64.to_le_bytes(), 1.5),
            ("f4", &(-0.1f32).to_le_bytes(), f64::from(-0.1f32)),
            (
                "f2",
                &half::f16::from_f64(0.3).to_le_bytes(),
                half::f16::from_f64(0.3).to_f64(),
            ),
            ("i8", &(-3i64).to_le_bytes(), -3.0),
            ("i4", &(-70_000i32).to_le_bytes(), -70_000.0),
            ("i2", &(-300i16).to_le_bytes(), -300.0),
            ("i1", &(-5i8).to_le_bytes(), -5.0),
            ("u8", &u64::MAX.to_le_bytes(), u64::MAX as f64),
            ("u4", &3_000_000_000u32.to_le_bytes(), 3e9),
            ("u2", &60_000u16.to_le_bytes(), 60_000.0),
            ("u1", &[200], 200.0),
            ("b1", &[1], 1.0),
        ];
        for (name, bytes, expected) in cases {
            let reversed: Vec<u8> = bytes.iter().rev().copied().collect();
            for (order, bytes) in [("<", bytes), (">", &reversed), ("|", bytes)] {
                let parsed = parse(&file(&format!("{order}{name}"), "False", "(1,)", bytes)).unwrap();
                assert_eq!(parsed.values, [expected], "{order}{name}");
            }
        }
        for name in ["<f16", "<c8", "|S3", "<U5", "<M8[ns]", "|O"] {
            let error = parse(&file(name, "False", "(1,)", &[0; 32])).unwrap_err();
            assert!(error.starts_with(&format!("entries of type {name}")), "{error}");
        }
    }

    #[test]
    fn what_is_no_array_is_refused() {
        assert_eq!(parse(b"hello").unwrap_err(), "no NumPy header");
        let short = file("<f8", "False", "(3,)", &[0; 16]);
        assert_eq!(parse(&short).unwrap_err(), "2 entries for shape [3]");
        let complex = file("<c16", "False", "(1,)", &[0; 16]);
        assert!(parse(&complex).unwrap_err().starts_with("entries of type <c16"));
    }
}
