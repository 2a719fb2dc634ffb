//! What a client leads to: projects, fleets, and operations that this crate has no method for.

use atlas_export_api::{calls::GetSystemStatus, types::SystemStatus};
use atlas_export_types::{InvalidId, ProjectId};

use super::Client;
use crate::{
    Error, Project, Projects, Request,
    fleet::{ExportFleet, FleetReport},
    request::{CustomRequest, Method},
};

impl Client {
    /// The handle of a project, by its id or by text: 24 hexadecimal digits. Makes no request.
    ///
    /// The id stands in the path of requests, so text that is not an id is never put into one: each call of
    /// the handle, and [`Project::id`], is a `Config` error then.
    pub fn project<I>(&self, id: I) -> Project
    where
        I: TryInto<ProjectId, Error: Into<InvalidId>>,
    {
        Project::new(self.clone(), id.try_into().map_err(Into::into))
    }

    /// Exports the newest snapshot of every cluster of many projects, once: of all that the
    /// credentials see, or of those that [`ExportFleet::projects`](crate::fleet::ExportFleet::projects)
    /// chooses. In each project the export bucket of this name is taken. See
    /// [`fleet`](crate::fleet).
    ///
    /// ```
    /// # async fn example(atlas: atlas_export::Client) -> Result<(), atlas_export::Error> {
    /// let plan = atlas.export_fleet("my-exports").await_exports().plan().await?;
    /// println!("{plan}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn export_fleet(&self, bucket_name: impl Into<String>) -> ExportFleet {
        ExportFleet::of_client(self, bucket_name.into())
    }

    /// The fleet that a report is of, which goes on where the report ends: as
    /// [`resume`](crate::fleet::ExportFleet::resume) of the fleet that made it.
    ///
    /// ```no_run
    /// # async fn example(atlas: atlas_export::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// use atlas_export::fleet::FleetReport;
    ///
    /// let report = FleetReport::read("report.json")?;
    /// let plan = atlas.resume_fleet(report)?.await_exports().plan().await?;
    /// println!("{plan}");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Config` where the report does not tell the name of its bucket, because none of its projects
    /// could be looked at.
    pub fn resume_fleet(&self, report: FleetReport) -> Result<ExportFleet, Error> {
        ExportFleet::of_report(self, report)
    }

    /// The projects that the API key or service account sees. Makes no request.
    pub fn projects(&self) -> Projects {
        Projects::new(self.clone())
    }

    /// What Atlas says of itself and of who is asking: which API key, with which roles. Of a service
    /// account it tells no key.
    ///
    #[doc = atlas_export_api::operation_facts!(GetSystemStatus)]
    ///
    /// ```no_run
    /// use atlas_export::models::RoleCheck;
    ///
    /// # async fn example(atlas: atlas_export::Client) -> Result<(), atlas_export::Error> {
    /// let status = atlas.system_status().await?;
    /// let project = "32b6e34b3d91647abb20e7b8".parse()?;
    /// match status.role_for("createExportJob", &project) {
    ///     RoleCheck::Sufficient { role } => println!("{role:?} suffices"),
    ///     RoleCheck::Insufficient { needed } => println!("none of {needed:?}"),
    ///     other => println!("nobody can tell: {other:?}"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Authentication` where the credentials are wrong; `Api` where Atlas refuses, for instance the
    /// address; `Config` in version 1.0.
    pub fn system_status(&self) -> Request<SystemStatus> {
        self.request_of(Ok(GetSystemStatus {}))
    }

    /// The handle of the project that the environment or the profile names, or
    /// [`ClientBuilder::default_project`](crate::ClientBuilder::default_project). Makes no request.
    ///
    /// ```
    /// use atlas_export::{Client, Credentials};
    ///
    /// let key = Credentials::api_key("abcdefgh", "0a1b2c3d-0000-4000-8000-0123456789ab");
    /// let atlas = Client::builder()
    ///     .credentials(key)
    ///     .default_project("32b6e34b3d91647abb20e7b8".parse()?)
    ///     .build()?;
    /// let buckets = atlas.default_project()?.export_buckets();
    /// # let _ = buckets;
    /// # Ok::<(), atlas_export::Error>(())
    /// ```
    ///
    /// # Errors
    /// `Config` where none is named.
    pub fn default_project(&self) -> Result<Project, Error> {
        match &self.inner.fields.project_id {
            Some(id) => Ok(self.project(id)),
            None => Err(crate::variables::no_project()),
        }
    }

    /// The id of the organization that the environment or the profile names, or
    /// [`ClientBuilder::org_id`](crate::ClientBuilder::org_id), as it stands there: for [requests](Self::request) that want one.
    pub fn org_id(&self) -> Option<&str> {
        self.inner.fields.org_id.as_deref()
    }

    /// A call of any operation of the API, also of one that this crate has no method for. Makes
    /// no request.
    ///
    /// The template is the path as Atlas's reference has it, without `/api/atlas/v2`; `/` is that path
    /// itself, which is sent without a slash at its end. What stands
    /// in its placeholders is given by [`path`](CustomRequest::path), so the template is a
    /// constant of the program, and spans and errors show it without any value. See
    /// [`request`](crate::request).
    ///
    /// ```no_run
    /// use atlas_export::request::Method;
    /// use serde_json::Value;
    ///
    /// # async fn example(atlas: atlas_export::Client) -> Result<(), atlas_export::Error> {
    /// let cluster: Value = atlas
    ///     .request(Method::GET, "/groups/{groupId}/clusters/{clusterName}")
    ///     .path("groupId", "32b6e34b3d91647abb20e7b8")
    ///     .path("clusterName", "Cluster0")
    ///     .version("2024-08-05")
    ///     .await?;
    /// println!("{}", cluster["mongoDBVersion"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn request<T>(&self, method: Method, template: &'static str) -> CustomRequest<T> {
        CustomRequest::new(self.clone(), method, template)
    }
}
