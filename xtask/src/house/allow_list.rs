//! Code that does not meet the house rules yet, and permanent exceptions. An entry that is no longer needed is an error, so the
//! lists can only shrink.

/// Files `mod.rs` that hold more than declarations. Move their contents into files with names.
pub(super) const MOD_FILES: &[&str] = &[];

/// Files of libraries whose string literals look like words of the command. Permanent: the first two record which program wrote a
/// backup, and the others hold options of other programs.
pub(super) const COMMAND_WORDS: &[&str] = &[
    "crates/milvus-backup-repository/src/commit.rs",
    "crates/milvus-backup-store-local/src/write/properties.rs",
    "crates/milvus-backup-client/src/lite.rs",
    "crates/milvus-backup-store-native/src/commands/create.rs",
    "crates/milvus-backup-store-native/src/commands/builder.rs",
    "crates/milvus-backup-store-native/src/commands/restore.rs",
    "crates/milvus-backup-store-native/src/tool/features.rs",
    "crates/milvus-backup-store-native/src/tool/executable.rs",
];

/// Type names that more than one crate exports. Permanent: a crate with its own errors names them so, by Rust convention.
pub(super) const TYPE_NAMES: &[&str] = &["Error", "Result"];

/// Doc comments of fewer than four words, by crate. The help texts of the command are among them.
pub(super) const SHORT_DOC_COMMENTS: &[(&str, usize)] = &[];
