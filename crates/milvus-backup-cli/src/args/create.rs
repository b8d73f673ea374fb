//! Options of `milvus-br create`.

use clap::{Args, ValueEnum};

use crate::sizes::parse_size;

/// Arguments of the command `create`.
#[derive(Debug, Clone, Args)]
pub(crate) struct CreateArgs {
    /// Names or aliases of the collections to back up
    #[arg(required_unless_present = "resume", value_name = "COLLECTION")]
    pub(crate) collections: Vec<String>,
    /// Resume an interrupted backup, keeping its completed data files
    #[arg(long, value_name = "BACKUP")]
    pub(crate) resume: Option<String>,
    /// Back up only this partition (repeatable)
    #[arg(long = "partition", value_name = "PARTITION")]
    pub(crate) partitions: Vec<String>,
    /// Name of the backup [default: `COLLECTION_YYYYMMDD_HHMMSS`]
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Tag to record with the backup (repeatable)
    #[arg(long = "tag", value_name = "TAG")]
    pub(crate) tags: Vec<String>,
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
    /// Do not save the index definitions
    #[arg(long)]
    pub(crate) no_indexes: bool,
    /// Do not verify the backup after it is written
    #[arg(long)]
    pub(crate) no_verify: bool,
    /// Continue with the remaining partitions if one fails; the backup is then partial and the exit code is 3
    #[arg(long)]
    pub(crate) skip_failed_partitions: bool,
    /// What to do if the collection, or a partition to back up, is not loaded
    #[arg(long, value_name = "POLICY", default_value = "auto", env = "MILVUS_BR_LOAD")]
    pub(crate) load: Load,
    /// What the rows are read from
    #[arg(long, value_name = "SOURCE", default_value = "auto", env = "MILVUS_BR_SOURCE")]
    pub(crate) source: Source,
    /// Fail if rows may be missing: if Milvus stores or counts a different number of rows than it returns, without a
    /// known reason
    #[arg(long, env = "MILVUS_BR_STRICT")]
    pub(crate) strict: bool,
    /// Protect the segments of the collection from compaction while they are read (Milvus 3.0.1 and later), so that rows
    /// that are deleted meanwhile are not missing
    #[arg(long, env = "MILVUS_BR_PROTECT_FROM_COMPACTION")]
    pub(crate) protect_from_compaction: bool,
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

/// The policies for a collection that is not loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Load {
    /// Load it, and release it afterwards
    Auto,
    /// Fail without loading anything
    Never,
}

/// The sources of the rows of a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Source {
    /// Segment files if --milvus-storage is given and is the storage of this Milvus, otherwise queries
    Auto,
    /// Queries, which need the collection in memory
    Query,
    /// The segment files of Milvus in --milvus-storage, as they were at one moment
    Segments,
}
