//! Human-readable progress: a bar on a terminal, otherwise periodic lines. Always on standard error.

use std::io::IsTerminal;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use milvus_backup_client::SystemClock;
use milvus_backup_core::{BackupProgress, BackupState, Clock, Operation, Progress, ProgressEvent, ProgressTracker};

use crate::output::stderr_line;
use crate::sizes::format_size;
use crate::text::{count, printable};

/// Interval of the lines if there is no terminal.
const LINE_INTERVAL: Duration = Duration::from_secs(10);

/// Displays progress as text.
#[derive(Debug)]
pub(crate) struct Display {
    clock: Arc<SystemClock>,
    enabled: bool,
    terminal: bool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    tracker: ProgressTracker,
    bar: Option<ProgressBar>,
    /// The verb for the operation, such as `restoring`.
    verb: &'static str,
    collection: String,
    /// The text before the numbers.
    label: String,
    last_line: Duration,
}

impl Display {
    pub(crate) fn new(clock: Arc<SystemClock>, enabled: bool) -> Self {
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let terminal = std::io::stderr().is_terminal() && !dumb;
        Self { clock, enabled, terminal, state: Mutex::default() }
    }

    fn start(&self, state: &mut State, operation: Operation, collection: &str, backup: &str) {
        let verb = match operation {
            Operation::Create => "backing up",
            Operation::Restore => "restoring",
            Operation::Verify => "verifying",
            Operation::Copy => "copying",
            _ => "working on",
        };
        (state.verb, state.collection) = (verb, printable(collection).into_owned());
        state.last_line = self.clock.elapsed();
        if self.terminal {
            let bar = ProgressBar::new(1000);
            if let Ok(style) = ProgressStyle::with_template("{prefix} [{bar:30}] {msg}") {
                bar.set_style(style.progress_chars("=> "));
            }
            state.bar = Some(bar);
            state.label(verb);
        } else {
            stderr_line(&format!("{verb} {} ({backup})", state.collection));
        }
    }

    fn advance(&self, state: &mut State) {
        let progress = state.tracker.progress();
        if let Some(bar) = &state.bar {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000")]
            bar.set_position((progress.percentage * 10.0) as u64);
            bar.set_message(describe(&progress));
        } else if self.clock.elapsed().saturating_sub(state.last_line) >= LINE_INTERVAL {
            state.last_line = self.clock.elapsed();
            stderr_line(&format!("{}: {}", state.label, describe(&progress)));
        }
    }
}

impl State {
    /// Sets the text before the numbers.
    fn label(&mut self, verb: &str) {
        self.label = format!("{verb} {}", self.collection);
        if let Some(bar) = &self.bar {
            bar.set_prefix(self.label.clone());
        }
    }

    /// Prints a line above the bar.
    fn say(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| stderr_line(text)),
            None => stderr_line(text),
        }
    }
}

impl Progress for Display {
    fn event(&self, event: ProgressEvent) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let ProgressEvent::Warning { message } = &event {
            state.say(&format!("warning: {}", printable(message)));
            return;
        }
        if !self.enabled {
            return;
        }
        state.tracker.observe(&event, self.clock.elapsed());
        match event {
            ProgressEvent::Started { operation, backup_id, collection, .. } => {
                self.start(&mut state, operation, &collection, backup_id.as_str());
            }
            ProgressEvent::Planned { state: phase, .. } => {
                let verb = if phase == BackupState::Verifying { "verifying" } else { state.verb };
                state.label(verb);
                self.advance(&mut state);
            }
            ProgressEvent::Advanced { .. } => self.advance(&mut state),
            ProgressEvent::StateChanged { message, .. } => state.say(&printable(&message)),
            _ => {}
        }
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(bar) = &state.bar {
            bar.finish_and_clear();
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a human-readable rate")]
fn describe(progress: &BackupProgress) -> String {
    let rate = progress.bytes_per_second.map(|rate| format!(", {}/s", format_size(rate as u64))).unwrap_or_default();
    let eta = progress.formatted_eta().map(|eta| format!(", {eta} left")).unwrap_or_default();
    let (percentage, bytes) = (progress.percentage, format_size(progress.bytes_processed));
    match (progress.rows_processed, progress.total_rows) {
        (0, 0) => format!("{percentage:.0}%, {bytes} of {}{rate}{eta}", format_size(progress.total_bytes)),
        (rows, total) => format!("{percentage:.0}%, {rows} of {}, {bytes}{rate}{eta}", count(total, "row")),
    }
}
