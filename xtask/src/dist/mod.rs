//! `cargo xtask dist`: what users install, built from one static executable.
//!
//! Must always hold: the same sources, lock file and compiler give the same bytes. Nothing in an artefact depends on the
//! time, the user or the paths of the machine.

mod archive;
mod artefact;
mod build;
mod certificates;
mod check;
mod debian;
mod dependencies;
mod documents;
mod encoding;
mod installed;
mod licences;
mod oci;
mod run;
mod sbom;
mod scenario;
mod tree;
mod wheel;

pub(crate) use run::run;
