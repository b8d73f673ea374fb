//! The version of the tool, which it prints before all other output.

use std::fmt;

/// The text between the version and the rest of the banner.
const BUILT_ON: &str = " (Built on ";

/// The version that the tool reports.
///
/// ```
/// use milvus_backup_store_native::ToolVersion;
///
/// let banner = "0.5.16 (Built on 2026-05-29T08:00:00Z from Git SHA 0123abc by go1.25.0)\nconfig: backup.yaml\n";
/// assert_eq!(ToolVersion::from_output(banner), Some(ToolVersion::Release { major: 0, minor: 5, patch: 16 }));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ToolVersion {
    /// A released version of the tool.
    Release {
        /// The major version number.
        major: u32,
        /// The minor version number.
        minor: u32,
        /// The patch version number. Any suffix, such as `-rc1`, is dropped.
        patch: u32,
    },
    /// Built from source without a version: `dev` after `go install`, or any other text.
    Other(String),
}

impl ToolVersion {
    /// Returns the version in the banner, which may be anywhere in the output; `None` if there is none.
    pub fn from_output(output: &str) -> Option<Self> {
        let text = output.lines().find_map(|line| line.split_once(BUILT_ON))?.0.trim();
        (!text.is_empty()).then(|| Self::release(text).unwrap_or_else(|| Self::Other(text.to_owned())))
    }

    fn release(text: &str) -> Option<Self> {
        let mut numbers = text.strip_prefix('v').unwrap_or(text).splitn(3, '.');
        let (major, minor, rest) = (numbers.next()?, numbers.next()?, numbers.next()?);
        let patch = rest.split(|character: char| !character.is_ascii_digit()).next()?;
        Some(Self::Release { major: major.parse().ok()?, minor: minor.parse().ok()?, patch: patch.parse().ok()? })
    }
}

impl fmt::Display for ToolVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Release { major, minor, patch } => write!(f, "{major}.{minor}.{patch}"),
            Self::Other(text) => f.write_str(text),
        }
    }
}
