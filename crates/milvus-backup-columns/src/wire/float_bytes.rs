//! The elements of float vectors in their wire format.

use arrow_buffer::{Buffer, ScalarBuffer};
use bytes::Bytes;
use milvus::proto::schema::FloatArray;
use milvus_backup_core::{Error, Result};
use prost::Message;

/// The message `FloatArray` of the protocol.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct FloatBytes {
    #[prost(bytes = "bytes", tag = "1")]
    pub(super) little_endian: Bytes,
}

impl TryFrom<FloatBytes> for ScalarBuffer<f32> {
    type Error = Error;

    /// Keeps the bytes in place if they are aligned, and copies them otherwise.
    fn try_from(floats: FloatBytes) -> Result<Self> {
        let bytes = floats.little_endian;
        let (elements, rest) = bytes.as_chunks::<4>();
        if !rest.is_empty() {
            return Err(Error::Protocol { message: format!("{} bytes after the floats of a column", rest.len()) });
        }
        if cfg!(target_endian = "little") && bytes.as_ptr().align_offset(align_of::<f32>()) == 0 {
            let count = elements.len();
            return Ok(Self::new(Buffer::from(bytes), 0, count));
        }
        Ok(elements.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
    }
}

impl TryFrom<FloatBytes> for FloatArray {
    type Error = Error;

    fn try_from(floats: FloatBytes) -> Result<Self> {
        Ok(Self { data: ScalarBuffer::try_from(floats)?.to_vec() })
    }
}

impl From<ScalarBuffer<f32>> for FloatBytes {
    fn from(floats: ScalarBuffer<f32>) -> Self {
        let little_endian = if cfg!(target_endian = "little") {
            Bytes::from_owner(floats.into_inner())
        } else {
            floats.iter().flat_map(|float| float.to_le_bytes()).collect()
        };
        Self { little_endian }
    }
}
