//! The response of a call, read from HTTP/2 into a reused buffer.
//!
//! The frame of a message is that of "gRPC over HTTP2": a compression flag of one byte, the length in four bytes,
//! big-endian, and the message.

use std::pin::pin;

use bytes::{Buf, Bytes};
use tonic::codegen::Body;
use tonic::codegen::http::HeaderMap;
use tonic::{Code, Status};

use super::buffer_pool::BufferPool;
use super::float_position::{FloatPosition, find_first_floats};

/// Size of the prefix of a message, in bytes.
pub(super) const PREFIX: usize = 5;

/// Returns the single message of a response, in which the first float vectors are aligned for Arrow.
///
/// # Errors
/// The status at the end of the response, unless it is success; errors of the transport; a response that is truncated,
/// or has more than `limit` bytes, which are then not read.
pub(super) async fn receive<B>(body: B, limit: usize, buffers: &BufferPool) -> Result<Bytes, Status>
where
    B: Body<Data = Bytes, Error = Status>,
{
    let mut body = pin!(body);
    let mut answer = Answer::default();
    while let Some(frame) = std::future::poll_fn(|context| body.as_mut().poll_frame(context)).await {
        match frame?.into_data() {
            Ok(data) => answer.append(data, limit, buffers)?,
            Err(other) => require_success(other.trailers_ref())?,
        }
    }
    answer.finish(buffers)
}

/// Fails with the status in these headers or trailers, unless it is success or absent.
pub(super) fn require_success(headers: Option<&HeaderMap>) -> Result<(), Status> {
    match headers.and_then(Status::from_header_map) {
        Some(status) if status.code() != Code::Ok => Err(status),
        _ => Ok(()),
    }
}

/// The part of the response that has arrived.
#[derive(Debug, Default)]
struct Answer {
    prefix: Vec<u8>,
    /// Present once the prefix has arrived.
    message: Option<Incoming>,
}

impl Answer {
    fn append(&mut self, mut data: Bytes, limit: usize, buffers: &BufferPool) -> Result<(), Status> {
        if self.message.is_none() {
            let more = (PREFIX - self.prefix.len()).min(data.len());
            self.prefix.extend_from_slice(&data.split_to(more));
            if self.prefix.len() < PREFIX {
                return Ok(());
            }
        }
        let message = match &mut self.message {
            Some(message) => message,
            None => self.message.insert(Incoming::new(&self.prefix, limit, buffers)?),
        };
        message.append(&data)
    }

    fn finish(self, buffers: &BufferPool) -> Result<Bytes, Status> {
        match self.message {
            Some(message) if message.is_whole() => Ok(buffers.share(message.buffer).slice(message.start..)),
            // The server disconnected during the response.
            _ => Err(Status::unavailable("the response was truncated")),
        }
    }
}

/// A message that is being received into its buffer.
#[derive(Debug)]
struct Incoming {
    buffer: Vec<u8>,
    /// The position in the buffer at which it starts.
    start: usize,
    length: usize,
    /// Whether its floats are in place, or there are none to place.
    placed: bool,
}

impl Incoming {
    fn new(mut prefix: &[u8], limit: usize, buffers: &BufferPool) -> Result<Self, Status> {
        if prefix.get_u8() != 0 {
            return Err(Status::internal("the answer is compressed, which was not asked for"));
        }
        let length = usize::try_from(prefix.get_u32()).unwrap_or(usize::MAX);
        if length > limit {
            return Err(Status::out_of_range(format!(
                "message length too large: {length} bytes, of {limit} that are read"
            )));
        }
        Ok(Self { buffer: buffers.get(length + align_of::<f32>()), start: 0, length, placed: false })
    }

    fn is_whole(&self) -> bool {
        self.buffer.len() - self.start == self.length
    }

    fn append(&mut self, data: &[u8]) -> Result<(), Status> {
        if self.buffer.len() - self.start + data.len() > self.length {
            return Err(Status::internal("the answer is longer than it says"));
        }
        self.buffer.extend_from_slice(data);
        if !self.placed {
            self.place();
        }
        Ok(())
    }

    /// Moves the received bytes by a few positions, so that the floats will start at a multiple of their size.
    fn place(&mut self) {
        match find_first_floats(&self.buffer, self.length) {
            FloatPosition::NotYet => {}
            FloatPosition::None => self.placed = true,
            FloatPosition::At(floats) => {
                self.placed = true;
                let end = self.buffer.len();
                let shift = self.buffer.as_ptr().wrapping_add(floats).align_offset(align_of::<f32>());
                if shift < align_of::<f32>() {
                    self.buffer.resize(end + shift, 0);
                    self.buffer.copy_within(..end, shift);
                    self.start = shift;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use milvus::proto::schema::{FieldData, FloatArray, VectorField, field_data, vector_field};
    use prost::Message;

    use super::*;
    use crate::wire::QueryRows;

    fn answer(name: &str) -> QueryRows {
        let floats = FloatArray { data: (0..4000_u16).map(f32::from).collect() };
        let vectors = VectorField { data: Some(vector_field::Data::FloatVector(floats)), ..VectorField::default() };
        let field = Some(field_data::Field::Vectors(vectors));
        let column = FieldData { field_name: name.to_owned(), field, ..FieldData::default() };
        QueryRows { fields_data: vec![column.into()], ..QueryRows::default() }
    }

    fn framed(message: &[u8]) -> Vec<u8> {
        let length = u32::try_from(message.len()).unwrap();
        [&[0][..], &length.to_be_bytes(), message].concat()
    }

    fn collect<'a>(frames: impl Iterator<Item = &'a [u8]>) -> Result<Bytes, Status> {
        let (mut answer, buffers) = (Answer::default(), BufferPool::default());
        for frame in frames {
            answer.append(Bytes::copy_from_slice(frame), 1 << 20, &buffers)?;
        }
        answer.finish(&buffers)
    }

    #[test]
    fn a_message_comes_in_frames_of_any_size_and_its_floats_are_aligned() {
        for name in ["", "a", "ab", "abc", "abcd"] {
            let (message, expected) = (answer(name).encode_to_vec(), answer(name));
            for size in [1, 4, 5, 6, 7, 100, 1 << 20] {
                let received = collect(framed(&message).chunks(size)).unwrap();
                assert_eq!(received, message, "frames of {size}");
                let FloatPosition::At(floats) = find_first_floats(&received, received.len()) else {
                    panic!("no floats")
                };
                let floats = received[floats..].as_ptr();
                assert_eq!(floats.align_offset(align_of::<f32>()), 0, "frames of {size}");
                assert_eq!(QueryRows::decode(received).unwrap(), expected);
            }
        }
    }

    #[test]
    fn what_is_no_answer_is_an_error() {
        let whole = framed(&answer("a").encode_to_vec());
        for cut in [0, 1, 4, 5, 6, whole.len() - 1] {
            assert_eq!(collect(whole[..cut].chunks(1000)).unwrap_err().code(), Code::Unavailable, "{cut}");
        }
        let longer = [&whole[..], &[0]].concat();
        assert_eq!(collect(longer.chunks(1000)).unwrap_err().code(), Code::Internal);
        assert_eq!(collect([&[1, 0, 0, 0, 0][..]].into_iter()).unwrap_err().code(), Code::Internal);
        assert_eq!(collect([&[0, 255, 255, 255, 255][..]].into_iter()).unwrap_err().code(), Code::OutOfRange);
        assert_eq!(collect([&[0, 0, 0, 0, 0][..]].into_iter()).unwrap(), Bytes::new());
    }
}
