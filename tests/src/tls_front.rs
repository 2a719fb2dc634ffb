//! TLS before a server that has none, with certificates of its own.
//!
//! It says what each client offers, and can ask clients for a certificate.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::{
    RootCertStore, ServerConfig, crypto::aws_lc_rs, pki_types::PrivatePkcs8KeyDer,
    server::WebPkiClientVerifier,
};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::{LazyConfigAcceptor, rustls};

use crate::{ScriptedServer, client_at};

/// The host of its certificate, which no DNS knows.
pub const HOST: &str = "atlas.example";

/// A certificate and its key.
#[derive(Debug)]
pub struct Pem {
    /// The certificate.
    pub certificate: String,
    /// Its key, in PKCS #8.
    pub key: String,
}

impl Pem {
    /// Both in one file.
    pub fn file(&self) -> String {
        format!("{}{}", self.certificate, self.key)
    }
}

/// What a client offers when it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    /// The host that it wants.
    pub host: Option<String>,
    /// The protocols, by ALPN.
    pub protocols: Vec<String>,
    /// Whether it knows a key exchange that quantum computers do not break: aws-lc does, ring not.
    pub is_post_quantum: bool,
}

/// The front. Dropping it closes its port.
#[derive(Debug)]
pub struct TlsFront {
    /// The root of its certificate.
    pub root_pem: String,
    /// A certificate for clients, from the same root.
    pub client: Pem,
    address: SocketAddr,
    hellos: Arc<Mutex<Vec<Hello>>>,
    task: JoinHandle<()>,
}

/// Whether clients are asked for a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clients {
    /// Who has one of this root is let in, and nobody else.
    Certified,
    /// All are let in.
    Anyone,
}

impl TlsFront {
    /// Stands before this server, as [`HOST`], on a free loopback port.
    ///
    /// # Panics
    /// Where no port can be had.
    pub async fn before(server: &ScriptedServer, clients: Clients) -> Self {
        Self::listen(server.address(), clients)
            .await
            .expect("a loopback port and certificates")
    }

    async fn listen(to: SocketAddr, clients: Clients) -> io::Result<Self> {
        let authority = Authority::new().map_err(io::Error::other)?;
        let client = authority.leaf("client").map_err(io::Error::other)?;
        let config = authority.server(clients).map_err(io::Error::other)?;
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let hellos: Arc<Mutex<Vec<Hello>>> = Arc::default();
        let seen = hellos.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (config, seen) = (config.clone(), seen.clone());
                tokio::spawn(async move {
                    // A client that is refused, or goes away, ends its connection and nothing else.
                    let _ = pass(stream, config, to, &seen).await;
                });
            }
        });
        Ok(Self {
            root_pem: authority.root_pem,
            client,
            address,
            hellos,
            task,
        })
    }

    /// A client that finds it under its name, and trusts it.
    pub fn client(&self) -> atlas_export::ClientBuilder {
        client_at(self.url())
            .no_proxy()
            .resolve(HOST, self.address)
            .root_certificates(self.root_pem.clone())
    }

    /// Its URL, by name.
    pub fn url(&self) -> String {
        format!("https://{HOST}:{}", self.address.port())
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What the clients so far have offered.
    pub fn hellos(&self) -> Vec<Hello> {
        self.hellos
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Drop for TlsFront {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass(
    stream: TcpStream,
    config: Arc<ServerConfig>,
    to: SocketAddr,
    seen: &Mutex<Vec<Hello>>,
) -> io::Result<()> {
    let start = LazyConfigAcceptor::new(rustls::server::Acceptor::default(), stream).await?;
    let hello = {
        let hello = start.client_hello();
        let groups = hello.named_groups().unwrap_or_default();
        Hello {
            host: hello.server_name().map(str::to_owned),
            protocols: hello
                .alpn()
                .into_iter()
                .flatten()
                .map(|protocol| String::from_utf8_lossy(protocol).into_owned())
                .collect(),
            is_post_quantum: groups.contains(&rustls::NamedGroup::X25519MLKEM768),
        }
    };
    seen.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(hello);
    let mut inside = match start.into_stream(config).into_fallible().await {
        Ok(inside) => inside,
        // Closed while there is something to read, it would be reset, and the alert lost.
        Err((_, mut refused)) => {
            tokio::io::copy(&mut refused, &mut tokio::io::sink()).await?;
            return Ok(());
        }
    };
    let mut outside = TcpStream::connect(to).await?;
    tokio::io::copy_bidirectional(&mut inside, &mut outside).await?;
    Ok(())
}

/// Who issues the certificates of one front.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    root: rustls::pki_types::CertificateDer<'static>,
    root_pem: String,
}

impl Authority {
    fn new() -> Result<Self, rcgen::Error> {
        let key = KeyPair::generate()?;
        let mut root = CertificateParams::default();
        // Each of a name of its own, or who checks a chain takes one root for another.
        let name = format!("root {:?}", key.public_key_raw());
        root.distinguished_name.push(
            DnType::CommonName,
            name.chars().take(60).collect::<String>(),
        );
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        root.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let certificate = root.self_signed(&key)?;
        Ok(Self {
            root: certificate.der().clone(),
            root_pem: certificate.pem(),
            issuer: Issuer::new(root, key),
        })
    }

    fn leaf(&self, name: &str) -> Result<Pem, rcgen::Error> {
        let key = KeyPair::generate()?;
        let mut leaf = CertificateParams::new([name.to_owned()])?;
        leaf.distinguished_name.push(DnType::CommonName, name);
        Ok(Pem {
            certificate: leaf.signed_by(&key, &self.issuer)?.pem(),
            key: key.serialize_pem(),
        })
    }

    fn server(
        &self,
        clients: Clients,
    ) -> Result<ServerConfig, Box<dyn std::error::Error + Send + Sync>> {
        let key = KeyPair::generate()?;
        let leaf = CertificateParams::new([HOST.to_owned()])?.signed_by(&key, &self.issuer)?;
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()?;
        let builder = match clients {
            Clients::Anyone => builder.with_no_client_auth(),
            Clients::Certified => {
                let mut roots = RootCertStore::empty();
                roots.add(self.root.clone())?;
                let verifier =
                    WebPkiClientVerifier::builder_with_provider(roots.into(), provider).build()?;
                builder.with_client_cert_verifier(verifier)
            }
        };
        let key = PrivatePkcs8KeyDer::from(key.serialize_der());
        let mut config = builder.with_single_cert(vec![leaf.der().clone()], key.into())?;
        // What is behind speaks nothing else.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }
}
