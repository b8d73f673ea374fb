//! Compression into a stream.

use std::fmt;
use std::io::{self, Write};

use lz4_flex::frame::{BlockSize, FrameEncoder, FrameInfo};

use crate::codec::Codec;
use crate::error::Result;
use crate::gzip::GzipEncoder;
use crate::level::Level;

/// Compresses the bytes written to it into a writer.
///
/// A stream is complete only after [`Encoder::finish`]. The output of an encoder that is dropped earlier is rejected by
/// a [`Decoder`](crate::Decoder) as truncated.
pub struct Encoder<W: Write> {
    inner: Inner<W>,
    codec: Codec,
}

enum Inner<W: Write> {
    Zstd(zstd::Encoder<'static, W>),
    Lz4(Box<FrameEncoder<W>>),
    Gzip(GzipEncoder<W>),
}

impl<W: Write> Encoder<W> {
    /// Creates an encoder that writes to `writer`, in pieces of any size: a writer for which small pieces are costly
    /// should be buffered.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) if zstd cannot allocate memory.
    pub fn new(codec: Codec, level: Level, writer: W) -> Result<Self> {
        let inner = match codec {
            Codec::Zstd => {
                let mut encoder = zstd::Encoder::new(writer, level.get().into())?;
                encoder.include_checksum(true)?;
                Inner::Zstd(encoder)
            }
            Codec::Lz4 => {
                let info = FrameInfo::new().block_size(BlockSize::Max1MB).content_checksum(true);
                Inner::Lz4(Box::new(FrameEncoder::with_frame_info(info, writer)))
            }
            Codec::Gzip => Inner::Gzip(GzipEncoder::new(writer, level)),
        };
        Ok(Self { inner, codec })
    }

    /// Returns the format that is written.
    pub fn codec(&self) -> Codec {
        self.codec
    }

    /// Ends the stream and returns the writer, which is not flushed.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) with the error of the writer; the stream is then incomplete.
    pub fn finish(self) -> Result<W> {
        let writer = match self.inner {
            Inner::Zstd(encoder) => encoder.finish()?,
            Inner::Lz4(encoder) => encoder.finish().map_err(io::Error::from)?,
            Inner::Gzip(encoder) => encoder.finish()?,
        };
        Ok(writer)
    }
}

impl<W: Write> Write for Encoder<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.inner {
            Inner::Zstd(encoder) => encoder.write(bytes),
            Inner::Lz4(encoder) => encoder.write(bytes),
            Inner::Gzip(encoder) => encoder.write(bytes),
        }
    }

    /// Passes everything written so far to the writer and flushes it. Frequent flushes reduce compression.
    fn flush(&mut self) -> io::Result<()> {
        match &mut self.inner {
            Inner::Zstd(encoder) => encoder.flush(),
            Inner::Lz4(encoder) => encoder.flush().and_then(|()| encoder.get_mut().flush()),
            Inner::Gzip(encoder) => encoder.flush(),
        }
    }
}

impl<W: Write> fmt::Debug for Encoder<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encoder").field("codec", &self.codec).finish_non_exhaustive()
    }
}
