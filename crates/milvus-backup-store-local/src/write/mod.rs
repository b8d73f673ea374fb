//! Writing of data files: rows to Parquet, their digests, and the upload in parts.

mod chunk;
mod columns;
mod compressibility;
mod destination;
mod encoder;
mod estimate;
mod parts;
mod properties;
mod rolling;
mod row_traits;
mod writers;

pub(crate) use estimate::encoded_bytes;
pub(crate) use writers::ParquetWriters;
