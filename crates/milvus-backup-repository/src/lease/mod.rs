//! The lease of a collection: who may change its backups.

mod document;
mod held;
#[cfg(test)]
mod tests;
