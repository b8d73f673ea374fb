//! [`Faults`]: the faults of a test, and the record of all calls.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::call::{Call, CallKind};
use super::chance::Chance;
use super::failure::Failure;
use super::fault::{Fault, Kind};
use super::point::Point;
use super::turn::{Outcome, Turn};

/// The faults of a test, and the record of all calls in their order. Clones share both: the Milvus and the store of one
/// operation count in one sequence.
///
/// ```
/// use std::sync::Arc;
///
/// use milvus_backup_core::Catalog;
/// use milvus_backup_testkit::fakes::faults::{Failure, Fault, Faults, FaultyMilvus, Point};
/// use milvus_backup_testkit::fakes::{InMemoryMilvus, ServerModel, samples};
///
/// # futures::executor::block_on(async {
/// let milvus = InMemoryMilvus::new(ServerModel::milvus_2_3());
/// let faults = Faults::new();
/// let faulty = FaultyMilvus::new(Arc::new(milvus.clone()), faults.clone());
/// let films = "films".parse()?;
///
/// faulty.create_collection(&films, &samples::schema()).await?;
/// faulty.create_partition(&films, "new").await?;
/// assert_eq!(faults.effects().len(), 2);
///
/// // The same again, with each of its side effects failing in turn.
/// for nth in 0..2 {
///     milvus.drop_collection(&films).await?;
///     faults.reset();
///     faults.inject(Point::effect().nth(nth), Fault::fail(Failure::unavailable()));
///     let made = faulty.create_collection(&films, &samples::schema()).await;
///     assert_eq!(made.is_err(), nth == 0);
///     assert!(nth == 0 || faulty.create_partition(&films, "new").await.is_err());
/// }
/// # Ok::<(), milvus_backup_core::Error>(())
/// # })?;
/// # Ok::<(), milvus_backup_core::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Faults(Arc<Mutex<Plan>>);

#[derive(Default)]
struct Plan {
    rules: Vec<Rule>,
    calls: Vec<Call>,
    observer: Option<Observer>,
    down: Option<Failure>,
    chance: Chance,
}

type Observer = Box<dyn FnMut(&Call) + Send>;

/// A fault, and how many calls have matched its point.
struct Rule {
    point: Point,
    fault: Fault,
    matched: usize,
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faults").field("calls", &self.plan().calls.len()).finish_non_exhaustive()
    }
}

impl Faults {
    /// No faults: calls are recorded.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets this happen there.
    pub fn inject(&self, point: Point, fault: Fault) {
        self.plan().rules.push(Rule { point, fault, matched: 0 });
    }

    /// Lets so many percent of all side effects fail or lose their responses, as the seed says. A store also reads wrong
    /// bytes, lists too little and is late.
    pub fn inject_at_random(&self, seed: u64, percent: u64) {
        self.plan().chance = Chance::new(seed, percent);
    }

    /// Shows each call before anything happens at it.
    pub fn observe(&self, observer: impl FnMut(&Call) + Send + 'static) {
        self.plan().observer = Some(Box::new(observer));
    }

    /// Forgets all faults and all calls.
    pub fn reset(&self) {
        *self.plan() = Plan::default();
    }

    /// All calls so far, in their order.
    pub fn calls(&self) -> Vec<Call> {
        self.plan().calls.clone()
    }

    /// All side effects so far, in their order.
    pub fn effects(&self) -> Vec<Call> {
        self.plan().calls.iter().filter(|call| call.kind == CallKind::Effect).cloned().collect()
    }

    /// How many calls there were of each name.
    pub fn counts(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        for call in &self.plan().calls {
            *counts.entry(call.name).or_default() += 1;
        }
        counts
    }

    /// Records a call, and decides what becomes of it.
    pub(super) fn enter(&self, name: &'static str, subject: impl fmt::Display, kind: CallKind) -> Turn {
        let mut plan = self.plan();
        let call = Call { name, subject: subject.to_string(), kind };
        if let Some(observer) = &mut plan.observer {
            observer(&call);
        }
        plan.calls.push(call.clone());
        let mut turn = Turn::new(call.clone(), plan.outcome(kind));
        let Plan { rules, down, .. } = &mut *plan;
        for rule in rules.iter_mut().filter(|rule| rule.point.matches(&call)) {
            if rule.point.is_at(rule.matched) {
                if let Kind::Down(failure) = &rule.fault.0 {
                    *down = Some(failure.clone());
                }
                turn.add(&rule.fault);
            }
            rule.matched += 1;
        }
        turn
    }

    /// Asks what chance has in store.
    #[cfg(feature = "object-store")]
    pub(super) fn chance<T>(&self, ask: impl FnOnce(&mut Chance) -> T) -> T {
        ask(&mut self.plan().chance)
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Plan {
    /// What becomes of a call by what happened before, or by chance.
    fn outcome(&mut self, kind: CallKind) -> Outcome {
        if let Some(failure) = &self.down {
            return Outcome::NotDone(failure.clone());
        }
        if kind == CallKind::Read || !self.chance.hit() {
            return Outcome::Done;
        }
        if self.chance.flip() {
            Outcome::Lost(Failure::unavailable())
        } else {
            Outcome::NotDone(Failure::unavailable())
        }
    }
}
