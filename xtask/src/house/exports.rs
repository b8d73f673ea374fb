//! The types that a crate exports from its root.

use super::source::Source;

const DEFINITIONS: [&str; 5] = ["struct", "enum", "trait", "union", "type"];

/// Returns the names of the crate's own types that it exports from its root, sorted and without duplicates.
pub(super) fn exported_types(sources: &[Source], owner: &str) -> Vec<String> {
    let of_crate: Vec<&Source> = sources.iter().filter(|source| source.owner == owner && !source.is_test).collect();
    let Some(root) = of_crate.iter().find(|source| source.path.ends_with("/src/lib.rs")) else { return Vec::new() };
    let mut names = exported_by(&of_crate, root);
    names.sort_unstable();
    names.dedup();
    names
}

fn exported_by(sources: &[&Source], source: &Source) -> Vec<String> {
    let code = source.code();
    let mut names = Vec::new();
    for statement in code.split([';', '{', '}']).map(str::trim).filter_map(|part| part.rsplit_once("pub ")) {
        let mut words = statement.1.split(|character: char| !character.is_alphanumeric() && character != '_');
        if words.next().is_some_and(|word| DEFINITIONS.contains(&word)) {
            names.extend(words.next().map(str::to_owned));
        }
    }
    for tree in code.split(';').filter_map(|part| part.split_once("pub use ")) {
        for path in leaves(tree.1) {
            names.extend(names_of(sources, source, &code, &path));
        }
    }
    names.retain(|name| is_type(name));
    names
}

/// Returns the names that a path of a `pub use` exports. Types of other crates are left out.
fn names_of(sources: &[&Source], source: &Source, code: &str, path: &str) -> Vec<String> {
    let (module, name) = path.rsplit_once("::").unwrap_or(("", path));
    let first = module.trim_start_matches("self::").trim_start_matches("crate::").split("::").next().unwrap_or("");
    if !code.contains(&format!("mod {first};")) {
        return Vec::new();
    }
    if name == "*" {
        let directory = source.path.rsplit_once('/').map_or("", |(directory, _)| directory);
        let files = ["", "/mod"].map(|end| format!("{directory}/{first}{end}.rs"));
        let file = sources.iter().find(|source| files.contains(&source.path));
        return file.map(|file| exported_by(sources, file)).unwrap_or_default();
    }
    vec![name.rsplit_once(" as ").map_or(name, |(_, alias)| alias).trim().to_owned()]
}

/// Returns the paths of a tree such as `a::{B, c::{D, E as F}}`.
fn leaves(tree: &str) -> Vec<String> {
    let Some((prefix, rest)) = tree.split_once('{') else {
        return vec![tree.split_whitespace().collect::<Vec<_>>().join(" ")];
    };
    let inner = rest.trim_end().strip_suffix('}').unwrap_or(rest);
    let mut parts = vec![String::new()];
    let mut depth = 0_usize;
    for character in inner.chars() {
        match character {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => parts.push(String::new()),
            _ => {}
        }
        if let Some(part) = parts.last_mut().filter(|_| character != ',' || depth > 0) {
            part.push(character);
        }
    }
    let filled = parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty());
    filled.flat_map(leaves).map(|leaf| format!("{}{leaf}", prefix.trim())).collect()
}

/// Returns whether a name is written like one of a type: `Name`, neither `name` nor `NAME`.
fn is_type(name: &str) -> bool {
    name.starts_with(char::is_uppercase) && name.contains(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::super::source::tests::source;
    use super::*;

    #[test]
    fn trees_are_split_into_paths() {
        assert_eq!(leaves("a::B"), ["a::B"]);
        assert_eq!(leaves("a::{B, c::{D, E as F},\n}"), ["a::B", "a::c::D", "a::c::E as F"]);
    }

    #[test]
    fn types_are_exported_by_definition_by_name_and_by_star() {
        let sources = [
            source(
                "crates/x/src/lib.rs",
                "mod a;\nmod b;\npub use a::{One, f, MAX, Two as Three};\npub use b::*;\npub use other::Theirs;\n\
                 pub struct Own { pub field: u8 }\npub fn g() {}\n",
            ),
            source("crates/x/src/b/mod.rs", "mod c;\npub use c::{Four, Five};\npub(crate) use c::Hidden;\n"),
        ];
        assert_eq!(exported_types(&sources, "core"), ["Five", "Four", "One", "Own", "Three"]);
        assert!(exported_types(&sources, "client").is_empty());
    }
}
