//! `create`.

use super::{Commands, Invocation};
use crate::error::{Error, Result};
use crate::name::NativeBackupName;
use crate::namespace::Namespace;

/// How rows that are still in memory get into the backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Strategy {
    /// Flush one collection after the other. Works with every Milvus.
    SerialFlush,
    /// Flush all collections at once (Milvus 2.6.11 and later).
    BulkFlush,
    /// Flush nothing: what is not on disk is not in the backup.
    SkipFlush,
    /// The definition of the collections, and no rows.
    MetaOnly,
}

impl Strategy {
    /// The value of `--strategy`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SerialFlush => "serial_flush",
            Self::BulkFlush => "bulk_flush",
            Self::SkipFlush => "skip_flush",
            Self::MetaOnly => "meta_only",
        }
    }
}

/// What the tool writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BackupFormat {
    /// Copies of the segment files. The only format before 0.6.
    Binlog,
    /// A snapshot of Milvus 3.0.
    Snapshot,
}

/// What a create may choose. `None` leaves the choice to the tool.
///
/// The tool chooses by the version that Milvus reports, and takes a version that it cannot read for the newest: so
/// [`Strategy::SerialFlush`] and [`BackupFormat::Binlog`] are the choice for servers before 2.6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CreateOptions {
    /// How to flush.
    pub strategy: Option<Strategy>,
    /// What to write.
    pub format: Option<BackupFormat>,
}

impl Commands {
    /// Makes a backup of `collections`.
    ///
    /// # Errors
    /// [`Error::NothingSelected`], and [`Error::Unsupported`] for an option that this version of the tool does not have.
    pub fn create(
        &self,
        name: &NativeBackupName,
        collections: &[Namespace],
        options: &CreateOptions,
    ) -> Result<Invocation> {
        if collections.is_empty() {
            return Err(Error::NothingSelected { action: "back up" });
        }
        let select = if self.features.filter { "--filter" } else { "--colls" };
        let names: Vec<String> = collections.iter().map(ToString::to_string).collect();
        let mut flags = vec![format!("--name={name}"), format!("{select}={}", names.join(","))];
        flags.extend(options.strategy.map(|strategy| self.strategy_flag(strategy)).transpose()?.flatten());
        flags.extend(options.format.map(|format| self.format_flag(format)).transpose()?.flatten());
        Ok(self.invocation("create", flags))
    }

    fn strategy_flag(&self, strategy: Strategy) -> Result<Option<String>> {
        if self.features.strategy {
            return Ok(Some(format!("--strategy={}", strategy.as_str())));
        }
        match strategy {
            // What older versions do without a flag.
            Strategy::SerialFlush => Ok(None),
            Strategy::SkipFlush => Ok(Some("--force".to_owned())),
            Strategy::MetaOnly => Ok(Some("--meta_only".to_owned())),
            Strategy::BulkFlush => Err(Error::Unsupported { what: "strategy bulk_flush".to_owned() }),
        }
    }

    fn format_flag(&self, format: BackupFormat) -> Result<Option<String>> {
        match (self.features.format, format) {
            (true, BackupFormat::Binlog) => Ok(Some("--format=binlog".to_owned())),
            (true, BackupFormat::Snapshot) => Ok(Some("--format=snapshot".to_owned())),
            (false, BackupFormat::Binlog) => Ok(None),
            (false, BackupFormat::Snapshot) => Err(Error::Unsupported { what: "format snapshot".to_owned() }),
        }
    }
}
