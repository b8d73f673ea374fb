//! [`Origin`]: where a value comes from.

use std::fmt;
use std::path::PathBuf;

/// Where a value of the configuration comes from, lowest precedence first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The value is the default of this version.
    Default,
    /// The value is in a file, perhaps in one of its profiles.
    File { path: PathBuf, line: Option<usize>, profile: Option<String> },
    /// An environment variable of this name has the value.
    Variable(String),
    /// An option of the command line has the value.
    Option(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line, profile } => {
                write!(f, "{}", path.display())?;
                if let Some(line) = line {
                    write!(f, ", line {line}")?;
                }
                profile.as_ref().map_or(Ok(()), |profile| write!(f, ", profile {profile}"))
            }
            Self::Variable(name) => write!(f, "variable {name}"),
            Self::Option(name) => write!(f, "option --{name}"),
        }
    }
}
