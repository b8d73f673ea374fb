//! Bulk import, as jobs.

use std::collections::BTreeMap;

use milvus::proto::common::{ImportState, KeyValuePair};
use milvus::proto::milvus as pb;
use milvus_backup_columns::params_from_wire;
use milvus_backup_core::{CollectionName, Error};

use super::call::{Call, locked, named};
use super::refusal::{Answer, invalid, unexpected};
use super::settings::Replication;
use crate::fakes::InMemoryMilvus;

/// The imports so far, by their numbers.
#[derive(Debug, Default)]
pub(super) struct Imports(BTreeMap<i64, Job>);

#[derive(Debug)]
struct Job {
    collection: i64,
    key: Option<String>,
    /// Polls until it is complete.
    polls: u32,
    stage: Stage,
}

#[derive(Debug, Clone)]
enum Stage {
    Imported(u64),
    Failed(String),
    /// Its rows are stored when it is committed.
    Uncommitted(Request),
}

/// What is imported into what.
#[derive(Debug, Clone)]
struct Request {
    milvus: InMemoryMilvus,
    collection: CollectionName,
    partition: Option<String>,
    files: Vec<String>,
}

impl Request {
    /// Imports all files; a failed import leaves no row of the file that failed.
    fn run(&self) -> Answer<Stage> {
        let mut rows = 0;
        for file in &self.files {
            let imported = self.milvus.state().import_file(&self.collection, self.partition.as_deref(), file);
            match imported {
                Ok(imported) => rows += imported,
                Err(Error::Refused { reason, .. }) => return Ok(Stage::Failed(reason_of_server(file, &reason))),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Stage::Imported(rows))
    }
}

/// Removes what the client says before the reason.
fn reason_of_server(file: &str, reason: &str) -> String {
    reason.strip_prefix(&format!("Milvus cannot import `{file}`: ")).unwrap_or(reason).to_owned()
}

pub(super) fn import(call: &Call<'_>, request: pb::ImportRequest) -> Answer<pb::ImportResponse> {
    call.require_primary()?;
    let milvus = call.database(&request.db_name)?;
    let collection = named(&request.collection_name)?;
    let id = milvus.state().get("Import", &collection)?.id;
    let knows_keys = call.version().knows_import_keys() && call.parts.settings().import_keys;
    let key = call.idempotency_key.clone().filter(|_| knows_keys);
    let mut imports = locked(&call.parts.imports);
    if let Some(first) = imports.made_under(id, key.as_deref()) {
        return Ok(pb::ImportResponse { tasks: vec![first], ..Default::default() });
    }
    let options = params_from_wire(&request.options);
    let is_later = options.get("auto_commit").is_some_and(|value| value == "false");
    require_commit(call, is_later)?;
    let partition = Some(request.partition_name).filter(|name| !name.is_empty());
    let request = Request { milvus: milvus.clone(), collection, partition, files: request.files };
    let stage = if is_later { Stage::Uncommitted(request) } else { request.run()? };
    let number = milvus.state().new_id();
    imports.0.insert(number, Job { collection: id, key, polls: call.parts.settings().polls_to_import, stage });
    Ok(pb::ImportResponse { tasks: vec![number], ..Default::default() })
}

/// Refuses an import by the rules of clusters that replicate: 2.6 refuses imports, and 3.0 takes those that are
/// committed in a second step: documentation of bulk import where clusters replicate. The words are not known.
fn require_commit(call: &Call<'_>, is_later: bool) -> Answer<()> {
    let commits = call.version().commits_imports();
    if is_later && !commits {
        return Err(invalid("auto_commit is not an option of this release"));
    }
    match call.parts.settings().replication {
        Replication::None => Ok(()),
        _ if !commits => Err(unexpected("import is not supported in a replicating cluster")),
        _ if !is_later => Err(unexpected("an import into a replicating cluster must have auto_commit=false")),
        _ => Ok(()),
    }
}

/// Lists the imports of a collection, of all where none is named, with their numbers.
pub(super) fn list(call: &Call<'_>, request: pb::ListImportTasksRequest) -> Answer<pb::ListImportTasksResponse> {
    let milvus = call.database(&request.db_name)?;
    let id = match request.collection_name.as_str() {
        "" => None,
        name => Some(milvus.state().get("ListImportTasks", &named(name)?)?.id),
    };
    let imports = locked(&call.parts.imports);
    let found = imports.0.iter().filter(|(_, job)| id.is_none_or(|id| id == job.collection));
    let task = |(number, job): (&i64, &Job)| pb::GetImportStateResponse {
        id: *number,
        collection_id: job.collection,
        ..pb::GetImportStateResponse::default()
    };
    Ok(pb::ListImportTasksResponse { tasks: found.map(task).collect(), ..Default::default() })
}

/// Answers the state of an import. The definitions have no state for one that waits to be committed (it is
/// `Uncommitted` over REST): the last one before it is complete stands for it.
pub(super) fn state(call: &Call<'_>, request: pb::GetImportStateRequest) -> Answer<pb::GetImportStateResponse> {
    let mut imports = locked(&call.parts.imports);
    let job = imports.0.get_mut(&request.task);
    let job = job.ok_or_else(|| unexpected(format!("import job {} not found", request.task)))?;
    let mut answer = pb::GetImportStateResponse {
        id: request.task,
        collection_id: job.collection,
        ..pb::GetImportStateResponse::default()
    };
    if job.polls > 0 {
        job.polls -= 1;
        answer.set_state(ImportState::ImportStarted);
        return Ok(answer);
    }
    match &job.stage {
        Stage::Imported(rows) => {
            answer.set_state(ImportState::ImportCompleted);
            answer.row_count = i64::try_from(*rows).unwrap();
        }
        Stage::Failed(reason) => {
            answer.set_state(ImportState::ImportFailed);
            answer.infos = vec![KeyValuePair { key: "failed_reason".to_owned(), value: reason.clone() }];
        }
        Stage::Uncommitted(_) => answer.set_state(ImportState::ImportFlushed),
    }
    Ok(answer)
}

impl Imports {
    /// Returns the import of a collection that was made under a key, whatever became of it: "a failed job's key
    /// returns the failed job".
    fn made_under(&self, collection: i64, key: Option<&str>) -> Option<i64> {
        let is_it = |job: &Job| job.collection == collection && job.key.as_deref() == key;
        key.and_then(|_| self.0.iter().find(|(_, job)| is_it(job)).map(|(number, _)| *number))
    }

    /// Commits an import that waits for it, as the call of the REST interface does that the definitions do not have.
    pub(super) fn commit(&mut self, number: i64) {
        let job = self.0.get_mut(&number).expect("no such import");
        let Stage::Uncommitted(request) = job.stage.clone() else { panic!("the import does not wait to be committed") };
        job.stage = request.run().unwrap_or_else(|refusal| panic!("{refusal:?}"));
    }
}
