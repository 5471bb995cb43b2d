//! A registry in this process: the distribution protocol over a real socket, strict about what it stores, and as faulty as
//! a test wants it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use landscape::digest::Digest;
use landscape::oci::{Index, Manifest};
use serde_json::json;

/// What one request was.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// With the query.
    pub(crate) path: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    pub(crate) fn writes(&self) -> bool {
        matches!(&*self.method, "POST" | "PUT" | "PATCH" | "DELETE")
    }

    /// The value of a parameter of the query.
    fn parameter(&self, name: &str) -> Option<String> {
        let query = self.path.split_once('?')?.1;
        let value = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")))?;
        Some(value.replace("%3A", ":").replace("%2F", "/"))
    }
}

/// What a test does with a request.
pub(crate) enum Turn {
    /// The registry answers.
    Serve,
    /// The connection ends before the registry has seen the request.
    CutBefore,
    /// The connection ends when the registry has done what it was asked.
    CutAfter,
    /// These bytes are the answer.
    Answer(Vec<u8>),
    /// The answer is this head, and a body without end.
    Endless(&'static str),
}

type Director = Box<dyn FnMut(&Request) -> Turn + Send>;

/// What the registry holds.
#[derive(Default)]
pub(crate) struct Store {
    /// By repository.
    pub(crate) blobs: BTreeMap<String, BTreeMap<Digest, Vec<u8>>>,
    pub(crate) manifests: BTreeMap<String, BTreeMap<Digest, Vec<u8>>>,
    pub(crate) tags: BTreeMap<(String, String), Digest>,
    /// Everything that was asked.
    pub(crate) log: Vec<Request>,
    /// Tags that were moved to what is incomplete or unsigned.
    pub(crate) violations: Vec<String>,
    uploads: usize,
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) store: Arc<Mutex<Store>>,
    director: Arc<Mutex<Director>>,
}

impl Server {
    /// Starts a registry; one with a list of referrers, or one that knows nothing of them.
    pub(crate) fn start(lists_referrers: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("bound");
        let store = Arc::new(Mutex::new(Store::default()));
        let director: Arc<Mutex<Director>> = Arc::new(Mutex::new(Box::new(|_| Turn::Serve)));
        let (served, directing) = (store.clone(), director.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (store, director) = (served.clone(), directing.clone());
                std::thread::spawn(move || converse(stream, &store, &director, lists_referrers));
            }
        });
        Self { address, store, director }
    }

    /// Puts a test in charge of every request from now on.
    pub(crate) fn direct(&self, director: impl FnMut(&Request) -> Turn + Send + 'static) {
        *self.director.lock().expect("no test panics here") = Box::new(director);
    }

    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }

    pub(crate) fn store(&self) -> std::sync::MutexGuard<'_, Store> {
        self.store.lock().expect("no test panics here")
    }
}

/// Answers the requests of one connection.
fn converse(stream: TcpStream, store: &Mutex<Store>, director: &Mutex<Director>, lists_referrers: bool) {
    let mut writer = stream.try_clone().expect("a socket");
    let mut reader = BufReader::new(stream);
    while let Some(request) = read(&mut reader) {
        let turn = {
            let mut director = director.lock().expect("no test panics here");
            store.lock().expect("no test panics here").log.push(request.clone());
            director(&request)
        };
        let answer = match turn {
            Turn::CutBefore => return,
            Turn::CutAfter => {
                store.lock().expect("no test panics here").serve(&request, lists_referrers);
                return;
            }
            Turn::Answer(bytes) => bytes,
            Turn::Endless(head) => {
                let chunk = [b'x'; 8192];
                let mut sent = writer.write_all(head.as_bytes());
                while sent.is_ok() {
                    sent = writer.write_all(&chunk);
                }
                return;
            }
            Turn::Serve => store.lock().expect("no test panics here").serve(&request, lists_referrers),
        };
        if writer.write_all(&answer).is_err() {
            return;
        }
    }
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let mut words = line.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(':') else { break };
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Request { method, path, headers, body })
}

/// An answer with a body; the body of the answer to HEAD stays behind.
pub(crate) fn answer(request: &Request, status: u16, headers: &[(&str, String)], body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\n", body.len()).into_bytes();
    for (name, value) in headers {
        bytes.extend(format!("{name}: {value}\r\n").bytes());
    }
    bytes.extend(b"\r\n");
    if request.method != "HEAD" {
        bytes.extend(body);
    }
    bytes
}

impl Store {
    fn serve(&mut self, request: &Request, lists_referrers: bool) -> Vec<u8> {
        let plain = |status, headers: &[(&str, String)], body: &[u8]| answer(request, status, headers, body);
        let missing = || plain(404, &[], br#"{"errors":[{"code":"UNKNOWN","message":"not here"}]}"#);
        let path = request.path.split('?').next().unwrap_or_default();
        let Some(path) = path.strip_prefix("/v2/") else { return missing() };
        if let Some((repository, reference)) = path.split_once("/manifests/") {
            return match &*request.method {
                "PUT" => self.put_manifest(request, repository, reference, lists_referrers),
                _ => match self.manifest(repository, reference) {
                    None => missing(),
                    Some((digest, bytes)) => {
                        let kind = media_type(&bytes);
                        let headers = [("docker-content-digest", digest.to_string()), ("content-type", kind)];
                        plain(200, &headers, &bytes)
                    }
                },
            };
        }
        if let Some((repository, digest)) = path.split_once("/referrers/") {
            if !lists_referrers {
                return missing();
            }
            let listed = json!({"schemaVersion": 2, "mediaType": landscape::oci::INDEX, "manifests": self.referrers(repository, digest)});
            return plain(200, &[], listed.to_string().as_bytes());
        }
        if let Some((repository, _)) = path.split_once("/blobs/uploads/") {
            return self.upload(request, repository);
        }
        let Some((repository, digest)) = path.split_once("/blobs/") else { return missing() };
        let held = Digest::parse(digest).and_then(|digest| self.blobs.get(repository)?.get(&digest));
        held.map_or_else(missing, |bytes| plain(200, &[], bytes))
    }

    fn upload(&mut self, request: &Request, repository: &str) -> Vec<u8> {
        let digest = request.parameter("digest").and_then(|digest| Digest::parse(&digest));
        if request.method == "PUT" {
            let stored = digest.filter(|digest| *digest == Digest::of(&request.body));
            let Some(digest) = stored else { return answer(request, 400, &[], b"") };
            self.blobs.entry(repository.to_owned()).or_default().insert(digest, request.body.clone());
            return answer(request, 201, &[], b"");
        }
        let mounted =
            request.parameter("mount").and_then(|digest| Digest::parse(&digest)).and_then(|digest| {
                let bytes = self.blobs.get(&request.parameter("from")?)?.get(&digest)?.clone();
                Some((digest, bytes))
            });
        if let Some((digest, bytes)) = mounted {
            self.blobs.entry(repository.to_owned()).or_default().insert(digest, bytes);
            return answer(request, 201, &[], b"");
        }
        self.uploads += 1;
        let location = format!("/v2/{repository}/blobs/uploads/{}?state=a", self.uploads);
        answer(request, 202, &[("location", location)], b"")
    }

    pub(crate) fn manifest(&self, repository: &str, reference: &str) -> Option<(Digest, Vec<u8>)> {
        let tagged = || self.tags.get(&(repository.to_owned(), reference.to_owned())).copied();
        let digest = Digest::parse(reference).or_else(tagged)?;
        Some((digest, self.manifests.get(repository)?.get(&digest)?.clone()))
    }

    /// Takes a manifest that names nothing unknown.
    fn put_manifest(
        &mut self,
        request: &Request,
        repository: &str,
        reference: &str,
        lists_referrers: bool,
    ) -> Vec<u8> {
        let refused = |why: &str| {
            let body = json!({"errors": [{"code": "MANIFEST_INVALID", "message": why}]});
            answer(request, 400, &[], body.to_string().as_bytes())
        };
        let digest = Digest::of(&request.body);
        if Digest::parse(reference).is_some_and(|named| named != digest) {
            return refused("another digest");
        }
        if request.header("content-type") != Some(&*media_type(&request.body)) {
            return refused("another media type");
        }
        if !self.names_only_known(repository, &request.body) {
            return refused("an unknown blob");
        }
        self.manifests.entry(repository.to_owned()).or_default().insert(digest, request.body.clone());
        if Digest::parse(reference).is_none() {
            self.tags.insert((repository.to_owned(), reference.to_owned()), digest);
            if !reference.starts_with("sha256-") && !self.is_signed(repository, digest, lists_referrers) {
                self.violations.push(format!("{repository}:{reference}"));
            }
        }
        let subject =
            serde_json::from_slice::<Manifest>(&request.body).ok().and_then(|manifest| manifest.subject);
        let listed = subject.filter(|_| lists_referrers);
        let headers: Vec<(&str, String)> =
            listed.iter().map(|subject| ("oci-subject", subject.digest.to_string())).collect();
        answer(request, 201, &headers, b"")
    }

    fn names_only_known(&self, repository: &str, bytes: &[u8]) -> bool {
        let has =
            |digest: &Digest| self.blobs.get(repository).is_some_and(|blobs| blobs.contains_key(digest));
        let lists =
            |digest: &Digest| self.manifests.get(repository).is_some_and(|all| all.contains_key(digest));
        match serde_json::from_slice::<Manifest>(bytes) {
            Ok(manifest) => {
                has(&manifest.config.digest) && manifest.layers.iter().all(|layer| has(&layer.digest))
            }
            Err(_) => serde_json::from_slice::<Index>(bytes)
                .is_ok_and(|index| index.manifests.iter().all(|one| lists(&one.digest))),
        }
    }

    /// The descriptors of what has a manifest as its subject.
    fn referrers(&self, repository: &str, subject: &str) -> Vec<serde_json::Value> {
        let all = self.manifests.get(repository).into_iter().flatten();
        all.filter_map(|(digest, bytes)| {
            let manifest: Manifest = serde_json::from_slice(bytes).ok()?;
            let about = manifest.subject.is_some_and(|about| about.digest.to_string() == subject);
            about.then(|| {
                json!({"mediaType": landscape::oci::MANIFEST, "digest": digest, "size": bytes.len(), "artifactType": manifest.artifact_type})
            })
        })
        .collect()
    }

    /// Whether both forms of a signature can be found, as a verifier looks for them.
    pub(crate) fn is_signed(&self, repository: &str, digest: Digest, lists_referrers: bool) -> bool {
        let legacy = self.manifest(repository, &format!("sha256-{}.sig", digest.hex())).is_some();
        let found: BTreeSet<Digest> = if lists_referrers {
            let listed = self.referrers(repository, &digest.to_string());
            listed.iter().filter_map(|one| Digest::parse(one.get("digest")?.as_str()?)).collect()
        } else {
            let tagged = self.manifest(repository, &format!("sha256-{}", digest.hex()));
            let index = tagged.and_then(|(_, bytes)| serde_json::from_slice::<Index>(&bytes).ok());
            index.into_iter().flat_map(|index| index.manifests).map(|one| one.digest).collect()
        };
        legacy && !found.is_empty()
    }
}

fn media_type(bytes: &[u8]) -> String {
    let document: serde_json::Value = serde_json::from_slice(bytes).unwrap_or_default();
    let named = document.get("mediaType").and_then(|kind| kind.as_str());
    named.unwrap_or(landscape::oci::MANIFEST).to_owned()
}
