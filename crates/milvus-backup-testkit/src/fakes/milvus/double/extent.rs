//! How many rows of which partitions a query may have.

use std::collections::BTreeMap;

use milvus::proto::milvus as pb;
use milvus_backup_core::CollectionName;

use super::call::Call;
use super::refusal::{Answer, invalid, of_read, unexpected};
use crate::fakes::milvus::state::State;

/// Refuses a query where rows have policies: one without a user is denied (`ResolveRuntimePrincipal`), unless it may read
/// all rows.
pub(super) fn require_no_policies(
    call: &Call<'_>,
    properties: &BTreeMap<String, String>,
    request: &pb::QueryRequest,
) -> Answer<()> {
    let is_on = call.version().has_row_policies() && properties.get("rls.enabled").is_some_and(|value| value == "true");
    if is_on && request.rls_principal.is_empty() && !request.skip_rls {
        return Err(unexpected("rls_principal is required"));
    }
    Ok(())
}

/// Returns how many rows a query asks for, and after how many.
pub(super) fn extent(
    call: &Call<'_>,
    state: &State,
    request: &pb::QueryRequest,
    params: &BTreeMap<String, String>,
) -> Answer<(usize, usize)> {
    let number = |name: &str| params.get(name).and_then(|value| value.parse::<usize>().ok());
    let (limit, offset) = (number("limit"), number("offset").unwrap_or(0));
    if limit.is_none() && request.expr.is_empty() {
        return Err(invalid("empty expression should be used with limit: invalid parameter"));
    }
    let (limit, window) = (limit.unwrap_or(usize::MAX), state.model.rows.window);
    if limit != usize::MAX && limit.saturating_add(offset) > window {
        return Err(unexpected(format!(
            "invalid max query result window, (offset+limit) should be in range [1, {window}], but got {}",
            limit + offset
        )));
    }
    let may_be_short = params.get("reduce_stop_for_best").is_some_and(|value| value == "True");
    let shorter = if may_be_short { call.parts.settings().rows_of_short_pages.max(1) } else { usize::MAX };
    Ok((limit.min(shorter), offset))
}

/// Returns the partitions that are read: those that are named, or all that are loaded.
pub(super) fn opened(state: &mut State, name: &CollectionName, partitions: &[String]) -> Answer<Vec<String>> {
    if partitions.is_empty() {
        return state.open(name, None).map_err(of_read);
    }
    let mut opened = Vec::new();
    for partition in partitions {
        opened.extend(state.open(name, Some(partition)).map_err(of_read)?);
    }
    Ok(opened)
}
