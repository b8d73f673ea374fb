//! Archives in files and pipes: their names, and the compression between them and the engine.

mod compress;
mod decompress;
mod file;
mod format;

pub(crate) use compress::Compressor;
pub(crate) use decompress::decompressed;
pub(crate) use file::{Destination, PIPE, open};
pub(crate) use format::codec_of;
