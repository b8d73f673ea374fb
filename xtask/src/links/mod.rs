//! `cargo xtask links`: everything that the documents name exists.
//!
//! Targets of links, headings in them, and cited source files must exist. A function that is cited with its file or crate, such as a test, must be
//! there: a document that says which test proves a promise is worthless once that test has been renamed or removed.

mod anchors;
mod citations;
mod documents;
mod functions;
mod paths;
mod run;

pub(crate) use run::run;
