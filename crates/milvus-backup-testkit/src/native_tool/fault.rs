//! What goes wrong in the stand-in.

use std::path::Path;

/// A way in which the stand-in behaves unlike a good tool. The name of the file beside the executable is [`ToolFault::FILE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ToolFault {
    /// Knows the flags of 0.5.9 only.
    Old,
    /// Has the flags, the streams and the form of the configuration of the line of 0.6.
    Newer,
    /// Is a program that prints something else.
    Garbage,
    /// Reports success, and writes nothing.
    WritesNothing,
    /// Reports success, and writes the metadata without any log, as 0.5.9 does.
    WritesNoRows,
    /// Reports success, and leaves one segment out.
    LeavesSegmentOut,
    /// Reports success, and the last log lacks its last byte.
    CutsLog,
    /// Reports success, and counts one row less than there is.
    CountsWrong,
    /// Does not end after half of the logs.
    HangsInCreate,
    /// Is killed after half of the logs.
    DiesInCreate,
    /// Finds the disk full after half of the logs.
    DiskFull,
    /// Panics about its configuration.
    Panics,
    /// Reports success, and restores nothing.
    RestoresNothing,
    /// Fails after the target was created.
    FailsInRestore,
    /// Does not end after the target was created.
    HangsInRestore,
}

impl ToolFault {
    /// The name of the file that selects the fault.
    pub const FILE: &str = "fault";

    const ALL: [Self; 15] = [
        Self::Old,
        Self::Newer,
        Self::Garbage,
        Self::WritesNothing,
        Self::WritesNoRows,
        Self::LeavesSegmentOut,
        Self::CutsLog,
        Self::CountsWrong,
        Self::HangsInCreate,
        Self::DiesInCreate,
        Self::DiskFull,
        Self::Panics,
        Self::RestoresNothing,
        Self::FailsInRestore,
        Self::HangsInRestore,
    ];

    /// Returns the name of the fault, as the file contains it.
    pub fn name(self) -> String {
        format!("{self:?}")
    }

    /// Returns the fault that the file beside an executable selects, if there is one.
    pub(super) fn beside(executable: &Path) -> Option<Self> {
        let name = std::fs::read_to_string(executable.with_file_name(Self::FILE)).ok()?;
        Self::ALL.into_iter().find(|fault| fault.name() == name.trim())
    }
}
