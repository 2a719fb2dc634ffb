//! Addresses of hosts that are given, so that nobody is asked for them.

use std::{collections::BTreeMap, net::SocketAddr};

use url::Host;

use crate::Error;

/// Hosts in small letters, each with its addresses.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names(BTreeMap<String, Vec<SocketAddr>>);

impl Names {
    pub(crate) fn set(&mut self, host: &str, addresses: Vec<SocketAddr>) {
        self.0.insert(host.to_ascii_lowercase(), addresses);
    }

    /// # Errors
    /// `Config`: a host is none, or has no address.
    pub(super) fn set_up(
        &self,
        mut http: reqwest::ClientBuilder,
    ) -> Result<reqwest::ClientBuilder, Error> {
        for (host, addresses) in &self.0 {
            match Host::parse(host) {
                Ok(Host::Domain(name)) if name == *host => {}
                Ok(address @ (Host::Ipv4(_) | Host::Ipv6(_))) => {
                    return Err(Error::config(format!(
                        "resolve is given {address} in place of a host, and addresses are not \
                         looked up: give the host of the base URL"
                    )));
                }
                _ => {
                    return Err(Error::config(
                        "resolve is given a host that is invalid: give the host of the base URL, \
                         without scheme and port, for example atlas.example",
                    ));
                }
            }
            if addresses.is_empty() {
                return Err(Error::config(format!(
                    "resolve_to_addrs gives \"{host}\" no address: give one or more"
                )));
            }
            http = http.resolve_to_addrs(host, addresses);
        }
        Ok(http)
    }
}
