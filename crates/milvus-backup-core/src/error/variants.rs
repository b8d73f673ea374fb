//! The variants of the error that every operation returns.

use super::hint::Hint;
use super::limit::ServerLimit;
use crate::identity::CollectionChange;
use crate::names::BackupId;

/// The result of every fallible call of this crate and of its adapters.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A cause that is not an error of this workspace.
pub type Source = Box<dyn std::error::Error + Send + Sync + 'static>;

/// The reason why an operation failed. Messages are lower-case fragments; causes are chained through `source`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A create failed after it had started. The cause decides [`Error::kind`].
    #[error("backup of collection `{collection}` failed")]
    Backup {
        /// The collection that was being backed up.
        collection: String,
        /// The backup that was being written, which is not listed; `None` if none was started.
        backup_id: Option<BackupId>,
        /// Whether the written data is kept, so that the backup can be resumed.
        resumable: bool,
        /// The error that ended the create.
        source: Box<Error>,
    },

    /// A restore failed after it had started. The cause decides [`Error::kind`].
    #[error("restore of backup `{backup_id}` into collection `{target}` failed")]
    Restore {
        /// The backup that was being read.
        backup_id: BackupId,
        /// The collection that the rows were to be restored to.
        target: String,
        /// The error that ended the restore.
        source: Box<Error>,
    },

    /// A value is outside its limit.
    #[error("`{field}` is `{value}`, but must be {limit}")]
    InvalidParameter {
        /// The field of the parameters, configuration or command.
        field: String,
        /// The value that was given.
        value: String,
        /// A description of the allowed values.
        limit: String,
    },

    /// The store does not have enough free space.
    #[error("not enough space at `{path}`: {required_bytes} bytes required, {available_bytes} available")]
    InsufficientStorage {
        /// Estimated bytes that the backup needs.
        required_bytes: u64,
        /// Free bytes in the store.
        available_bytes: u64,
        /// The root of the store.
        path: String,
    },

    /// The requested database does not exist in Milvus.
    #[error("database `{database}` does not exist")]
    DatabaseNotFound {
        /// The name of the requested database.
        database: String,
    },

    /// The requested collection does not exist in the database.
    #[error("collection `{collection}` does not exist in database `{database}`; it has {}", listing(.available))]
    CollectionNotFound {
        /// The name of the requested collection.
        collection: String,
        /// The database that was searched.
        database: String,
        /// The collections that exist in the database.
        available: Vec<String>,
    },

    /// The requested partition does not exist in the collection or backup.
    #[error("partition `{partition}` does not exist in `{owner}`; it has {}", listing(.available))]
    PartitionNotFound {
        /// The name of the requested partition.
        partition: String,
        /// The collection or backup that was searched.
        owner: String,
        /// The partitions that exist in the collection or backup.
        available: Vec<String>,
    },

    /// The requested backup does not exist in the store.
    #[error("backup `{backup}` does not exist in `{path}`")]
    BackupNotFound {
        /// The identifier, name or expression that was requested.
        backup: String,
        /// The root of the store.
        path: String,
    },

    /// The store has no backups of the requested collection.
    #[error("`{path}` has no backups of collection `{collection}`; it has backups of {}", listing(.available))]
    NoBackups {
        /// The name of the requested collection.
        collection: String,
        /// The root of the store.
        path: String,
        /// The collections that have backups.
        available: Vec<String>,
    },

    /// A text names several backups.
    #[error("`{backup}` names several backups: {}", listing(.candidates))]
    AmbiguousBackup {
        /// The text that was requested.
        backup: String,
        /// The identifiers that match.
        candidates: Vec<String>,
    },

    /// The collection already has a backup of that name.
    #[error("collection `{collection}` already has a backup named `{backup_name}`: {existing}")]
    BackupAlreadyExists {
        /// The collection of the backup.
        collection: String,
        /// The name that is taken.
        backup_name: String,
        /// The backup that has the name.
        existing: BackupId,
    },

    /// The collection was exchanged during an operation: an alias moved, or the collection was renamed or dropped.
    #[error("collection `{collection}` changed during the operation: {change}")]
    CollectionChanged {
        /// The name of the collection when the operation started.
        collection: String,
        /// The change that was detected.
        change: CollectionChange,
    },

    /// Some partitions are not in memory and thus cannot be read, and loading was not allowed.
    #[error("{} not loaded, and so cannot be read", parts_of(.collection, .not_loaded))]
    NotLoaded {
        /// The collection of the partitions.
        collection: String,
        /// The partitions that are not loaded; empty if the server loads only entire collections.
        not_loaded: Vec<String>,
        /// The partitions that are loaded.
        loaded: Vec<String>,
    },

    /// A segment file of the server is damaged, or contradicts others.
    #[error("segment file `{file}` of Milvus is damaged: {message}")]
    LogDamaged {
        /// The path of the file, relative to the root of the storage of the server.
        file: String,
        /// A description of what is wrong.
        message: String,
    },

    /// The segment files of a collection changed each time they were read, so that it is not certain that none of its
    /// rows would be missing.
    #[error("the segment files of collection `{collection}` changed while they were listed: {}", .reasons.join("; "))]
    SegmentsUnsettled {
        /// The collection that was to be read.
        collection: String,
        /// What changed, for each attempt.
        reasons: Vec<String>,
    },

    /// The server stores or counts a different number of rows than it returned, without an explanation: rows may be
    /// missing.
    #[error("rows may be missing: {}", .differences.join("; "))]
    RowsUnexplained {
        /// Every unexplained difference, each as a sentence.
        differences: Vec<String>,
    },

    /// A part of a collection would replace a complete collection.
    #[error("collection `{collection}` would be replaced by a part of one: partitions {}", listing(.partitions))]
    PartialReplacement {
        /// The collection that exists.
        collection: String,
        /// The partitions that would remain of it.
        partitions: Vec<String>,
    },

    /// The target of a restore is an alias, which cannot be created, filled or replaced as a collection.
    #[error("`{alias}` is an alias of collection `{collection}`")]
    TargetIsAlias {
        /// The alias that was given as the target.
        alias: String,
        /// The collection behind the alias.
        collection: String,
    },

    /// The target of a restore already exists.
    #[error("collection `{collection}` already exists")]
    TargetExists {
        /// The collection that already exists.
        collection: String,
    },

    /// A safety rule forbids the operation.
    #[error("refused: {reason}")]
    Refused {
        /// The rule, as a sentence.
        reason: String,
        /// The alternative to suggest to the caller.
        hint: Hint,
    },

    /// Another operation is using the same resource.
    #[error("another operation holds `{resource}`: {holder}")]
    InProgress {
        /// The resource that is held.
        resource: String,
        /// The holder of the resource.
        holder: String,
    },

    /// The backup is damaged.
    #[error("backup `{backup}` is damaged: {message}")]
    Corrupted {
        /// The backup, or the path at which one is expected.
        backup: String,
        /// A description of the damage.
        message: String,
        /// The paths of the affected files.
        failed_files: Vec<String>,
    },

    /// An archive is damaged, or is not one of a backup.
    #[error("archive `{archive}` is damaged: {message}")]
    ArchiveDamaged {
        /// The name of the archive.
        archive: String,
        /// A description of the damage.
        message: String,
    },

    /// The backup was written by a newer version of this program.
    #[error("`{path}` has format version {found}; this program reads up to {supported}")]
    UnsupportedFormatVersion {
        /// The path of the document.
        path: String,
        /// The version of the document.
        found: u64,
        /// The newest version that this program can read.
        supported: u32,
    },

    /// The server would reject or change rows of the backup.
    #[error("{server} does not keep rows of the backup as they are: {}", .rows.join("; "))]
    RowsIncompatible {
        /// The server, with its version.
        server: String,
        /// The incompatible contents, each with the primary key of an example row.
        rows: Vec<String>,
    },

    /// The server rejects an index as it is defined in the backup.
    #[error("Milvus refused the index of field `{field}` ({}): {message}", pairs(.params))]
    IndexRefused {
        /// The name of the indexed field.
        field: String,
        /// Parameters of the index in the backup.
        params: std::collections::BTreeMap<String, String>,
        /// The message of the server.
        message: String,
    },

    /// The target does not support the schema.
    #[error("the schema of the backup does not fit {target}: {}", .incompatibilities.join("; "))]
    SchemaIncompatible {
        /// The server or the collection that was to hold the schema.
        target: String,
        /// Every difference or missing capability.
        incompatibilities: Vec<String>,
    },

    /// The request is not supported by this backend, server or version.
    #[error("not supported: {what}")]
    Unsupported {
        /// The request that is not supported.
        what: String,
    },

    /// Milvus cannot be reached.
    #[error("cannot reach Milvus at `{uri}`")]
    Unreachable {
        /// The address, without credentials.
        uri: String,
        /// The error of the connection.
        #[source]
        source: Source,
    },

    /// Milvus rejected the credentials.
    #[error("Milvus at `{uri}` refused the credentials: {message}")]
    Authentication {
        /// The address, without credentials.
        uri: String,
        /// The message of the server.
        message: String,
    },

    /// The address contains a user name or a password, which other users can see on a command line.
    #[error("the address `{uri}` contains credentials")]
    CredentialsInAddress {
        /// The address, without credentials.
        uri: String,
    },

    /// The server at the address is not Milvus.
    #[error("the server at `{uri}` does not speak Milvus' gRPC protocol")]
    NotMilvus {
        /// The address, without credentials.
        uri: String,
        /// The error of the call.
        #[source]
        source: Source,
    },

    /// There is nothing at the path of a Milvus Lite database.
    #[error("no such database: `{path}`")]
    LiteDatabaseNotFound {
        /// The path that was requested.
        path: String,
    },

    /// Another process has a Milvus Lite database open.
    #[error("another process has this database open: `{path}`")]
    LiteDatabaseOpen {
        /// The path of the database.
        path: String,
    },

    /// The Milvus Lite process that was started on a database ended before it was ready.
    #[error("Milvus Lite cannot open `{path}`: {message}")]
    LiteFailed {
        /// The path of the database.
        path: String,
        /// The exit status, and the last lines that Milvus Lite printed.
        message: String,
    },

    /// The credentials are accepted, but the user lacks a privilege.
    #[error("the user may not call {call} on Milvus at `{uri}`: {message}")]
    PermissionDenied {
        /// The address, without credentials.
        uri: String,
        /// The call, or several calls separated by commas.
        call: String,
        /// The missing privileges, as they are named in a grant; empty if the server does not name them.
        privileges: Vec<String>,
        /// The message of the server.
        message: String,
    },

    /// A limit in the configuration of the server is reached.
    #[error("Milvus' limit on {limit} is reached: {message}")]
    ServerLimit {
        /// The limit that was reached.
        limit: ServerLimit,
        /// The message of the server.
        message: String,
    },

    /// A file that configures the command cannot be read.
    #[error("cannot read the {role} `{path}`")]
    Configuration {
        /// The role of the file, such as `token file`.
        role: String,
        /// The path of the file.
        path: String,
        /// The error of reading the file.
        #[source]
        source: Source,
    },

    /// A configuration file has a key or a value that it cannot have.
    #[error("{place}: {reason}")]
    InvalidSetting {
        /// Where the key is: a file with a line, or a key.
        place: String,
        /// What is wrong with it, and what is allowed.
        reason: String,
    },

    /// Milvus responded to a call with an error.
    #[error("Milvus refused {call}: {message} (code {code})")]
    Milvus {
        /// The name of the call.
        call: String,
        /// The server's error code.
        code: i32,
        /// The message of the server.
        message: String,
        /// Whether the same call may succeed later.
        retryable: bool,
    },

    /// A response of Milvus contradicts itself or the schema.
    #[error("unexpected answer from Milvus: {message}")]
    Protocol {
        /// A description of the contradiction.
        message: String,
    },

    /// Reading or writing the store failed.
    #[error("storage failed: cannot {action} `{path}`")]
    Storage {
        /// The action that failed, such as `read`.
        action: String,
        /// The path of the object.
        path: String,
        /// Whether credentials or permissions are the reason.
        permission: bool,
        /// Whether the same call may succeed later.
        retryable: bool,
        /// The error of the store.
        #[source]
        source: Source,
    },

    /// The store does not keep the promises on which commits and locks rely.
    #[error("the store at `{path}` is not safe for backups: {}", broken.join("; "))]
    UnsafeStorage {
        /// The location of the root, without credentials.
        path: String,
        /// A description of each promise that the store breaks.
        broken: Vec<String>,
    },

    /// Encoding or decoding rows failed.
    #[error("cannot {action}")]
    Encoding {
        /// The action that failed.
        action: String,
        /// The error of the encoder or decoder.
        #[source]
        source: Source,
    },

    /// This program, or the machine it runs on, failed to provide something that every operation relies on, such as a
    /// thread or random bytes. The error is not caused by Milvus, the store or the caller, and does not damage a
    /// backup.
    #[error("cannot {action}")]
    Internal {
        /// The action that failed.
        action: String,
        /// The error of the machine or library.
        #[source]
        source: Source,
    },

    /// The deadline of the operation passed.
    #[error("the deadline of {seconds} seconds passed")]
    DeadlineExceeded {
        /// The deadline in seconds.
        seconds: u64,
    },

    /// No rows were moved within the time limit.
    #[error("no progress for {seconds} seconds")]
    Stalled {
        /// The time limit in seconds: `no_progress_timeout` of the configuration.
        seconds: u64,
    },

    /// The operation was interrupted on request.
    #[error("interrupted")]
    Interrupted,
}

fn pairs(params: &std::collections::BTreeMap<String, String>) -> String {
    params.iter().map(|(key, value)| format!("{key} {value}")).collect::<Vec<_>>().join(", ")
}

/// Returns the subject of a sentence about a collection, or about some of its partitions.
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
