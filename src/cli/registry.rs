//! Registries on the command line: how they are reached, and by whom.

use std::path::PathBuf;

use super::credentials::Store;
use super::{Exit, Session};
use crate::diagnostic::Diagnostic;
use crate::registry::{Access, Credential, Patience};

#[derive(clap::Args)]
#[command(next_help_heading = "Registries")]
pub(super) struct Reach {
    /// Speak HTTP without TLS to hosts other than this machine, too
    #[arg(long)]
    plain_http: bool,
    /// Trust the certificate authorities in this file, in PEM, beside those of the machine
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// How often to try what a registry cannot do at once
    #[arg(long, value_name = "COUNT", default_value_t = Patience::default().attempts, value_parser = clap::value_parser!(u32).range(1..=20))]
    attempts: u32,
}

impl Reach {
    /// Runs some work that needs registries.
    pub(super) fn with<T>(
        &self,
        session: &mut Session,
        work: impl FnOnce(&mut Session, &Access<'_>) -> Result<T, Exit>,
    ) -> Result<T, Exit> {
        let authorities = match &self.ca_file {
            None => None,
            Some(file) => {
                let path = session.path(file)?;
                Some(session.disk.file(&path).map_err(|fault| session.fail(fault))?)
            }
        };
        let disk = session.disk.clone();
        let store = Store::new(&disk);
        let credentials = |host: &str| -> Result<Option<Credential>, Diagnostic> { store.find(host) };
        let access = Access {
            credentials: &credentials,
            authorities: authorities.as_deref(),
            plain_http: self.plain_http,
            patience: Patience { attempts: self.attempts, ..Patience::default() },
        };
        work(session, &access)
    }
}
