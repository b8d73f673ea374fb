//! The last lines of the output of a program, for the message about its failure.
//!
//! Must always hold: the pipe is drained for as long as the program runs, so that it never blocks on a reader; no more
//! than [`LINES`] lines of [`LINE_BYTES`] are kept.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use milvus_backup_core::Environment;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::task::JoinHandle;

const LINES: usize = 20;
const LINE_BYTES: usize = 1 << 10;
/// Time limit for the rest of the output to arrive, once the program has ended.
const REST: Duration = Duration::from_secs(1);

/// Reads the output of a program and keeps its end.
#[derive(Debug)]
pub(super) struct LastLines {
    kept: Arc<Mutex<Tail>>,
    reader: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Tail {
    lines: VecDeque<Vec<u8>>,
    current: Vec<u8>,
}

impl LastLines {
    /// Starts reading the output.
    pub(super) fn of(mut output: impl AsyncRead + Unpin + Send + 'static) -> Self {
        let kept = Arc::<Mutex<Tail>>::default();
        let tail = Arc::clone(&kept);
        let reader = tokio::spawn(async move {
            let mut bytes = [0; 4096];
            while let Ok(read @ 1..) = output.read(&mut bytes).await {
                locked(&tail).push(&bytes[..read]);
            }
        });
        Self { kept, reader }
    }

    /// Returns the lines of a program that has ended, oldest first, without empty ones.
    pub(super) async fn all(self, environment: &Environment) -> Vec<String> {
        // A pipe that another process keeps open does not end.
        let _ = environment.within(REST, self.reader).await;
        let tail = locked(&self.kept);
        let lines = tail.lines.iter().chain([&tail.current]);
        let texts = lines.map(|line| String::from_utf8_lossy(line).trim_end().to_owned());
        texts.filter(|line| !line.is_empty()).collect()
    }
}

impl Tail {
    fn push(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if *byte == b'\n' {
                self.lines.push_back(std::mem::take(&mut self.current));
                if self.lines.len() > LINES {
                    self.lines.pop_front();
                }
            } else if self.current.len() < LINE_BYTES {
                self.current.push(*byte);
            }
        }
    }
}

fn locked(tail: &Mutex<Tail>) -> MutexGuard<'_, Tail> {
    tail.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_last_lines_are_kept_and_long_ones_cut() {
        let text = "first\n".to_owned() + &"line\n".repeat(5000) + "\n" + &"x".repeat(1 << 20) + "\nlast";
        let lines =
            LastLines::of(std::io::Cursor::new(text.into_bytes())).all(&crate::environment::system_environment()).await;
        assert_eq!(lines.last().unwrap(), "last");
        assert_eq!(lines[lines.len() - 2].len(), LINE_BYTES);
        assert!(lines.len() <= LINES && lines[0] == "line", "{lines:?}");
    }
}
