//! The public items of a crate, out of its sources, in an order that moving them between files does not change.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use syn::{Item, Type};

use super::strip::{is_test, public};
use crate::error::{Error, Result};
use crate::workspace;

/// Returns the public surface of the crate in a directory.
pub(super) fn surface(directory: &Path) -> Result<String> {
    let sources = directory.join("src");
    let mut items = Vec::new();
    for file in files(&sources)? {
        let text = fs::read_to_string(&file).map_err(Error::io(format!("read {}", workspace::shown(&file))))?;
        let parsed = syn::parse_file(&text)
            .map_err(|error| Error::Api(format!("{} cannot be read: {error}", workspace::shown(&file))))?;
        if !is_test(&parsed.attrs) {
            let is_root = file == sources.join("lib.rs");
            collect(&parsed.items, is_root, &mut items);
        }
    }
    Ok(printed(items))
}

/// Returns the sources of a crate. Those of tests are in files that say so.
fn files(directory: &Path) -> Result<Vec<PathBuf>> {
    let listed = fs::read_dir(directory).map_err(Error::io(format!("list {}", workspace::shown(directory))))?;
    let mut found = Vec::new();
    for path in listed.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            found.extend(files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Collects what is public in a module. Re-exports count only at the root: others name a way inside the crate.
fn collect(items: &[Item], is_root: bool, found: &mut Vec<Item>) {
    for item in items {
        match item {
            Item::Mod(module) if !is_test(&module.attrs) => {
                if let Some((_, items)) = &module.content {
                    collect(items, false, found);
                }
            }
            Item::Use(_) if !is_root => {}
            _ => found.extend(public(item)),
        }
    }
}

/// Returns the items as text: re-exports, then everything by name.
fn printed(items: Vec<Item>) -> String {
    let (types, implementations): (Vec<Item>, Vec<Item>) =
        items.into_iter().partition(|item| !matches!(item, Item::Impl(_)));
    let names: BTreeSet<String> = types.iter().filter_map(name).collect();
    let of_public = |item: &Item| match item {
        Item::Impl(implementation) => implemented(&implementation.self_ty).is_some_and(|name| names.contains(&name)),
        _ => false,
    };
    let implementations = implementations.into_iter().filter(of_public);
    let mut texts: Vec<(String, String)> = types.into_iter().chain(implementations).map(keyed).collect();
    texts.sort();
    texts.dedup();
    texts.into_iter().map(|(_, text)| text).collect()
}

/// Returns an item with the key that it is sorted by.
fn keyed(item: Item) -> (String, String) {
    let key = match &item {
        Item::Use(_) => String::new(),
        Item::Impl(implementation) => implemented(&implementation.self_ty).unwrap_or_default() + " impl",
        other => name(other).unwrap_or_default(),
    };
    (key, prettyplease::unparse(&syn::File { shebang: None, attrs: Vec::new(), items: vec![item] }))
}

fn name(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Static(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Struct(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        _ => return None,
    };
    Some(name.to_string())
}

/// Returns the name of the type that an implementation is for.
fn implemented(implementor: &Type) -> Option<String> {
    match implementor {
        Type::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
        Type::Reference(reference) => implemented(&reference.elem),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_parts_are_left_out_and_the_order_is_that_of_names() {
        let text = "//! Doc.\npub use inner::B;\nuse other::C;\n/// Doc.\n#[derive(Debug)]\n#[allow(x)]\npub struct B { pub a: u8, b: u8 }\n\
                    impl B { pub fn x(&self) -> u8 { 1 } fn y() {} }\nimpl Clone for B { fn clone(&self) -> B { loop {} } }\n\
                    struct Private;\nimpl Default for Private { fn default() -> Self { Self } }\n\
                    pub fn a() { work() }\npub(crate) fn c() {}\n#[cfg(test)]\nmod tests { pub fn z() {} }\n";
        let mut items = Vec::new();
        collect(&syn::parse_file(text).unwrap().items, true, &mut items);
        let expected = "pub use inner::B;\n#[derive(Debug)]\npub struct B {\n    pub a: u8,\n}\nimpl B {\n    pub fn x(&self) -> u8 {}\n}\n\
                        impl Clone for B {}\npub fn a() {}\n";
        assert_eq!(printed(items), expected);
    }
}
