//! The columns of sparse vectors, as text.
//!
//! On the wire a sparse vector is a sequence of little-endian pairs of `u32` index and `f32` weight. As text it is
//! `{"17":0.5,"99":1.25}`, which Milvus' own import can read. Weights are written as the shortest decimal that is
//! parsed to the same bits, and are never converted to a double.

use std::fmt::{self, Write};

use arrow_array::ArrayRef;
use milvus_backup_core::schema::FieldSchema;
use milvus_backup_core::{Error, Result};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::scalar_values::ScalarValues;
use super::validity::Validity;
use crate::error::{mismatch, unencodable};

/// Size of an index with its weight, in bytes.
const PAIR: usize = 8;

/// Returns the column of a field of sparse vectors, from the bytes of one vector for each row, or for each row that is
/// not NULL.
///
/// # Errors
/// [`Error::Protocol`] for bytes that are not a sparse vector, and for a wrong number of rows; [`Error::Unsupported`]
/// for a weight that is not finite, because JSON has no such number.
pub fn sparse_vectors<V: AsRef<[u8]>>(field: &FieldSchema, validity: &Validity, rows: &[V]) -> Result<ArrayRef> {
    let name = field.name.as_str();
    let texts = rows.iter().map(|bytes| sparse_text(name, bytes.as_ref())).collect::<Result<Vec<_>>>()?;
    ScalarValues::Text(texts).into_array(field, validity)
}

/// Returns the text of one sparse vector.
fn sparse_text(field: &str, bytes: &[u8]) -> Result<String> {
    if !bytes.len().is_multiple_of(PAIR) {
        return Err(mismatch(field, format!("a sparse vector of {} bytes", bytes.len())));
    }
    let mut text = String::with_capacity(2 + bytes.len() * 2);
    text.push('{');
    for (i, pair) in bytes.chunks_exact(PAIR).enumerate() {
        let (index, weight) = pair.split_at(4);
        let index = u32::from_le_bytes([index[0], index[1], index[2], index[3]]);
        let weight = f32::from_le_bytes([weight[0], weight[1], weight[2], weight[3]]);
        if !weight.is_finite() {
            return Err(Error::Unsupported { what: format!("field `{field}`: weight {weight} in a sparse vector") });
        }
        let comma = if i == 0 { "" } else { "," };
        // Writing to a String cannot fail.
        let _ = write!(text, "{comma}\"{index}\":{weight:?}");
    }
    text.push('}');
    Ok(text)
}

/// Returns the bytes of one sparse vector, with its indexes in ascending order.
pub(crate) fn sparse_bytes(field: &str, text: &str) -> Result<Vec<u8>> {
    let mut pairs: Pairs =
        serde_json::from_str(text).map_err(|error| unencodable(field, format!("not a sparse vector: {error}")))?;
    pairs.0.sort_unstable_by_key(|(index, _)| *index);
    Ok(pairs.0.into_iter().flat_map(|(index, weight)| [index.to_le_bytes(), weight.to_le_bytes()]).flatten().collect())
}

struct Pairs(Vec<(u32, f32)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PairsVisitor;

        impl<'de> Visitor<'de> for PairsVisitor {
            type Value = Pairs;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of index to weight")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                use serde::de::Error;

                let mut pairs = Vec::new();
                while let Some((index, weight)) = map.next_entry::<&str, &RawValue>()? {
                    let index = index.parse().map_err(A::Error::custom)?;
                    let weight: f32 = weight.get().parse().map_err(A::Error::custom)?;
                    pairs.push((index, weight));
                }
                Ok(Pairs(pairs))
            }
        }

        deserializer.deserialize_map(PairsVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finite_weight_survives() {
        let weights = [0.0, -0.0, 0.5, f32::MIN_POSITIVE, 1.0e-45, f32::MAX, 16_777_217.0, 0.1];
        let bytes: Vec<u8> = (0_u32..)
            .zip(weights)
            .flat_map(|(i, weight)| [(i * 1000).to_le_bytes(), weight.to_le_bytes()])
            .flatten()
            .collect();
        let text = sparse_text("s", &bytes).unwrap();
        assert!(text.starts_with("{\"0\":0.0,\"1000\":-0.0,\"2000\":0.5,"), "{text}");
        assert_eq!(sparse_bytes("s", &text).unwrap(), bytes);
        assert_eq!(sparse_bytes("s", "{}").unwrap(), Vec::<u8>::new());
    }

    #[test]
    fn what_is_not_a_sparse_vector_is_refused() {
        assert!(sparse_text("s", &[0; 7]).is_err());
        assert!(sparse_bytes("s", "[1,2]").is_err());
        assert!(sparse_bytes("s", "{\"-1\":0.5}").is_err());
        let nan: Vec<u8> = [1_u32.to_le_bytes(), f32::NAN.to_le_bytes()].concat();
        assert!(sparse_text("s", &nan).is_err());
    }
}
