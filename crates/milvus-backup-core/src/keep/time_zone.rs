//! [`TimeZoneName`]: a time zone of the IANA database.

use std::fmt;
use std::str::FromStr;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};

use crate::config::invalid;
use crate::error::{Error, Result};

/// A time zone by its name in the IANA database, such as `Europe/Berlin`. The database is part of this build, so that a
/// name means the same on every machine.
///
/// ```
/// use milvus_backup_core::TimeZoneName;
///
/// let kathmandu: TimeZoneName = "Asia/Kathmandu".parse()?;
/// assert_eq!(kathmandu.local("2026-01-01T00:00:00Z".parse()?).to_string(), "2026-01-01T05:45:00+05:45[Asia/Kathmandu]");
/// assert!("Europe/Berln".parse::<TimeZoneName>().is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(with = "String"))]
#[serde(try_from = "String", into = "String")]
pub struct TimeZoneName(TimeZone);

impl TimeZoneName {
    /// Coordinated Universal Time, the default.
    pub const UTC: Self = Self(TimeZone::UTC);

    /// Returns the date and the time of the day that `moment` has in the time zone.
    pub fn local(&self, moment: Timestamp) -> Zoned {
        moment.to_zoned(self.0.clone())
    }
}

impl Default for TimeZoneName {
    fn default() -> Self {
        Self::UTC
    }
}

impl FromStr for TimeZoneName {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match TimeZone::get(text) {
            // `Etc/Unknown` is in the database, and means no time zone.
            Ok(zone) if !zone.is_unknown() => Ok(Self(zone)),
            _ => Err(invalid("time_zone", text, "a time zone of the IANA database, such as `Europe/Berlin` or `UTC`")),
        }
    }
}

impl fmt::Display for TimeZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0.iana_name().unwrap_or("UTC"))
    }
}

impl TryFrom<String> for TimeZoneName {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<TimeZoneName> for String {
    fn from(zone: TimeZoneName) -> Self {
        zone.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_database_in_any_case() {
        for (text, name) in [
            ("Europe/Berlin", "Europe/Berlin"),
            ("europe/berlin", "Europe/Berlin"),
            ("UTC", "UTC"),
            ("Australia/Lord_Howe", "Australia/Lord_Howe"),
        ] {
            assert_eq!(text.parse::<TimeZoneName>().unwrap().to_string(), name);
        }
        for text in ["", "Europe/Berln", "Etc/Unknown", "+01:00", "CET-1CEST", "/etc/localtime", "../UTC"] {
            let error = text.parse::<TimeZoneName>().unwrap_err();
            let expected = format!("`time_zone` is `{text}`, but must be a time zone of the IANA database");
            assert!(error.to_string().starts_with(&expected), "{error}");
        }
    }
}
