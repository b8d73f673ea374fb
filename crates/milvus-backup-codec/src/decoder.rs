//! Decompression of a stream, up to a limit.

use std::fmt;
use std::io::{self, BufReader, Chain, Cursor, Read};

use flate2::bufread::MultiGzDecoder;

use crate::codec::Codec;
use crate::error::{Error, Result};
use crate::lz4::Lz4Decoder;

/// Length of the longest magic of any codec, in bytes.
const MAGIC_BYTES: u64 = 4;

/// Number of bytes that are read from the input at a time.
const BUFFER_BYTES: usize = 64 << 10;

/// Decompresses the data of a reader. Consecutive streams of one format are treated as one.
///
/// Reading ends with `Ok(0)` only if the input ended as its format requires, with all checksums correct. A failed
/// decoder keeps failing. Bytes that were read before a failure may be wrong, and must not be used.
///
/// Memory is bounded regardless of the input: 128 MiB of window for zstd, 9 MiB for lz4, little for gzip.
///
/// ```
/// use std::io::Read;
///
/// use milvus_backup_codec::{Codec, CompressionHandler, Decoder, Error};
///
/// let bomb = CompressionHandler::default().compress_data(&vec![0; 1 << 20])?;
/// assert!(bomb.len() < 1 << 10);
///
/// let failure = Decoder::new(Codec::Zstd, bomb.as_slice(), 1000)?.read_to_end(&mut Vec::new()).unwrap_err();
/// assert!(matches!(Error::from(failure), Error::TooLarge { limit: 1000 }));
/// # Ok::<(), Error>(())
/// ```
pub struct Decoder<R: Read> {
    inner: Inner<R>,
    codec: Codec,
    limit: u64,
    left: u64,
    failed: bool,
}

/// The input, preceded by the bytes that were read to detect its format.
type Input<R> = BufReader<Chain<Cursor<Vec<u8>>, R>>;

enum Inner<R: Read> {
    Zstd(zstd::Decoder<'static, Input<R>>),
    Lz4(Lz4Decoder<Input<R>>),
    Gzip(Box<MultiGzDecoder<Input<R>>>),
}

impl<R: Read> Decoder<R> {
    /// Creates a decoder for the format that `reader` starts with, which returns at most `limit` bytes.
    ///
    /// # Errors
    /// [`Error::UnknownFormat`] if it is none of [`Codec`], and also for empty input; [`Error::Io`] if `reader` fails.
    pub fn detect(reader: R, limit: u64) -> Result<Self> {
        let (start, reader) = peek(reader)?;
        Self::build(Codec::detect(&start)?, start, reader, limit)
    }

    /// Creates a decoder for `codec`, which returns at most `limit` bytes.
    ///
    /// # Errors
    /// [`Error::OtherFormat`] if `reader` does not start like that format; [`Error::Io`] if it fails.
    pub fn new(codec: Codec, reader: R, limit: u64) -> Result<Self> {
        let (start, reader) = peek(reader)?;
        if start.starts_with(codec.magic()) {
            Self::build(codec, start, reader, limit)
        } else {
            Err(Error::OtherFormat { expected: codec, start })
        }
    }

    fn build(codec: Codec, start: Vec<u8>, reader: R, limit: u64) -> Result<Self> {
        let input = BufReader::with_capacity(BUFFER_BYTES, Cursor::new(start).chain(reader));
        let inner = match codec {
            Codec::Zstd => Inner::Zstd(zstd::Decoder::with_buffer(input)?),
            Codec::Lz4 => Inner::Lz4(Lz4Decoder::new(input)),
            Codec::Gzip => Inner::Gzip(Box::new(MultiGzDecoder::new(input))),
        };
        Ok(Self { inner, codec, limit, left: limit, failed: false })
    }

    /// Returns the format that is read.
    pub fn codec(&self) -> Codec {
        self.codec
    }

    fn decode(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.inner {
            Inner::Zstd(decoder) => decoder.read(buffer),
            Inner::Lz4(decoder) => decoder.read(buffer),
            Inner::Gzip(decoder) => decoder.read(buffer),
        }
    }

    fn read_within_limit(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            // One byte beyond the limit shows whether the stream ends here.
            return match self.decode(&mut [0])? {
                0 => Ok(0),
                _ => Err(Error::TooLarge { limit: self.limit }.into()),
            };
        }
        let most = usize::try_from(self.left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let read = self.decode(&mut buffer[..most])?;
        self.left -= read as u64;
        Ok(read)
    }

    /// Distinguishes an error that the codec detected from an error of the reader.
    fn explain(&self, error: io::Error) -> io::Error {
        use io::ErrorKind::{InvalidData, InvalidInput, Other, UnexpectedEof};
        let from_codec = matches!(error.kind(), InvalidData | InvalidInput | Other | UnexpectedEof);
        let ours = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()).is_some();
        if from_codec && !ours && error.raw_os_error().is_none() {
            Error::Corrupt { codec: self.codec, source: error }.into()
        } else {
            error
        }
    }
}

impl<R: Read> Read for Decoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if self.failed {
            let source = io::Error::other("the stream failed before");
            return Err(Error::Corrupt { codec: self.codec, source }.into());
        }
        self.read_within_limit(buffer).map_err(|error| {
            self.failed = error.kind() != io::ErrorKind::Interrupted;
            self.explain(error)
        })
    }
}

impl<R: Read> fmt::Debug for Decoder<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder").field("codec", &self.codec).field("limit", &self.limit).finish_non_exhaustive()
    }
}

/// Returns the first bytes of `reader`, and the reader without them.
fn peek<R: Read>(mut reader: R) -> Result<(Vec<u8>, R)> {
    let mut start = Vec::new();
    reader.by_ref().take(MAGIC_BYTES).read_to_end(&mut start)?;
    Ok((start, reader))
}
