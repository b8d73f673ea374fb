//! What an error says with all its causes, its sizes in human-readable units, and errors that several places return.

use super::hint::Hint;
use super::variants::Error;
use crate::model::Pin;
use crate::names::BackupId;

impl Error {
    /// Returns the message with its causes, separated by colons. A cause that repeats the one before it is omitted.
    pub fn full_message(&self) -> String {
        let causes = std::iter::successors(Some(self as &dyn std::error::Error), |error| error.source());
        let mut texts: Vec<String> = causes.map(ToString::to_string).collect();
        texts.dedup();
        texts.join(": ")
    }

    /// Returns the refusal to delete a backup that is pinned.
    pub fn pinned(backup_id: &BackupId, pin: &Pin) -> Self {
        Self::Refused { reason: format!("backup {backup_id} is {pin}"), hint: Hint::Unpin(backup_id.clone()) }
    }

    /// Returns the required and available space of [`Error::InsufficientStorage`] in GiB; `None` for other errors.
    #[expect(clippy::cast_precision_loss, reason = "a human-readable size")]
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
