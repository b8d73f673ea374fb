//! The command line of the stand-in.

use std::collections::BTreeMap;

/// A command with the values of its flags.
#[derive(Debug, Default)]
pub(super) struct Arguments {
    pub(super) command: String,
    flags: BTreeMap<String, String>,
}

impl Arguments {
    /// Parses `COMMAND --flag=value --switch`.
    pub(super) fn parse(arguments: impl IntoIterator<Item = String>) -> Self {
        let mut parsed = Self::default();
        for argument in arguments {
            match argument.strip_prefix("--").map(|flag| flag.split_once('=').unwrap_or((flag, "true"))) {
                Some((flag, value)) => drop(parsed.flags.insert(flag.to_owned(), value.to_owned())),
                None => parsed.command = argument,
            }
        }
        parsed
    }

    /// Returns the value of a flag; empty if it is absent.
    pub(super) fn value(&self, flag: &str) -> &str {
        self.flags.get(flag).map_or("", String::as_str)
    }

    /// Returns whether a flag is present.
    pub(super) fn has(&self, flag: &str) -> bool {
        self.flags.contains_key(flag)
    }

    /// Returns the first flag that is not known.
    pub(super) fn unknown<'a>(&'a self, known: &[&str]) -> Option<&'a str> {
        self.flags.keys().map(String::as_str).find(|flag| !known.contains(flag))
    }

    /// Returns the one collection of `--filter` with its database.
    pub(super) fn collection(&self) -> Option<(&str, &str)> {
        let filter = self.value("filter");
        let (database, collection) = filter.split_once('.').unwrap_or(("default", filter));
        let plain = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        (plain(database) && plain(collection)).then_some((database, collection))
    }
}
