//! The output of `list`.

use crate::error::{Error, Result};
use crate::name::NativeBackupName;

/// The line before the names.
const HEADER: &str = ">> Backups:";

/// The backups that the tool can read. A directory that it cannot read is not listed, without an error.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BackupList {
    /// Their names, in the order of the tool.
    pub names: Vec<NativeBackupName>,
    /// Lines after the header that are no names: log lines, or backups of a name that the tool does not take today.
    pub other_lines: Vec<String>,
}

impl BackupList {
    /// Reads the output of `list`.
    ///
    /// # Errors
    /// [`Error::UnexpectedOutput`] without the header: no header is not the same as no backups.
    pub fn parse(output: &str) -> Result<Self> {
        let mut lines = output.lines().map(str::trim);
        if !lines.any(|line| line == HEADER) {
            return Err(Error::UnexpectedOutput { command: "list", reason: format!("there is no line `{HEADER}`") });
        }
        let mut list = Self::default();
        for line in lines.filter(|line| !line.is_empty()) {
            match line.parse() {
                Ok(name) => list.names.push(name),
                Err(_) => list.other_lines.push(line.to_owned()),
            }
        }
        Ok(list)
    }
}
