//! The interpreter that creates virtual environments.

use std::{process::Command, time::Duration};

use crate::{apt, command, error::Error};

const LIMIT: Duration = Duration::from_mins(1);
const PROBE: &str = "import sys; print(*sys.version_info[:2])";
const VENV: &str = "import venv, ensurepip";

/// Returns `python3`, after checking its version and its ability to create virtual environments.
pub(super) fn python3() -> Result<&'static str, Error> {
    let python = "python3";
    let printed = run(python, PROBE).map_err(|error| Error::Python {
        problem: format!("python3 cannot be run: {error}"),
        advice: "install Python 3.10 or newer and have it on the PATH as python3",
    })?;
    if !new_enough(&printed) {
        return Err(Error::Python {
            problem: format!("python3 is version {}", printed.trim().replace(' ', ".")),
            advice: "Python 3.10 or newer must be on the PATH as python3",
        });
    }
    if run(python, VENV).is_err() && apt::available() {
        apt::install("python3-venv")?;
    }
    run(python, VENV).map_err(|error| Error::Python {
        problem: format!("python3 cannot make virtual environments: {error}"),
        advice: "install the venv module (on Debian and Ubuntu: apt-get install python3-venv)",
    })?;
    Ok(python)
}

fn run(python: &str, code: &str) -> Result<String, Error> {
    let mut command = Command::new(python);
    command.args(["-c", code]);
    command::run(command, b"", LIMIT)
}

fn new_enough(printed: &str) -> bool {
    let mut numbers = printed.split_whitespace().map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) >= (3, 10),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::new_enough;

    #[test]
    fn versions_compare_as_numbers() {
        assert!(new_enough("3 10\n") && new_enough("3 13") && new_enough("4 0"));
        assert!(!new_enough("3 9\n") && !new_enough("2 7") && !new_enough("") && !new_enough("x y"));
    }
}
