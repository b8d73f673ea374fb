//! Items without what their users do not see: bodies, comments, and private parts.

use syn::punctuated::Punctuated;
use syn::{
    Attribute, Block, Fields, FieldsNamed, ImplItem, Item, ItemEnum, ItemImpl, ItemStruct, ItemTrait, TraitItem,
    Visibility,
};

/// Attributes that a user of an item notices.
const SEEN: [&str; 6] = ["cfg", "cfg_attr", "deprecated", "derive", "must_use", "non_exhaustive"];

/// Returns what of an item is public; `None` for an item that is not.
pub(super) fn public(item: &Item) -> Option<Item> {
    let mut item = item.clone();
    match &mut item {
        Item::Const(constant) if is_public(&constant.vis) => seen(&mut constant.attrs),
        Item::Static(constant) if is_public(&constant.vis) => seen(&mut constant.attrs),
        Item::Type(alias) if is_public(&alias.vis) => seen(&mut alias.attrs),
        Item::Use(used) if is_public(&used.vis) => seen(&mut used.attrs),
        Item::Macro(exported) if exported.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export")) => {
            exported.attrs.retain(|attribute| attribute.path().is_ident("macro_export"));
        }
        Item::Fn(function) if is_public(&function.vis) => {
            seen(&mut function.attrs);
            *function.block = empty();
        }
        Item::Struct(structure) if is_public(&structure.vis) => strip_struct(structure),
        Item::Enum(enumeration) if is_public(&enumeration.vis) => strip_enum(enumeration),
        Item::Trait(declared) if is_public(&declared.vis) => strip_trait(declared),
        Item::Impl(implementation) => return strip_impl(implementation).then_some(item),
        _ => return None,
    }
    Some(item)
}

/// Returns whether an item is compiled for tests only.
pub(super) fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.meta.require_list().is_ok_and(|list| list.tokens.to_string() == "test")
    })
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn seen(attributes: &mut Vec<Attribute>) {
    attributes.retain(|attribute| SEEN.iter().any(|name| attribute.path().is_ident(name)));
}

fn empty() -> Block {
    Block { brace_token: syn::token::Brace::default(), stmts: Vec::new() }
}

fn strip_struct(structure: &mut ItemStruct) {
    seen(&mut structure.attrs);
    if let Fields::Named(FieldsNamed { named, .. }) = &mut structure.fields {
        let fields = std::mem::take(named).into_iter().filter(|field| is_public(&field.vis));
        *named = fields.collect::<Punctuated<_, _>>();
    }
    for field in &mut structure.fields {
        seen(&mut field.attrs);
    }
}

fn strip_enum(enumeration: &mut ItemEnum) {
    seen(&mut enumeration.attrs);
    for variant in &mut enumeration.variants {
        seen(&mut variant.attrs);
        for field in &mut variant.fields {
            seen(&mut field.attrs);
        }
    }
}

fn strip_trait(declared: &mut ItemTrait) {
    seen(&mut declared.attrs);
    for item in &mut declared.items {
        match item {
            TraitItem::Fn(function) => {
                seen(&mut function.attrs);
                // Whether there is a default is part of what an implementor sees.
                function.default = function.default.as_ref().map(|_| empty());
            }
            TraitItem::Type(associated) => seen(&mut associated.attrs),
            TraitItem::Const(constant) => seen(&mut constant.attrs),
            _ => {}
        }
    }
}

/// Strips an implementation, and returns whether anything of it is public.
fn strip_impl(implementation: &mut ItemImpl) -> bool {
    seen(&mut implementation.attrs);
    if implementation.trait_.is_some() {
        implementation.items.retain(|item| matches!(item, ImplItem::Type(_)));
        return true;
    }
    implementation.items.retain_mut(|item| match item {
        ImplItem::Fn(function) if is_public(&function.vis) => {
            seen(&mut function.attrs);
            function.block = empty();
            true
        }
        ImplItem::Const(constant) if is_public(&constant.vis) => {
            seen(&mut constant.attrs);
            true
        }
        _ => false,
    });
    !implementation.items.is_empty()
}
