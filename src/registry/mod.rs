//! Registry: the distribution protocol, spoken with anybody who answers.
//!
//! Every body is bounded, every digest is compared, every request has an end. What may pass is tried again. The
//! well-known client library takes in bodies of any length and keeps the headers to itself that tell whether a registry
//! lists referrers and how long it wants to be left alone, so only its names and media types are used.
//!
//! upstream: opencontainers/distribution-spec, spec.md

mod auth;
mod fault;
mod referrers;
mod repository;
mod transport;

use std::net::IpAddr;
use std::sync::Arc;

pub use fault::Patience;
pub use repository::{Found, Pushed, Repository};

use auth::Auth;
use transport::Transport;

use crate::diagnostic::Diagnostic;
use crate::workspace::StoredFile;

/// Bytes of a manifest or an index; registries need not take more.
pub const MANIFEST_LIMIT: u64 = 4 << 20;

/// Requests that are under way at once.
pub const AT_ONCE: usize = 8;

/// Looks up what is stored for a host.
pub type Credentials<'c> = dyn Fn(&str) -> Result<Option<Credential>, Diagnostic> + 'c;

/// What a registry may ask for. Never part of a message.
pub enum Credential {
    /// A name and a password.
    Password {
        /// The name.
        user: String,
        /// The password.
        password: String,
    },
    /// A token that gives tokens.
    Token(String),
}

/// Where the bytes of a blob are.
#[derive(Clone, Debug)]
pub enum Blob {
    /// In memory.
    Memory(Arc<[u8]>),
    /// In a file, which is read as it is sent.
    File(StoredFile),
}

impl Blob {
    /// The number of its bytes.
    pub fn size(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::File(file) => file.size(),
        }
    }
}

/// How registries are reached.
#[derive(Clone, Copy)]
pub struct Access<'c> {
    /// What is stored for hosts.
    pub credentials: &'c Credentials<'c>,
    /// Certificate authorities to trust beside the machine's, in PEM.
    pub authorities: Option<&'c [u8]>,
    /// Whether hosts other than this machine may be spoken to without TLS.
    pub plain_http: bool,
    /// How often to try.
    pub patience: Patience,
}

/// All registries that a run speaks to.
pub struct Registries<'c> {
    transport: Transport,
    auth: Auth<'c>,
    /// TLS has been configured by hand, so it is meant even on this machine.
    tls_at_home: bool,
    plain_http: bool,
    patience: Patience,
}

impl<'c> Registries<'c> {
    /// Sets up TLS; nothing is sent yet.
    pub fn new(access: &Access<'c>) -> Result<Self, Diagnostic> {
        Ok(Self {
            transport: Transport::new(access.authorities)?,
            auth: Auth::new(access.credentials),
            tls_at_home: access.authorities.is_some(),
            plain_http: access.plain_http,
            patience: access.patience,
        })
    }

    /// A repository on a host.
    pub fn repository<'r>(&'r self, host: &str, name: &str) -> Repository<'r> {
        let plain = self.plain_http || (is_loopback(host) && !self.tls_at_home);
        Repository::new(self, if plain { "http" } else { "https" }, host, name)
    }

    /// Runs some work with registries to its end.
    pub fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.transport.wait(work)
    }
}

/// Whether a host, which may have a port, is this machine.
fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((name, _)) => name,
        None => host.split_once(':').map_or(host, |(name, _)| name),
    };
    name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_spoken_to_without_tls() {
        for host in ["localhost", "localhost:5000", "127.0.0.1:5000", "127.9.9.9", "[::1]:5000", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "localhost.example.org",
            "127.0.0.1.example.org",
            "10.0.0.1:5000",
            "[fe80::1]:5000",
            "example.org",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
