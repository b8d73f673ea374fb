//! Paths in a configuration file: they are relative to the directory of the file.

use std::path::Path;

use toml::{Table, Value};

/// The keys whose values are paths. `*` stands for every element of an array.
const PATHS: &[&[&str]] = &[
    &["local_backup_root_path"],
    &["milvus_storage"],
    &["milvus_backup_bucket"],
    &["native", "tool"],
    &["storage", "ca_file"],
    &["milvus", "token_file"],
    &["milvus", "tls", "ca"],
    &["milvus", "tls", "cert"],
    &["milvus", "tls", "key"],
    &["schedule", "state_directory"],
    &["job", "*", "root"],
    &["job", "*", "copies", "*", "root"],
];

/// The keys whose values are an address, or the path of a Milvus Lite database.
const ADDRESSES: &[&[&str]] = &[&["milvus", "uri"]];

/// Makes the paths in `values` relative to `directory`, or absolute if that is.
pub(super) fn resolve(values: &mut Table, directory: &Path) {
    for (keys, is_path) in [(PATHS, is_path as fn(&str) -> bool), (ADDRESSES, is_database_file)] {
        for key in keys {
            if let [first, rest @ ..] = key
                && let Some(value) = values.get_mut(*first)
            {
                resolve_below(value, rest, directory, is_path);
            }
        }
    }
}

fn resolve_below(value: &mut Value, key: &[&str], directory: &Path, is_path: fn(&str) -> bool) {
    match (value, key) {
        (Value::String(text), []) if is_path(text) => *text = directory.join(&*text).display().to_string(),
        (Value::Array(items), ["*", rest @ ..]) => {
            for item in items {
                resolve_below(item, rest, directory, is_path);
            }
        }
        (Value::Table(table), [first, rest @ ..]) => {
            if let Some(value) = table.get_mut(*first) {
                resolve_below(value, rest, directory, is_path);
            }
        }
        _ => {}
    }
}

fn is_path(text: &str) -> bool {
    !text.trim().is_empty() && !text.contains("://")
}

fn is_database_file(text: &str) -> bool {
    milvus_backup_client::LiteServer::is_lite_uri(text) && is_path(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_paths_start_at_the_directory_and_others_stay() {
        let mut values: Table = toml::from_str(
            "local_backup_root_path = 'backups'\nmilvus_storage = 's3://bucket/x'\n[milvus]\nuri = 'my.db'\n\
             token_file = '/etc/token'\ntls = { ca = 'ca.pem' }",
        )
        .unwrap();
        resolve(&mut values, Path::new("/srv/conf"));
        let expected = "local_backup_root_path = '/srv/conf/backups'\nmilvus_storage = 's3://bucket/x'\n[milvus]\n\
                        uri = '/srv/conf/my.db'\ntoken_file = '/etc/token'\ntls = { ca = '/srv/conf/ca.pem' }";
        assert_eq!(values, toml::from_str(expected).unwrap());
    }

    #[test]
    fn an_address_of_a_server_is_no_path() {
        let text = "[milvus]\nuri = 'http://localhost:19530'";
        let mut values: Table = toml::from_str(text).unwrap();
        resolve(&mut values, Path::new("/srv/conf"));
        assert_eq!(values, toml::from_str(text).unwrap());
    }
}
