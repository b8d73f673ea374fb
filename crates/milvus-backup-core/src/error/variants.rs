//! The error of every operation.

use super::hint::Hint;
use super::limit::ServerLimit;
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
        /// Whether what was written is kept, so that the backup can be resumed.
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
        hint: Hint,
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

    /// This program, or the machine it runs on, could not do something that every operation relies on: start a thread, say,
    /// or get random bytes. Neither Milvus, nor the store, nor the caller is at fault, and no backup is damaged by it.
    #[error("cannot {action}")]
    Internal {
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

impl Error {
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
