//! Refusals that only their messages distinguish: most servers use one code (65535, and 6 or 1 on Milvus Lite) for many
//! reasons.

use milvus_backup_core::ServerLimit;

use super::kind::RefusalKind;

/// Patterns of messages, the kind that each means, and the server on which it was measured, or another source. `*`
/// matches any text. The first match applies.
const TEXTS: &[(&str, RefusalKind, &str)] = &[
    ("*exceed the limit size*", RefusalKind::TooLarge, "Milvus 2.3.5"),
    ("*maxOutputSize*", RefusalKind::TooLarge, "none: the words of newer servers"),
    ("*message length too large*", RefusalKind::TooLarge, "tonic 0.13, and this client"),
    ("*larger than max*", RefusalKind::TooLarge, "none: the words of grpc-go, in which Milvus is written"),
    ("*exceeds the limit*", RefusalKind::TooLarge, "none: the words of newer servers"),
    ("*query result window*", RefusalKind::OverWindow { allowed: None }, "Milvus 2.3.5"),
    ("*cannot parse expression*", RefusalKind::Unparsable, "Milvus 2.3.5"),
    ("unexpected token*", RefusalKind::Unparsable, "Milvus Lite 3.2.2"),
    ("comparison *incompatible types*", RefusalKind::Unparsable, "Milvus Lite 3.2.2"),
    ("*loss raw data*", RefusalKind::WithoutRawData, "Milvus Lite 2.5.1"),
    ("*exceeded the limit number of collections*", RefusalKind::ServerLimit(ServerLimit::Collections), "Milvus 2.3.5"),
    (
        "*partition number (*exceeds max configuration*",
        RefusalKind::ServerLimit(ServerLimit::Partitions),
        "Milvus 2.3.5",
    ),
    ("*ength of a * must be less than *", RefusalKind::ServerLimit(ServerLimit::NameLength), "Milvus 2.3.5"),
    (
        "*maximum field's number should be limited to*",
        RefusalKind::ServerLimit(ServerLimit::Fields),
        "none: the words of Milvus' sources",
    ),
    (
        "*maximum shards's number should be limited to*",
        RefusalKind::ServerLimit(ServerLimit::Shards),
        "none: the words of Milvus' sources",
    ),
    ("database '*' does not exist", RefusalKind::DatabaseNotFound, "Milvus Lite 3.2.2"),
    ("*can't find collection*", RefusalKind::CollectionNotFound, "Milvus 2.3.5"),
    ("*collection not found*", RefusalKind::CollectionNotFound, "Milvus 2.3.5"),
    ("*index not found*", RefusalKind::IndexNotFound, "Milvus 2.3.5"),
    ("*index doesn't exist*", RefusalKind::IndexNotFound, "none: the words of older servers"),
    (
        "*rls_principal is required*",
        RefusalKind::RowsProtected,
        "none: the words of Milvus' sources (`ResolveRuntimePrincipal`)",
    ),
    ("*aliases.json*", RefusalKind::Transient, "Milvus Lite 3.2.2, while another call saves aliases"),
    ("*channel not found*", RefusalKind::NotLoaded, "Milvus 2.3.5 (of a collection that was released meanwhile)"),
    ("*not loaded*", RefusalKind::NotLoaded, "Milvus 2.3.5 (of a partition, when it is queried)"),
];

/// Returns the kind of refusal that the message of a server means.
pub(super) fn kind_of_text(text: &str) -> Option<RefusalKind> {
    let (_, kind, _) = TEXTS.iter().find(|(pattern, ..)| fits(text, pattern))?;
    Some(match kind {
        RefusalKind::OverWindow { .. } => RefusalKind::OverWindow { allowed: stated_window(text) },
        kind => *kind,
    })
}

/// Returns whether a text matches a pattern.
fn fits(text: &str, pattern: &str) -> bool {
    let Some((beginning, others)) = pattern.split_once('*') else { return text == pattern };
    let Some(mut rest) = text.strip_prefix(beginning) else { return false };
    let mut parts = others.split('*').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    true
}

/// Returns the number of rows that a query may request, if the server reports it: "should be in range [1, 500]".
fn stated_window(text: &str) -> Option<usize> {
    let range = text.split_once('[')?.1.split_once(']')?.0;
    range.rsplit_once(',')?.1.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text, expected) in [
            ("abc", "abc", true),
            ("abc", "abcd", false),
            ("*not loaded*", "partition not loaded[partition=1]", true),
            ("*not loaded*", "collection is loaded", false),
            ("database '*' does not exist", "database 'shop' does not exist", true),
            ("database '*' does not exist", "database 'a' does not exist' does not exist", true),
            ("database '*' does not exist", "database 'shop' does not exist[code=1]", false),
            ("database '*' does not exist", "no database 'shop' does not exist", false),
            ("unexpected token*", "unexpected token 'like' at column 1", true),
            ("unexpected token*", "an unexpected token", false),
            ("*a*b*", "b then a", false),
            ("*a*b*", "first a then b", true),
        ] {
            assert_eq!(fits(text, pattern), expected, "{pattern}: {text}");
        }
    }

    #[test]
    fn the_window_is_the_end_of_the_range() {
        let text = "invalid max query result window, (offset+limit) should be in range [1, 500], but got 1024";
        assert_eq!(kind_of_text(text), Some(RefusalKind::OverWindow { allowed: Some(500) }));
        let silent = "invalid max query result window, limit is invalid";
        assert_eq!(kind_of_text(silent), Some(RefusalKind::OverWindow { allowed: None }));
    }

    #[test]
    fn every_text_names_where_it_was_measured_and_can_be_found() {
        for (pattern, kind, measured) in TEXTS {
            assert!(!measured.is_empty());
            assert_eq!(kind_of_text(&pattern.replace('*', " x ")), Some(*kind), "{pattern} stands behind another");
        }
    }
}
