//! The text of a new configuration: what was answered, and an example of each setting that people change first.
//!
//! Must always hold: a line that begins with `#` and no space is a setting, and without the `#` it is valid.

use milvus_backup_core::BackupRecoveryConfig;
use toml::Value;

use super::answers::Answers;
use super::example::{EXAMPLE_COLLECTIONS, JOB, RETENTION, STORAGE};

/// Returns the text of a configuration with these values.
pub(crate) fn text(answers: &Answers) -> String {
    [head(answers), retention(), milvus(answers), native(answers), STORAGE.to_owned(), job(answers)].concat()
}

fn head(answers: &Answers) -> String {
    let defaults = BackupRecoveryConfig::default();
    let storage = answers.milvus_storage.as_deref();
    let mut text = format!(
        "# Configuration of milvus-br. `milvus-br config check` checks it, `milvus-br config show --origin` prints the\n\
         # values that apply, and `milvus-br config schema` describes every setting. Relative paths start at the directory\n\
         # of this file. Options and variables such as MILVUS_URI are above it.\n\n\
         # Root of the backups: a directory, s3://bucket/prefix, az://container/prefix or gs://bucket/prefix.\n\
         {}\n\
         # Where Milvus keeps its own data, with the directory `insert_log`: backups then read its files, and load nothing.\n\
         {}\n\
         # Memory for rows in flight, in bytes.\n\
         {}\n\
         # Level of the compression, from 1 (fast) to 9 (small).\n\
         #compression_level = {}\n",
        setting("local_backup_root_path", Some(&answers.root), ""),
        setting("milvus_storage", storage, "/var/lib/milvus/data"),
        number("memory_limit_bytes", answers.memory_limit, defaults.memory_limit_bytes),
        defaults.compression_level,
    );
    if answers.native {
        text += "# Backups are made by the milvus-backup tool.\ndefault_storage_type = \"MILVUS_NATIVE\"\n";
    }
    text
}

fn retention() -> String {
    let defaults = BackupRecoveryConfig::default();
    format!(
        "\n# What `milvus-br prune` keeps: a backup that any of these rules, or of those in the table [keep], keeps.\n\
         #retention_count = {}\n#retention_days = {}\n#min_backups_to_keep = {}\n{RETENTION}",
        defaults.retention_count, defaults.retention_days, defaults.min_backups_to_keep
    )
}

fn milvus(answers: &Answers) -> String {
    let token_file = answers.token_file.as_ref().map(|file| file.display().to_string());
    let mut text = format!(
        "\n[milvus]\n\
         # Address, whose path may name a database, or the path of a Milvus Lite database (*.db).\n\
         {}\n{}\n\
         # File with `user:password` or an API key. Nobody else should be able to read it: chmod 600.\n\
         {}\n",
        setting("uri", Some(&answers.uri), ""),
        setting("database", answers.database.as_deref(), "default"),
        setting("token_file", token_file.as_deref(), "milvus.token"),
    );
    if answers.tls.is_empty() {
        text += "#tls = { ca = \"ca.pem\" }\n";
    } else {
        let keys: Vec<String> = answers.tls.iter().map(|(key, value)| format!("{key} = {}", quoted(value))).collect();
        text.push_str("tls = { ");
        text.push_str(&keys.join(", "));
        text.push_str(" }\n");
    }
    text
}

fn native(answers: &Answers) -> String {
    let tool = answers.native_tool.as_ref().map(|file| file.display().to_string());
    tool.map_or_else(String::new, |tool| format!("\n[native]\n{}\n", setting("tool", Some(&tool), "")))
}

fn job(answers: &Answers) -> String {
    if answers.collections.is_empty() {
        return JOB.to_owned();
    }
    let names: Vec<String> = answers.collections.iter().map(|name| quoted(name)).collect();
    active(&JOB.replace(EXAMPLE_COLLECTIONS, &format!("[{}]", names.join(", "))))
}

/// Returns an example with its settings in force.
fn active(example: &str) -> String {
    let line = |line: &str| match line.strip_prefix('#') {
        Some(setting) if !setting.starts_with(' ') => format!("{setting}\n"),
        _ => format!("{line}\n"),
    };
    example.lines().map(line).collect()
}

/// Returns a line with a value, or with an example that does not apply.
fn setting(key: &str, value: Option<&str>, example: &str) -> String {
    value.map_or_else(|| format!("#{key} = {}", quoted(example)), |value| format!("{key} = {}", quoted(value)))
}

fn number(key: &str, value: Option<u64>, default: u64) -> String {
    value.map_or_else(|| format!("#{key} = {default}"), |value| format!("{key} = {value}"))
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use clap::Parser;

    use super::*;
    use crate::args::Cli;
    use crate::settings::settings_in;

    fn answers(line: &[&str], collections: &[&str]) -> Answers {
        let global = Cli::try_parse_from(["milvus-br", "list"].iter().chain(line)).unwrap().global;
        let collections: Vec<String> = collections.iter().map(|name| (*name).to_owned()).collect();
        Answers::given(&global, &collections)
    }

    #[test]
    fn every_example_is_a_valid_setting() {
        let text = active(&text(&answers(&[], &[])));
        assert!(!text.lines().any(|line| line.starts_with('#') && !line.starts_with("# ")), "{text}");
        let settings = settings_in(&text, Path::new("milvus-br.toml")).unwrap();
        let collections: Vec<&str> =
            settings.jobs.iter().flat_map(|job| &job.collections).map(String::as_str).collect();
        assert_eq!((settings.recovery.keep.daily, collections), (7, vec!["articles"]));
    }

    #[test]
    fn examples_do_not_apply() {
        let settings = settings_in(&text(&answers(&[], &[])), Path::new("milvus-br.toml")).unwrap();
        let root = settings.recovery.local_backup_root_path.clone();
        let expected = BackupRecoveryConfig { local_backup_root_path: root, ..BackupRecoveryConfig::default() };
        assert_eq!((settings.recovery, settings.jobs.len()), (expected, 0));
    }

    #[test]
    fn what_is_given_is_in_the_file() {
        let line = [
            "--uri",
            "https://m.example:19530",
            "--db",
            "shop",
            "--token-file",
            "/etc/token \"x\"",
            "--tls-ca",
            "/etc/ca.pem",
            "--root",
            "s3://bucket/backups",
            "--storage",
            "native",
            "--native-tool",
            "/opt/tool",
            "--memory-limit",
            "64MB",
            "--milvus-storage",
            "/data",
        ];
        let settings =
            settings_in(&text(&answers(&line, &["words", "articles"])), Path::new("milvus-br.toml")).unwrap();
        let milvus = settings.milvus;
        assert_eq!(milvus.uri.as_deref(), Some("https://m.example:19530"));
        assert_eq!(milvus.database.as_deref(), Some("shop"));
        assert_eq!(milvus.token_file.as_deref(), Some(Path::new("/etc/token \"x\"")));
        assert_eq!(milvus.tls.ca.as_deref(), Some(Path::new("/etc/ca.pem")));
        assert_eq!(settings.native.tool.as_deref(), Some(Path::new("/opt/tool")));
        let recovery = settings.recovery;
        assert_eq!(recovery.default_storage_type, milvus_backup_core::BackupStorageType::MilvusNative);
        assert_eq!(
            (recovery.local_backup_root_path.as_str(), recovery.memory_limit_bytes),
            ("s3://bucket/backups", 64 << 20)
        );
        assert_eq!(recovery.milvus_storage.as_deref(), Some("/data"));
        assert_eq!(settings.jobs.len(), 1);
        assert_eq!(settings.jobs[0].collections, ["words", "articles"]);
    }
}
