//! `cargo xtask house`: house rules that neither the compiler nor clippy checks.
//!
//! There is one file for each rule. Code that does not meet a rule yet is listed in `allow_list`, which can only shrink: an
//! entry that is no longer needed is an error.

mod allow_list;
mod declarations;
mod doc_comments;
mod exceptions;
mod exports;
mod lengths;
mod lexer;
mod literals;
mod run;
mod source;
mod type_names;

pub(crate) use run::run;
