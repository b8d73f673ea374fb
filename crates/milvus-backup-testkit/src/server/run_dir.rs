//! The directory of one running server, and the keeper that outlives this process.
//!
//! The keeper is a small shell that reads from a pipe that only this process holds. Each line names the process group
//! to kill when the pipe closes (an empty line: none). The pipe closes when it is dropped and also when this process is
//! killed with SIGKILL, so neither a server nor its data is ever orphaned.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
};

use crate::{
    cache,
    error::{Attempt, Error},
};

const KEEPER: &str = r#"
trap '' HUP INT TERM
group=
while IFS= read -r line; do group=$line; done
if [ -n "$group" ]; then kill -s KILL -- "-$group"; fi
tries=0
while rm -rf -- "$1"; [ -e "$1" ] && [ "$tries" -lt 50 ]; do tries=$((tries + 1)); sleep 0.1; done
"#;

/// A fresh directory that is removed, and whose server is killed, when this is dropped or its process dies.
#[derive(Debug)]
pub(crate) struct RunDir {
    path: PathBuf,
    keeper: Child,
    orders: Option<ChildStdin>,
}

impl RunDir {
    pub(crate) fn new(name: &str) -> Result<Self, Error> {
        let root = cache::subdir("run")?;
        let dir = tempfile::Builder::new()
            .prefix(&format!("{name}."))
            .tempdir_in(&root)
            .attempt(|| format!("create a directory in {}", root.display()))?;
        let mut keeper = keeper(dir.path()).attempt(|| "start the keeper (sh)".to_owned())?;
        let orders = keeper.stdin.take();
        Ok(Self { path: dir.keep(), keeper, orders })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the keeper kill `group` (or nothing) from now on.
    pub(crate) fn guard(&mut self, group: Option<u32>) -> std::io::Result<()> {
        let line = group.map_or_else(|| "\n".to_owned(), |group| format!("{group}\n"));
        self.orders.as_mut().map_or(Ok(()), |orders| orders.write_all(line.as_bytes()))
    }
}

fn keeper(dir: &Path) -> std::io::Result<Child> {
    use std::os::unix::process::CommandExt as _;

    Command::new("sh")
        .args(["-c", KEEPER, "milvus-backup-testkit-keeper"])
        .arg(dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // In a separate group: a Ctrl-C for the tests must not reach it before it has done its work.
        .process_group(0)
        .current_dir("/")
        .spawn()
}

impl Drop for RunDir {
    fn drop(&mut self) {
        self.orders = None;
        // If the keeper itself was killed, the directory is removed here.
        drop(self.keeper.wait());
        drop(fs::remove_dir_all(&self.path));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directory_goes_when_it_is_dropped() {
        let run = RunDir::new("unit").unwrap();
        let path = run.path().to_path_buf();
        fs::write(path.join("file"), b"x").unwrap();
        drop(run);
        assert!(!path.exists());
    }
}
