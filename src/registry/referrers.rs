//! What says something about a manifest: the registry's own list of it, or a tag that does its duty.

use super::fault::{Trouble, misbehaves};
use super::transport::{Method, Request, keeps_secrets};
use super::{MANIFEST_LIMIT, Repository};
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::oci::{Descriptor, INDEX, Index, to_json};

/// Pages of a list that are read; each has as many entries as the registry likes.
const PAGES: usize = 100;
/// Manifests of a list that are kept in memory.
const LISTED: usize = 20_000;

impl Repository<'_> {
    /// The manifests that have this one as their subject.
    pub async fn referrers(&self, subject: Digest) -> Result<Vec<Descriptor>, Diagnostic> {
        self.persist(async || match self.try_listed(subject).await? {
            Some(listed) => Ok(listed),
            None => Ok(self.try_tagged(subject).await?.0.manifests),
        })
        .await
    }

    /// Adds to the list under the tag, for a registry that keeps none of its own.
    pub async fn add_referrers(&self, subject: Digest, added: &[Descriptor]) -> Result<(), Diagnostic> {
        self.persist(async || {
            let (mut index, version) = self.try_tagged(subject).await?;
            let missing = |index: &Index| -> Vec<Descriptor> {
                let known = |one: &Descriptor| index.manifests.iter().any(|other| other.digest == one.digest);
                added.iter().filter(|one| !known(one)).cloned().collect()
            };
            let new = missing(&index);
            if new.is_empty() {
                return Ok(());
            }
            index.manifests.extend(new);
            self.try_push_manifest(&tag(subject), INDEX, &to_json(&index), version.as_deref()).await?;
            // Somebody else may have written in between, without either of us noticing.
            let (index, _) = self.try_tagged(subject).await?;
            if missing(&index).is_empty() {
                return Ok(());
            }
            Err(Trouble::passing(self.contended(&format!("the list of referrers of {subject}"))))
        })
        .await
    }

    /// Somebody else, who keeps changing what is written here.
    pub fn contended(&self, what: &str) -> Diagnostic {
        let message = format!("somebody else changes {what} in `{}`", self.full_name());
        misbehaves(message, "of two lists that are written at once, one is lost")
            .help("publish again, one run at a time")
    }

    /// The registry's own list; nothing when it keeps none.
    async fn try_listed(&self, subject: Digest) -> Result<Option<Vec<Descriptor>>, Trouble> {
        let mut url = self.url(&format!("/referrers/{subject}"))?;
        let mut all = Vec::new();
        for _ in 0..PAGES {
            let request = || Request::new(Method::GET, url.clone(), MANIFEST_LIMIT).header("accept", INDEX);
            let answer = self.send("pull", &request).await?;
            match answer.status {
                200 => {}
                // What registries say that know nothing of the question.
                400 | 404 | 405 | 406 => return Ok(None),
                _ => return Err(self.trouble(&answer, "to list referrers")),
            }
            let Some(index) = index(&answer.body) else {
                return Ok(None);
            };
            all.extend(index.manifests);
            if all.len() > LISTED {
                break;
            }
            let next = answer.header("link").and_then(next_page);
            let Some(next) = next else {
                return Ok(Some(all));
            };
            let next =
                url.join(next).ok().filter(|next| keeps_secrets(&url, next) && next.origin() == url.origin());
            url = next.ok_or_else(|| {
                let message = format!("`{}` continues a list elsewhere", self.host);
                Trouble::lasting(misbehaves(message, "the next page of a list is on the same host"))
            })?;
        }
        let message = format!("`{}` lists referrers without end", self.host);
        let why = format!("there are more than {PAGES} pages, or {LISTED} manifests");
        Err(Trouble::lasting(misbehaves(message, why)))
    }

    /// The list under the tag, empty when there is none, and which version of it this is.
    async fn try_tagged(&self, subject: Digest) -> Result<(Index, Option<String>), Trouble> {
        let tag = tag(subject);
        let empty = Index { schema_version: 2, media_type: Some(INDEX.to_owned()), manifests: Vec::new() };
        let Some((found, version)) = self.try_manifest_answer(&tag).await? else {
            return Ok((empty, None));
        };
        let index = index(&found.bytes).ok_or_else(|| {
            let message = format!("the tag `{tag}` in `{}` is no list of referrers", self.full_name());
            Trouble::lasting(misbehaves(message, "the tag is reserved for them; remove what is there"))
        })?;
        Ok((index, version))
    }
}

/// The tag that holds the list. Part of what verifiers look for.
fn tag(subject: Digest) -> String {
    format!("sha256-{}", subject.hex())
}

fn index(bytes: &[u8]) -> Option<Index> {
    let index: Index = serde_json::from_slice(bytes).ok()?;
    index.media_type.as_deref().is_none_or(|kind| kind == INDEX).then_some(index)
}

/// The target of a `Link` header that leads to the next page.
fn next_page(link: &str) -> Option<&str> {
    let (target, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
    parameters.contains("next").then_some(target)
}
