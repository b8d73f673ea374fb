//! Compression of a stream.

use std::fmt;
use std::io::{self, Write};

use lz4_flex::frame::{BlockSize, FrameEncoder, FrameInfo};

use crate::codec::Codec;
use crate::error::Result;
use crate::gzip::GzipEncoder;
use crate::level::Level;

/// Compresses what is written to it into a writer.
///
/// A stream is complete only after [`Encoder::finish`]. What an encoder leaves behind when it is dropped before, a
/// [`Decoder`](crate::Decoder) refuses as cut short.
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
    /// An encoder that writes to `writer`, in pieces of its own choice: a writer for which small pieces are costly
    /// should be buffered.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) when zstd gets no memory.
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

    /// The format that is written.
    pub fn codec(&self) -> Codec {
        self.codec
    }

    /// Ends the stream and gives the writer back. The writer itself is not flushed.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) with the failure of the writer; the stream is then incomplete.
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

    /// Brings everything written so far to the writer and flushes it. Doing so often costs compression.
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
