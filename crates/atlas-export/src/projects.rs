//! Projects: where there may be something to export.

use atlas_export_api::{
    PageQuery,
    calls::{ListAllClusters, ListProjects},
    types::{ProjectClusters, ProjectDescription},
};

use crate::{Client, list::List};

/// The projects that the API key or service account sees. Made by [`Client::projects`].
///
/// ```no_run
/// # async fn example(atlas: atlas_export::Client) -> Result<(), atlas_export::Error> {
/// let mut all = atlas.projects().list().by_item();
/// while let Some(found) = all.next().await {
///     let found = found?;
///     let buckets = atlas.project(&found.id).export_buckets().list().all().await?;
///     println!("{:?}: {} buckets", found.name, buckets.items.len());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Projects {
    client: Client,
}

impl Projects {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// The projects, of whichever organization.
    #[doc = atlas_export_api::operation_facts!(ListProjects)]
    pub fn list(&self) -> List<ProjectDescription> {
        let call = ListProjects {
            page: PageQuery::default(),
        };
        List::new(&self.made_for_one(), Ok(call), |project| {
            project.id.as_str()
        })
    }

    /// The projects with summaries of their clusters, which tell no tier: whether one can be
    /// exported, [`Clusters::list`](crate::Clusters::list) of its project tells. Clusters that span
    /// several clouds are left out.
    ///
    /// ```no_run
    /// # async fn example(atlas: atlas_export::Client) -> Result<(), atlas_export::Error> {
    /// for project in atlas.projects().clusters().all().await?.items {
    ///     for cluster in project.clusters.items() {
    ///         println!("{:?} {}", project.group_name, cluster.name);
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc = atlas_export_api::operation_facts!(ListAllClusters)]
    pub fn clusters(&self) -> List<ProjectClusters> {
        let call = ListAllClusters {
            page: PageQuery::default(),
        };
        List::new(&self.made_for_one(), Ok(call), |project| {
            project.group_id.as_str()
        })
    }

    /// The client, all of whose requests are one caller's.
    fn made_for_one(&self) -> Client {
        self.client.made_for(self.client.caller().of_many())
    }
}
