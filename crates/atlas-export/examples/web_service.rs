//! A web service whose handlers share one client: `GET /clusters/{name}/exports` lists the exports
//! of a cluster. Clones share connections, authentication and what is known of rate limits.

use std::time::Duration;

use atlas_export::{Client, Error, ErrorKind, Project, models::ExportJob};
use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::{Value, json};

/// A name that is none is refused before anything is sent, so it may come from outside.
async fn exports(
    State(project): State<Project>,
    Path(cluster): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let jobs = project.cluster(cluster).export_jobs();
    let all = jobs.list().concurrency(4).all().await.map_err(Refusal)?;
    let of_job = |job: ExportJob| json!({ "id": job.id, "state": job.state, "prefix": job.prefix });
    Ok(Json(json!({
        "exports": all.items.into_iter().map(of_job).collect::<Vec<_>>(),
        "undecodable": all.undecodable.len(),
    })))
}

/// What a caller of the service may know. The message of an error holds no secret.
struct Refusal(Error);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = match self.0.kind() {
            ErrorKind::Config => StatusCode::BAD_REQUEST,
            _ if self.0.is_not_found() => StatusCode::NOT_FOUND,
            _ if self.0.is_retryable() => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_GATEWAY,
        };
        (status, self.0.to_string()).into_response()
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let atlas = Client::from_env()?;
    let project = atlas.project(std::env::var("MONGODB_ATLAS_PROJECT_ID")?);
    project.id()?; // better now than with the first request
    let routes = Router::new()
        .route("/clusters/{name}/exports", get(exports))
        .with_state(project);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
    axum::serve(listener, routes)
        .with_graceful_shutdown(async { drop(tokio::signal::ctrl_c().await) })
        .await?;
    atlas.shutdown(Duration::from_secs(10)).await;
    Ok(())
}
