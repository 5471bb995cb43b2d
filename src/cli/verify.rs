//! `landscape verify`: is this what was compiled and signed?

use std::path::PathBuf;

use super::{Exit, Session, exit, key};
use crate::path::RelPath;
use crate::verify::{self, Target, Verified};

#[derive(clap::Args)]
pub(super) struct Verify {
    /// A rendered directory or an OCI image layout
    #[arg(value_name = "TARGET")]
    target: PathBuf,
    /// Check signatures with this public key
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

impl Verify {
    pub(super) fn run(self, mut session: Session) -> Exit {
        self.verified(&mut session).unwrap_or_else(|exit| exit)
    }

    fn verified(&self, session: &mut Session) -> Result<Exit, Exit> {
        let path = session.path(&self.target)?;
        let key = self.key.as_ref().map(|file| key::public(session, file)).transpose()?;
        let files = session.disk.tree(&path).map_err(|fault| session.fail(fault))?;
        let name = self.target.display().to_string();
        let target = Target { name: &name, files: &files };
        let is_layout = files.get(&RelPath::root().child("oci-layout")).is_some();
        let verify = if is_layout { verify::verify_layout } else { verify::verify_directory };
        let verified = verify(target, key.as_ref(), &mut session.report);
        session.console.findings(&session.report);
        session.console.result(&describe(&verified));
        Ok(exit(&session.report))
    }
}

fn describe(verified: &Verified) -> String {
    let images: Vec<String> = verified
        .images
        .iter()
        .map(|image| {
            let acceptance = image.acceptance.map_or_else(String::new, |acceptance| format!(", {acceptance}"));
            format!("{} {}{acceptance}\n", image.name, image.digest)
        })
        .collect();
    let Verified { files, resources, sealed, .. } = verified;
    format!("{}{files} files, {resources} ManagedResources, {sealed} of them with a good seal\n", images.concat())
}
