//! [`Pin`]: the mark that protects a backup from deletion.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::config::invalid;
use crate::error::Result;

/// Maximum length of the reason of a pin in bytes.
const MAX_REASON_LENGTH: usize = 1024;

/// The mark that protects a backup from deletion, by retention as well as by name, until it is removed.
///
/// ```
/// use milvus_backup_core::Pin;
///
/// let pin = Pin::new("2026-11-28T12:00:00Z".parse()?, Some("before the migration"))?;
/// assert_eq!(pin.to_string(), "pinned: before the migration");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Pin {
    /// Time at which the backup was pinned (UTC); `None` if the document that records it cannot be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pinned_at: Option<Timestamp>,
    /// The reason that the user gave, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Pin {
    /// Creates a pin. A reason of white space only is none.
    ///
    /// # Errors
    /// [`InvalidParameter`](crate::Error::InvalidParameter) for a reason that is too long, or has control characters.
    pub fn new(pinned_at: Timestamp, reason: Option<&str>) -> Result<Self> {
        let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
        if let Some(reason) = reason {
            if reason.len() > MAX_REASON_LENGTH {
                return Err(invalid("reason", reason, &format!("at most {MAX_REASON_LENGTH} bytes")));
            }
            if reason.chars().any(char::is_control) {
                return Err(invalid("reason", reason, "one line without control characters"));
            }
        }
        Ok(Self { pinned_at: Some(pinned_at), reason: reason.map(str::to_owned) })
    }
}

impl std::fmt::Display for Pin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.reason {
            Some(reason) => write!(f, "pinned: {reason}"),
            None => f.write_str("pinned"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_one_line_of_bounded_length() {
        let reason = |text: &str| Pin::new(Timestamp::UNIX_EPOCH, Some(text)).map(|pin| pin.reason);
        assert_eq!(reason("  audit 2026 ").unwrap().as_deref(), Some("audit 2026"));
        assert_eq!(reason(" ").unwrap(), None);
        assert!(reason(&"x".repeat(1024)).is_ok());
        assert!(reason(&"x".repeat(1025)).unwrap_err().to_string().contains("at most 1024 bytes"));
        assert!(reason("a\nb").is_err());
    }
}
