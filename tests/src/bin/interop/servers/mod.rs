//! The servers: which there are, and how one is started.

pub(crate) mod apache;
pub(crate) mod java;
pub(crate) mod jetty;
pub(crate) mod lighttpd;
mod site;
pub(crate) mod tomcat;

use std::{net::SocketAddr, time::Duration};

use tokio::{net::TcpStream, time::sleep};

use self::{java::Program, site::Site};
use crate::group::{GLANCE, Group};

/// How long, in seconds, an idle connection is kept: so long that on a busy computer none is closed
/// under a request that is on its way, which would be sent again and counted twice.
const KEEP_ALIVE: u32 = 60;

/// How often a server is knocked at until it counts as not coming: 30 s, which a virtual machine
/// on a busy computer may need.
const KNOCKS: usize = 1500;

/// A server in one configuration.
#[derive(Debug)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// What it is to be answered with: the strongest that it offers.
    pub(crate) algorithm: &'static str,
    /// Where nonces expire within a run.
    pub(crate) nonce_lifetime: Option<Duration>,
    /// Whether it forgets nonces while they are in use, where there are more than a few.
    pub(crate) forgets_nonces: bool,
    configuration: Configuration,
}

#[derive(Debug)]
enum Configuration {
    Apache {
        wide: &'static str,
        narrow: &'static str,
    },
    Lighttpd(&'static str),
    Java(Program),
}

/// All servers, in the order of the table.
pub(crate) const KINDS: &[Kind] = &[
    Kind {
        name: "Apache",
        algorithm: "MD5",
        nonce_lifetime: None,
        forgets_nonces: false,
        configuration: Configuration::Apache {
            wide: "",
            narrow: "",
        },
    },
    Kind {
        name: "Apache, nonces of 2 s",
        algorithm: "MD5",
        nonce_lifetime: Some(Duration::from_secs(2)),
        forgets_nonces: false,
        configuration: Configuration::Apache {
            wide: "",
            narrow: "AuthDigestNonceLifetime 2",
        },
    },
    Kind {
        name: "Apache, strict count",
        algorithm: "MD5",
        nonce_lifetime: None,
        forgets_nonces: false,
        configuration: Configuration::Apache {
            // The default table of 1,000 bytes forgets nonces that are in use.
            wide: "AuthDigestShmemSize 1M",
            narrow: "AuthDigestNcCheck On",
        },
    },
    Kind {
        name: "Apache, small table",
        algorithm: "MD5",
        nonce_lifetime: None,
        forgets_nonces: true,
        configuration: Configuration::Apache {
            wide: "",
            narrow: "AuthDigestNcCheck On",
        },
    },
    Kind {
        name: "Apache, one-time nonces",
        algorithm: "MD5",
        nonce_lifetime: None,
        forgets_nonces: true,
        configuration: Configuration::Apache {
            wide: "",
            // Each response names the next nonce, which is kept in the table.
            narrow: "AuthDigestNonceLifetime 0",
        },
    },
    Kind {
        name: "lighttpd, MD5",
        algorithm: "MD5",
        nonce_lifetime: None,
        forgets_nonces: false,
        configuration: Configuration::Lighttpd("MD5"),
    },
    Kind {
        name: "lighttpd, SHA-256",
        algorithm: "SHA-256",
        nonce_lifetime: None,
        forgets_nonces: false,
        configuration: Configuration::Lighttpd("SHA-256"),
    },
    Kind {
        name: "lighttpd, both",
        algorithm: "SHA-256",
        nonce_lifetime: None,
        forgets_nonces: false,
        configuration: Configuration::Lighttpd("MD5|SHA-256"),
    },
    Kind {
        name: "Jetty",
        algorithm: "MD5",
        nonce_lifetime: None,
        forgets_nonces: false,
        configuration: Configuration::Java(jetty::PROGRAM),
    },
    Kind {
        name: "Tomcat",
        algorithm: "SHA-256",
        nonce_lifetime: None,
        forgets_nonces: false,
        configuration: Configuration::Java(tomcat::PROGRAM),
    },
];

/// A server that runs for as long as this value lives.
#[derive(Debug)]
pub(crate) struct Server {
    // Dropped in this order: a server still writes into its folder.
    group: Group,
    site: Site,
}

impl Server {
    /// Starts a server, and waits until it accepts connections.
    pub(crate) async fn start(kind: &Kind) -> Result<Self, String> {
        let site = Site::new().map_err(|error| format!("no place for its files: {error}"))?;
        let command = match &kind.configuration {
            Configuration::Apache { wide, narrow } => apache::command(&site, wide, narrow),
            Configuration::Lighttpd(algorithms) => lighttpd::command(&site, algorithms),
            Configuration::Java(program) => program.command(&site).await,
        };
        let started = command.and_then(|mut command| Group::start(&mut command, site.log()));
        let group = started.map_err(|error| {
            let words = site.last_words();
            format!("could not be started: {error}{words}")
        })?;
        let mut server = Self { group, site };
        server.answer().await?;
        Ok(server)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.site.address()
    }

    /// Whether it has ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.group.ended().is_some()
    }

    /// What it said last, to be appended to a message.
    pub(crate) fn last_words(&mut self) -> String {
        let ended = match self.group.ended() {
            Some(status) => format!("; the server has ended: {status}"),
            None => String::new(),
        };
        ended + &self.site.last_words()
    }

    async fn answer(&mut self) -> Result<(), String> {
        for _ in 0..KNOCKS {
            if self.group.ended().is_some() {
                return Err(format!("could not be started{}", self.last_words()));
            }
            if TcpStream::connect(self.address()).await.is_ok() {
                return Ok(());
            }
            sleep(GLANCE).await;
        }
        Err(format!("does not accept connections{}", self.last_words()))
    }
}
