//! `landscape keygen`: a pair of keys.

use std::path::PathBuf;

use super::key::Password;
use super::{Exit, Session};
use crate::files::Files;
use crate::key::{Algorithm, PrivateKey, Signer as _};
use crate::path::RelPath;
use crate::workspace::Workspace as _;

#[derive(clap::Args)]
pub(super) struct Keygen {
    /// The directory for `landscape.key` and `landscape.pub`
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
    /// The kind of key
    #[arg(long, value_enum, default_value_t, value_name = "KIND")]
    algorithm: Kind,
    #[command(flatten)]
    password: Password,
}

#[derive(Clone, Copy, Default, clap::ValueEnum)]
enum Kind {
    /// ECDSA on the curve P-256
    #[default]
    EcdsaP256,
    /// Ed25519
    Ed25519,
}

impl Keygen {
    pub(super) fn run(self, session: &mut Session) -> Exit {
        self.make(session).unwrap_or_else(|exit| exit)
    }

    fn make(&self, session: &mut Session) -> Result<Exit, Exit> {
        let password = self
            .password
            .read(session)?
            .filter(|password| !password.is_empty());
        let algorithm = match self.algorithm {
            Kind::EcdsaP256 => Algorithm::EcdsaP256,
            Kind::Ed25519 => Algorithm::Ed25519,
        };
        let mut entropy = |bytes: &mut [u8]| getrandom::fill(bytes).expect("the system has random bytes");
        let key = PrivateKey::generate(algorithm, &mut entropy);
        let private = match &password {
            Some(password) => key.to_encrypted_pem(password, &mut entropy).into(),
            None => key.to_pem(),
        };
        let directory = session.path(&self.out)?;
        let public = key.public_key().to_pem();
        let [private_name, public_name] = ["landscape.key", "landscape.pub"].map(|name| RelPath::root().child(name));
        let mut files = Files::default();
        files.insert(private_name.clone(), private.as_bytes());
        files.insert(public_name.clone(), public.as_bytes());
        let is_secret = |path: &RelPath| *path == private_name;
        let created = session.disk.create_all(&directory, &files, &is_secret);
        created.map_err(|fault| session.fail(fault))?;
        let [private, public] =
            ["landscape.key", "landscape.pub"].map(|name| session.disk.display(&directory.child(name)));
        let protected = match password {
            Some(_) => "encrypted with the password",
            None => "not encrypted: no password was given",
        };
        session
            .console
            .result(&format!("wrote {private} ({protected}) and {public}\n"));
        Ok(Exit::Ok)
    }
}
