//! Sets of backups that are kept whole.

use std::collections::BTreeMap;

use milvus_backup_core::{BackupVersion, Decision, DecisionAction, SetId};

/// Keeps every backup of a set of which another one is kept.
pub(crate) fn keep_whole(decided: &mut [(&BackupVersion, Decision)]) {
    let mut kept: BTreeMap<&SetId, u64> = BTreeMap::new();
    for (backup, decision) in decided.iter() {
        if let Some(set_id) = backup.set_id.as_ref().filter(|_| decision.action == DecisionAction::Keep) {
            *kept.entry(set_id).or_default() += 1;
        }
    }
    for (backup, decision) in decided.iter_mut().filter(|(_, decision)| decision.action == DecisionAction::Delete) {
        let Some((set_id, others)) = backup.set_id.as_ref().and_then(|set_id| kept.get_key_value(set_id)) else {
            continue;
        };
        decision.action = DecisionAction::Keep;
        decision.reasons = vec![format!("its set {set_id} is kept whole, of which rules keep {others}")];
    }
}
