//! Options of the data files that a command writes.

use clap::{Args, ValueEnum};
use milvus_backup_core::{BackupParams, ChecksumAlgorithm, CompressionCodec};

use crate::sizes::parse_size;

/// How data files are written.
#[derive(Debug, Clone, Args)]
pub(crate) struct EncodingArgs {
    /// Size at which a data file is closed and the next one is started
    #[arg(long, value_name = "SIZE", value_parser = parse_size, env = "MILVUS_BR_CHUNK_SIZE")]
    pub(crate) chunk_size: Option<u64>,
    /// Number of partitions, or of ranges of large partitions, to read concurrently
    #[arg(long, value_name = "N", env = "MILVUS_BR_CONCURRENCY")]
    pub(crate) concurrency: Option<usize>,
    /// Compression codec of the Parquet files
    #[arg(long, env = "MILVUS_BR_COMPRESSION")]
    pub(crate) compression: Option<Compression>,
    /// Compression level, from 1 (fastest) to 9 (smallest)
    #[arg(long, value_name = "1..9", value_parser = clap::value_parser!(u8).range(1..=9), env = "MILVUS_BR_LEVEL")]
    pub(crate) level: Option<u8>,
    /// Algorithm of the checksums of all files
    #[arg(long, env = "MILVUS_BR_CHECKSUM")]
    pub(crate) checksum: Option<Checksum>,
}

impl EncodingArgs {
    /// Sets the parameters that these options determine.
    pub(crate) fn apply(&self, params: &mut BackupParams) {
        params.chunk_size_bytes = self.chunk_size;
        params.concurrency = self.concurrency;
        params.compression_codec = self.compression.map(|codec| match codec {
            Compression::Zstd => CompressionCodec::Zstd,
            Compression::Snappy => CompressionCodec::Snappy,
            Compression::Gzip => CompressionCodec::Gzip,
            Compression::None => CompressionCodec::None,
        });
        params.compression_level = self.level;
        params.checksum_algorithm = self.checksum.map(|algorithm| match algorithm {
            Checksum::Sha256 => ChecksumAlgorithm::Sha256,
            Checksum::Blake2b => ChecksumAlgorithm::Blake2b,
            Checksum::Md5 => ChecksumAlgorithm::Md5,
        });
    }
}

/// The codecs that Parquet files can be compressed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Compression {
    Zstd,
    Snappy,
    Gzip,
    None,
}

/// The algorithms of checksums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Checksum {
    Sha256,
    Blake2b,
    Md5,
}
