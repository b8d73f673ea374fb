//! A `mod.rs` holds declarations and re-exports only: in an editor, all of these files have the same name.

use std::collections::BTreeSet;

use super::allow_list::MOD_FILES;
use super::exceptions::beyond;
use super::source::Source;

/// Returns the `mod.rs` files that hold more than declarations.
pub(super) fn check(sources: &[Source]) -> Vec<String> {
    beyond(&offenders(sources), MOD_FILES, "MOD_FILES")
}

fn offenders(sources: &[Source]) -> BTreeSet<(String, String)> {
    let files = sources.iter().filter(|source| source.path.ends_with("/mod.rs"));
    let complaint = |source: &Source| {
        let code = source.code();
        let more = items(&code).into_iter().find(|item| !is_declaration(item))?;
        let words = more.split_whitespace().take(4).collect::<Vec<_>>().join(" ");
        Some((source.path.clone(), format!("holds more than declarations: `{words} ...`")))
    };
    files.filter_map(complaint).collect()
}

/// Returns the items of a file, without their attributes.
fn items(code: &str) -> Vec<String> {
    let mut items = vec![String::new()];
    let mut depth = 0_usize;
    for character in code.chars() {
        match character {
            '{' | '[' | '(' => depth += 1,
            '}' | ']' | ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if let Some(item) = items.last_mut() {
            item.push(character);
        }
        let item = items.last().map_or("", |item| item.trim_start());
        let ends = match character {
            ';' => true,
            ']' => item.starts_with('#'),
            // The braces of a `use` are followed by a semicolon.
            '}' => !without_visibility(item).starts_with("use "),
            _ => false,
        };
        if depth == 0 && ends {
            items.push(String::new());
        }
    }
    let texts = items.iter().map(|item| item.trim());
    texts.filter(|item| !item.is_empty() && !item.starts_with('#')).map(str::to_owned).collect()
}

fn is_declaration(item: &str) -> bool {
    let item = without_visibility(item);
    item.starts_with("use ") || (item.starts_with("mod ") && !item.contains('{'))
}

/// Returns an item without `pub` and `pub(...)` before it.
fn without_visibility(item: &str) -> &str {
    let item = item.strip_prefix("pub").unwrap_or(item).trim_start();
    let item = if item.starts_with('(') { item.split_once(')').map_or(item, |(_, rest)| rest) } else { item };
    item.trim_start()
}

#[cfg(test)]
mod tests {
    use super::super::source::tests::source;
    use super::*;

    fn complaints(text: &str) -> Vec<String> {
        let found = offenders(&[source("a/mod.rs", text), source("a/b.rs", "fn f() {}")]);
        found.into_iter().map(|(_, complaint)| complaint).collect()
    }

    #[test]
    fn declarations_uses_and_attributes_are_allowed() {
        let text = "//! fn\n\n#[cfg(feature = \"x\")]\nmod a;\n/// Doc.\npub mod b;\npub(super) mod c;\nuse a::D;\n\
                    pub use b::{E, f::{G, H}};\npub(in crate::x) use c::I;\n#[rustfmt::skip]\nmod j;\n";
        assert_eq!(complaints(text), Vec::<String>::new());
    }

    #[test]
    fn everything_else_is_named() {
        for item in
            ["fn f() {}", "pub(super) struct S { a: u8 }", "impl S {}", "const A: u8 = 1;", "mod tests { use a; }"]
        {
            let found = complaints(&format!("mod a;\n{item}\nmod b;\n"));
            assert_eq!(found.len(), 1, "{item}");
        }
        assert_eq!(
            complaints("use a::{B, C};\nfn f(a: u8) -> u8 { 1 }"),
            ["holds more than declarations: `fn f(a: u8) -> ...`"]
        );
    }
}
