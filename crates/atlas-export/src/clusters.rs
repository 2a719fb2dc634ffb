//! Clusters: which of them there is anything to export of.

use atlas_export_api::{PageQuery, calls::ListClusters, types::ClusterDescription};

use crate::{Project, list::List};

pub use atlas_export_api::{NotExportable, Tier};

/// The clusters of a project.
///
/// ```no_run
/// # async fn example(project: atlas_export::Project) -> Result<(), atlas_export::Error> {
/// let mut all = project.clusters().list().by_item();
/// while let Some(cluster) = all.next().await {
///     let cluster = cluster?;
///     match cluster.why_not_exportable() {
///         Some(why) => println!("{} is skipped: {why}", cluster.name),
///         None => println!("{} ({})", cluster.name, cluster.tier()),
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Clusters {
    project: Project,
}

impl Clusters {
    pub(crate) fn new(project: Project) -> Self {
        Self { project }
    }

    /// The project that the clusters belong to.
    pub fn project(&self) -> &Project {
        &self.project
    }

    /// The clusters of the project. Version 1.0 leaves out those that span several clouds.
    #[doc = atlas_export_api::operation_facts!(ListClusters)]
    pub fn list(&self) -> List<ClusterDescription> {
        let project = self.project.made_for_one();
        let call = project.call(|project_id| ListClusters {
            project_id,
            page: PageQuery::default(),
        });
        List::new(project.client(), call, |cluster| cluster.name.as_str())
    }
}
