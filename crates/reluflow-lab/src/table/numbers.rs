//! Turns arrays of every type of number into numbers.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, DecimalType,
    Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, PrimitiveArray};
use arrow_schema::{ArrowError, DataType};

/// The numbers of an array, each rounded once; yes is 1 and no 0.
///
/// # Errors
/// When its type is none of numbers.
pub(crate) fn numbers_of(array: &dyn Array) -> Result<Vec<Option<f64>>, ArrowError> {
    fn all<T: ArrowPrimitiveType>(array: &dyn Array, to: impl Fn(T::Native) -> f64) -> Vec<Option<f64>> {
        array
            .as_primitive::<T>()
            .iter()
            .map(|value| value.map(&to))
            .collect()
    }
    fn decimals<T: DecimalType + ArrowPrimitiveType>(array: &dyn Array) -> Vec<Option<f64>> {
        let array: &PrimitiveArray<T> = array.as_primitive();
        let number = |k: usize| array.value_as_string(k).parse().ok();
        (0..array.len())
            .map(|k| array.is_valid(k).then(|| number(k)).flatten())
            .collect()
    }
    Ok(match array.data_type() {
        DataType::Boolean => {
            let values = array.as_boolean();
            values
                .iter()
                .map(|value| value.map(|yes| f64::from(u8::from(yes))))
                .collect()
        }
        DataType::Int8 => all::<Int8Type>(array, f64::from),
        DataType::Int16 => all::<Int16Type>(array, f64::from),
        DataType::Int32 => all::<Int32Type>(array, f64::from),
        DataType::Int64 => all::<Int64Type>(array, |value| value as f64),
        DataType::UInt8 => all::<UInt8Type>(array, f64::from),
        DataType::UInt16 => all::<UInt16Type>(array, f64::from),
        DataType::UInt32 => all::<UInt32Type>(array, f64::from),
        DataType::UInt64 => all::<UInt64Type>(array, |value| value as f64),
        DataType::Float16 => all::<Float16Type>(array, f64::from),
        DataType::Float32 => all::<Float32Type>(array, f64::from),
        DataType::Float64 => all::<Float64Type>(array, |value| value),
        DataType::Decimal32(..) => decimals::<Decimal32Type>(array),
        DataType::Decimal64(..) => decimals::<Decimal64Type>(array),
        DataType::Decimal128(..) => decimals::<Decimal128Type>(array),
        DataType::Decimal256(..) => decimals::<Decimal256Type>(array),
        other => return Err(ArrowError::NotYetImplemented(format!("a column of {other}"))),
    })
}
