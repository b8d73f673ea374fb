//! `pins/BACKUP.json`: the mark that protects a backup from deletion.

use jiff::Timestamp;
use milvus_backup_core::{FORMAT_VERSION, Pin};
use serde::{Deserialize, Serialize};

/// The content of the mark. Its presence is what counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PinDocument {
    pub(crate) format_version: u32,
    /// Time at which the backup was pinned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pinned_at: Option<Timestamp>,
    /// The reason that the user gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
}

impl PinDocument {
    pub(crate) fn new(pin: &Pin) -> Self {
        Self { format_version: FORMAT_VERSION, pinned_at: pin.pinned_at, reason: pin.reason.clone() }
    }

    pub(crate) fn into_pin(self) -> Pin {
        Pin { pinned_at: self.pinned_at, reason: self.reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_the_golden_one() {
        let pin = Pin::new("2026-11-28T12:00:00Z".parse().unwrap(), Some("audit of 2026")).unwrap();
        let text = crate::documents::to_bytes(&PinDocument::new(&pin)).unwrap();
        insta::assert_snapshot!(std::str::from_utf8(&text).unwrap());
    }
}
