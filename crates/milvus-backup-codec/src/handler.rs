//! The compression and decompression of files and byte strings with one setting.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use crate::codec::Codec;
use crate::decoder::Decoder;
use crate::encoder::Encoder;
use crate::error::{Error, Result};
use crate::file::{self, BUFFER_BYTES};
use crate::level::Level;

/// Compresses with one codec at one level; decompresses every codec.
///
/// Files are streamed with 1 MiB of buffer on either side. The input is kept, an existing output is never changed, and
/// an output appears under its name, with the permissions of the input, only when it is complete and durable.
///
/// ```
/// use milvus_backup_codec::CompressionHandler;
///
/// let handler = CompressionHandler::new(9, true)?;
/// let compressed = handler.compress_data(b"abc")?;
/// assert_eq!(handler.decompress_data(&compressed, 3)?, b"abc");
/// assert!(handler.decompress_data(&compressed, 2).is_err());
/// # Ok::<(), milvus_backup_codec::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CompressionHandler {
    codec: Codec,
    level: Level,
}

impl CompressionHandler {
    /// Creates a handler for zstd, or for gzip if zstd is not preferred, at `compression_level` from 1 to 9. The
    /// default is zstd at level 6.
    ///
    /// # Errors
    /// [`Error::InvalidLevel`] for a level outside 1 to 9.
    pub fn new(compression_level: u8, prefer_zstd: bool) -> Result<Self> {
        let codec = if prefer_zstd { Codec::Zstd } else { Codec::Gzip };
        Ok(Self::with_codec(codec, Level::new(compression_level)?))
    }

    /// Creates a handler for any codec at any level.
    pub fn with_codec(codec: Codec, level: Level) -> Self {
        Self { codec, level }
    }

    /// Returns the codec that is used for compression.
    pub fn codec(&self) -> Codec {
        self.codec
    }

    /// Returns the level that is used for compression.
    pub fn level(&self) -> Level {
        self.level
    }

    /// Returns the extension that [`CompressionHandler::compress_file`] appends to a name: `.zst`, `.lz4` or `.gz`.
    pub fn compression_extension(&self) -> &'static str {
        self.codec.extension()
    }

    /// Returns whether the extension of a file is that of a compressed format, including those of other tools (`.bz2`,
    /// `.xz`).
    pub fn is_compressed(path: &Path) -> bool {
        let other =
            path.extension().is_some_and(|ext| ["bz2", "xz"].iter().any(|known| ext.eq_ignore_ascii_case(known)));
        other || Codec::from_path(path).is_some()
    }

    /// Returns a guess at the compressed size of `size_bytes` bytes of ordinary data: 40 % for zstd, 50 % for gzip, 60
    /// % for lz4. Embedding vectors hardly shrink at all.
    pub fn estimated_compressed_size(&self, size_bytes: u64) -> u64 {
        let tenths = match self.codec {
            Codec::Zstd => 4,
            Codec::Gzip => 5,
            Codec::Lz4 => 6,
        };
        size_bytes / 10 * tenths + size_bytes % 10 * tenths / 10
    }

    /// Compresses the file `input` into `output`, by default `input` with the extension of the codec appended, and
    /// returns the path of the output.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::OutputExists`], and [`Error::File`] for all other failures.
    pub fn compress_file(&self, input: &Path, output: Option<&Path>) -> Result<PathBuf> {
        let output = output.map_or_else(|| appended(input, self.codec), Path::to_owned);
        let fill = |mut from: File, to: &File| {
            let mut encoder = Encoder::new(self.codec, self.level, BufWriter::with_capacity(BUFFER_BYTES, to))?;
            copy(&mut from, &mut encoder)?;
            Ok(encoder.finish()?.flush()?)
        };
        convert(input, &output, fill).map_err(|error| error.in_file("compress", input))?;
        Ok(output)
    }

    /// Decompresses the file `input` into `output`, by default `input` without its extension, and returns the path of
    /// the output. At most `limit` bytes are written.
    ///
    /// The format is detected from the first bytes of the file; an extension of another format is an error.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::OutputExists`], [`Error::NoExtension`] if the name of the output cannot be
    /// derived, and [`Error::File`] for all other failures, including [`Error::UnknownFormat`], [`Error::OtherFormat`],
    /// [`Error::Corrupt`] and [`Error::TooLarge`].
    pub fn decompress_file(&self, input: &Path, output: Option<&Path>, limit: u64) -> Result<PathBuf> {
        let named = Codec::from_path(input);
        let output = match (output, named) {
            (Some(output), _) => output.to_owned(),
            (None, Some(_)) => input.with_extension(""),
            (None, None) => return Err(Error::NoExtension { path: input.to_owned() }),
        };
        let fill = |from: File, mut to: &File| {
            let from = BufReader::with_capacity(BUFFER_BYTES, from);
            let mut decoder = match named {
                Some(codec) => Decoder::new(codec, from, limit)?,
                None => Decoder::detect(from, limit)?,
            };
            copy(&mut decoder, &mut to)
        };
        convert(input, &output, fill).map_err(|error| error.in_file("decompress", input))?;
        Ok(output)
    }

    /// Compresses `data`, and returns the result.
    ///
    /// # Errors
    /// [`Error::Io`] if zstd cannot allocate memory.
    pub fn compress_data(&self, data: &[u8]) -> Result<Vec<u8>> {
        let mut encoder = Encoder::new(self.codec, self.level, Vec::new())?;
        encoder.write_all(data)?;
        encoder.finish()
    }

    /// Decompresses `data` of any codec to at most `limit` bytes.
    ///
    /// # Errors
    /// [`Error::UnknownFormat`], [`Error::Corrupt`] and [`Error::TooLarge`].
    pub fn decompress_data(&self, data: &[u8], limit: u64) -> Result<Vec<u8>> {
        let mut decompressed = Vec::new();
        Decoder::detect(data, limit)?.read_to_end(&mut decompressed)?;
        Ok(decompressed)
    }
}

fn appended(input: &Path, codec: Codec) -> PathBuf {
    let mut name = OsString::from(input);
    name.push(codec.extension());
    name.into()
}

fn convert(input: &Path, output: &Path, fill: impl FnOnce(File, &File) -> Result<()>) -> Result<()> {
    let (from, metadata) = file::open(input)?;
    file::create(output, &metadata, |to| fill(from, to))
}

fn copy(from: &mut impl Read, to: &mut impl Write) -> Result<()> {
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => to.write_all(&buffer[..read])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
}
