//! Refusals that are worded in one way only: by `milvus-backup-client`, or by the one server that has them.

use milvus_backup_core::{Access, CollectionName, Error, Hint, ServerLimit};

/// What Milvus uses for most refusals.
pub(crate) const UNEXPECTED: i32 = 65_535;
/// What it uses for a parameter that it does not take.
pub(crate) const INVALID_PARAMETER: i32 = 1100;

/// A refusal of a call, for good.
pub(crate) fn refused(call: &str, code: i32, message: impl Into<String>) -> Error {
    Error::Milvus { call: call.to_owned(), code, message: message.into(), retryable: false }
}

/// A call that the server does not have.
pub(crate) fn unsupported(call: &str) -> Error {
    Error::Unsupported { what: format!("{call} on this server (Method not implemented!)") }
}

/// What `milvus-backup-client` says of a read, where the collection or the partition is not loaded.
pub(crate) fn released(collection: &CollectionName) -> Error {
    Error::Refused {
        reason: format!("collection `{collection}` was released while it was needed"),
        hint: "keep it loaded until the operation has ended".into(),
    }
}

/// What `milvus-backup-client` says of a load that needs an index.
pub(crate) fn without_index(collection: &CollectionName) -> Error {
    Error::Refused {
        reason: format!("collection `{collection}` cannot be loaded: a vector field has no index"),
        hint: "create an index on every vector field, or load the collection yourself".into(),
    }
}

/// What `milvus-backup-client` says of a failed bulk import.
pub(crate) fn not_imported(file: &str, reason: &str) -> Error {
    Error::Refused { reason: format!("Milvus cannot import `{file}`: {reason}"), hint: Hint::Insert }
}

/// What `milvus-backup-client` says of more rows than can be read without an expression.
pub(crate) fn not_nameable(collection: &CollectionName, key: &str, window: usize) -> Error {
    Error::Refused {
        reason: format!(
            "collection `{collection}` cannot be read in pages: its primary key is named `{key}`, a word that the \
             expressions of this server reserve, and without expressions a query reaches {window} rows of a partition"
        ),
        hint:
            "raise quotaAndLimits.limits.maxQueryResultWindow of the server, or copy the rows into a collection whose \
               primary key has another name"
                .into(),
    }
}

/// A limit in the configuration of the server.
pub(crate) fn limit(limit: ServerLimit, message: String) -> Error {
    Error::ServerLimit { limit, message }
}

/// A call of a user who lacks privileges.
pub(crate) fn denied(uri: &str, call: &str, denied: &[Access]) -> Error {
    let privileges: Vec<String> = denied.iter().map(|access| privilege(*access).to_owned()).collect();
    let message = privileges.iter().map(|name| format!("Privilege{name}: permission deny to reader"));
    let message = message.collect::<Vec<_>>().join("; ");
    Error::PermissionDenied { uri: uri.to_owned(), call: call.to_owned(), privileges, message }
}

/// The privilege of Milvus that allows something.
pub(crate) fn privilege(access: Access) -> &'static str {
    match access {
        Access::ShowPartitions => "ShowPartitions",
        Access::LoadState | Access::Load => "Load",
        Access::Query => "Query",
        // Changing a collection needs the privilege to create one.
        Access::CreateCollection | Access::AlterCollection => "CreateCollection",
        Access::CreatePartition => "CreatePartition",
        Access::Insert => "Insert",
        Access::Flush => "Flush",
        Access::Statistics => "GetStatistics",
        Access::CreateIndex => "CreateIndex",
        Access::RenameCollection => "RenameCollection",
        Access::DropCollection => "DropCollection",
        Access::CreateAlias => "CreateAlias",
        other => panic!("no privilege is known for {other:?}"),
    }
}

/// An alias where a collection must be named.
pub(crate) fn alias_given(call: &str, alias: &str) -> Error {
    match call {
        "DropCollection" => refused(call, UNEXPECTED, format!("cannot drop the collection via alias = {alias}")),
        _ => refused(call, UNEXPECTED, format!("unsupported use an alias to rename collection, alias:{alias}")),
    }
}

/// A drop of a collection that has aliases.
pub(crate) fn has_aliases(name: &str, aliases: &[String]) -> Error {
    let aliases = aliases.join(" ");
    let message = format!(
        "unable to drop collection [{name}] with associated aliases [{aliases}], please remove all aliases before \
         dropping the collection"
    );
    refused("DropCollection", UNEXPECTED, message)
}

/// A change of no property.
pub(crate) fn no_properties() -> Error {
    let message = "only support alter collection properties, but collection properties is empty";
    refused("AlterCollection", UNEXPECTED, message)
}

/// A drop of an index that does not exist.
pub(crate) fn index_not_found() -> Error {
    refused("DropIndex", 700, "no index to drop")
}

/// Parameters of an index that Milvus does not take.
pub(crate) fn index_params(message: &str) -> Error {
    refused("CreateIndex", UNEXPECTED, message)
}

/// More copies in memory than there are nodes.
pub(crate) fn too_few_nodes(call: &str) -> Error {
    refused(call, UNEXPECTED, "nodes not enough")
}

/// A load or a release of no partition.
pub(crate) fn no_partitions_named(call: &str) -> Error {
    match call {
        "LoadPartitions" => refused(call, UNEXPECTED, "failed to load partition, due to no partition specified"),
        _ => refused(call, INVALID_PARAMETER, "invalid parameter[expected=any parttiion][actual=empty partition list]"),
    }
}
