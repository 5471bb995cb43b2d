//! Who we are: challenges of registries, tokens of their token servers.
//!
//! A credential goes to the registry it was stored for, and to the token server that this registry names; to nobody else.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::sync::Mutex;

use super::fault::{Trouble, misbehaves};
use super::transport::{
    AUTHORIZATION, Answer, HeaderMap, HeaderValue, Method, Request, Transport, Url, WWW_AUTHENTICATE, host,
};
use super::{Blob, Credential, Credentials, is_loopback};

/// Bytes of a token server's answer.
const TOKEN_LIMIT: u64 = 1 << 20;

/// What is known about hosts, filled as they ask.
pub(super) struct Auth<'c> {
    credentials: &'c Credentials<'c>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    challenges: BTreeMap<String, Challenge>,
    /// By host and scope.
    headers: BTreeMap<(String, String), HeaderValue>,
}

#[derive(Clone)]
enum Challenge {
    Basic,
    Bearer { realm: String, service: Option<String> },
}

impl<'c> Auth<'c> {
    pub(super) fn new(credentials: &'c Credentials<'c>) -> Self {
        Self { credentials, known: Mutex::default() }
    }

    /// Sends a request to a registry with what it wants to know; `scope` is what the request does, as token servers write
    /// it, one scope a word. Other hosts, where a registry may send anybody, are told nothing, and may ask for nothing.
    pub(super) async fn exchange<'b>(
        &self,
        transport: &Transport,
        home: &Url,
        scope: &str,
        request: &dyn Fn() -> Request<'b>,
    ) -> Result<Answer, Trouble> {
        let first = request();
        if first.url.origin() != home.origin() {
            return transport.exchange(first).await;
        }
        let registry = host(home);
        let header = self.header(transport, &registry, scope, home).await?;
        let answer = transport.exchange(with(first, header.clone())).await?;
        if answer.status != 401 || answer.url.origin() != home.origin() {
            return Ok(answer);
        }
        let Some(challenge) = challenge(&answer.headers) else {
            return Ok(answer);
        };
        {
            let mut known = self.known.lock().await;
            known.challenges.insert(registry.clone(), challenge);
            // A token that was good before may have come to its end.
            let key = (registry.clone(), scope.to_owned());
            if known.headers.get(&key) == header.as_ref() {
                known.headers.remove(&key);
            }
        }
        let again = request();
        match self.header(transport, &registry, scope, home).await? {
            Some(header) => transport.exchange(with(again, Some(header))).await,
            None => Ok(answer),
        }
    }

    /// The header for a request, once the registry has told what it wants.
    async fn header(
        &self,
        transport: &Transport,
        registry: &str,
        scope: &str,
        home: &Url,
    ) -> Result<Option<HeaderValue>, Trouble> {
        // Held while a token is fetched, so that many requests at once fetch one.
        let mut known = self.known.lock().await;
        let key = (registry.to_owned(), scope.to_owned());
        if let Some(header) = known.headers.get(&key) {
            return Ok(Some(header.clone()));
        }
        let Some(challenge) = known.challenges.get(registry).cloned() else {
            return Ok(None);
        };
        let credential = (self.credentials)(registry).map_err(Trouble::lasting)?;
        let text = match challenge {
            Challenge::Basic => match credential {
                Some(Credential::Password { user, password }) => Some(basic(&user, &password)),
                Some(Credential::Token(_)) | None => None,
            },
            Challenge::Bearer { realm, service } => {
                let realm =
                    Url::parse(&realm).ok().filter(|realm| may_be_told(home, realm)).ok_or_else(|| {
                        let message = format!("`{registry}` names no token server that may be asked");
                        Trouble::lasting(misbehaves(
                            message,
                            "it must be a URL, under TLS if the registry is",
                        ))
                    })?;
                let request = TokenRequest { realm, service, scope, credential };
                Some(format!("Bearer {}", request.send(transport).await?))
            }
        };
        let header = text.and_then(|text| HeaderValue::from_str(&text).ok());
        if let Some(mut header) = header.clone() {
            header.set_sensitive(true);
            known.headers.insert(key, header);
        }
        Ok(header)
    }
}

/// Whether a token server may be told a credential: over TLS, or where the registry itself is spoken to without.
fn may_be_told(home: &Url, realm: &Url) -> bool {
    let unprotected = realm.scheme() == "http" && home.scheme() == "http";
    realm.scheme() == "https" || (unprotected && (home.host() == realm.host() || is_loopback(&host(realm))))
}

/// Asks a token server.
struct TokenRequest<'s> {
    realm: Url,
    service: Option<String>,
    scope: &'s str,
    credential: Option<Credential>,
}

impl TokenRequest<'_> {
    async fn send(self, transport: &Transport) -> Result<String, Trouble> {
        let Self { mut realm, service, scope, credential } = self;
        let server = host(&realm);
        let mut fields: Vec<(&str, &str)> = scope.split(' ').map(|scope| ("scope", scope)).collect();
        fields.extend(service.as_deref().map(|service| ("service", service)));
        let form;
        let request = match &credential {
            Some(Credential::Token(token)) => {
                let own =
                    [("grant_type", "refresh_token"), ("client_id", "landscape"), ("refresh_token", token)];
                fields.extend(own);
                // The query writer of the URL library is the encoder of forms.
                let mut encoder = realm.clone();
                encoder.query_pairs_mut().clear().extend_pairs(&fields);
                form = Blob::Memory(encoder.query().unwrap_or_default().as_bytes().into());
                Request::new(Method::POST, realm, TOKEN_LIMIT)
                    .header("content-type", "application/x-www-form-urlencoded")
                    .body(&form)
            }
            other => {
                realm.query_pairs_mut().extend_pairs(&fields);
                let request = Request::new(Method::GET, realm, TOKEN_LIMIT);
                match other {
                    Some(Credential::Password { user, password }) => {
                        with(request, HeaderValue::from_str(&basic(user, password)).ok())
                    }
                    _ => request,
                }
            }
        };
        let answer = transport.exchange(request).await?;
        if answer.status != 200 {
            return Err(Trouble::answer(&answer, &server, "a token"));
        }
        let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let token = ["token", "access_token"].iter().find_map(|name| body.get(*name)?.as_str());
        token.filter(|token| !token.is_empty()).map(str::to_owned).ok_or_else(|| {
            let message = format!("`{server}` answers without a token");
            Trouble::lasting(misbehaves(message, "the registry names it as its token server"))
        })
    }
}

fn with(mut request: Request<'_>, header: Option<HeaderValue>) -> Request<'_> {
    if let Some(mut header) = header {
        header.set_sensitive(true);
        request.headers.insert(AUTHORIZATION, header);
    }
    request
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

/// What a registry wants; a token rather than a password, when it takes both.
fn challenge(headers: &HeaderMap) -> Option<Challenge> {
    let texts = headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok());
    let mut basic = None;
    for challenge in texts.filter_map(|text| http_auth::parse_challenges(text).ok()).flatten() {
        let parameter = |name: &str| {
            let found = challenge.params.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.to_unescaped())
        };
        if challenge.scheme.eq_ignore_ascii_case("bearer")
            && let Some(realm) = parameter("realm")
        {
            return Some(Challenge::Bearer { realm, service: parameter("service") });
        }
        if challenge.scheme.eq_ignore_ascii_case("basic") {
            basic = Some(Challenge::Basic);
        }
    }
    basic
}
