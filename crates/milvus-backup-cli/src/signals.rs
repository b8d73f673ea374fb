//! SIGINT and SIGTERM: the first one ends the operation cleanly, the second one ends the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use milvus_backup_core::Interrupt;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

use crate::exit_code;

/// Listens for signals for as long as the runtime lives.
#[derive(Debug)]
pub(crate) struct Signals {
    interrupt: Interrupt,
    exit_code: Arc<AtomicU8>,
}

impl Signals {
    pub(crate) fn listen(runtime: &Runtime) -> Self {
        let (handle, interrupt) = Interrupt::new();
        let exit_code = Arc::new(AtomicU8::new(exit_code::INTERRUPTED));
        let code = Arc::clone(&exit_code);
        runtime.spawn(async move {
            let first = next_signal().await;
            code.store(first, Ordering::Relaxed);
            handle.request();
            let second = next_signal().await;
            // A second signal means that the operation does not stop on its own.
            std::process::exit(i32::from(second));
        });
        Self { interrupt, exit_code }
    }

    pub(crate) fn interrupt(&self) -> Interrupt {
        self.interrupt.clone()
    }

    /// Returns the exit code for the signal that was received.
    pub(crate) fn exit_code(&self) -> u8 {
        self.exit_code.load(Ordering::Relaxed)
    }
}

/// Waits for the next signal and returns its exit code. Never returns if signals cannot be received.
async fn next_signal() -> u8 {
    let (Ok(mut interrupts), Ok(mut terminations)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupts.recv() => exit_code::INTERRUPTED,
        _ = terminations.recv() => exit_code::TERMINATED,
    }
}
