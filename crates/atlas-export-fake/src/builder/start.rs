//! From a builder to a fake that listens.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
#[cfg(feature = "schemas")]
use std::sync::LazyLock;
use std::sync::{Arc, Mutex};

use tokio::net::TcpListener;

use crate::api::atlas::{Atlas, BucketChanges};
use crate::builder::fake_builder::{DEFAULT_PROJECT_ID, FakeAtlasBuilder};
use crate::control::fake::FakeAtlas;
use crate::faults::script::Script;
use crate::rules::authenticator::Authenticator;
use crate::rules::invalid_option::invalid_option;
use crate::rules::limiter::Limiter;
#[cfg(feature = "schemas")]
use crate::rules::operations::OPERATIONS;
#[cfg(feature = "schemas")]
use crate::rules::schemas::Schemas;
use crate::rules::service_account::ServiceAccount;
use crate::wire::handler::RequestHandler;
use crate::wire::log::Log;
use crate::wire::server::Server;
use crate::wire::tls::Tls;
use crate::wire::traffic::Traffic;
use crate::world::ids::is_object_id;

/// The start.
impl FakeAtlasBuilder {
    /// Binds a free port of `127.0.0.1` and serves it until the [`FakeAtlas`] is dropped.
    ///
    /// # Errors
    ///
    /// `InvalidInput` where a project or a snapshot has an id that is not 24 hexadecimal digits,
    /// a rate limit lets nothing through, a token lives for less than a second, a competitor takes nothing or takes no time for it, or an
    /// operation, version or header value does not exist;
    /// `InvalidData` where the embedded request schemas do not compile or no certificate can be made;
    /// otherwise why the port could not be bound.
    pub async fn start(mut self) -> io::Result<FakeAtlas> {
        if self.world.projects.is_empty() {
            self.in_project(DEFAULT_PROJECT_ID, |_| ());
        }
        self.check_ids()?;
        let limiter = Limiter::new(self.limits)?;
        self.deprecations.check_options()?;
        let account = ServiceAccount::new(self.account)?;
        let start = self.clock.wall();
        for (snapshot, before_last) in self
            .world
            .projects
            .iter_mut()
            .flat_map(|project| &mut project.clusters)
            .flat_map(|cluster| cluster.snapshots.items_mut().iter_mut().rev().zip(0..))
        {
            snapshot.dated(start, before_last);
        }

        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        #[cfg(feature = "tls")]
        let tls = self.tls.then(|| Tls::new(self.protocols)).transpose()?;
        #[cfg(not(feature = "tls"))]
        let tls: Option<Tls> = None;
        let root_pem = tls.as_ref().map(|tls| tls.root_pem.clone());
        let atlas = Atlas {
            origin: match &tls {
                None => format!("http://{address}"),
                Some(_) => format!("https://localhost:{}", address.port()),
            },
            clock: self.clock,
            #[cfg(feature = "schemas")]
            schemas: schemas()?,
            lifecycle: self.lifecycle,
            options: self.options,
            limiter,
            deprecations: self.deprecations,
            bucket_changes: BucketChanges::default(),
            world: Mutex::new(self.world),
        };
        let authenticator = Authenticator::new(
            self.public_key,
            self.private_key,
            self.nonce_lifetime,
            self.nonce_uses,
        )
        .never_stale(self.never_stale);
        let handler = Arc::new(RequestHandler {
            atlas,
            authenticator,
            account,
            script: Script::default(),
            log: Log::default(),
            traffic: Traffic::new(self.latency),
        });
        let server = Server {
            handler: Arc::clone(&handler),
            tls,
            protocols: self.protocols,
        };
        let server = tokio::spawn(server.accept(listener)).abort_handle();
        Ok(FakeAtlas::new(address, root_pem, handler, server))
    }

    fn check_ids(&self) -> io::Result<()> {
        let projects = self.world.projects.iter();
        let snapshots = projects
            .clone()
            .flat_map(|project| &project.clusters)
            .flat_map(|cluster| cluster.snapshots.items());
        let mut ids = projects
            .map(|project| &project.id)
            .chain(snapshots.map(|snapshot| &snapshot.id));
        match ids.find(|id| !is_object_id(id)) {
            None => Ok(()),
            Some(id) => Err(invalid_option(format!(
                "the id {id:?} is invalid; it must be 24 hexadecimal digits"
            ))),
        }
    }
}

/// The embedded schemas, of which each operation with a body needs one. Compiling them takes longer
/// than all else that a fake does to start, so the fakes of a process share them.
#[cfg(feature = "schemas")]
fn schemas() -> io::Result<&'static Schemas> {
    static SCHEMAS: LazyLock<Result<Schemas, String>> = LazyLock::new(compiled);
    SCHEMAS
        .as_ref()
        .map_err(|why| io::Error::new(io::ErrorKind::InvalidData, why.clone()))
}

#[cfg(feature = "schemas")]
fn compiled() -> Result<Schemas, String> {
    let schemas = Schemas::embedded().map_err(|bad| bad.to_string())?;
    let mut operations = OPERATIONS.iter();
    match operations.find(|operation| operation.takes_body && !schemas.covers(operation.id)) {
        None => Ok(schemas),
        Some(operation) => Err(format!("no request schema: {}", operation.id)),
    }
}
