//! The identity of processes, with which another process can check whether they are running.

use std::fmt;

use milvus_backup_core::{Entropy, OwnerState, Result};
use serde::{Deserialize, Serialize};

/// One execution of a program on one machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Process {
    /// Name of the machine, human-readable.
    pub(crate) host: String,
    /// Identifies this boot of this machine and this container; empty if it is unknown.
    pub(crate) machine: String,
    /// The process id on that machine.
    pub(crate) pid: u32,
    /// The start time, in the machine's own units: process ids are reused.
    pub(crate) started: String,
}

impl Process {
    /// Returns the identity of this process.
    pub(crate) fn current() -> Self {
        let pid = std::process::id();
        Self {
            host: rustix::system::uname().nodename().to_string_lossy().into_owned(),
            machine: machine().unwrap_or_default(),
            pid,
            started: stat(pid).map(|stat| stat.started).unwrap_or_default(),
        }
    }

    /// Returns whether the process is running. Only a process of this machine, boot and container can be checked.
    pub(crate) fn state(&self) -> OwnerState {
        let Some(machine) = machine() else { return OwnerState::Unknown };
        if machine != self.machine {
            return OwnerState::Unknown;
        }
        match stat(self.pid) {
            Ok(stat) if stat.ended || stat.started != self.started => OwnerState::Dead,
            Ok(_) => OwnerState::Running,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => OwnerState::Dead,
            Err(_) => OwnerState::Unknown,
        }
    }
}

#[cfg(test)]
impl Process {
    /// Returns a process for golden texts.
    pub(crate) fn example() -> Self {
        Self { host: "backup-1".to_owned(), machine: "boot/pid:[1]".to_owned(), pid: 7, started: "4711".to_owned() }
    }
}

impl fmt::Display for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process {} on {}", self.pid, self.host)
    }
}

/// Returns `words` times 32 random bits in hexadecimal.
pub(crate) fn random_hex(entropy: &dyn Entropy, words: usize) -> Result<String> {
    let word = |_| entropy.bytes().map(|bytes| format!("{:08x}", u32::from_be_bytes(bytes)));
    Ok((0..words).map(word).collect::<Result<Vec<_>>>()?.concat())
}

/// Returns the boot of the machine and the namespace that process ids belong to (Linux; proc(5), namespaces(7)).
fn machine() -> Option<String> {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let namespace = std::fs::read_link("/proc/self/ns/pid").ok()?;
    Some(format!("{}/{}", boot.trim(), namespace.display()))
}

struct Stat {
    /// Whether the process has ended, and is waiting to be reaped.
    ended: bool,
    started: String,
}

/// Returns the state and the start time of a process: fields 3 and 22 of `/proc/PID/stat` (proc(5)).
fn stat(pid: u32) -> std::io::Result<Stat> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name before them may contain spaces and parentheses.
    let fields: Vec<&str> = text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    match (fields.first(), fields.get(19)) {
        (Some(state), Some(started)) => Ok(Stat { ended: matches!(*state, "Z" | "X"), started: (*started).to_owned() }),
        _ => Err(std::io::Error::other("unexpected content")),
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    #[test]
    fn this_process_runs() {
        assert_eq!(Process::current().state(), OwnerState::Running);
    }

    #[test]
    fn a_process_that_ended_is_dead_also_before_it_is_reaped() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let started = stat(child.id()).unwrap().started;
        let process = Process { pid: child.id(), started, ..Process::current() };
        assert_eq!(process.state(), OwnerState::Running);
        child.kill().unwrap();
        while !stat(child.id()).unwrap().ended {
            std::thread::yield_now();
        }
        assert_eq!(process.state(), OwnerState::Dead);
        child.wait().unwrap();
        assert_eq!(process.state(), OwnerState::Dead);
    }

    #[test]
    fn another_process_under_the_same_number_is_not_the_owner() {
        let process = Process { started: "1".to_owned(), ..Process::current() };
        assert_eq!(process.state(), OwnerState::Dead);
    }

    #[test]
    fn nothing_is_said_of_another_machine() {
        for machine in ["", "another"] {
            let process = Process { machine: machine.to_owned(), ..Process::current() };
            assert_eq!(process.state(), OwnerState::Unknown);
        }
    }
}
