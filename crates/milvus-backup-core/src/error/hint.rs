//! The next step after an error, as data: a program that embeds the library words it for its own interface.

use std::fmt;

use super::kind::is_full;
use super::limit::ServerLimit;
use super::variants::Error;
use crate::names::BackupId;

/// The next step after an error. [`Hint::Other`] is a sentence; the program that displays any other hint words it, and
/// its `Display` is a wording that names no program.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Hint {
    /// Resume the backup, whose completed data files are kept.
    Resume(BackupId),
    /// Free space, or use another root.
    FreeSpace,
    /// Name another database, or let the restore create it.
    CreateDatabase,
    /// Name the database of the backup.
    NameDatabase(String),
    /// List the backups that exist.
    ListBackups,
    /// Show this backup, which is complete.
    ShowBackup(BackupId),
    /// Remove the pin of this backup first.
    Unpin(BackupId),
    /// Use a longer prefix of the identifier.
    LongerPrefix,
    /// Choose another name for the backup, or delete the one that has it.
    OtherBackupName,
    /// Create a new backup, and remove the incomplete one.
    NewBackup,
    /// Repeat the operation once the names of the collection no longer change.
    SettleNames,
    /// Load the missing partitions, or back up only those that are loaded.
    Load {
        /// The partitions that are loaded.
        loaded: Vec<String>,
    },
    /// Restore without indexes, and create them afterwards.
    WithoutIndexes,
    /// Reload the collection; without the strict check, differences are recorded in the backup.
    Reload,
    /// Read the rows by queries while they are in memory.
    WhileInMemory,
    /// Read the rows by queries, or wait until compactions and imports end.
    ReadByQueries,
    /// Restore to a server like the source, or restore only the partitions without such rows.
    LikeServer,
    /// Restore a full backup, restore to another name, or confirm that all other partitions are lost.
    ReplaceWithPart,
    /// Restore to another name, or replace the collection behind the alias.
    NotToAlias {
        /// The collection behind the alias.
        collection: String,
    },
    /// Restore to another name, or replace the collection.
    OtherTarget,
    /// Keep the keys without autoID, or let the server generate new ones.
    AutoId,
    /// Keep the keys without autoID, or insert the rows.
    AutoIdOrInsert,
    /// Insert the rows instead of importing files.
    Insert,
    /// Wait until the other operation ends.
    Wait,
    /// Verify the backup without stopping at the first damaged file.
    ListDamage,
    /// Use a newer version of this program.
    NewerVersion,
    /// Check that Milvus is running, and check its address.
    Address,
    /// Check the address and the port of gRPC.
    GrpcPort,
    /// Check the path of the Milvus Lite database: only a restore creates one.
    LitePath,
    /// Close the application that has the database open.
    CloseApplication,
    /// Check that this file exists and is readable, or name another one.
    CheckFile {
        /// The role of the file, such as `token file`.
        role: String,
        /// The path at which the file is expected.
        path: String,
    },
    /// Raise a limit of the server, or reduce the usage that reaches it.
    RaiseLimit(ServerLimit),
    /// Grant these privileges to a role of the user; empty if the server does not name them.
    Grant(Vec<String>),
    /// Supply the credentials in another way.
    Credentials,
    /// Check the permissions of the root.
    RootPermissions,
    /// Use another store, or allow an unsafe one.
    AllowUnsafeStorage,
    /// Allow the operation more time.
    MoreTime,
    /// Find the cause of the stall, or allow more time without progress.
    NoProgress,
    /// Any other next step, as a sentence.
    Other(String),
}

impl From<&str> for Hint {
    fn from(text: &str) -> Self {
        Self::Other(text.to_owned())
    }
}

impl From<String> for Hint {
    fn from(text: String) -> Self {
        Self::Other(text)
    }
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Resume(backup_id) => {
                return write!(f, "resume backup {backup_id}, whose completed data files are kept");
            }
            Self::FreeSpace => "free some space, delete old backups, or use another root",
            Self::CreateDatabase => "name another database, or let the restore create it",
            Self::NameDatabase(database) => return write!(f, "connect to database `{database}`"),
            Self::ListBackups => "list the backups that exist",
            Self::ShowBackup(backup_id) => return write!(f, "backup {backup_id} is complete"),
            Self::Unpin(backup_id) => return write!(f, "remove the pin of backup {backup_id} first"),
            Self::LongerPrefix => "use a longer prefix of the identifier",
            Self::OtherBackupName => "choose another name, or delete that backup first",
            Self::NewBackup => "create a new backup, and remove the incomplete one",
            Self::SettleNames => {
                "nothing was committed; run it again once the names of the collection no longer change"
            }
            Self::Load { .. } => "load it first, or let the backup load it and release it afterwards",
            Self::WithoutIndexes => {
                "restore without indexes, and create them afterwards with parameters that this server accepts"
            }
            Self::Reload => "reload the collection and try again; without the strict check differences are recorded",
            Self::WhileInMemory => {
                "Milvus may still have the rows in memory: read them by queries before it is restarted"
            }
            Self::ReadByQueries => "read the rows by queries, or repeat it when no compaction or import is running",
            Self::LikeServer => {
                "restore to a server like the one that was backed up, or only the partitions without such rows"
            }
            Self::ReplaceWithPart => {
                "restore a full backup or to another name, or confirm that all other partitions will be lost"
            }
            Self::NotToAlias { collection } => {
                return write!(f, "restore to another name and move the alias afterwards, or replace `{collection}`");
            }
            Self::OtherTarget => "restore to another name, or replace the collection",
            Self::AutoId => "keep the keys in a collection without autoID, or let the server generate new ones",
            Self::AutoIdOrInsert => "keep the keys in a collection without autoID, or insert the rows",
            Self::Insert => "Milvus reads the files itself, under the same path; insert the rows instead",
            Self::Wait => "wait for it to finish; stale locks are taken over automatically",
            Self::ListDamage => {
                "verify the backup without stopping at the first finding, which lists all damaged files"
            }
            Self::NewerVersion => "use a newer version",
            Self::Address => "check that Milvus is running, and check its address",
            Self::GrpcPort => "check the address, and that the port is the gRPC port (19530 by default)",
            Self::LitePath => "check the path: only a restore creates a database",
            Self::CloseApplication => "close the application that has it open, and try again",
            Self::CheckFile { role, path } => {
                return write!(f, "check that `{path}` exists and is readable, or name another {role}");
            }
            Self::RaiseLimit(limit) => limit.advice(),
            Self::Grant(privileges) if privileges.is_empty() => "grant the privilege to a role of the user",
            Self::Grant(privileges) => {
                return write!(f, "grant {} to a role of the user", privileges.join(", "));
            }
            Self::Credentials => "pass a token: user and password, or an API key",
            Self::RootPermissions => "check the permissions of the root",
            Self::AllowUnsafeStorage => {
                "use another store; if no two operations ever run on this one at the same time, it can be allowed"
            }
            Self::MoreTime => "allow more time",
            Self::NoProgress => {
                "Milvus or the repository hangs, or is slower than `no_progress_timeout` in the configuration allows"
            }
            Self::Other(text) => text,
        })
    }
}

impl Error {
    /// Returns the next step, or `None` if there is no specific one.
    pub fn hint(&self) -> Option<Hint> {
        Some(match self {
            Self::Backup { resumable: true, backup_id: Some(backup_id), .. } => Hint::Resume(backup_id.clone()),
            Self::Backup { source, .. } | Self::Restore { source, .. } => return source.hint(),
            Self::Refused { hint, .. } => hint.clone(),
            Self::InsufficientStorage { .. } => Hint::FreeSpace,
            Self::Storage { source, .. } | Self::Encoding { source, .. } if is_full(source.as_ref()) => Hint::FreeSpace,
            Self::DatabaseNotFound { .. } => Hint::CreateDatabase,
            Self::BackupNotFound { .. } => Hint::ListBackups,
            Self::AmbiguousBackup { .. } => Hint::LongerPrefix,
            Self::BackupAlreadyExists { .. } => Hint::OtherBackupName,
            Self::CollectionChanged { .. } => Hint::SettleNames,
            Self::NotLoaded { loaded, .. } => Hint::Load { loaded: loaded.clone() },
            Self::IndexRefused { .. } => Hint::WithoutIndexes,
            Self::RowsUnexplained { .. } => Hint::Reload,
            Self::LogDamaged { .. } => Hint::WhileInMemory,
            Self::SegmentsUnsettled { .. } => Hint::ReadByQueries,
            Self::RowsIncompatible { .. } => Hint::LikeServer,
            Self::PartialReplacement { .. } => Hint::ReplaceWithPart,
            Self::TargetIsAlias { collection, .. } => Hint::NotToAlias { collection: collection.clone() },
            Self::TargetExists { .. } => Hint::OtherTarget,
            Self::InProgress { .. } => Hint::Wait,
            Self::Corrupted { .. } => Hint::ListDamage,
            Self::ArchiveDamaged { .. } => Hint::from("transfer the archive again, or create it again from the backup"),
            Self::UnsupportedFormatVersion { .. } => Hint::NewerVersion,
            // The path of a Milvus Lite database, whose server was started by this process.
            Self::Unreachable { uri, .. } if !uri.contains("://") => return None,
            Self::Unreachable { .. } => Hint::Address,
            Self::NotMilvus { .. } => Hint::GrpcPort,
            Self::CredentialsInAddress { .. } | Self::Authentication { .. } => Hint::Credentials,
            Self::LiteDatabaseNotFound { .. } => Hint::LitePath,
            Self::LiteDatabaseOpen { .. } => Hint::CloseApplication,
            Self::Configuration { role, path, .. } => Hint::CheckFile { role: role.clone(), path: path.clone() },
            Self::ServerLimit { limit, .. } => Hint::RaiseLimit(*limit),
            Self::PermissionDenied { privileges, .. } => Hint::Grant(privileges.clone()),
            Self::Storage { permission: true, .. } => Hint::RootPermissions,
            Self::UnsafeStorage { .. } => Hint::AllowUnsafeStorage,
            Self::DeadlineExceeded { .. } => Hint::MoreTime,
            Self::Stalled { .. } => Hint::NoProgress,
            _ => return None,
        })
    }
}
