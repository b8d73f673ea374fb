//! Several collections and databases at once.

mod choose;
mod create;
mod restore;
mod selections;
mod sets;

pub(crate) use selections::selection;
