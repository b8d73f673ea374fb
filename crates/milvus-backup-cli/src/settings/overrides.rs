//! [`Overrides`]: the keys that options and environment variables override, and with which values.

use std::collections::BTreeMap;
use std::ffi::OsString;

use clap::parser::ValueSource;
use clap::{ArgMatches, Command, CommandFactory};

use super::load::Settings;
use super::origin::Origin;
use crate::args::Cli;

/// Options of every command, and the keys that they override.
const GLOBAL: &[(&str, &[&str])] = &[
    ("uri", &["milvus.uri"]),
    ("db", &["milvus.database"]),
    ("token_file", &["milvus.token_file"]),
    ("tls_ca", &["milvus.tls.ca"]),
    ("tls_cert", &["milvus.tls.cert"]),
    ("tls_key", &["milvus.tls.key"]),
    ("tls_server_name", &["milvus.tls.server_name"]),
    ("root", &["local_backup_root_path"]),
    ("storage", &["default_storage_type"]),
    ("milvus_storage", &["milvus_storage"]),
    ("native_tool", &["native.tool"]),
    ("allow_unsafe_storage", &["allow_unsafe_storage"]),
    ("memory_limit", &["memory_limit_bytes"]),
    ("timeout", &["repository_timeout", "default_backup_timeout", "default_restore_timeout", "verification_timeout"]),
];

/// Options of `create`, and the keys that they override.
const CREATE: &[(&str, &[&str])] = &[
    ("chunk_size", &["default_chunk_size_mb"]),
    ("concurrency", &["max_concurrent_chunks"]),
    ("compression", &["compression_codec"]),
    ("level", &["compression_level"]),
    ("checksum", &["checksum_algorithm"]),
];

/// Options of `prune`, and the keys that they override.
const PRUNE: &[(&str, &[&str])] = &[
    ("keep_count", &["retention_count"]),
    ("keep_days", &["retention_days"]),
    ("min_keep", &["min_backups_to_keep"]),
    ("min_rows_ratio", &["min_rows_ratio"]),
    ("keep_last", &["keep.last"]),
    ("keep_hourly", &["keep.hourly"]),
    ("keep_daily", &["keep.daily"]),
    ("keep_weekly", &["keep.weekly"]),
    ("keep_monthly", &["keep.monthly"]),
    ("keep_yearly", &["keep.yearly"]),
    ("keep_within", &["keep.within"]),
    ("keep_within_hourly", &["keep.within_hourly"]),
    ("keep_within_daily", &["keep.within_daily"]),
    ("keep_within_weekly", &["keep.within_weekly"]),
    ("keep_within_monthly", &["keep.within_monthly"]),
    ("keep_within_yearly", &["keep.within_yearly"]),
    ("keep_tag", &["keep.tags"]),
    ("keep_whole_sets", &["keep.whole_sets"]),
    ("time_zone", &["keep.time_zone"]),
];

/// A value of an option or of a variable, as it was given.
#[derive(Debug, Clone)]
pub(super) struct Override {
    pub(super) text: String,
    pub(super) origin: Origin,
}

/// The keys that options and variables override.
#[derive(Debug, Default)]
pub(crate) struct Overrides {
    /// Those of options of every command, which [`Settings`] have already.
    pub(super) global: BTreeMap<&'static str, Override>,
    /// Those that only one command has: the variables of its options.
    pub(super) of_one_command: BTreeMap<&'static str, Override>,
}

impl Overrides {
    /// Returns what this command line, and the variables of the other commands, override.
    pub(crate) fn of(matches: &ArgMatches) -> Self {
        let cli = Cli::command();
        let mut overrides = Self { global: found(matches, &cli, GLOBAL), of_one_command: BTreeMap::new() };
        for (name, arguments, keys) in [("create", &["x"][..], CREATE), ("prune", &[], PRUNE)] {
            let line = ["milvus-br", name].into_iter().chain(arguments.iter().copied()).map(OsString::from);
            // An invalid variable is an error of its own command, and not of this one.
            if let Ok(matches) = cli.clone().try_get_matches_from(line)
                && let (Some(matches), Some(command)) = (matches.subcommand_matches(name), cli.find_subcommand(name))
            {
                overrides.of_one_command.extend(found(matches, command, keys));
            }
        }
        overrides
    }

    /// Returns a warning for each value of a file that a variable overrides: a file for one server and a variable for
    /// another one are easily mixed.
    pub(crate) fn overridden_variables(&self, settings: &Settings) -> Vec<String> {
        let all = self.global.iter().chain(&self.of_one_command);
        let in_file = |(key, found): (&&'static str, &Override)| {
            let file = settings.origins.get(*key)?;
            matches!(found.origin, Origin::Variable(_))
                .then(|| format!("the {} overrides `{key}` of {file}", found.origin))
        };
        all.filter_map(in_file).collect()
    }

    /// Returns the command and the identifier of the option that overrides a key.
    #[cfg(test)]
    pub(crate) fn option_of(key: &str) -> Option<(Option<&'static str>, &'static str)> {
        [(None, GLOBAL), (Some("create"), CREATE), (Some("prune"), PRUNE)].into_iter().find_map(|(command, table)| {
            let (id, _) = table.iter().find(|(_, keys)| keys.contains(&key))?;
            Some((command, *id))
        })
    }

    /// Returns all keys that options override.
    #[cfg(test)]
    pub(crate) fn keys() -> impl Iterator<Item = &'static str> {
        [GLOBAL, CREATE, PRUNE].concat().into_iter().flat_map(|(_, keys)| keys.iter().copied())
    }
}

fn found(
    matches: &ArgMatches,
    command: &Command,
    table: &[(&'static str, &[&'static str])],
) -> BTreeMap<&'static str, Override> {
    let mut found = BTreeMap::new();
    for (id, keys) in table {
        let Some(argument) = command.get_arguments().find(|argument| argument.get_id() == id) else { continue };
        let origin = match matches.value_source(id) {
            Some(ValueSource::CommandLine) => Origin::Option(argument.get_long().unwrap_or(id).to_owned()),
            Some(ValueSource::EnvVariable) => {
                Origin::Variable(argument.get_env().unwrap_or_default().to_string_lossy().into_owned())
            }
            _ => continue,
        };
        let texts = matches.get_raw(id).into_iter().flatten().map(|text| text.to_string_lossy().into_owned());
        let text = texts.collect::<Vec<_>>().join(", ");
        found.extend(keys.iter().map(|key| (*key, Override { text: text.clone(), origin: origin.clone() })));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_of_the_command_line_is_found() {
        let line = ["milvus-br", "list", "--memory-limit", "1GB", "--uri", "http://host:1"];
        let overrides = Overrides::of(&Cli::command().try_get_matches_from(line).unwrap());
        assert_eq!(overrides.global["memory_limit_bytes"].origin.to_string(), "option --memory-limit");
        assert_eq!(overrides.global["milvus.uri"].text, "http://host:1");
        assert!(!overrides.global.contains_key("milvus.database"));
    }
}
