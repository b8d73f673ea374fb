//! The wording of hints, with the options, commands and variables of the command.

use milvus_backup_core::Hint;

/// Returns the wording of a hint of the library.
pub(crate) fn words(hint: &Hint) -> String {
    let text = match hint {
        Hint::Resume(backup_id) => return format!("`milvus-br create --resume {backup_id}` resumes it"),
        Hint::FreeSpace => "free some space, delete old backups, or name another root with --root",
        Hint::CreateDatabase => {
            "choose an existing database with --db, or create this one with `restore --create-database`"
        }
        Hint::NameDatabase(database) => return format!("select that database with --db {database}"),
        Hint::ListBackups => "`milvus-br list` lists the existing backups",
        Hint::ShowBackup(backup_id) => return format!("`milvus-br show {backup_id}` shows it"),
        Hint::Unpin(backup_id) => return format!("`milvus-br unpin {backup_id}` removes the pin"),
        Hint::OtherBackupName => "choose another name with --name, or delete that backup first",
        Hint::NewBackup => "create a new backup; `milvus-br prune --incomplete` removes the incomplete one",
        Hint::Load { loaded } if loaded.is_empty() => {
            "load it first, or use `--load auto`, which loads it and releases it afterwards"
        }
        Hint::Load { loaded } => {
            return format!(
                "load them first, use `--load auto`, which loads them and releases them afterwards, or back up only \
                 the loaded partitions with --partition: {}",
                loaded.join(", ")
            );
        }
        Hint::WithoutIndexes => {
            "restore without indexes (--no-indexes), and create them afterwards with parameters that this server accepts"
        }
        Hint::Reload => {
            "reload the collection and try again; without --strict the differences are recorded in the backup"
        }
        Hint::WhileInMemory => {
            "Milvus may still have the rows in memory: read them with --source query before it is restarted"
        }
        Hint::ReadByQueries => {
            "repeat it when no compaction or import is running, or read by queries with --source query"
        }
        Hint::LikeServer => {
            "restore to a server like the one that was backed up, or restore the partitions without such rows (--partition)"
        }
        Hint::ReplaceWithPart => {
            "restore a full backup, restore to another name with --to, or confirm with --replace-with-part that all \
             other partitions will be lost"
        }
        Hint::NotToAlias { collection } => {
            return format!(
                "restore to another name with --to and move the alias afterwards, or replace the collection behind it \
                 with --to {collection} --drop-existing"
            );
        }
        Hint::OtherTarget => "restore to another name with --to, or replace the collection with --drop-existing",
        Hint::AutoId => {
            "--auto-id plain keeps the keys in a collection without autoID; --auto-id regenerate generates new keys"
        }
        Hint::AutoIdOrInsert => {
            "`--auto-id plain` keeps the keys in a collection without autoID; without `--method import` the rows are \
             inserted"
        }
        Hint::Insert => {
            "Milvus reads the files itself, under the same path; without `--method import` the rows are inserted"
        }
        Hint::ListDamage => "`milvus-br verify BACKUP --no-fail-fast` lists all damaged files",
        Hint::NewerVersion => "use a newer milvus-br",
        Hint::Address => {
            "check that Milvus is running at the address in --uri or MILVUS_URI: `milvus-br --uri http://HOST:19530 doctor`"
        }
        Hint::GrpcPort => "check the address and the gRPC port (19530 by default) in --uri or MILVUS_URI",
        Hint::LitePath => "check the path in --uri or MILVUS_URI; only `restore` creates a database",
        Hint::Grant(_) => return format!("{hint}; docs/privileges.md lists the privileges of each command"),
        Hint::Credentials => {
            "put the token (user:password or an API key) into a file and pass it with --token-file, or set MILVUS_TOKEN: \
             `milvus-br --token-file FILE doctor`"
        }
        Hint::RootPermissions => {
            "check the permissions of the root, or choose another one: `milvus-br --root ROOT doctor --no-milvus`"
        }
        Hint::AllowUnsafeStorage => {
            "use another store; if no two operations ever run on this one at the same time, --allow-unsafe-storage \
             allows it"
        }
        Hint::MoreTime => "allow more time with --timeout",
        other => return other.to_string(),
    };
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_without_words_of_the_command_keeps_those_of_the_library() {
        assert_eq!(words(&Hint::from("drop it")), "drop it");
        assert_eq!(words(&Hint::Wait), Hint::Wait.to_string());
        assert!(words(&Hint::MoreTime).contains("--timeout"));
    }
}
