//! The help of `create`, by which versions are told apart.

use super::fault::ToolFault;

const HEAD: &str = "create a backup.\n\nUsage:\n  milvus-backup create [flags]\n\nFlags:\n";
const COMMON: &str = "  -h, --help                          help for create\n  -n, --name string                   backup name, if unset will generate a name automatically\n      --rbac                          whether backup RBAC meta\n";
const FILTER: &str = "      --filter string                 specify which collections to backup, if not set, backup all collections. example: db1.coll1,db2.col1\n      --strategy string               backup strategy, one of [meta_only, skip_flush, bulk_flush, serial_flush], if not set will auto select\n";
const DEPRECATED: &str = "  -c, --colls string                  [DEPRECATED] use --filter instead. collectionNames to backup, use ',' to connect multiple collections\n";
const OLD: &str =
    "  -c, --colls string                  collectionNames to backup, use ',' to connect multiple collections\n";
const FORMAT: &str = "      --format string                 backup format, one of [auto, binlog, snapshot]\n";

/// Returns the help of a version.
pub(super) fn of_create(fault: Option<ToolFault>) -> String {
    let flags = match fault {
        Some(ToolFault::Old) => OLD.to_owned(),
        Some(ToolFault::Newer) => format!("{FILTER}{FORMAT}"),
        _ => format!("{DEPRECATED}{FILTER}"),
    };
    format!(
        "{HEAD}{flags}{COMMON}\nGlobal Flags:\n      --config string   config YAML file of milvus (default \"backup.yaml\")\n"
    )
}
