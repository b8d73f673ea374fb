//! What a test lets happen at a chosen call.

use std::sync::{Mutex, PoisonError};

use super::refusal::{Refusal, coded};
use crate::fakes::milvus::server::InMemoryMilvus;

/// What becomes of a call.
#[derive(Debug, Clone)]
pub enum Fault {
    /// It is refused with this code of Milvus.
    Milvus {
        /// One of the codes of Milvus' `merr`.
        code: i32,
        /// The words of the server.
        reason: String,
        /// Whether the server says that the call may be made again.
        retriable: bool,
    },
    /// It is refused with this status of gRPC.
    Grpc(tonic::Code, String),
    /// It is carried out, and its answer is lost: the client cannot know which.
    LostAnswer,
}

impl Fault {
    /// Returns the refusal of more calls than the server takes: `ErrServiceRateLimit` of `merr`, 8, which may be tried
    /// again.
    pub fn rate_limit() -> Self {
        Self::Milvus {
            code: 8,
            reason: "request is rejected by grpc RateLimiter middleware, please retry later: rate limit exceeded"
                .to_owned(),
            retriable: true,
        }
    }

    /// Returns the refusal, and whether the call is carried out all the same.
    pub(super) fn refusal(self) -> (Refusal, bool) {
        match self {
            Self::Milvus { code, reason, retriable } => (coded(code, reason, retriable), false),
            Self::Grpc(code, message) => (Refusal::Grpc(tonic::Status::new(code, message)), false),
            Self::LostAnswer => (Refusal::Grpc(tonic::Status::unavailable("the connection was closed")), true),
        }
    }
}

type Action = Box<dyn FnMut(usize, &InMemoryMilvus) -> Option<Fault> + Send>;

struct Trigger {
    call: String,
    calls: usize,
    action: Action,
}

/// The actions of a double.
#[derive(Default)]
pub(super) struct Faults(Mutex<Vec<Trigger>>);

impl Faults {
    pub(super) fn add(&self, call: &str, action: Action) {
        let trigger = Trigger { call: call.to_owned(), calls: 0, action };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(trigger);
    }

    pub(super) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Runs the actions for a call, and returns the first fault.
    pub(super) fn before(&self, call: &str, milvus: &InMemoryMilvus) -> Option<Fault> {
        let mut triggers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut fault = None;
        for trigger in triggers.iter_mut().filter(|trigger| trigger.call == call) {
            trigger.calls += 1;
            let found = (trigger.action)(trigger.calls, milvus);
            fault = fault.or(found);
        }
        fault
    }
}
