//! zstd, lz4 and gzip: streams ([`Encoder`], [`Decoder`]), and files and byte strings ([`CompressionHandler`]).
//!
//! ```
//! use std::io::{Read, Write};
//!
//! use milvus_backup_codec::{Codec, Decoder, Encoder, Level};
//!
//! let mut encoder = Encoder::new(Codec::Zstd, Level::default(), Vec::new())?;
//! encoder.write_all(b"rows, rows, rows")?;
//! let compressed = encoder.finish()?;
//!
//! let mut text = String::new();
//! Decoder::detect(compressed.as_slice(), 1 << 20)?.read_to_string(&mut text)?;
//! assert_eq!(text, "rows, rows, rows");
//!
//! let cut_short = &compressed[..compressed.len() - 1];
//! assert!(Decoder::detect(cut_short, 1 << 20)?.read_to_string(&mut text).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Must always hold:
//!
//! - A decoder either returns every byte that was written to the encoder, or an error. Input that is truncated, damaged
//!   or followed by other data is an error, never a short success.
//! - A decoder never returns more bytes than the caller allowed, regardless of its input.
//! - An existing file is never written to, and a file appears under its name only when it is complete.
//!
//! Every stream is in its codec's standard format with a checksum of the content: the tools `zstd`, `lz4` and `gzip`
//! can read them. Every call blocks; from an async task, use the runtime's function for blocking calls
//! (`tokio::task::spawn_blocking`).

mod codec;
mod core_error;
mod decoder;
mod encoder;
mod error;
mod file;
mod gzip;
mod handler;
mod level;
mod lz4;

pub use codec::Codec;
pub use decoder::Decoder;
pub use encoder::Encoder;
pub use error::{Error, Result};
pub use handler::CompressionHandler;
pub use level::Level;
