//! Create: from a collection to a committed backup.

mod announcement;
mod completion;
mod differences;
mod job;
mod limitations;
mod loading;
mod physical;
mod plan;
mod protection;
mod resume;
mod run;
mod scan_targets;
mod several;
mod shortage;
mod source;
mod space;
mod undo;
mod undo_step;
mod visibility;

pub(crate) use limitations::collection_limitations;
pub(crate) use scan_targets::scan_targets;
