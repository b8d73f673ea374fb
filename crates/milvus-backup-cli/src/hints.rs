//! What to do next, in the words of the command: its options, its commands and its variables.

use milvus_backup_core::Hint;

/// Words a hint of the library.
pub(crate) fn words(hint: &Hint) -> String {
    let text = match hint {
        Hint::Resume(backup_id) => return format!("`milvus-br create --resume {backup_id}` resumes it"),
        Hint::FreeSpace => "free some space, delete old backups, or name another root with --root",
        Hint::CreateDatabase => "--db names the database; `restore --create-database` creates it",
        Hint::NameDatabase(database) => return format!("--db {database} names it"),
        Hint::ListBackups => "`milvus-br list` shows the backups that exist",
        Hint::ShowBackup(backup_id) => return format!("`milvus-br show {backup_id}` shows it"),
        Hint::OtherBackupName => "choose another --name, or delete that backup first",
        Hint::StartAnew => "create a new one; `milvus-br prune --incomplete` removes this one",
        Hint::Load { loaded } if loaded.is_empty() => {
            "load it first, or let `--load auto` load it and release it afterwards"
        }
        Hint::Load { loaded } => {
            return format!(
                "load them first, let `--load auto` load them and release them afterwards, or back up only what is \
                 loaded with --partition: {}",
                loaded.join(", ")
            );
        }
        Hint::WithoutIndexes => {
            "restore without indexes (--no-indexes), and create them afterwards with parameters that this server takes"
        }
        Hint::Reload => {
            "reload the collection and try again; without --strict the differences are recorded in the backup"
        }
        Hint::LikeServer => {
            "restore to a server like the one that was backed up, or restore the partitions without such rows (--partition)"
        }
        Hint::ReplaceWithPart => {
            "restore a full backup, restore to another name with --to, or say --replace-with-part if all other \
             partitions are to be lost"
        }
        Hint::NotToAlias { collection } => {
            return format!(
                "restore to another name with --to and move the alias afterwards, or replace the collection behind it \
                 with --to {collection} --drop-existing"
            );
        }
        Hint::OtherTarget => "restore to another name with --to, or replace it with --drop-existing",
        Hint::AutoId => "--auto-id plain keeps the keys and switches autoID off; --auto-id regenerate makes new keys",
        Hint::AutoIdOrInsert => {
            "`--auto-id plain` keeps the keys in a collection without autoID; without `--method import` the rows are \
             inserted"
        }
        Hint::Insert => {
            "Milvus reads the files itself, under the same path; without `--method import` the rows are inserted"
        }
        Hint::ListDamage => "`milvus-br verify BACKUP --no-fail-fast` lists all damaged files",
        Hint::NewerVersion => "use a newer milvus-br",
        Hint::Address => "is Milvus running? --uri or MILVUS_URI names its address",
        Hint::GrpcPort => "--uri or MILVUS_URI names the address and the port of gRPC, 19530 by default",
        Hint::LitePath => "check the path in --uri or MILVUS_URI: only `restore` creates a database",
        Hint::Grant(_) => return format!("{hint}; docs/privileges.md lists the privileges of each command"),
        Hint::Credentials => "put user:password into a file and name it with --token-file, or set MILVUS_TOKEN",
        Hint::MoreTime => "give more time with --timeout",
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
