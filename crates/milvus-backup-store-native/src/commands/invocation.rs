//! A single invocation of the tool, not yet started.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::Path;
use std::process::Command;

use crate::tool::child_environment;

/// The arguments and variables of one invocation. Its `Debug` form contains no value of a variable.
#[derive(Clone, PartialEq, Eq)]
pub struct Invocation {
    arguments: Vec<OsString>,
    variables: BTreeMap<String, String>,
}

impl Invocation {
    pub(super) fn new(arguments: Vec<OsString>, variables: BTreeMap<String, String>) -> Self {
        Self { arguments, variables }
    }

    /// Returns the arguments, without the name of the program.
    pub fn arguments(&self) -> &[OsString] {
        &self.arguments
    }

    /// Returns the command to start: these arguments, the variables of [`child_environment`], and the explicit ones.
    pub fn command(&self, executable: &Path) -> Command {
        let mut command = Command::new(executable);
        command.args(&self.arguments);
        self.set_environment(&mut command);
        command
    }

    /// Replaces the environment of a command by the variables of [`child_environment`] and the explicit ones.
    pub(crate) fn set_environment(&self, command: &mut Command) {
        command.env_clear().envs(child_environment(std::env::vars_os())).envs(&self.variables);
    }
}

impl fmt::Debug for Invocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invocation")
            .field("arguments", &self.arguments)
            .field("variables", &self.variables.keys())
            .finish()
    }
}
