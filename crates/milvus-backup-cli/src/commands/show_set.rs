//! `milvus-br show` with a set: its members, and what failed.

use std::collections::BTreeSet;

use milvus_backup_core::{BackupId, BackupSet, CollectionRef, Result, SetFailure, SetMember};
use milvus_backup_engine::BackupRepository;
use serde::Serialize;

use super::list_sets::selection;
use crate::context::Context;
use crate::exit_code;
use crate::sizes::format_size;
use crate::text::{count, printable, table};

/// A set as one document: its record, and the members that were deleted since.
#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    set: &'a BackupSet,
    deleted_backup_ids: Vec<&'a BackupId>,
}

pub(super) async fn run(context: &Context, repository: &BackupRepository, set: &BackupSet) -> Result<u8> {
    let members = repository.members_of(set).await?;
    let present: BTreeSet<(CollectionRef, BackupId)> =
        members.into_iter().map(|(collection, id, _)| (collection, id)).collect();
    let is_there = |member: &SetMember| {
        member.collection().is_ok_and(|collection| present.contains(&(collection, member.backup_id.clone())))
    };
    let deleted = set.members.iter().filter(|member| !is_there(member)).map(|member| &member.backup_id);
    let document = Document { set, deleted_backup_ids: deleted.collect() };
    context.output.result(&document, || describe(set, is_there));
    Ok(exit_code::DONE)
}

fn describe(set: &BackupSet, is_there: impl Fn(&SetMember) -> bool) -> String {
    let mut lines = vec![
        format!("set         {}", set.set_id),
        format!("name        {}", printable(set.set_name.as_deref().unwrap_or("none"))),
        format!("created     {}", set.created_at.strftime("%Y-%m-%d %H:%M:%S UTC")),
        format!("selection   {}", printable(&selection(set))),
        format!(
            "source      {}, Milvus {}",
            printable(set.milvus_uri.as_deref().unwrap_or("unknown")),
            printable(&set.milvus_version)
        ),
        format!(
            "content     {}, {}, {}",
            count(set.members.len(), "backup"),
            count(set.row_count(), "row"),
            format_size(set.size_bytes())
        ),
        String::new(),
    ];
    let header = ["BACKUP", "COLLECTION", "ROWS", "SIZE", "STATE"].map(str::to_owned);
    let rows = set.members.iter().map(|member| row(member, is_there(member)));
    lines.push(table(&std::iter::once(header).chain(rows).collect::<Vec<_>>()));
    let failed = |failure: &SetFailure| {
        format!("not backed up: {}: {}", printable(&failure.collection), printable(&failure.error))
    };
    lines.extend(set.failures.iter().map(failed));
    lines.join("\n")
}

fn row(member: &SetMember, is_there: bool) -> [String; 5] {
    [
        member.backup_id.to_string(),
        member.collection().map_or_else(|_| String::new(), |collection| collection.to_string()),
        member.row_count.to_string(),
        format_size(member.size_bytes),
        if is_there { member.state.to_string() } else { "deleted".to_owned() },
    ]
}
