//! What tests select.

use milvus_backup_core::BackupParams;
use milvus_backup_engine::{Instance, Selection, SetCreation, SetOutcome};

/// Names and patterns to include and to exclude.
pub(crate) fn selection(include: &[&str], exclude: &[&str]) -> Selection {
    let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
    Selection::parse(&owned(include), &owned(exclude)).unwrap()
}

/// Backs up what a selection means, three collections at once.
pub(super) async fn created(instance: &Instance, selection: &Selection, params: BackupParams) -> SetOutcome {
    let chosen = instance.choose(selection).await.unwrap();
    let creation = SetCreation { params, at_once: 3 };
    Box::pin(instance.create_set(selection, chosen, &creation, |_, _| {})).await.unwrap()
}
