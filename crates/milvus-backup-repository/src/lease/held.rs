//! The lock of a collection: one object per acquisition, with ascending numbers; the highest one is the holder's.
//!
//! Must always hold: an object is created only if there is none of that number, so of two that take over a dead lock
//! one wins; and a holder checks that its object is still there before it commits. Needs no more of a store than a
//! conditional put.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use milvus_backup_core::{CollectionLock, CollectionRef, Environment, Error, Operation, Result};
use milvus_backup_storage::Directory;
use milvus_backup_storage::error::is_conflict;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use super::document::LockDocument;
use crate::documents::{from_bytes, to_bytes};
use crate::handle::{RepositoryHandle, read_document};
use crate::layout::{LOCKS, NOTES};

/// How often a lock is asked for before bad news in it is believed: an answer can be damaged on its way.
const READS: usize = 3;

/// How often a lock is renewed.
const RENEWAL: Duration = Duration::from_mins(1);

/// How often a lock is tried for whose winner is gone when it is looked for.
const ATTEMPTS: usize = 10;

impl RepositoryHandle {
    /// Takes the lock of a collection. It is renewed until it is released or dropped.
    ///
    /// # Errors
    /// [`Error::InProgress`] with the holder, [`Error::Storage`].
    pub async fn lock(
        &self,
        collection: &CollectionRef,
        operation: Operation,
        environment: &Environment,
    ) -> Result<Arc<dyn CollectionLock>> {
        acquire(self, collection, operation, environment).await
    }
}

async fn acquire(
    store: &RepositoryHandle,
    collection: &CollectionRef,
    operation: Operation,
    environment: &Environment,
) -> Result<Arc<dyn CollectionLock>> {
    let path = format!("{}/{LOCKS}", collection.directory());
    store.storage().refuse_links(&path).await?;
    let directory = store.storage().directory(path);
    let resource = format!("backups of {collection}");
    for _ in 0..ATTEMPTS {
        if let Some(held) = attempt(store, &directory, &resource, operation, environment).await? {
            // A write takes no minute: whoever began one that old is dead.
            for path in [held.directory.path().to_owned(), format!("{}/{NOTES}", collection.directory())] {
                store.storage().remove_temporary_files(&path, RENEWAL);
            }
            return Ok(Arc::new(Lock::new(Arc::new(held), environment)));
        }
    }
    Err(in_progress(&resource, "other operations, one after the other".to_owned()))
}

/// Tries once. Returns `None` when another operation took the lock first and has released it since: then the lock may be
/// free, and the next number is another.
async fn attempt(
    store: &RepositoryHandle,
    directory: &Directory,
    resource: &str,
    operation: Operation,
    environment: &Environment,
) -> Result<Option<Held>> {
    let dead = find_dead(directory, resource, environment).await?;
    let number = dead.last().map_or(1, |(number, _)| number + 1);
    let file = format!("{number:08}.json");
    let [high, low] = [environment.entropy.bytes()?, environment.entropy.bytes()?].map(u32::from_be_bytes);
    let owner = format!("{high:08x}{low:08x}");
    let document = LockDocument::new(owner, operation, environment.clock.now());
    if let Err(error) = directory.create_document(&file, to_bytes(&document)?).await {
        return match read(directory, &file).await? {
            Some(winner) => Err(in_progress(resource, winner.holder())),
            None if is_conflict(&error) => Ok(None),
            None => Err(error),
        };
    }
    let (directory, resource) = (directory.clone(), resource.to_owned());
    let held = Held { store: store.clone(), directory, file, resource, document: Mutex::new(document) };
    held.require_alone(&dead).await?;
    held.directory.delete(dead.into_iter().map(|(_, file)| file)).await?;
    Ok(Some(held))
}

fn in_progress(resource: &str, holder: String) -> Error {
    Error::InProgress { resource: resource.to_owned(), holder }
}

/// The locks that dead processes left, by ascending number.
///
/// # Errors
/// [`Error::InProgress`] when one is alive.
async fn find_dead(directory: &Directory, resource: &str, environment: &Environment) -> Result<Vec<(u64, String)>> {
    let mut dead = Vec::new();
    for (file, _) in directory.list().await? {
        let Some(number) = number_of(&file) else { continue };
        let is_alive = |lock: &LockDocument| !lock.is_dead(environment.clock.now());
        match read_until(directory, &file, is_alive).await? {
            // Released just now.
            None => {}
            Some(lock) if !is_alive(&lock) => dead.push((number, file)),
            Some(lock) => return Err(in_progress(resource, lock.holder())),
        }
    }
    dead.sort_unstable();
    Ok(dead)
}

/// The number in the name of a lock: eight digits, so that there is always a next one.
fn number_of(file: &str) -> Option<u64> {
    file.strip_suffix(".json").filter(|digits| digits.len() == 8)?.parse().ok()
}

/// The lock in a file, or `None` where there is none.
///
/// # Errors
/// [`Error::Refused`] when it cannot be read, however often it is asked for.
async fn read(directory: &Directory, file: &str) -> Result<Option<LockDocument>> {
    read_until(directory, file, |_| true).await
}

/// The lock in a file, asked for again while it cannot be read or is not `expected`, [`READS`] times in all.
async fn read_until(
    directory: &Directory,
    file: &str,
    expected: impl Fn(&LockDocument) -> bool + Send,
) -> Result<Option<LockDocument>> {
    let mut attempt = 1;
    loop {
        let Some(bytes) = read_document(directory, file).await? else { return Ok(None) };
        let last = attempt == READS;
        match from_bytes::<LockDocument>(directory.path(), file, &bytes) {
            Ok(lock) if last || expected(&lock) => return Ok(Some(lock)),
            Err(Error::Corrupted { message, .. }) if last => {
                return Err(Error::Refused {
                    reason: format!("the lock `{}/{file}` cannot be read: {message}", directory.path()),
                    hint: "remove it once no operation runs".into(),
                });
            }
            Err(error) if !matches!(error, Error::Corrupted { .. }) => return Err(error),
            Ok(_) | Err(_) => attempt += 1,
        }
    }
}

/// The object of a lock.
#[derive(Debug)]
struct Held {
    store: RepositoryHandle,
    directory: Directory,
    file: String,
    resource: String,
    /// Held while the object is written, so that a release never comes between.
    document: Mutex<LockDocument>,
}

impl Held {
    /// Another operation may have begun where there was no lock while this one took over a dead one: both see each
    /// other, and both step back.
    async fn require_alone(&self, dead: &[(u64, String)]) -> Result<()> {
        for (file, _) in self.directory.list().await? {
            let known = file == self.file || dead.iter().any(|(_, dead)| *dead == file);
            if known || number_of(&file).is_none() {
                continue;
            }
            if let Some(other) = read(&self.directory, &file).await? {
                self.directory.delete([self.file.clone()]).await?;
                return Err(in_progress(&self.resource, other.holder()));
            }
        }
        Ok(())
    }

    async fn is_ours(&self, document: &LockDocument) -> Result<bool> {
        let ours = |found: &LockDocument| found.owner == document.owner;
        Ok(read_until(&self.directory, &self.file, ours).await?.is_some_and(|found| ours(&found)))
    }

    /// Says that the holder is alive; false once the lock is another's.
    async fn renew(&self, now: jiff::Timestamp) -> Result<bool> {
        let mut document = self.document.lock().await;
        if !self.is_ours(&document).await? {
            return Ok(false);
        }
        document.renew(now);
        self.directory.write_document(&self.file, to_bytes(&*document)?).await?;
        Ok(true)
    }

    async fn release(&self) {
        let document = self.document.lock().await;
        let released = match self.is_ours(&document).await {
            Ok(true) => self.directory.delete([self.file.clone()]).await,
            Ok(false) => Ok(()),
            Err(error) => Err(error),
        };
        match released {
            Ok(()) => self.store.storage().remove_empty(self.directory.path()),
            Err(error) => tracing::warn!(error = error.full_message(), "cannot release the lock"),
        }
    }
}

/// A lock that is renewed until it is released or dropped.
#[derive(Debug)]
struct Lock {
    held: Arc<Held>,
    renewal: JoinHandle<()>,
}

impl Lock {
    fn new(held: Arc<Held>, environment: &Environment) -> Self {
        let (renewed, clock) = (Arc::clone(&held), Arc::clone(&environment.clock));
        let renewal = tokio::spawn(async move {
            loop {
                clock.sleep(RENEWAL).await;
                match renewed.renew(clock.now()).await {
                    Ok(true) => {}
                    // The holder learns of it when it checks.
                    Ok(false) => return,
                    Err(error) => tracing::warn!(error = error.full_message(), "cannot renew the lock"),
                }
            }
        });
        Self { held, renewal }
    }
}

#[async_trait]
impl CollectionLock for Lock {
    async fn check(&self) -> Result<()> {
        let document = self.held.document.lock().await;
        if self.held.is_ours(&document).await? {
            return Ok(());
        }
        let holder = "an operation that took this one for dead".to_owned();
        Err(in_progress(&self.held.resource, holder))
    }

    async fn release(&self) {
        self.held.release().await;
        self.renewal.abort();
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        self.renewal.abort();
    }
}
