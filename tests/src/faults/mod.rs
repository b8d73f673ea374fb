//! An object store and a Milvus that fail on demand, around the real ones: a stand-in for disks, services and networks
//! that fail.
//!
//! What it does is in the environment variable `MILVUS_BR_FAULTS`, one setting per word:
//!
//! - `trace=FILE`: writes the name of each side effect to a file, one per line.
//! - `at=N` with `how=`: what happens at side effect N, counted from 0. `kill`: SIGKILL before it. `error`: it fails
//!   once, not done. `lost`: it is done, and its answer is lost. `down`: it and everything after it fails.
//! - `hang=CALL:PART`: `get`, `list` or `delete` of an object with `PART` in its path never answers, and does nothing.
//! - `random=SEED` with `percent=P`: so many percent of all calls fail, are lost, come late, fall short, list too little or
//!   have a bit changed, as the seed says.

mod milvus;
mod store;

use std::{
    env, fmt,
    io::Write as _,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use milvus_backup_cli::Layers;

/// The variable that says what fails.
pub const VARIABLE: &str = "MILVUS_BR_FAULTS";

/// The faults of the environment, around the store and around Milvus: both count in one sequence.
pub fn layers() -> Layers {
    Layers {
        store: |inner| Arc::new(store::Faulty::new(inner, Faults::of_this_process())),
        milvus: |inner| Arc::new(milvus::Faulty::new(inner, Faults::of_this_process())),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    Kill,
    Error,
    Lost,
    Down,
}

#[derive(Debug, Default)]
struct Faults {
    trace: Option<Mutex<std::fs::File>>,
    at: Option<(u64, How)>,
    hang: Option<(String, String)>,
    percent: u64,
    random: AtomicU64,
    /// Side effects so far.
    count: AtomicU64,
}

/// What becomes of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Done,
    NotDone,
    Lost,
}

impl Faults {
    fn of_this_process() -> Arc<Self> {
        static FAULTS: OnceLock<Arc<Faults>> = OnceLock::new();
        Arc::clone(FAULTS.get_or_init(|| Arc::new(Self::parse(&env::var(VARIABLE).unwrap_or_default()))))
    }

    fn parse(text: &str) -> Self {
        let mut faults = Self::default();
        let (mut at, mut how) = (None, How::Error);
        for (name, value) in text.split_whitespace().filter_map(|word| word.split_once('=')) {
            match name {
                "trace" => faults.trace = Some(Mutex::new(std::fs::File::create(value).unwrap())),
                "at" => at = Some(value.parse().unwrap()),
                "how" => {
                    how = match value {
                        "kill" => How::Kill,
                        "error" => How::Error,
                        "lost" => How::Lost,
                        "down" => How::Down,
                        other => panic!("how={other}"),
                    }
                }
                "hang" => faults.hang = value.split_once(':').map(|(call, part)| (call.to_owned(), part.to_owned())),
                "percent" => faults.percent = value.parse().unwrap(),
                "random" => faults.random = AtomicU64::new(value.parse::<u64>().unwrap() | 1),
                other => panic!("{other}={value}"),
            }
        }
        faults.at = at.map(|at| (at, how));
        faults
    }

    /// The next number of the sequence that the seed begins (xorshift).
    fn next(&self) -> u64 {
        let step = |mut state: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^ (state << 17)
        };
        let before = self.random.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |state| Some(step(state)));
        before.unwrap_or_default() >> 11
    }

    fn hit(&self) -> bool {
        self.percent > 0 && self.next() % 100 < self.percent
    }

    /// What becomes of the next side effect.
    fn effect(&self, name: &str, subject: &(dyn fmt::Display + Sync)) -> Fate {
        let number = self.count.fetch_add(1, Ordering::SeqCst);
        if let Some(trace) = &self.trace {
            writeln!(trace.lock().unwrap(), "{name} {subject}").unwrap();
        }
        match self.at {
            Some((at, How::Kill)) if at == number => {
                let this = rustix::process::getpid();
                rustix::process::kill_process(this, rustix::process::Signal::KILL).unwrap();
                unreachable!("SIGKILL does not return")
            }
            Some((at, How::Error)) if at == number => Fate::NotDone,
            Some((at, How::Lost)) if at == number => Fate::Lost,
            Some((at, How::Down)) if number >= at => Fate::NotDone,
            _ if self.hit() => [Fate::NotDone, Fate::Lost][usize::from(self.next().is_multiple_of(2))],
            _ => Fate::Done,
        }
    }

    /// Never returns for the calls that are to hang.
    async fn hang(&self, call: &str, path: &str) {
        if self.hang.as_ref().is_some_and(|(hanging, part)| call == hanging && path.contains(part.as_str())) {
            std::future::pending::<()>().await;
        }
    }

    /// Whether a call that changes nothing fails, too.
    fn fails_reading(&self) -> bool {
        self.is_down() || (self.hit() && self.next().is_multiple_of(2))
    }

    /// Whether everything fails from here on.
    fn is_down(&self) -> bool {
        matches!(self.at, Some((at, How::Down)) if self.count.load(Ordering::SeqCst) > at)
    }
}
