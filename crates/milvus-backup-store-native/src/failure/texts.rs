//! The texts by which the causes of failures are recognised.

/// The cause of a failure, as far as a text tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// The server refused user and password, or demands them.
    Credentials,
    /// The server does not allow the user to do it.
    Privileges,
    /// The server does not respond.
    Unreachable,
    /// The server does not know a call.
    CallNotOffered,
    /// The collection is not there.
    NoCollection,
    /// The database is not there.
    NoDatabase,
    /// The target of a restore is there.
    TargetExists,
    /// The root that was named is not the one of the server.
    WrongRoot,
    /// The tool does not find its own backup, or cannot read its metadata.
    UnreadableBackup,
    /// A file that the server was to import is damaged or missing.
    DamagedFile,
    /// A storage has no free space.
    Full,
    /// A storage denies access.
    StorageDenied,
    /// A storage does not respond.
    StorageUnreachable,
    /// The tool does not know a flag, an option or the configuration.
    NotTheInterface,
}

/// The texts, the more specific ones first. All parts of one must occur, whatever their case.
pub(super) const TEXTS: &[(&[&str], Cause)] = &[
    (&["code = unauthenticated"], Cause::Credentials),
    (&["code = permissiondenied"], Cause::Privileges),
    (&["privilege", "permission deny"], Cause::Privileges),
    (&["code = unimplemented"], Cause::CallNotOffered),
    (&["unknown method"], Cause::CallNotOffered),
    (&["404 page not found"], Cause::CallNotOffered),
    (&["connect to server failed"], Cause::Unreachable),
    (&["code = unavailable"], Cause::Unreachable),
    (&["code = deadlineexceeded"], Cause::Unreachable),
    (&["not found in milvus"], Cause::NoCollection),
    (&["collection not found"], Cause::NoCollection),
    (&["database not found"], Cause::NoDatabase),
    (&["collection already exist"], Cause::TargetExists),
    (&["has no insert logs"], Cause::WrongRoot),
    (&["no space left on device"], Cause::Full),
    (&["disk quota exceeded"], Cause::Full),
    (&["insufficient storage"], Cause::Full),
    (&["read-only file system"], Cause::StorageDenied),
    (&["permission denied"], Cause::StorageDenied),
    (&["access denied"], Cause::StorageDenied),
    (&["accessdenied"], Cause::StorageDenied),
    (&["signature we calculated does not match"], Cause::StorageDenied),
    (&["access key id you provided does not exist"], Cause::StorageDenied),
    (&["invalid access key"], Cause::StorageDenied),
    (&["create bucket if not exist"], Cause::StorageUnreachable),
    (&["connection refused"], Cause::StorageUnreachable),
    (&["no such host"], Cause::StorageUnreachable),
    (&["bucket does not exist"], Cause::WrongRoot),
    (&["parquet:"], Cause::DamagedFile),
    (&["parse magic number failed"], Cause::DamagedFile),
    (&["has no binlog file"], Cause::DamagedFile),
    (&["binlog files of", "is missed"], Cause::DamagedFile),
    (&["binlog file count of each field"], Cause::DamagedFile),
    (&["no binlog to import"], Cause::DamagedFile),
    (&["is not equal to schema dimension"], Cause::DamagedFile),
    (&["bulk insert failed"], Cause::DamagedFile),
    (&["unmarshal meta"], Cause::UnreadableBackup),
    (&["backup_meta.json", "no such file"], Cause::UnreadableBackup),
    (&["backup ", " not found"], Cause::UnreadableBackup),
    (&["unknown flag"], Cause::NotTheInterface),
    (&["unknown shorthand flag"], Cause::NotTheInterface),
    (&["unknown command"], Cause::NotTheInterface),
    (&["was removed in"], Cause::NotTheInterface),
    (&["panic: cfg"], Cause::NotTheInterface),
    (&["invalid filter rule"], Cause::NotTheInterface),
    (&["invalid mapper rule"], Cause::NotTheInterface),
    (&["invalid strategy"], Cause::NotTheInterface),
];

/// Returns the cause that a message tells.
pub(super) fn recognised(message: &str) -> Option<Cause> {
    let message = message.to_ascii_lowercase();
    let matches = |parts: &[&str]| parts.iter().all(|part| message.contains(part));
    TEXTS.iter().find(|(parts, _)| matches(parts)).map(|(_, cause)| *cause)
}
