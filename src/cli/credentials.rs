//! What is stored for registries: the files that `docker login` and its relatives write, and the helpers they name.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;

use docker_credential::{CredentialRetrievalError, DockerCredential, get_credential_from_reader};
use serde_json::Value;

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::registry::Credential;
use crate::workspace::Disk;

const UNREADABLE_CREDENTIALS: Code = Code::environment("L838", "unreadable-credentials");

/// How files name Docker's own registry.
const DOCKER_HUB: &str = "https://index.docker.io/v1/";

/// Looks credentials up, each host's once.
pub(super) struct Store<'d> {
    disk: &'d Disk,
    files: Vec<PathBuf>,
    known: RefCell<BTreeMap<String, Option<DockerCredential>>>,
}

impl<'d> Store<'d> {
    /// The files of this user, in the order they are asked.
    pub(super) fn new(disk: &'d Disk) -> Self {
        #[expect(clippy::disallowed_methods, reason = "the command line reads the environment")]
        let variable =
            |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let docker = variable("DOCKER_CONFIG").or_else(|| Some(variable("HOME")?.join(".docker")));
        let files = [
            variable("REGISTRY_AUTH_FILE"),
            docker.map(|directory| directory.join("config.json")),
            variable("XDG_RUNTIME_DIR").map(|directory| directory.join("containers").join("auth.json")),
        ];
        Self { disk, files: files.into_iter().flatten().collect(), known: RefCell::default() }
    }

    /// What is stored for a host.
    pub(super) fn find(&self, host: &str) -> Result<Option<Credential>, Diagnostic> {
        if !self.known.borrow().contains_key(host) {
            let found = self.read(host)?;
            self.known.borrow_mut().insert(host.to_owned(), found);
        }
        let known = self.known.borrow();
        Ok(known.get(host).and_then(Option::as_ref).map(|credential| match credential {
            DockerCredential::IdentityToken(token) => Credential::Token(token.clone()),
            DockerCredential::UsernamePassword(user, password) => {
                Credential::Password { user: user.clone(), password: password.clone() }
            }
        }))
    }

    fn read(&self, host: &str) -> Result<Option<DockerCredential>, Diagnostic> {
        let server = if matches!(host, "docker.io" | "index.docker.io" | "registry-1.docker.io") {
            DOCKER_HUB
        } else {
            host
        };
        for file in &self.files {
            let Some(path) = self.disk.path(file) else { continue };
            let unreadable = |what: &str, help: String| {
                let message = format!("the credentials for `{host}` cannot be read: {what}");
                let place = Place::file(file.display().to_string());
                Diagnostic::new(UNREADABLE_CREDENTIALS, message, place).help(help)
            };
            if self.disk.is_directory(&path) {
                let help = format!("remove the directory, and log in again with `docker login {host}`");
                return Err(unreadable("a directory stands in the place of the file", help));
            }
            if !self.disk.is_file(&path) {
                continue;
            }
            let bytes = self.disk.file(&path)?;
            let config: Value = serde_json::from_slice(&bytes).map_err(|error| {
                unreadable(&format!("it is no valid JSON: {error}"), "mend or remove the file".to_owned())
            })?;
            match get_credential_from_reader(&*bytes, server) {
                // A helper that knows nothing of a host answers with empty texts.
                Ok(DockerCredential::UsernamePassword(user, password))
                    if user.is_empty() && password.is_empty() => {}
                Ok(found) => return Ok(Some(found)),
                Err(fault) => {
                    if let Some((what, help)) = told(&fault, &helper(&config, server)) {
                        let help = help.unwrap_or_else(|| format!("log in again with `docker login {host}`"));
                        return Err(unreadable(&what, help));
                    }
                }
            }
        }
        Ok(None)
    }
}

/// The program that a file names for a host.
fn helper(config: &Value, server: &str) -> String {
    let own = config.get("credHelpers").and_then(|helpers| helpers.get(server)?.as_str());
    let common = config.get("credsStore").and_then(Value::as_str);
    let name = own.filter(|name| !name.is_empty()).or(common).unwrap_or_default();
    format!("docker-credential-{name}")
}

/// What is wrong, and how to mend it if not by another login; nothing when there is simply no credential. A helper's
/// standard output may hold a secret.
fn told(fault: &CredentialRetrievalError, program: &str) -> Option<(String, Option<String>)> {
    let (what, help) = match fault {
        CredentialRetrievalError::NoCredentialConfigured | CredentialRetrievalError::ConfigNotFound => {
            return None;
        }
        CredentialRetrievalError::HelperFailure { stdout, stderr, .. }
            if [stdout, stderr].iter().any(|text| text.contains("credentials not found")) =>
        {
            return None;
        }
        CredentialRetrievalError::HelperFailure { stderr, .. } => {
            let line = stderr.lines().next().unwrap_or("it says nothing");
            (format!("`{program}` fails: {line}"), None)
        }
        CredentialRetrievalError::HelperCommunicationError => (
            format!("the program `{program}`, which it names, cannot be run or does not listen"),
            Some(format!("install `{program}`, or remove its name from the file and log in again")),
        ),
        CredentialRetrievalError::MalformedHelperResponse => {
            (format!("`{program}` answers with something else than credentials"), None)
        }
        CredentialRetrievalError::ConfigReadError => {
            ("it is JSON, but not as `docker login` writes it".to_owned(), None)
        }
        other => (other.to_string().to_lowercase(), None),
    };
    Some((what, help))
}
