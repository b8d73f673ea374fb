//! The output of the command `list`.

use crate::error::{Error, Result};
use crate::name::NativeBackupName;

/// The line that precedes the names.
const HEADER: &str = ">> Backups:";

/// The backups that the tool can read. It silently omits directories that it cannot read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BackupList {
    /// The names of the backups, in the order of the tool.
    pub names: Vec<NativeBackupName>,
    /// Lines after the header that are not names: log lines, or backups with a name that the tool no longer accepts.
    pub other_lines: Vec<String>,
}

impl BackupList {
    /// Parses the output of `list`.
    ///
    /// # Errors
    /// [`Error::UnexpectedOutput`] without the header: a missing header does not mean that there are no backups.
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
