//! The error of every operation: what failed, whether a retry can help, and what to do next.

use crate::identity::CollectionChange;
use crate::names::BackupId;

/// What every fallible call of this crate and of its adapters returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A cause that is not one of ours.
pub type Source = Box<dyn std::error::Error + Send + Sync + 'static>;

/// Why an operation failed. Messages are lower-case fragments; causes are chained through `source`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A create failed after it had begun. The cause decides [`Error::kind`].
    #[error("backup of collection `{collection}` failed")]
    Backup {
        /// The collection.
        collection: String,
        /// The backup that was being written; nothing of it is listed.
        backup_id: Option<BackupId>,
        /// Whether what was written is kept, and [`crate::BackupManager::resume_backup`] goes on from there.
        resumable: bool,
        /// What went wrong.
        source: Box<Error>,
    },

    /// A restore failed after it had begun. The cause decides [`Error::kind`].
    #[error("restore of backup `{backup_id}` into collection `{target}` failed")]
    Restore {
        /// The backup that was being read.
        backup_id: BackupId,
        /// The collection that was to be filled.
        target: String,
        /// What went wrong.
        source: Box<Error>,
    },

    /// A value is outside its limit.
    #[error("`{field}` is `{value}`, but must be {limit}")]
    InvalidParameter {
        /// The field of the parameters, configuration or command.
        field: String,
        /// The value that was given.
        value: String,
        /// What is allowed.
        limit: String,
    },

    /// The store has not enough room.
    #[error("not enough space at `{path}`: {required_bytes} bytes required, {available_bytes} available")]
    InsufficientStorage {
        /// Bytes that the backup needs by estimate.
        required_bytes: u64,
        /// Bytes that are free.
        available_bytes: u64,
        /// The root of the store.
        path: String,
    },

    /// Milvus has no such database.
    #[error("database `{database}` does not exist")]
    DatabaseNotFound {
        /// The name that was asked for.
        database: String,
    },

    /// Milvus has no such collection.
    #[error("collection `{collection}` does not exist in database `{database}`; it has {}", listing(.available))]
    CollectionNotFound {
        /// The name that was asked for.
        collection: String,
        /// The database that was searched.
        database: String,
        /// The collections that exist there.
        available: Vec<String>,
    },

    /// The collection, or the backup, has no such partition.
    #[error("partition `{partition}` does not exist in `{owner}`; it has {}", listing(.available))]
    PartitionNotFound {
        /// The name that was asked for.
        partition: String,
        /// The collection or backup that was searched.
        owner: String,
        /// The partitions that exist there.
        available: Vec<String>,
    },

    /// The store has no such backup.
    #[error("backup `{backup}` does not exist in `{path}`")]
    BackupNotFound {
        /// What was asked for.
        backup: String,
        /// The root of the store.
        path: String,
    },

    /// The store has no backups of a collection that was named.
    #[error("`{path}` has no backups of collection `{collection}`; it has backups of {}", listing(.available))]
    NoBackups {
        /// The collection that was asked for.
        collection: String,
        /// The root of the store.
        path: String,
        /// The collections that have backups.
        available: Vec<String>,
    },

    /// A text names several backups.
    #[error("`{backup}` names several backups: {}", listing(.candidates))]
    AmbiguousBackup {
        /// What was asked for.
        backup: String,
        /// The identifiers that match.
        candidates: Vec<String>,
    },

    /// The collection has a backup of that name.
    #[error("collection `{collection}` already has a backup named `{backup_name}`: {existing}")]
    BackupAlreadyExists {
        /// The collection.
        collection: String,
        /// The name.
        backup_name: String,
        /// The backup that has it.
        existing: BackupId,
    },

    /// The collection was exchanged while an operation worked on it: by an alias that moved, a rename, or a drop.
    #[error("collection `{collection}` changed during the operation: {change}")]
    CollectionChanged {
        /// The collection as it was named when the operation began.
        collection: String,
        /// What happened to it.
        change: CollectionChange,
    },

    /// Partitions are not in memory, so that they cannot be read, and were not to be loaded.
    #[error("{} not loaded, and so cannot be read", parts_of(.collection, .not_loaded))]
    NotLoaded {
        /// The collection.
        collection: String,
        /// The partitions that are not loaded; empty where the server loads collections only as a whole.
        not_loaded: Vec<String>,
        /// The partitions that are.
        loaded: Vec<String>,
    },

    /// The server stores or counts other rows than it returned, and nothing explains it: rows may be missing.
    #[error("rows may be missing: {}", .differences.join("; "))]
    RowsUnexplained {
        /// Every difference that nothing explains, in a sentence.
        differences: Vec<String>,
    },

    /// A part of a collection would replace a whole one.
    #[error("collection `{collection}` would be replaced by a part of one: partitions {}", listing(.partitions))]
    PartialReplacement {
        /// The collection that exists.
        collection: String,
        /// The partitions that would be left of it.
        partitions: Vec<String>,
    },

    /// The target of a restore is an alias, which is no collection to create, fill or replace.
    #[error("`{alias}` is an alias of collection `{collection}`")]
    TargetIsAlias {
        /// The target.
        alias: String,
        /// The collection behind it.
        collection: String,
    },

    /// The target of a restore exists.
    #[error("collection `{collection}` already exists")]
    TargetExists {
        /// The target.
        collection: String,
    },

    /// A safety rule forbids it.
    #[error("refused: {reason}")]
    Refused {
        /// The rule.
        reason: String,
        /// What to do instead.
        hint: String,
    },

    /// Another operation works on the same thing.
    #[error("another operation holds `{resource}`: {holder}")]
    InProgress {
        /// What is held.
        resource: String,
        /// Who holds it.
        holder: String,
    },

    /// The backup is damaged.
    #[error("backup `{backup}` is damaged: {message}")]
    Corrupted {
        /// The backup, or the path where one should be.
        backup: String,
        /// What is wrong.
        message: String,
        /// The files concerned.
        failed_files: Vec<String>,
    },

    /// The backup was written by a newer version of this program.
    #[error("`{path}` has format version {found}; this program reads up to {supported}")]
    UnsupportedFormatVersion {
        /// The document.
        path: String,
        /// Its version.
        found: u64,
        /// The newest version that can be read.
        supported: u32,
    },

    /// The server would refuse rows of the backup, or change them.
    #[error("{server} does not keep rows of the backup as they are: {}", .rows.join("; "))]
    RowsIncompatible {
        /// The server, with its version.
        server: String,
        /// What the rows hold, each with the primary key of a row.
        rows: Vec<String>,
    },

    /// The server does not create an index as the backup holds it.
    #[error("Milvus refused the index of field `{field}` ({}): {message}", pairs(.params))]
    IndexRefused {
        /// The indexed field.
        field: String,
        /// Its parameters in the backup.
        params: std::collections::BTreeMap<String, String>,
        /// The server's words.
        message: String,
    },

    /// The schema cannot be held by the target.
    #[error("the schema of the backup does not fit {target}: {}", .incompatibilities.join("; "))]
    SchemaIncompatible {
        /// The server or the collection.
        target: String,
        /// Every difference or missing ability.
        incompatibilities: Vec<String>,
    },

    /// Something that was asked for does not exist in this backend, server or version.
    #[error("not supported: {what}")]
    Unsupported {
        /// What was asked for.
        what: String,
    },

    /// Milvus cannot be reached.
    #[error("cannot reach Milvus at `{uri}`")]
    Unreachable {
        /// The address, without credentials.
        uri: String,
        /// The failure of the connection.
        #[source]
        source: Source,
    },

    /// Milvus refused the credentials.
    #[error("Milvus at `{uri}` refused the credentials: {message}")]
    Authentication {
        /// The address, without credentials.
        uri: String,
        /// What the server said.
        message: String,
    },

    /// The address contains a user name or a password, which others can see on a command line.
    #[error("the address `{uri}` contains credentials")]
    CredentialsInAddress {
        /// The address, without credentials.
        uri: String,
    },

    /// The server at the address is something other than Milvus.
    #[error("the server at `{uri}` does not speak Milvus' gRPC protocol")]
    NotMilvus {
        /// The address, without credentials.
        uri: String,
        /// The failure of the call.
        #[source]
        source: Source,
    },

    /// The path of a Milvus Lite database has nothing at it.
    #[error("no such database: `{path}`")]
    LiteDatabaseNotFound {
        /// The path that was asked for.
        path: String,
    },

    /// Another process has a Milvus Lite database open.
    #[error("another process has this database open: `{path}`")]
    LiteDatabaseOpen {
        /// The database.
        path: String,
    },

    /// The Milvus Lite that was started on a database ended before it was ready.
    #[error("Milvus Lite cannot open `{path}`: {message}")]
    LiteFailed {
        /// The database.
        path: String,
        /// The exit status, and the last lines that Milvus Lite printed.
        message: String,
    },

    /// The credentials are accepted, but the user lacks a privilege.
    #[error("the user may not call {call} on Milvus at `{uri}`: {message}")]
    PermissionDenied {
        /// The address, without credentials.
        uri: String,
        /// The call, or several separated by commas.
        call: String,
        /// The privileges that are missing, as they are named in a grant; empty where the server does not name them.
        privileges: Vec<String>,
        /// The message of the server.
        message: String,
    },

    /// A limit in the configuration of the server is reached.
    #[error("Milvus' limit on {limit} is reached: {message}")]
    ServerLimit {
        /// What is limited.
        limit: ServerLimit,
        /// The message of the server.
        message: String,
    },

    /// A file that configures the command cannot be read.
    #[error("cannot read the {role} `{path}`")]
    Configuration {
        /// What the file is for, such as `token file`.
        role: String,
        /// The file.
        path: String,
        /// The failure.
        #[source]
        source: Source,
    },

    /// Milvus answered a call with an error.
    #[error("Milvus refused {call}: {message} (code {code})")]
    Milvus {
        /// The call.
        call: String,
        /// The server's error code.
        code: i32,
        /// The server's words.
        message: String,
        /// Whether the same call may succeed later.
        retryable: bool,
    },

    /// What Milvus sent contradicts itself or the schema.
    #[error("unexpected answer from Milvus: {message}")]
    Protocol {
        /// The contradiction.
        message: String,
    },

    /// Reading or writing the store failed.
    #[error("storage failed: cannot {action} `{path}`")]
    Storage {
        /// What was being done.
        action: String,
        /// The object.
        path: String,
        /// Whether credentials or permissions are the reason.
        permission: bool,
        /// Whether the same call may succeed later.
        retryable: bool,
        /// The failure of the store.
        #[source]
        source: Source,
    },

    /// Encoding or decoding rows failed.
    #[error("cannot {action}")]
    Encoding {
        /// What was being done.
        action: String,
        /// The failure.
        #[source]
        source: Source,
    },

    /// The deadline of the operation passed.
    #[error("the deadline of {seconds} seconds passed")]
    DeadlineExceeded {
        /// The deadline.
        seconds: u64,
    },

    /// No rows were moved for so long.
    #[error("no progress for {seconds} seconds")]
    Stalled {
        /// `no_progress_timeout` of the configuration.
        seconds: u64,
    },

    /// The operation was asked to stop.
    #[error("interrupted")]
    Interrupted,
}

/// What a server limits by its configuration, see [`Error::ServerLimit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ServerLimit {
    /// The number of collections.
    Collections,
    /// The number of partitions in a collection.
    Partitions,
    /// The length of a name.
    NameLength,
    /// The number of fields in a collection.
    Fields,
    /// The number of shards of a collection.
    Shards,
}

impl ServerLimit {
    /// What to change, here or in the configuration of the server.
    const fn hint(self) -> &'static str {
        match self {
            Self::Collections => {
                "a restore needs one more collection than there were: drop one, or raise \
                 `quotaAndLimits.limits.maxCollectionNum` (and `maxCollectionNumPerDB`) in milvus.yaml"
            }
            Self::Partitions => "raise `rootCoord.maxPartitionNum` in milvus.yaml",
            Self::NameLength => "choose a shorter name, or raise `proxy.maxNameLength` in milvus.yaml",
            Self::Fields => "raise `proxy.maxFieldNum` in milvus.yaml",
            Self::Shards => "raise `proxy.maxShardNum` in milvus.yaml",
        }
    }
}

impl std::fmt::Display for ServerLimit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Collections => "collections",
            Self::Partitions => "partitions",
            Self::NameLength => "the length of a name",
            Self::Fields => "fields",
            Self::Shards => "shards",
        })
    }
}

/// What the caller of a failed operation should do. Each kind of the command has its own exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// None of the others: read the message.
    Failed,
    /// Correct the call.
    InvalidParameter,
    /// Name a backup, collection or partition that exists.
    NotFound,
    /// Wait for the other operation.
    InProgress,
    /// Correct the credentials.
    Authentication,
    /// Do not trust the backup.
    Corrupted,
    /// Bring Milvus up.
    Unreachable,
    /// Use a server, backend or version that can do it.
    Unsupported,
    /// Confirm, or choose another way.
    Refused,
    /// Make room.
    InsufficientStorage,
    /// Look at the store.
    Storage,
    /// Give more time.
    DeadlineExceeded,
    /// Nothing: it was asked to stop.
    Interrupted,
}

impl ErrorKind {
    /// The kind in snake case, as printed by `--json`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::InvalidParameter => "invalid_parameter",
            Self::NotFound => "not_found",
            Self::InProgress => "in_progress",
            Self::Authentication => "authentication",
            Self::Corrupted => "corrupted",
            Self::Unreachable => "unreachable",
            Self::Unsupported => "unsupported",
            Self::Refused => "refused",
            Self::InsufficientStorage => "insufficient_storage",
            Self::Storage => "storage",
            Self::DeadlineExceeded => "deadline_exceeded",
            Self::Interrupted => "interrupted",
        }
    }
}

const NO_SPACE: &str = "free some space, delete old backups, or name another root with --root";

/// Whether a disk or a quota that is full is among the causes.
fn is_full(error: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    use std::io::ErrorKind::{QuotaExceeded, StorageFull};

    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        let inner = error.downcast_ref::<std::io::Error>();
        if inner.is_some_and(|error| matches!(error.kind(), StorageFull | QuotaExceeded)) {
            return true;
        }
        // What an I/O error wraps is its cause only from the second level on.
        cause = match inner.and_then(std::io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    false
}

impl Error {
    /// What the caller should do about it.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Backup { source, .. } | Self::Restore { source, .. } => source.kind(),
            Self::InvalidParameter { .. }
            | Self::AmbiguousBackup { .. }
            | Self::CredentialsInAddress { .. }
            | Self::Configuration { .. } => ErrorKind::InvalidParameter,
            Self::InsufficientStorage { .. } => ErrorKind::InsufficientStorage,
            Self::Storage { source, .. } | Self::Encoding { source, .. } if is_full(source.as_ref()) => {
                ErrorKind::InsufficientStorage
            }
            Self::DatabaseNotFound { .. }
            | Self::CollectionNotFound { .. }
            | Self::PartitionNotFound { .. }
            | Self::LiteDatabaseNotFound { .. }
            | Self::BackupNotFound { .. }
            | Self::NoBackups { .. } => ErrorKind::NotFound,
            Self::BackupAlreadyExists { .. }
            | Self::CollectionChanged { .. }
            | Self::NotLoaded { .. }
            | Self::PartialReplacement { .. }
            | Self::TargetIsAlias { .. }
            | Self::TargetExists { .. }
            | Self::IndexRefused { .. }
            | Self::RowsIncompatible { .. }
            | Self::SchemaIncompatible { .. }
            | Self::Refused { .. } => ErrorKind::Refused,
            Self::InProgress { .. } | Self::LiteDatabaseOpen { .. } => ErrorKind::InProgress,
            Self::Corrupted { .. } | Self::RowsUnexplained { .. } => ErrorKind::Corrupted,
            Self::Unreachable { .. } | Self::NotMilvus { .. } | Self::LiteFailed { .. } => ErrorKind::Unreachable,
            Self::Authentication { .. } | Self::PermissionDenied { .. } => ErrorKind::Authentication,
            Self::Storage { .. } => ErrorKind::Storage,
            Self::DeadlineExceeded { .. } | Self::Stalled { .. } => ErrorKind::DeadlineExceeded,
            Self::Interrupted => ErrorKind::Interrupted,
            Self::Unsupported { .. } => ErrorKind::Unsupported,
            Self::UnsupportedFormatVersion { .. }
            | Self::Milvus { .. }
            | Self::ServerLimit { .. }
            | Self::Protocol { .. }
            | Self::Encoding { .. } => ErrorKind::Failed,
        }
    }

    /// Whether the same operation may succeed when it is tried again.
    pub fn retryable(&self) -> bool {
        match self {
            Self::Backup { source, .. } | Self::Restore { source, .. } => source.retryable(),
            Self::Storage { source, .. } if is_full(source.as_ref()) => false,
            Self::Milvus { retryable, .. } | Self::Storage { retryable, .. } => *retryable,
            Self::Unreachable { .. }
            | Self::InProgress { .. }
            | Self::LiteDatabaseOpen { .. }
            | Self::Stalled { .. } => true,
            _ => false,
        }
    }

    /// What to do next, where that can be said.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Backup { resumable: true, backup_id: Some(backup_id), .. } => {
                return Some(format!("`milvus-br create --resume {backup_id}` goes on from what is written"));
            }
            Self::Backup { source, .. } | Self::Restore { source, .. } => return source.hint(),
            Self::Refused { hint, .. } => return Some(hint.clone()),
            Self::InsufficientStorage { .. } => NO_SPACE,
            Self::Storage { source, .. } | Self::Encoding { source, .. } if is_full(source.as_ref()) => NO_SPACE,
            Self::DatabaseNotFound { .. } => "--db names the database; `restore --create-database` makes it",
            Self::BackupNotFound { .. } => "`milvus-br list` shows the backups that exist",
            Self::AmbiguousBackup { .. } => "give more of the identifier",
            Self::BackupAlreadyExists { .. } => "choose another --name, or delete that backup first",
            Self::CollectionChanged { .. } => "nothing was committed; run it again once its names are settled",
            Self::NotLoaded { loaded, .. } if loaded.is_empty() => {
                "load it first, or let `--load auto` load it and release it afterwards"
            }
            Self::NotLoaded { loaded, .. } => {
                return Some(format!(
                    "load them first, let `--load auto` load them and release them afterwards, or back up only what is \
                     loaded with --partition: {}",
                    listing(loaded)
                ));
            }
            Self::IndexRefused { .. } => {
                "restore without indexes (--no-indexes), and create them afterwards with parameters that this server takes"
            }
            Self::RowsUnexplained { .. } => {
                "reload the collection and try again; without --strict the differences are recorded in the backup"
            }
            Self::RowsIncompatible { .. } => {
                "restore to a server like the one that was backed up, or restore the partitions without such rows (--partition)"
            }
            Self::PartialReplacement { .. } => {
                "restore a full backup, restore to another name with --to, or say --replace-with-part if all other \
                 partitions are to be lost"
            }
            Self::TargetIsAlias { collection, .. } => {
                return Some(format!(
                    "restore to another name with --to and move the alias afterwards, or replace the collection behind \
                     it with --to {collection} --drop-existing"
                ));
            }
            Self::TargetExists { .. } => "restore to another name with --to, or replace it with --drop-existing",
            Self::InProgress { .. } => "wait for it; the lock of a process that died is taken over by itself",
            Self::Corrupted { .. } => "`milvus-br verify BACKUP --no-fail-fast` lists everything that is wrong",
            Self::UnsupportedFormatVersion { .. } => "use a newer milvus-br",
            // The path of a Milvus Lite database: it was started by this command.
            Self::Unreachable { uri, .. } if !uri.contains("://") => return None,
            Self::Unreachable { .. } => "is Milvus running? --uri or MILVUS_URI names its address",
            Self::NotMilvus { .. } => "--uri or MILVUS_URI names the address and the port of gRPC, 19530 by default",
            Self::CredentialsInAddress { .. } => {
                "put user:password into a file and name it with --token-file, or set MILVUS_TOKEN"
            }
            Self::LiteDatabaseNotFound { .. } => {
                "check the path in --uri or MILVUS_URI: only `restore` creates a database"
            }
            Self::LiteDatabaseOpen { .. } => "close the application that has it open, and try again",
            Self::Configuration { role, path, .. } => {
                return Some(format!("check that `{path}` exists and is readable, or name another {role}"));
            }
            Self::ServerLimit { limit, .. } => limit.hint(),
            Self::PermissionDenied { privileges, .. } if privileges.is_empty() => {
                "grant the privilege to a role of the user; docs/privileges.md lists those of each command"
            }
            Self::PermissionDenied { privileges, .. } => {
                let names = privileges.join(", ");
                return Some(format!(
                    "grant {names} to a role of the user; docs/privileges.md lists the privileges of each command"
                ));
            }
            Self::Authentication { .. } => {
                "put the token into a file and name it with --token-file, or set MILVUS_TOKEN"
            }
            Self::Storage { permission: true, .. } => "check the permissions of the root",
            Self::DeadlineExceeded { .. } => "give more time with --timeout",
            Self::Stalled { .. } => {
                "Milvus or the repository hangs, or is slower than `no_progress_timeout` in the configuration allows"
            }
            _ => return None,
        };
        Some(hint.to_owned())
    }

    /// The message with its causes, separated by colons. Causes that repeat the one before are left out.
    pub fn full_message(&self) -> String {
        let causes = std::iter::successors(Some(self as &dyn std::error::Error), |error| error.source());
        let mut texts: Vec<String> = causes.map(ToString::to_string).collect();
        texts.dedup();
        texts.join(": ")
    }

    /// Required and available bytes of [`Error::InsufficientStorage`] in GiB.
    #[expect(clippy::cast_precision_loss, reason = "a size for people to read")]
    pub fn required_and_available_gb(&self) -> Option<(f64, f64)> {
        const GIB: f64 = 1_073_741_824.0;
        match self {
            Self::Backup { source, .. } => source.required_and_available_gb(),
            Self::InsufficientStorage { required_bytes, available_bytes, .. } => {
                Some((*required_bytes as f64 / GIB, *available_bytes as f64 / GIB))
            }
            _ => None,
        }
    }
}

fn pairs(params: &std::collections::BTreeMap<String, String>) -> String {
    params.iter().map(|(key, value)| format!("{key} {value}")).collect::<Vec<_>>().join(", ")
}

/// The subject of a sentence on a collection, or on some of its partitions.
fn parts_of(collection: &str, partitions: &[String]) -> String {
    match partitions {
        [] => format!("collection `{collection}` is"),
        [one] => format!("partition `{one}` of collection `{collection}` is"),
        several => format!("partitions {} of collection `{collection}` are", listing(several)),
    }
}

fn listing(names: &[String]) -> String {
    const SHOWN: usize = 20;
    match names.len() {
        0 => "none".to_owned(),
        n if n > SHOWN => format!("{} and {} more", names[..SHOWN].join(", "), n - SHOWN),
        _ => names.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrapped_error_keeps_its_kind_hint_and_causes() {
        let error = Error::Backup {
            collection: "items".into(),
            backup_id: None,
            resumable: false,
            source: Box::new(Error::InsufficientStorage {
                required_bytes: 2 << 30,
                available_bytes: 0,
                path: "/backups".into(),
            }),
        };
        assert_eq!(error.kind(), ErrorKind::InsufficientStorage);
        assert!(error.hint().unwrap().contains("--root"));
        assert!(error.full_message().contains("failed: not enough space"));
        assert_eq!(error.required_and_available_gb(), Some((2.0, 0.0)));
    }

    #[test]
    fn a_disk_that_fills_up_is_not_enough_space() {
        let storage = |kind: std::io::ErrorKind| Error::Storage {
            action: "write".into(),
            path: "items".into(),
            permission: false,
            retryable: true,
            source: Box::new(std::io::Error::other(std::io::Error::from(kind))),
        };
        assert_eq!(storage(std::io::ErrorKind::StorageFull).kind(), ErrorKind::InsufficientStorage);
        assert!(!storage(std::io::ErrorKind::StorageFull).retryable());
        assert!(storage(std::io::ErrorKind::StorageFull).hint().unwrap().contains("--root"));
        assert_eq!(storage(std::io::ErrorKind::TimedOut).kind(), ErrorKind::Storage);
    }

    #[test]
    fn a_cause_that_repeats_the_one_before_is_left_out() {
        let inner = std::io::Error::other("connection refused");
        let source = Box::new(std::io::Error::other(inner));
        let error = Error::Unreachable { uri: "http://localhost:1".into(), source };
        assert_eq!(error.full_message(), "cannot reach Milvus at `http://localhost:1`: connection refused");
    }

    #[test]
    fn a_missing_privilege_is_named_and_is_no_matter_of_credentials() {
        let error = Error::PermissionDenied {
            uri: "http://localhost:19530".into(),
            call: "Query".into(),
            privileges: vec!["Query".into()],
            message: "PrivilegeQuery: permission deny to alice".into(),
        };
        assert_eq!(error.kind(), ErrorKind::Authentication);
        let hint = error.hint().unwrap();
        assert!(hint.starts_with("grant Query ") && !hint.contains("token"), "{hint}");
    }

    #[test]
    fn a_milvus_lite_that_cannot_be_reached_is_not_to_be_started_by_hand() {
        let error = |uri: &str| Error::Unreachable { uri: uri.into(), source: "gone".into() };
        assert_eq!(error("/data/my.db").hint(), None);
        assert!(error("http://localhost:19530").hint().is_some());
    }

    #[test]
    fn a_missing_partition_names_those_that_exist() {
        let error = Error::PartitionNotFound {
            partition: "p9".into(),
            owner: "items".into(),
            available: vec!["_default".into(), "p1".into()],
        };
        assert!(error.to_string().contains("it has _default, p1"), "{error}");
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }
}
