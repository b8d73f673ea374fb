//! Wildcards in names: `*`, `?`, `[...]` and `{...}`, each of them literal after a backslash.

/// Returns the characters of a text with their positions, and whether each of them is literal: after a backslash, which is
/// left out.
pub(super) fn characters(text: &str) -> impl Iterator<Item = (usize, char, bool)> {
    let mut rest = text.char_indices();
    std::iter::from_fn(move || {
        let (position, character) = rest.next()?;
        if character != '\\' {
            return Some((position, character, false));
        }
        // A backslash at the end stands for itself.
        Some(rest.next().map_or((position, '\\', true), |(_, escaped)| (position, escaped, true)))
    })
}

/// Returns whether a text has wildcards.
pub(super) fn has_wildcards(text: &str) -> bool {
    characters(text).any(|(_, character, is_literal)| !is_literal && "*?[{".contains(character))
}

/// Returns a text without the backslashes that make wildcards literal.
pub(super) fn literal(text: &str) -> String {
    characters(text).map(|(_, character, _)| character).collect()
}

/// Splits a text at the first separator that is neither literal nor inside brackets.
pub(super) fn split_once(text: &str, separator: char) -> Option<(&str, &str)> {
    let mut depth = 0_usize;
    for (position, character, is_literal) in characters(text) {
        match character {
            _ if is_literal => {}
            '[' | '{' => depth += 1,
            ']' | '}' => depth = depth.saturating_sub(1),
            _ if character == separator && depth == 0 => {
                return Some((&text[..position], &text[position + separator.len_utf8()..]));
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backslash_makes_a_wildcard_literal() {
        for (text, wild, plain) in [
            ("films", false, "films"),
            ("fil*", true, "fil*"),
            (r"fil\*", false, "fil*"),
            (r"a\\*", true, r"a\*"),
            ("a?", true, "a?"),
            ("[ab]", true, "[ab]"),
            ("{a,b}", true, "{a,b}"),
            (r"\[ab]", false, "[ab]"),
            (r"end\", false, r"end\"),
        ] {
            assert_eq!((has_wildcards(text), literal(text).as_str()), (wild, plain), "{text}");
        }
    }

    #[test]
    fn a_text_is_split_at_a_separator_that_is_no_part_of_a_wildcard() {
        assert_eq!(split_once("shop.*", '.'), Some(("shop", "*")));
        assert_eq!(split_once("é.a.b", '.'), Some(("é", "a.b")));
        assert_eq!(split_once(r"a\.b", '.'), None);
        assert_eq!(split_once("[a.b]c", '.'), None);
        assert_eq!(split_once("{a.b,c}.d", '.'), Some(("{a.b,c}", "d")));
        assert_eq!(split_once(r"a\=b=c", '='), Some((r"a\=b", "c")));
    }
}
