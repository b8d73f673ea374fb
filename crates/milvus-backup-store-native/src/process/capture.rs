//! [`Capture`]: the beginning and the end of what a program prints.

use std::collections::VecDeque;

use tokio::io::{AsyncRead, AsyncReadExt};

/// Number of bytes that are kept of each end. A result fits into the first, an error into the last.
const KEPT: usize = 32 << 10;

/// The beginning and the end of an output of any length.
#[derive(Debug, Default)]
pub(super) struct Capture {
    first: Vec<u8>,
    last: VecDeque<u8>,
    is_cut: bool,
}

impl Capture {
    /// Reads a stream to its end, or to an error of the pipe, after which there is nothing to be read.
    pub(super) async fn read(&mut self, stream: &mut (impl AsyncRead + Unpin)) {
        let mut buffer = vec![0; 8 << 10];
        while let Ok(read @ 1..) = stream.read(&mut buffer).await {
            self.add(&buffer[..read]);
        }
    }

    fn add(&mut self, bytes: &[u8]) {
        let (first, rest) = bytes.split_at(bytes.len().min(KEPT - self.first.len()));
        self.first.extend_from_slice(first);
        self.last.extend(rest);
        if let Some(surplus @ 1..) = self.last.len().checked_sub(KEPT) {
            self.last.drain(..surplus);
            self.is_cut = true;
        }
    }

    /// Returns the text. Where something is left out, a line begins.
    pub(super) fn text(mut self) -> String {
        if self.is_cut {
            self.first.push(b'\n');
        }
        self.first.extend(self.last);
        String::from_utf8_lossy(&self.first).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_short_output_is_kept_and_a_long_one_loses_its_middle() {
        let mut short = Capture::default();
        short.read(&mut "one\ntwo".as_bytes()).await;
        assert_eq!(short.text(), "one\ntwo");
        let mut long = Capture::default();
        let printed = format!("begin{}end", "x".repeat(1 << 20));
        long.read(&mut printed.as_bytes()).await;
        let text = long.text();
        assert!(text.starts_with("begin") && text.ends_with("end") && text.len() == 2 * KEPT + 1, "{}", text.len());
    }
}
