//! The metrics of the jobs and of their roots.

use std::collections::BTreeSet;

use milvus_backup_core::Result;

use super::family::text;
use super::jobs::JobFamilies;
use super::repository::RepositoryFamilies;
use crate::schedule::{Job, ScheduleSetting, StateDirectory};

/// Returns the metrics of jobs, and of the repositories that they write to.
///
/// # Errors
/// Those of a state or of a repository that cannot be read.
pub(crate) async fn of_jobs(setting: &ScheduleSetting, jobs: &[Job], directory: &StateDirectory) -> Result<String> {
    let (mut states, mut repositories, mut roots) = (JobFamilies::new(), RepositoryFamilies::new(), BTreeSet::new());
    for job in jobs {
        let max_age = job.settings.max_age.map(|age| age.0);
        states.add(job.name(), &directory.read(job.name())?, max_age);
        let context = setting.context(job)?;
        let copies = job.settings.copies.iter().map(|copy| context.repository_at(&copy.root));
        for repository in std::iter::once(context.repository()).chain(copies) {
            let repository = repository?;
            if roots.insert(repository.root().to_owned()) {
                repositories.add(&repository).await?;
            }
        }
    }
    Ok(text(states.all().into_iter().chain(repositories.all())))
}
