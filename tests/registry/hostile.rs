//! Registries that lie: nothing grows without bound, nothing wrong is taken, no secret leaves for another host.

use landscape::oci::MANIFEST;
use landscape::registry::{Access, Credential, Registries};
use landscape::sign::is_legacy_tag;

use super::server::{Request, Server, Turn, answer};
use super::{HASTE, NOBODY, push, push_as, shipment};

/// The fault of a run against a registry that answers the requests a rule picks in its own way.
fn fault(
    picked: impl Fn(&Request) -> bool + Send + 'static,
    act: impl Fn(&Request) -> Turn + Send + 'static,
) -> (&'static str, String) {
    let server = Server::start(true);
    server.direct(move |request| if picked(request) { act(request) } else { Turn::Serve });
    let fault = push(&shipment(&server)).expect_err("nobody accepts that");
    (fault.code.id, fault.message)
}

fn reads_manifest(request: &Request) -> bool {
    request.method == "GET" && request.path.contains("/manifests/")
}

#[test]
fn a_manifest_without_end_is_not_read_to_its_end() {
    for head in [
        "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 104857600\r\n\r\n",
        "HTTP/1.1 503 Busy\r\ncontent-length: 1048576000\r\n\r\n",
    ] {
        let (code, message) = fault(reads_manifest, move |_| Turn::Endless(head));
        assert_eq!(code, "L832", "{message}");
        assert!(message.contains("more than 4194304 bytes"), "{message}");
    }
}

#[test]
fn bytes_that_are_not_those_of_their_digest_are_refused() {
    let (code, message) = fault(reads_manifest, |request| {
        let header = ("docker-content-digest", format!("sha256:{}", "0".repeat(64)));
        Turn::Answer(answer(request, 200, &[header], b"{}"))
    });
    assert_eq!(code, "L832");
    assert!(message.contains("has other bytes"), "{message}");
    let pushes = |request: &Request| request.method == "PUT" && request.path.contains("/manifests/");
    let (code, message) = fault(pushes, |request| {
        let header = ("docker-content-digest", format!("sha256:{}", "0".repeat(64)));
        Turn::Answer(answer(request, 201, &[header], b""))
    });
    assert_eq!(code, "L832", "{message}");
}

#[test]
fn redirects_come_to_an_end() {
    let (code, message) = fault(reads_manifest, |request| {
        Turn::Answer(answer(request, 307, &[("location", request.path.clone())], b""))
    });
    assert_eq!((code, message.ends_with("leads on and on")), ("L832", true), "{message}");
    for target in ["file:///etc/passwd", "gopher://x/", "http://"] {
        let (code, message) = fault(reads_manifest, move |request| {
            Turn::Answer(answer(request, 307, &[("location", target.to_owned())], b""))
        });
        assert_eq!(code, "L832", "{message}");
    }
}

#[test]
fn an_upload_goes_nowhere_without_a_place() {
    let begins = |request: &Request| request.method == "POST";
    for location in [None, Some("file:///tmp/x"), Some("http://[")] {
        let (code, message) = fault(begins, move |request| {
            let headers: Vec<_> = location.iter().map(|to| ("location", (*to).to_owned())).collect();
            Turn::Answer(answer(request, 202, &headers, b""))
        });
        assert_eq!(code, "L832", "{message}");
    }
}

#[test]
fn a_tag_that_should_list_referrers_and_does_not_is_left_alone() {
    let server = Server::start(false);
    let shipment = shipment(&server);
    server.direct(|request| {
        let tag = request.path.rsplit('/').next().unwrap_or_default();
        let lists = tag.starts_with("sha256-") && !is_legacy_tag(tag);
        if lists && request.method == "GET" {
            Turn::Answer(answer(request, 200, &[], b"{\"a\":1}"))
        } else {
            Turn::Serve
        }
    });
    let fault = push(&shipment).expect_err("what is there is no list");
    assert_eq!(fault.code.id, "L832");
    assert!(fault.message.contains("is no list of referrers"), "{}", fault.message);
}

#[test]
fn credentials_do_not_follow_to_another_host() {
    let (other, server) = (Server::start(true), Server::start(true));
    let elsewhere = other.host();
    server.direct(move |request| {
        if request.header("authorization").is_none() {
            return Turn::Answer(answer(
                request,
                401,
                &[("www-authenticate", "Basic realm=\"x\"".to_owned())],
                b"",
            ));
        }
        if reads_manifest(request) {
            let target = format!("http://{elsewhere}{}", request.path);
            return Turn::Answer(answer(request, 307, &[("location", target)], b""));
        }
        if request.method == "POST" {
            let target =
                format!("http://{elsewhere}{}abc", request.path.split('?').next().unwrap_or_default());
            return Turn::Answer(answer(request, 202, &[("location", target)], b""));
        }
        Turn::Serve
    });
    let credentials =
        |_: &str| Ok(Some(Credential::Password { user: "me".to_owned(), password: "hush".to_owned() }));
    // The blobs end up elsewhere, so the registry refuses the manifests.
    let fault = push_as(&shipment(&server), &credentials).expect_err("incomplete");
    assert!(!format!("{fault:?}").contains("hush"));
    let (here, there) = (server.store(), other.store());
    assert!(here.log.iter().any(|request| request.header("authorization").is_some()));
    assert!(there.log.iter().any(|request| request.method == "GET"), "redirects are followed");
    assert!(
        there.log.iter().any(|request| request.method == "PUT"),
        "uploads are sent where they are wanted"
    );
    assert!(there.log.iter().all(|request| request.header("authorization").is_none()));
}

#[test]
fn another_host_may_ask_for_nothing() {
    for sent_there in ["GET", "POST"] {
        let (other, server) = (Server::start(true), Server::start(true));
        let (elsewhere, realm) = (other.host(), format!("http://{}/token", other.host()));
        server.direct(move |request| {
            if request.header("authorization").is_none() {
                let challenge = ("www-authenticate", "Basic realm=\"x\"".to_owned());
                return Turn::Answer(answer(request, 401, &[challenge], b""));
            }
            let to = |path: &str| ("location", format!("http://{elsewhere}{path}"));
            // Signatures are looked up when the credentials have long been sent.
            let status = if request.method == "POST" { 202 } else { 307 };
            if request.method == sent_there && (request.path.contains("/sha256-") || status == 202) {
                return Turn::Answer(answer(request, status, &[to(&request.path)], b""));
            }
            Turn::Serve
        });
        other.direct(move |request| {
            let challenge = format!("Bearer realm=\"{realm}\",service=\"x\"");
            Turn::Answer(answer(request, 401, &[("www-authenticate", challenge)], b""))
        });
        let credentials =
            |_: &str| Ok(Some(Credential::Password { user: "me".to_owned(), password: "hush".to_owned() }));
        push_as(&shipment(&server), &credentials).expect_err("there is no way in over there");
        let there = other.store();
        assert!(!there.log.is_empty(), "{sent_there} leads there");
        assert!(there.log.iter().all(|request| request.header("authorization").is_none()));
        assert!(!there.log.iter().any(|request| request.path.starts_with("/token")), "it gives no tokens");
    }
}

#[test]
fn a_name_that_leads_out_of_its_repository_is_never_asked_for() {
    let server = Server::start(true);
    let access = Access { credentials: NOBODY, authorities: None, plain_http: false, patience: HASTE };
    let registries = Registries::new(&access).expect("nothing to read");
    for (name, reference) in [
        ("a/../b", "latest"),
        ("..", "latest"),
        ("%2e%2e/b", "latest"),
        ("a", "../../b/manifests/latest"),
        ("a", "latest?x"),
        ("a", "latest#x"),
    ] {
        let repository = registries.repository(&server.host(), name);
        let fault = registries.wait(repository.resolve(reference)).expect_err("it leads elsewhere");
        assert_eq!(fault.code.id, "L832", "{name} {reference}");
    }
    assert!(server.store().log.is_empty());
}

#[test]
fn a_list_without_end_is_not_kept() {
    let server = Server::start(true);
    let one = format!(r#"{{"mediaType":"{MANIFEST}","size":2,"digest":"sha256:{}"}}"#, "0".repeat(64));
    let page = format!(r#"{{"schemaVersion":2,"manifests":[{}]}}"#, vec![one.as_str(); 5_000].join(","));
    server.direct(move |request| {
        if !request.path.contains("/referrers/") {
            return Turn::Serve;
        }
        let next = ("link", format!("<{}>; rel=\"next\"", request.path));
        Turn::Answer(answer(request, 200, &[next], page.as_bytes()))
    });
    let fault = push(&shipment(&server)).expect_err("nobody signs that often");
    assert_eq!(fault.code.id, "L832");
    let why = fault.why.unwrap_or_default();
    assert!(why.contains("20000 manifests"), "{why}");
    let pages = server.store().log.iter().filter(|request| request.path.contains("/referrers/")).count();
    assert!(pages <= 10, "two images, five pages each: {pages}");
}

#[test]
fn a_token_server_must_be_a_url() {
    for realm in ["ftp://example.org/", "not a url", "", "http://tokens.example.org/"] {
        let challenge = format!("Bearer realm=\"{realm}\",service=\"x\"");
        let (code, message) = fault(
            |_| true,
            move |request| {
                Turn::Answer(answer(request, 401, &[("www-authenticate", challenge.clone())], b""))
            },
        );
        assert_eq!(code, "L832", "{message}");
    }
}
