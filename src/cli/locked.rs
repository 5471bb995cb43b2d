//! How strictly the references of a landscape are held to digests: an argument of every verb that compiles one.

use crate::lock::Strictness;

#[derive(Clone, Copy, clap::Args)]
pub(super) struct Locked {
    /// Refuse references that neither have a digest nor are locked
    #[arg(long)]
    locked: bool,
}

impl Locked {
    pub(super) fn strictness(self) -> Strictness {
        if self.locked { Strictness::Locked } else { Strictness::Warn }
    }
}
