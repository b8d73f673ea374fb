//! Operations on several collections, some of them concurrently.

use std::collections::HashMap;

use milvus_backup_core::{Error, ErrorKind, Result};
use tokio::task::{JoinError, JoinSet};

/// Runs an operation for each input, at most `slots` concurrently, started in the order of the inputs. `ended` is called
/// with the number of operations that have ended as soon as the outcome of one is known. Returns the outcomes in the order of
/// the inputs.
///
/// One that fails does not keep the others from running. After an interrupt no further one is started, and those that were
/// not have [`Error::Interrupted`] as outcome; one whose task is lost has [`Error::Internal`]. Dropping the future ends all of
/// them.
pub(super) async fn run_each<I, T, F>(
    inputs: &[I],
    slots: usize,
    start: impl Fn(&I) -> F + Send,
    mut ended: impl FnMut(usize, &I, &Result<T>) + Send,
) -> Vec<Result<T>>
where
    I: Sync,
    T: Send + 'static,
    F: Future<Output = Result<T>> + Send + 'static,
{
    let mut outcomes: Vec<Option<Result<T>>> = inputs.iter().map(|_| None).collect();
    let (mut running, mut places) = (JoinSet::new(), HashMap::new());
    let (mut waiting, mut interrupted, mut done) = (inputs.iter().enumerate(), false, 0);
    loop {
        while running.len() < slots && !interrupted {
            let Some((place, input)) = waiting.next() else { break };
            places.insert(running.spawn(start(input)).id(), place);
        }
        let Some(joined) = running.join_next_with_id().await else { break };
        let (id, outcome) = joined.unwrap_or_else(|source| (source.id(), Err(lost(source))));
        let Some(place) = places.remove(&id) else { continue };
        interrupted |= outcome.as_ref().is_err_and(|error| error.kind() == ErrorKind::Interrupted);
        done += 1;
        ended(done, &inputs[place], &outcome);
        outcomes[place] = Some(outcome);
    }
    outcomes.into_iter().map(|outcome| outcome.unwrap_or(Err(Error::Interrupted))).collect()
}

fn lost(source: JoinError) -> Error {
    Error::Internal { action: "finish the operation on one collection".to_owned(), source: Box::new(source) }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn outcomes_are_in_order_and_a_failure_or_a_lost_task_stops_no_other() {
        let ends = AtomicUsize::new(0);
        let start = |number: &u64| {
            let number = *number;
            async move {
                tokio::task::yield_now().await;
                match number {
                    2 => Err(Error::DeadlineExceeded { seconds: 2 }),
                    3 => panic!("a task that is lost"),
                    number => Ok(number),
                }
            }
        };
        let outcomes = run_each(&[1, 2, 3, 4, 5], 2, start, |done, _, _| {
            assert_eq!(ends.fetch_add(1, Ordering::SeqCst) + 1, done);
        })
        .await;
        assert_eq!(ends.into_inner(), 5);
        assert!(matches!(
            outcomes.as_slice(),
            [Ok(1), Err(Error::DeadlineExceeded { .. }), Err(Error::Internal { .. }), Ok(4), Ok(5)]
        ));
    }

    #[tokio::test]
    async fn after_an_interrupt_what_runs_ends_and_nothing_else_is_started() {
        let started = std::sync::Arc::new(AtomicUsize::new(0));
        let start = |number: &u64| {
            let (number, started) = (*number, std::sync::Arc::clone(&started));
            async move {
                started.fetch_add(1, Ordering::SeqCst);
                if number == 1 { Err(Error::Interrupted) } else { Ok(number) }
            }
        };
        let outcomes = run_each(&[1, 2, 3, 4], 2, start, |_, _, _| {}).await;
        assert_eq!(started.load(Ordering::SeqCst), 2);
        assert!(matches!(
            outcomes.as_slice(),
            [Err(Error::Interrupted), Ok(2), Err(Error::Interrupted), Err(Error::Interrupted)]
        ));
    }
}
