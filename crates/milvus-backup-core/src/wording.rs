//! Numbers in the sentences of limitations and warnings.

/// Words a number of rows: `1 row`, `2 rows`.
pub(crate) fn rows(number: u64) -> String {
    if number == 1 { "1 row".to_owned() } else { format!("{number} rows") }
}
