//! Separates code, comments and string literals of a Rust source.

use std::ops::Range;

/// The kinds of text in a source that are not code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A comment that documents nothing or a module (`//!`).
    Comment,
    /// A line of documentation of an item (`///`).
    Doc,
    /// A string literal with its quotes.
    Literal,
}

/// Returns everything in a source that is not code, in order.
pub(super) fn pieces(text: &str) -> Vec<(Kind, Range<usize>)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &text[at..];
        let (kind, length) = if rest.starts_with("//") {
            let is_doc = rest.starts_with("///") && !rest.starts_with("////");
            (Some(if is_doc { Kind::Doc } else { Kind::Comment }), rest.find('\n').unwrap_or(rest.len()))
        } else if rest.starts_with("/*") {
            (Some(Kind::Comment), block_comment(rest))
        } else if let Some(length) = raw_string(text, at) {
            (Some(Kind::Literal), length)
        } else if rest.starts_with('"') {
            (Some(Kind::Literal), string(rest))
        } else if rest.starts_with('\'') {
            (None, character(rest))
        } else {
            (None, rest.chars().next().map_or(1, char::len_utf8))
        };
        if let Some(kind) = kind {
            found.push((kind, at..at + length));
        }
        at += length;
    }
    found
}

/// Returns the length of the block comment at the beginning of `rest`; such comments nest.
fn block_comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// Returns the length of the raw string at `at`, where there is one.
fn raw_string(text: &str, at: usize) -> Option<usize> {
    let inside_a_word = text[..at].chars().next_back().is_some_and(|before| before.is_alphanumeric() || before == '_');
    let rest = &text[at..];
    let after_r = ["r", "br", "cr"].iter().find_map(|prefix| rest.strip_prefix(prefix))?;
    let hashes = after_r.len() - after_r.trim_start_matches('#').len();
    if inside_a_word || !after_r[hashes..].starts_with('"') {
        return None;
    }
    let opening = rest.len() - after_r.len() + hashes + 1;
    let end = format!("\"{}", "#".repeat(hashes));
    Some(rest[opening..].find(&end).map_or(rest.len(), |length| opening + length + end.len()))
}

/// Returns the length of the string at the beginning of `rest`.
fn string(rest: &str) -> usize {
    let mut escaped = false;
    for (at, character) in rest.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// Returns the length of the character literal at the beginning of `rest`, or of the quote of a lifetime.
fn character(rest: &str) -> usize {
    let mut characters = rest.char_indices().skip(1);
    match characters.next() {
        Some((_, '\\')) => rest[3.min(rest.len())..].find('\'').map_or(rest.len(), |length| length + 4),
        Some(_) => characters.next().filter(|(_, closing)| *closing == '\'').map_or(1, |(at, _)| at + 1),
        None => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(Kind, &str)> {
        pieces(text).into_iter().map(|(kind, range)| (kind, &text[range])).collect()
    }

    #[test]
    fn comments_documentation_and_strings_are_separated() {
        let text = "//! Module.\n/// Item.\nfn f() { /* a /* b */ \"c\" */ g(\"d // e\"); } //// No doc.\n";
        let expected = [
            (Kind::Comment, "//! Module."),
            (Kind::Doc, "/// Item."),
            (Kind::Comment, "/* a /* b */ \"c\" */"),
            (Kind::Literal, "\"d // e\""),
            (Kind::Comment, "//// No doc."),
        ];
        assert_eq!(found(text), expected);
    }

    #[test]
    fn quotes_inside_of_strings_do_not_end_them() {
        let text = r##"a("b\"c"); d(r#"e"f"#); g(b"h"); i(br"j"); k("\\"); for"##;
        let literals: Vec<&str> = found(text).into_iter().map(|(_, text)| text).collect();
        assert_eq!(literals, [r#""b\"c""#, r##"r#"e"f"#"##, r#""h""#, r#"br"j""#, r#""\\""#]);
    }

    #[test]
    fn characters_and_lifetimes_are_not_strings() {
        let text = r#"fn f<'a>(a: &'a str) { b('"'); c('\''); d('é'); e("g"); h('\u{1F600}'); i("j") }"#;
        let literals: Vec<&str> = found(text).into_iter().map(|(_, text)| text).collect();
        assert_eq!(literals, [r#""g""#, r#""j""#]);
    }
}
