//! Clusters: which of them there is anything to export of.

use atlas_export_api::{
    PageQuery, calls::ListClusters, operations::LIST_CLUSTERS, types::ClusterDescription,
};

use crate::{Project, list::List, project::InvalidHandle};

pub use atlas_export_api::{NotExportable, Tier};

/// The version that lists them.
const SINCE: &str = "2024-08-05";

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
        self.list_of(None)
    }

    /// The clusters of the project, and those too that are deleted and whose snapshots remain. Each
    /// page fails with a `Config` error in version 1.0, which does not know them.
    ///
    /// ```no_run
    /// # async fn example(project: atlas_export::Project) -> Result<(), atlas_export::Error> {
    /// for cluster in project.clusters().list_with_deleted().all().await?.items {
    ///     let snapshots = project.cluster(&cluster.name).snapshots().list().all().await?;
    ///     println!("{} {:?}: {}", cluster.name, cluster.state_name, snapshots.items.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc = atlas_export_api::operation_facts!(ListClusters)]
    pub fn list_with_deleted(&self) -> List<ClusterDescription> {
        self.list_of(Some(true))
    }

    fn list_of(&self, with_deleted: Option<bool>) -> List<ClusterDescription> {
        let project = self.project.made_for_one();
        let versions = project.client().versions();
        let supported = match with_deleted {
            None => Ok(()),
            Some(_) => versions.require(LIST_CLUSTERS, SINCE, "clusters that are deleted"),
        };
        let call = supported
            .map_err(InvalidHandle::unsupported)
            .and_then(|()| {
                project.call(|project_id| ListClusters {
                    project_id,
                    include_deleted_with_retained_backups: with_deleted,
                    page: PageQuery::default(),
                })
            });
        List::new(project.client(), call, |cluster| cluster.name.as_str())
    }
}
