//! The checks that a restore makes where clusters replicate.

use milvus_backup_core::{Error, Hint, ReplicationRole, Result};

/// Checks that the cluster accepts writes.
///
/// # Errors
/// [`Error::Refused`] for a standby, which rejects them.
pub(super) fn require_accepts_writes(role: &ReplicationRole) -> Result<()> {
    let ReplicationRole::Standby { primary } = role else { return Ok(()) };
    Err(Error::Refused {
        reason: format!("this cluster is a standby: it follows cluster `{primary}`, and accepts no other writes"),
        hint: "restore to the primary, from which the rows are replicated, or end the replication first".into(),
    })
}

/// Checks that no other cluster follows this one, or is followed by it: imports would have to be committed in a second
/// step, for which the protocol has no call.
///
/// # Errors
/// [`Error::Refused`].
pub(super) fn require_alone(role: &ReplicationRole) -> Result<()> {
    if !role.replicates() {
        return Ok(());
    }
    Err(Error::Refused {
        reason:
            "bulk import is not possible where clusters replicate: it would have to be committed in a second step, \
                 which the protocol does not offer"
                .to_owned(),
        hint: Hint::Insert,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standby_is_not_written_to_and_no_file_is_imported_where_clusters_replicate() {
        let standby = ReplicationRole::Standby { primary: "a".to_owned() };
        for (role, writes, imports) in [
            (ReplicationRole::Alone, true, true),
            (ReplicationRole::Primary, true, false),
            (ReplicationRole::Unknown, true, false),
            (standby, false, false),
        ] {
            assert_eq!((require_accepts_writes(&role).is_ok(), require_alone(&role).is_ok()), (writes, imports));
        }
    }
}
