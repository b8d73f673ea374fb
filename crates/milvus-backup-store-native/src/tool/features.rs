//! The features of a version of the tool, as far as command lines differ.

/// The mark of flags that still work. From 0.6 there are none.
const DEPRECATED: &str = "[DEPRECATED]";

/// The features of a version of the tool.
///
/// Its own help is the better source ([`Features::from_create_help`]), because a tool built from source does not know
/// its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Features {
    /// `--filter` selects collections, in `create` and `restore` (from 0.5.10). Before, these are `--colls` and
    /// `--collections`, which 0.6 rejects.
    pub filter: bool,
    /// `create --strategy` selects how to flush (from 0.5.10). Before, these are `--force` and `--meta_only`.
    pub strategy: bool,
    /// `create --format` selects the format to write (from 0.6).
    pub format: bool,
    /// The configuration has the form with `configVersion: v2` (from 0.6).
    pub configuration_v2: bool,
}

impl Features {
    /// Returns the features of a release.
    pub const fn of_release(major: u32, minor: u32, patch: u32) -> Self {
        let from_0_6 = major > 0 || minor >= 6;
        let from_0_5_10 = from_0_6 || (minor == 5 && patch >= 10);
        Self { filter: from_0_5_10, strategy: from_0_5_10, format: from_0_6, configuration_v2: from_0_6 }
    }

    /// Returns the features that the output of `create --help` documents.
    pub fn from_create_help(help: &str) -> Self {
        let has = |flag: &str| help.lines().any(|line| defines(line, flag));
        let [filter, strategy, format] = ["--filter", "--strategy", "--format"].map(has);
        // Versions that have both and are older still explain the flags that 0.6 has removed.
        let configuration_v2 = format || (filter && strategy && !help.contains(DEPRECATED));
        Self { filter, strategy, format, configuration_v2 }
    }
}

/// Returns whether a line of the help defines a flag, and does not merely mention it: `  -n, --name string   backup
/// name`.
fn defines(line: &str, flag: &str) -> bool {
    let line = line.trim_start();
    let long = match line.split_once(", ") {
        Some((short, rest)) if short.len() == 2 && short.starts_with('-') => rest,
        _ => line,
    };
    long.strip_prefix(flag).is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
}
