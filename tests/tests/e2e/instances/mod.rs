//! Several collections and databases at once, on real servers.

mod jobs;
mod restoring;
mod selecting;
mod sets;
mod support;
