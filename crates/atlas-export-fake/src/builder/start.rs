//! From a builder to a fake that listens.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};

use tokio::net::TcpListener;

use super::{DEFAULT_PROJECT_ID, FakeAtlasBuilder, invalid_data, invalid_input};
use crate::digest::Gate;
use crate::fake::FakeAtlas;
use crate::ids::is_object_id;
use crate::log::Log;
use crate::operations::OPERATIONS;
use crate::script::Script;
use crate::server::Server;
use crate::state::Shared;
use crate::tls::Tls;
use crate::validate::Schemas;

/// Its start.
impl FakeAtlasBuilder {
    /// Binds a free port of `127.0.0.1` and serves it until the [`FakeAtlas`] is dropped.
    ///
    /// # Errors
    ///
    /// `InvalidInput` where a project or a snapshot has an id that is not 24 hexadecimal digits,
    /// a rate limit lets nothing through, a competitor takes nothing or takes no time for it, or an
    /// operation, version or header value does not exist;
    /// `InvalidData` where the embedded request schemas do not compile or no certificate can be made;
    /// otherwise why the port could not be bound.
    pub async fn start(mut self) -> io::Result<FakeAtlas> {
        if self.world.projects.is_empty() {
            self.in_project(DEFAULT_PROJECT_ID, |_| ());
        }
        self.check_ids()?;
        self.limiter.check_options()?;
        self.ageing.check_options()?;
        let schemas = Schemas::embedded().map_err(invalid_data)?;
        let missing = OPERATIONS
            .iter()
            .find(|operation| operation.takes_body && !schemas.covers(operation.id));
        if let Some(operation) = missing {
            return Err(invalid_data(format!("no request schema: {}", operation.id)));
        }
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
        let gate = Gate::new(
            self.public_key,
            self.private_key,
            self.nonce_lifetime,
            self.nonce_uses,
        )
        .never_stale(self.never_stale);
        let tls = self.tls.then(|| Tls::new(self.protocols)).transpose()?;
        let shared = Arc::new(Shared {
            origin: match &tls {
                None => format!("http://{address}"),
                Some(_) => format!("https://localhost:{}", address.port()),
            },
            gate,
            log: Log::default(),
            clock: self.clock,
            schemas,
            rules: self.rules,
            habits: self.habits,
            export_frequencies: self.export_frequencies,
            limiter: self.limiter,
            ageing: self.ageing,
            traffic: self.traffic,
            script: Script::default(),
            connections: AtomicUsize::new(0),
            root_pem: tls.as_ref().map(|tls| tls.root_pem.clone()),
            world: Mutex::new(self.world),
        });
        let server = Server {
            shared: Arc::clone(&shared),
            tls,
            protocols: self.protocols,
        };
        let server = tokio::spawn(server.accept(listener));
        Ok(FakeAtlas::new(address, shared, server.abort_handle()))
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
            Some(id) => Err(invalid_input(format!("not 24 hexadecimal digits: {id:?}"))),
        }
    }
}
