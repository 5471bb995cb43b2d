//! One repository: its manifests, blobs and tags.

use super::fault::{Trouble, misbehaves};
use super::transport::{Answer, Method, Request, Url, keeps_secrets};
use super::{Blob, MANIFEST_LIMIT, Registries};
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::oci::{Descriptor, INDEX, MANIFEST};

/// Bytes of an answer that says little more than yes or no.
pub(super) const SHORT_LIMIT: u64 = 64 << 10;

/// A repository of a registry.
pub struct Repository<'r> {
    registries: &'r Registries<'r>,
    origin: String,
    /// The host, with its port.
    pub host: String,
    /// The name on that host.
    pub name: String,
}

/// A manifest as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What kind of document it is.
    pub media_type: String,
    /// The digest of its bytes.
    pub digest: Digest,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What became of something that should be in a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// It was there.
    Known,
    /// The registry took it over from another of its repositories.
    Mounted,
    /// Its bytes were sent.
    Sent,
}

impl<'r> Repository<'r> {
    pub(super) fn new(registries: &'r Registries<'r>, scheme: &str, host: &str, name: &str) -> Self {
        // Docker's registry lives elsewhere than its name says.
        let address =
            if matches!(host, "docker.io" | "index.docker.io") { "registry-1.docker.io" } else { host };
        Self {
            registries,
            origin: format!("{scheme}://{address}"),
            host: host.to_owned(),
            name: name.to_owned(),
        }
    }

    /// The name with its host.
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.host, self.name)
    }

    /// The digest that a tag or a digest leads to, if there is such a manifest.
    pub async fn resolve(&self, reference: &str) -> Result<Option<Digest>, Diagnostic> {
        let head = self.persist(async || self.try_head(reference).await).await?;
        match head {
            Head::Missing => Ok(None),
            Head::Is(digest) => Ok(Some(digest)),
            // An old registry does not say; the bytes do.
            Head::Unsaid => Ok(self.manifest(reference).await?.map(|found| found.digest)),
        }
    }

    /// Whether a manifest is there to be read.
    pub async fn has_manifest(&self, digest: Digest) -> Result<bool, Diagnostic> {
        let url = format!("/manifests/{digest}");
        self.persist(async || self.try_has(&url, &format!("the manifest {digest}")).await).await
    }

    /// The manifest or index behind a tag or a digest.
    pub async fn manifest(&self, reference: &str) -> Result<Option<Found>, Diagnostic> {
        self.persist(async || self.try_manifest(reference).await).await
    }

    /// The bytes of a blob, at most `limit` of them, if there is such a blob.
    pub async fn blob(&self, blob: &Descriptor, limit: u64) -> Result<Option<Vec<u8>>, Diagnostic> {
        self.persist(async || self.try_blob(blob, limit).await).await
    }

    /// Puts a blob into the repository, unless it is there.
    ///
    /// `elsewhere` is a repository of the same registry that has it.
    pub async fn push_blob(
        &self,
        digest: Digest,
        blob: &Blob,
        elsewhere: Option<&str>,
    ) -> Result<Pushed, Diagnostic> {
        self.persist(async || self.try_push_blob(digest, blob, elsewhere).await).await
    }

    /// Puts a manifest under a tag or its digest; says whether the registry lists it with its subject.
    pub async fn push_manifest(&self, reference: &str, bytes: &[u8]) -> Result<bool, Diagnostic> {
        let put = async || self.try_push_manifest(reference, MANIFEST, bytes, None).await;
        self.persist(put).await
    }

    /// Whether something is there to be read under its digest.
    async fn try_has(&self, path: &str, what: &str) -> Result<bool, Trouble> {
        let answer = self.head(path).await?;
        match answer.status {
            200 => Ok(true),
            // A registry that died while it wrote may never again be able to read it; that it is written anew mends it.
            404 | 500 => Ok(false),
            _ => Err(self.trouble(&answer, &format!("to look for {what}"))),
        }
    }

    async fn head(&self, path: &str) -> Result<Answer, Trouble> {
        let url = self.url(path)?;
        let request = || Request::new(Method::HEAD, url.clone(), SHORT_LIMIT).header("accept", &accepted());
        self.send("pull", &request).await
    }

    async fn try_head(&self, reference: &str) -> Result<Head, Trouble> {
        let answer = self.head(&format!("/manifests/{reference}")).await?;
        match answer.status {
            200 => Ok(answer.header(DIGEST_HEADER).and_then(Digest::parse).map_or(Head::Unsaid, Head::Is)),
            404 => Ok(Head::Missing),
            _ => Err(self.trouble(&answer, &format!("to look for `{reference}`"))),
        }
    }

    pub(super) async fn try_manifest(&self, reference: &str) -> Result<Option<Found>, Trouble> {
        Ok(self.try_manifest_answer(reference).await?.map(|(found, _)| found))
    }

    /// The manifest, and the answer's entity tag.
    pub(super) async fn try_manifest_answer(
        &self,
        reference: &str,
    ) -> Result<Option<(Found, Option<String>)>, Trouble> {
        let url = self.url(&format!("/manifests/{reference}"))?;
        let request = || Request::new(Method::GET, url.clone(), MANIFEST_LIMIT).header("accept", &accepted());
        let answer = self.send("pull", &request).await?;
        match answer.status {
            200 => {}
            404 => return Ok(None),
            _ => return Err(self.trouble(&answer, &format!("to read `{reference}`"))),
        }
        let digest = Digest::of(&answer.body);
        let promised =
            Digest::parse(reference).or_else(|| answer.header(DIGEST_HEADER).and_then(Digest::parse));
        if promised.is_some_and(|promised| promised != digest) {
            return Err(self.other_bytes(&format!("the manifest `{reference}`"), digest));
        }
        let media_type = answer.header("content-type").unwrap_or_default();
        let media_type = media_type.split(';').next().unwrap_or_default().trim().to_owned();
        let tag = answer.header("etag").map(str::to_owned);
        Ok(Some((Found { media_type, digest, bytes: answer.body }, tag)))
    }

    async fn try_blob(&self, blob: &Descriptor, limit: u64) -> Result<Option<Vec<u8>>, Trouble> {
        let what = format!("the blob {}", blob.digest);
        if blob.size > limit {
            let message = format!("{what} of `{}` is said to have {} bytes", self.full_name(), blob.size);
            let why = format!("a blob of this kind has at most {limit}");
            return Err(Trouble::lasting(misbehaves(message, why)));
        }
        let url = self.url(&format!("/blobs/{}", blob.digest))?;
        let request = || Request::new(Method::GET, url.clone(), blob.size.max(SHORT_LIMIT));
        let answer = self.send("pull", &request).await?;
        match answer.status {
            200 => {}
            404 => return Ok(None),
            _ => return Err(self.trouble(&answer, &format!("to read {what}"))),
        }
        let digest = Digest::of(&answer.body);
        if digest != blob.digest {
            return Err(self.other_bytes(&what, digest));
        }
        let length = answer.body.len() as u64;
        if length != blob.size {
            let message = format!("{what} of `{}` has {length} bytes, not {}", self.full_name(), blob.size);
            let why = "who trusted the size that its manifest gives would read another amount";
            return Err(Trouble::lasting(misbehaves(message, why)));
        }
        Ok(Some(answer.body))
    }

    async fn try_push_blob(
        &self,
        digest: Digest,
        blob: &Blob,
        elsewhere: Option<&str>,
    ) -> Result<Pushed, Trouble> {
        if self.try_has(&format!("/blobs/{digest}"), &format!("the blob {digest}")).await? {
            return Ok(Pushed::Known);
        }
        let begun = match (self.begin_upload(digest, elsewhere).await, elsewhere) {
            // A registry that does not take a blob over takes its bytes.
            (Err(trouble), Some(_)) if trouble.stays() => self.begin_upload(digest, None).await,
            (begun, _) => begun,
        };
        let Some(session) = begun? else {
            return Ok(Pushed::Mounted);
        };
        let request = || {
            Request::new(Method::PUT, session.clone(), SHORT_LIMIT)
                .header("content-type", "application/octet-stream")
                .body(blob)
        };
        let answer = self.send("pull,push", &request).await?;
        match answer.status {
            201 => Ok(Pushed::Sent),
            // The session is gone with the process that held it; another one may do.
            404 | 416 => Err(self.trouble(&answer, "to push a blob").perhaps()),
            _ => Err(self.trouble(&answer, &format!("to push the blob {digest}"))),
        }
    }

    /// Where the bytes of a blob may be sent; nothing when the registry has them from elsewhere.
    async fn begin_upload(&self, digest: Digest, elsewhere: Option<&str>) -> Result<Option<Url>, Trouble> {
        let mut url = self.url("/blobs/uploads/")?;
        let mut scope = self.scope("pull,push");
        if let Some(source) = elsewhere {
            url.query_pairs_mut().append_pair("mount", &digest.to_string()).append_pair("from", source);
            scope = format!("{scope} repository:{source}:pull");
        }
        let request = || Request::new(Method::POST, url.clone(), SHORT_LIMIT).header("content-length", "0");
        let answer = self.send_as(&scope, &request).await?;
        match answer.status {
            201 if elsewhere.is_some() => return Ok(None),
            202 => {}
            _ => return Err(self.trouble(&answer, "to push")),
        }
        let location = answer.header("location").and_then(|location| answer.url.join(location).ok());
        let Some(mut session) = location.filter(|session| keeps_secrets(&answer.url, session)) else {
            let message = format!("`{}` does not say where to send a blob", self.host);
            return Err(Trouble::lasting(misbehaves(
                message,
                "it must name a URL, under TLS if it is itself",
            )));
        };
        session.query_pairs_mut().append_pair("digest", &digest.to_string());
        Ok(Some(session))
    }

    pub(super) async fn try_push_manifest(
        &self,
        reference: &str,
        media_type: &str,
        bytes: &[u8],
        expected: Option<&str>,
    ) -> Result<bool, Trouble> {
        let url = self.url(&format!("/manifests/{reference}"))?;
        let body = Blob::Memory(bytes.into());
        let request = || {
            let request = Request::new(Method::PUT, url.clone(), SHORT_LIMIT);
            let request = request.header("content-type", media_type).body(&body);
            match expected {
                Some(expected) => request.header("if-match", expected),
                None => request,
            }
        };
        let answer = self.send("pull,push", &request).await?;
        match answer.status {
            201 => {}
            // Docker's registry compares with what it has, which another run may be writing.
            400 if String::from_utf8_lossy(&answer.body).contains("DIGEST_INVALID") => {
                return Err(self.trouble(&answer, &format!("to push the manifest `{reference}`")).perhaps());
            }
            412 => return Err(self.trouble(&answer, "to change what somebody else has changed").perhaps()),
            _ => return Err(self.trouble(&answer, &format!("to push the manifest `{reference}`"))),
        }
        let digest = Digest::of(bytes);
        let stored = answer.header(DIGEST_HEADER).and_then(Digest::parse).unwrap_or(digest);
        if stored != digest {
            return Err(self.other_bytes("a manifest that was pushed", stored));
        }
        Ok(answer.header("oci-subject").is_some())
    }

    pub(super) async fn persist<T>(
        &self,
        attempt: impl AsyncFnMut() -> Result<T, Trouble>,
    ) -> Result<T, Diagnostic> {
        self.registries.patience.persist(attempt).await
    }

    pub(super) async fn send<'b>(
        &self,
        actions: &str,
        request: &dyn Fn() -> Request<'b>,
    ) -> Result<Answer, Trouble> {
        self.send_as(&self.scope(actions), request).await
    }

    async fn send_as<'b>(&self, scope: &str, request: &dyn Fn() -> Request<'b>) -> Result<Answer, Trouble> {
        let Registries { auth, transport, .. } = self.registries;
        auth.exchange(transport, &self.url("")?, scope, request).await
    }

    pub(super) fn url(&self, path: &str) -> Result<Url, Trouble> {
        let path = format!("/v2/{}{path}", self.name);
        let url = Url::parse(&format!("{}{path}", self.origin)).ok();
        // A URL takes back what stands before `..`, and would lead to another repository.
        url.filter(|url| url.path() == path).ok_or_else(|| {
            let message = format!("`{}{path}` is nothing that a registry has", self.host);
            Trouble::lasting(misbehaves(message, "no request can be made of it"))
        })
    }

    pub(super) fn trouble(&self, answer: &Answer, what: &str) -> Trouble {
        Trouble::answer(answer, &self.host, &format!("{what} in `{}`", self.name))
    }

    fn scope(&self, actions: &str) -> String {
        format!("repository:{}:{actions}", self.name)
    }

    fn other_bytes(&self, what: &str, digest: Digest) -> Trouble {
        let message = format!("`{}` has other bytes for {what}: {digest}", self.full_name());
        Trouble::lasting(misbehaves(message, "what is named by its digest never changes"))
    }
}

const DIGEST_HEADER: &str = "docker-content-digest";

enum Head {
    Missing,
    Is(Digest),
    Unsaid,
}

/// The documents that can be read; Docker's own ones are there for the images that charts name.
fn accepted() -> String {
    let docker = "application/vnd.docker.distribution.manifest";
    format!("{MANIFEST}, {INDEX}, {docker}.v2+json, {docker}.list.v2+json")
}
