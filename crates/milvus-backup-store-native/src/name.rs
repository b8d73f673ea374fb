//! The names of native backups.

use std::fmt;
use std::str::FromStr;

use milvus_backup_core::BackupId;

use crate::error::Error;

/// Maximum length of a name that the tool accepts, in bytes.
const MAX_LENGTH: usize = 128;

/// Prefix of the backups that belong to a [`BackupId`]. Identifiers start with a digit, which the tool rejects.
const PREFIX: &str = "mbr_";

/// A name that the tool accepts for a backup: letters, digits and `_`, not a digit first, at most 128 bytes.
///
/// Such a name is safe as a path segment and as an argument.
///
/// ```
/// use milvus_backup_store_native::NativeBackupName;
///
/// assert!("nightly_2026".parse::<NativeBackupName>().is_ok());
/// assert!("2026-nightly".parse::<NativeBackupName>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NativeBackupName(String);

impl NativeBackupName {
    /// Returns the name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the identifier that the name was built from; `None` for any other name.
    pub fn backup_id(&self) -> Option<BackupId> {
        let (time, randomness) = self.0.strip_prefix(PREFIX)?.rsplit_once('_')?;
        format!("{time}-{randomness}").parse().ok()
    }
}

impl From<&BackupId> for NativeBackupName {
    /// Converts `20261122T073015Z-4f9c2a7e` to `mbr_20261122T073015Z_4f9c2a7e`. Different identifiers result in
    /// different names.
    fn from(id: &BackupId) -> Self {
        Self(format!("{PREFIX}{}", id.as_str().replace('-', "_")))
    }
}

impl FromStr for NativeBackupName {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let rule = if name.is_empty() {
            "not be empty"
        } else if name.len() > MAX_LENGTH {
            "have at most 128 bytes"
        } else if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            "have letters, digits and `_` only"
        } else if name.as_bytes()[0].is_ascii_digit() {
            "not begin with a digit"
        } else {
            return Ok(Self(name.to_owned()));
        };
        Err(Error::InvalidName { name: name.to_owned(), rule })
    }
}

impl fmt::Display for NativeBackupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl AsRef<str> for NativeBackupName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}
