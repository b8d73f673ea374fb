//! Running the tool for as long as it takes: bounded, watched, and ended with everything that it started.

mod capture;
mod growth;
mod guarded;
mod private;
mod run;

pub(crate) use growth::while_running;
pub(crate) use private::PrivateDirectory;
pub(crate) use run::{Ended, run};
