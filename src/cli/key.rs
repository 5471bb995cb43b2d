//! Keys on the command line: where they are, and how they are opened.

use std::path::{Path, PathBuf};

use super::{Exit, Session};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::key::{KeyFault, PrivateKey, PublicKey};
use crate::workspace::Workspace as _;

const SHARED_KEY: Code = Code::warning("L803", "world-readable-key");
const UNUSED_PASSWORD: Code = Code::note("L843", "password-unused");

/// The variable that holds the password of a private key.
const PASSWORD: &str = "LANDSCAPE_KEY_PASSWORD";

#[derive(clap::Args)]
pub(super) struct SigningKey {
    /// Sign with this private key: PKCS#8, encrypted PKCS#8 or a key file of cosign
    #[arg(long = "key", value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    password: Password,
}

#[derive(clap::Args)]
pub(super) struct Password {
    /// Read the password of the private key from this file [default: the variable `LANDSCAPE_KEY_PASSWORD`]
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

impl SigningKey {
    /// The key, if one was named.
    pub(super) fn open(&self, session: &mut Session) -> Result<Option<PrivateKey>, Exit> {
        let Some(file) = &self.file else { return Ok(None) };
        let path = session.path(file)?;
        let text = read(session, file)?;
        let password = self.password.read(session)?;
        let key = PrivateKey::from_pem(&text, password.as_deref());
        let shown = session.disk.display(&path);
        if session.disk.is_shared(&path) && !matches!(key, Err(KeyFault::NotAKey(_))) {
            let place = Place::file(&shown);
            session.report.push(
                Diagnostic::new(SHARED_KEY, "other people on this machine can read the private key", place)
                    .why("whoever reads it can sign in your name")
                    .help(format!("run `chmod 600 {}`", file.display())),
            );
        }
        let given = password.is_some_and(|password| !password.is_empty());
        if given && PrivateKey::from_pem(&text, None).is_ok() {
            session.report.push(
                Diagnostic::new(UNUSED_PASSWORD, "the private key is not encrypted", Place::file(&shown))
                    .why("a password was given for it, which protects nothing")
                    .help("encrypt it with `openssl pkcs8 -topk8 -scrypt`, or leave the password out"),
            );
        }
        key.map(Some).map_err(|fault| session.fail(fault.diagnostic(&shown)))
    }
}

impl Password {
    /// The password, from the file or the environment; nothing when neither is given.
    pub(super) fn read(&self, session: &mut Session) -> Result<Option<String>, Exit> {
        if let Some(file) = &self.password_file {
            let text = read(session, file)?;
            return Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()));
        }
        #[expect(clippy::disallowed_methods, reason = "the command line reads the environment")]
        let password = std::env::var(PASSWORD);
        Ok(password.ok())
    }
}

/// The public key in a file.
pub(super) fn public(session: &mut Session, file: &Path) -> Result<PublicKey, Exit> {
    let text = read(session, file)?;
    let shown = file.display().to_string();
    PublicKey::from_pem(&text).map_err(|fault| session.fail(fault.diagnostic(&shown)))
}

fn read(session: &mut Session, file: &Path) -> Result<String, Exit> {
    let path = session.path(file)?;
    let bytes = session.disk.file(&path).map_err(|fault| session.fail(fault))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
