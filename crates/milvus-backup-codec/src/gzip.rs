//! A gzip encoder that does not complete an abandoned stream.
//!
//! `flate2` completes its stream when the encoder is dropped, even if writing was abandoned by an error. The result
//! would be read as complete. Therefore a drop first disconnects the writer.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::level::Level;

pub(crate) struct GzipEncoder<W: Write> {
    /// `None` only after the stream is finished.
    encoder: Option<GzEncoder<Gate<W>>>,
}

impl<W: Write> GzipEncoder<W> {
    pub(crate) fn new(writer: W, level: Level) -> Self {
        let gate = Gate { writer: Some(writer) };
        Self { encoder: Some(GzEncoder::new(gate, Compression::new(level.get().into()))) }
    }

    pub(crate) fn finish(mut self) -> io::Result<W> {
        let mut encoder = self.encoder.take().ok_or_else(gone)?;
        let finished = encoder.try_finish();
        let writer = encoder.get_mut().writer.take();
        finished?;
        writer.ok_or_else(gone)
    }
}

impl<W: Write> Write for GzipEncoder<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.encoder.as_mut().ok_or_else(gone)?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.encoder.as_mut().ok_or_else(gone)?.flush()
    }
}

impl<W: Write> Drop for GzipEncoder<W> {
    fn drop(&mut self) {
        if let Some(encoder) = &mut self.encoder {
            encoder.get_mut().writer = None;
        }
    }
}

/// A writer that can be disconnected.
struct Gate<W> {
    writer: Option<W>,
}

impl<W: Write> Write for Gate<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.as_mut().ok_or_else(gone)?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.as_mut().ok_or_else(gone)?.flush()
    }
}

fn gone() -> io::Error {
    io::Error::new(io::ErrorKind::BrokenPipe, "the gzip stream was given up")
}
