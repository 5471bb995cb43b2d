//! The one file that speaks to the network: a request goes out, and no more than it allows comes back.

use std::error::Error as _;
use std::io::Read;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
pub(super) use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue, WWW_AUTHENTICATE};
use reqwest::header::{CONTENT_LENGTH, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Response};
pub(super) use reqwest::{Method, Url};

use super::fault::{Trouble, misbehaves, unreachable};
use super::{Blob, is_loopback};
use crate::diagnostic::{Diagnostic, Place};

/// How long a request may take beside the time for its bytes.
const PATIENCE: Duration = Duration::from_secs(60);
/// Bytes a second below which a transfer counts as stuck.
const SLOWEST: u64 = 32 << 10;
/// Bytes of a file that are in memory at a time, for each transfer.
const CHUNK: usize = 64 << 10;
/// Hosts that one request may be sent on to.
const REDIRECTS: usize = 5;

/// HTTP, without any knowledge of registries.
pub(super) struct Transport {
    client: Client,
    /// For this machine, which no proxy has to do with.
    direct: Client,
    runtime: tokio::runtime::Runtime,
}

/// What is sent.
pub(super) struct Request<'b> {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<&'b Blob>,
    /// Bytes that the answer may have; what is above is a fault.
    pub(super) limit: u64,
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    /// Where it came from, after redirects.
    pub(super) url: Url,
}

impl<'b> Request<'b> {
    pub(super) fn new(method: Method, url: Url, limit: u64) -> Self {
        Self { method, url, headers: HeaderMap::new(), body: None, limit }
    }

    pub(super) fn header(mut self, name: &'static str, value: &str) -> Self {
        // A value that is no header value is of our own making or was read from one.
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    pub(super) fn body(mut self, body: &'b Blob) -> Self {
        self.body = Some(body);
        self
    }
}

impl Answer {
    /// The text of a header, if it is there once and readable.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl Transport {
    /// A client that trusts the machine's certificate authorities and these, in PEM.
    pub(super) fn new(authorities: Option<&[u8]>) -> Result<Self, Diagnostic> {
        let fault = |what: &dyn std::fmt::Display| {
            unreachable(format!("TLS cannot be set up: {what}"), Place::default())
                .help("check the file of certificate authorities")
        };
        // Fails when it is set already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let system = rustls_native_certs::load_native_certs().certs;
        let mut trusted: Vec<Certificate> =
            system.iter().filter_map(|certificate| Certificate::from_der(certificate).ok()).collect();
        if let Some(pem) = authorities {
            let own = Certificate::from_pem_bundle(pem).map_err(|error| fault(&error))?;
            if own.is_empty() {
                return Err(fault(&"no certificate in it"));
            }
            trusted.extend(own);
        }
        let builder = || {
            Client::builder()
                .user_agent(concat!("landscape/", env!("CARGO_PKG_VERSION")))
                .redirect(Policy::none())
                .connect_timeout(Duration::from_secs(20))
                .tls_certs_only(trusted.iter().cloned())
        };
        let client = builder().build().map_err(|error| fault(&reason(error)))?;
        let direct = builder().no_proxy().build().map_err(|error| fault(&reason(error)))?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        Ok(Self { client, direct, runtime: runtime.map_err(|error| fault(&error))? })
    }

    /// Runs some work to its end.
    pub(super) fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// One exchange. Redirects of a reading request are followed; credentials stay with the host they are for.
    pub(super) async fn exchange(&self, request: Request<'_>) -> Result<Answer, Trouble> {
        let bytes = request.body.map_or(0, Blob::size) + request.limit;
        let limit = PATIENCE + Duration::from_secs(bytes / SLOWEST);
        let host = host(&request.url);
        match tokio::time::timeout(limit, self.follow(request)).await {
            Ok(answer) => answer,
            Err(_) => {
                let message = format!("`{host}` does not answer within {} s", limit.as_secs());
                Err(Trouble::passing(unreachable(message, Place::default())))
            }
        }
    }

    async fn follow(&self, mut request: Request<'_>) -> Result<Answer, Trouble> {
        let reads = matches!(request.method, Method::GET | Method::HEAD);
        for _ in 0..=REDIRECTS {
            let response = self.send(&request).await?;
            let moved = matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308);
            if !(moved && reads) {
                return collect(response, request.limit).await;
            }
            let target = response.headers().get(LOCATION).and_then(|target| target.to_str().ok());
            let target = target.and_then(|target| request.url.join(target).ok());
            let Some(target) = target.filter(|target| keeps_secrets(&request.url, target)) else {
                let message = format!("`{}` leads on to where no one may follow", host(&request.url));
                return Err(Trouble::lasting(misbehaves(
                    message,
                    "a redirect must name a URL, and may not leave TLS",
                )));
            };
            if target.origin() != request.url.origin() {
                request.headers.remove(AUTHORIZATION);
            }
            request.url = target;
        }
        let message = format!("`{}` leads on and on", host(&request.url));
        Err(Trouble::lasting(misbehaves(message, "more than five redirects in a row")))
    }

    async fn send(&self, request: &Request<'_>) -> Result<Response, Trouble> {
        let failed = |error| {
            let message = format!("`{}` cannot be reached: {}", host(&request.url), reason(error));
            let hint =
                "check the name, the network and the certificate authorities; plain HTTP must be asked for";
            Trouble::passing(unreachable(message, Place::default()).help(hint))
        };
        let client = if is_loopback(&host(&request.url)) { &self.direct } else { &self.client };
        let mut builder =
            client.request(request.method.clone(), request.url.clone()).headers(request.headers.clone());
        match request.body {
            None => {}
            Some(Blob::Memory(bytes)) => builder = builder.body(Bytes::from_owner(bytes.clone())),
            Some(blob @ Blob::File(file)) => {
                let reader = file.open().map_err(Trouble::lasting)?;
                let chunks = stream::iter(Chunks(reader)).boxed();
                builder =
                    builder.header(CONTENT_LENGTH, blob.size()).body(reqwest::Body::wrap_stream(chunks));
            }
        }
        builder.send().await.map_err(failed)
    }
}

/// A host with its port, as messages name it; paths and queries may carry secrets.
pub(super) fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Whether what was sent under TLS to one URL stays under TLS at the other.
pub(super) fn keeps_secrets(from: &Url, to: &Url) -> bool {
    match to.scheme() {
        "https" => true,
        "http" => from.scheme() == "http",
        _ => false,
    }
}

/// Takes in a body, if it is no longer than it may be.
async fn collect(response: Response, limit: u64) -> Result<Answer, Trouble> {
    let (status, headers, url) =
        (response.status().as_u16(), response.headers().clone(), response.url().clone());
    let too_long = || {
        let message = format!("`{}` sends more than {limit} bytes", host(&url));
        Trouble::lasting(misbehaves(
            message,
            "an answer of this kind is never that long; the rest was not read",
        ))
    };
    if response.content_length().is_some_and(|length| length > limit) {
        return Err(too_long());
    }
    let mut body = Vec::new();
    let mut stream = response.bytes_stream();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|error| {
            let message = format!("`{}` broke off its answer: {}", host(&url), reason(error));
            Trouble::passing(unreachable(message, Place::default()))
        })?;
        if (body.len() + chunk.len()) as u64 > limit {
            return Err(too_long());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, headers, body, url })
}

/// The innermost cause, which is the one that tells; without URLs, which may carry secrets.
fn reason(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        told = inner.to_string();
        cause = inner.source();
    }
    told
}

/// A file in pieces.
struct Chunks(Box<dyn Read + Send>);

impl Iterator for Chunks {
    type Item = std::io::Result<Bytes>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut chunk = vec![0; CHUNK];
        match self.0.read(&mut chunk) {
            Ok(0) => None,
            Ok(read) => {
                chunk.truncate(read);
                Some(Ok(chunk.into()))
            }
            Err(error) => Some(Err(error)),
        }
    }
}
