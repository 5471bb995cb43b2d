//! Who may push: passwords, tokens, and what becomes of those that end.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use landscape::registry::{Credential, Credentials};

use super::server::{Request, Server, Turn, answer};
use super::{assert_complete, push, push_as, shipment};

/// A password for every host.
const PASSWORD: &Credentials<'static> =
    &|_| Ok(Some(Credential::Password { user: "me".to_owned(), password: "hush".to_owned() }));

fn basic() -> String {
    format!("Basic {}", STANDARD.encode("me:hush"))
}

fn unauthorized(request: &Request, challenge: String) -> Turn {
    Turn::Answer(answer(request, 401, &[("www-authenticate", challenge)], b""))
}

#[test]
fn a_password_is_sent_when_it_is_asked_for() {
    let server = Server::start(true);
    let shipment = shipment(&server);
    server.direct(|request| {
        if request.header("authorization") == Some(&*basic()) {
            return Turn::Serve;
        }
        unauthorized(request, "Basic realm=\"here\"".to_owned())
    });
    push_as(&shipment, PASSWORD).expect("welcome");
    assert_complete(&server, &shipment);
    let fault = push(&shipment).expect_err("nobody is not welcome");
    assert_eq!(fault.code.id, "L831");
    assert!(fault.help.is_some_and(|help| help.contains("docker login")));
}

/// A registry whose tokens all end at this request, counted from 0, so that new ones are needed.
fn with_tokens(server: &Server, end: usize, asks: fn(&Request) -> bool) {
    let host = server.host();
    let (mut issued, mut ended, mut count) = (0, 0, 0);
    server.direct(move |request| {
        count += 1;
        if count == end {
            ended = issued;
        }
        if request.path.starts_with("/token") {
            if !asks(request) {
                return Turn::Answer(answer(request, 401, &[], b""));
            }
            issued += 1;
            return Turn::Answer(answer(request, 200, &[], format!("{{\"token\":\"{issued}\"}}").as_bytes()));
        }
        let token = request.header("authorization").and_then(|header| header.strip_prefix("Bearer "));
        if token
            .and_then(|token| token.parse().ok())
            .is_some_and(|token: usize| token > ended && token <= issued)
        {
            return Turn::Serve;
        }
        unauthorized(
            request,
            format!("Bearer realm=\"http://{host}/token\",service=\"here\",scope=\"ignored\""),
        )
    });
}

#[test]
fn a_token_is_fetched_for_what_is_done_and_again_when_it_ends() {
    for end in [usize::MAX, 25, 40, 55] {
        let server = Server::start(true);
        let shipment = shipment(&server);
        with_tokens(&server, end, |request| request.header("authorization") == Some(&*basic()));
        push_as(&shipment, PASSWORD).expect("welcome");
        assert_complete(&server, &shipment);
        let store = server.store();
        let asked = store.log.iter().filter(|request| request.path.starts_with("/token"));
        let scopes: Vec<&str> = asked.map(|request| &*request.path).collect();
        let wanted = "scope=repository%3Alandscapes%2Fdemo%3Apull%2Cpush";
        assert!(scopes.iter().any(|path| path.contains(wanted)), "{scopes:?}");
        assert!(scopes.iter().all(|path| path.contains("service=here")), "{scopes:?}");
    }
}

#[test]
fn a_stored_token_is_traded_in_and_not_shown() {
    let server = Server::start(true);
    let shipment = shipment(&server);
    with_tokens(&server, usize::MAX, |request| {
        let form = String::from_utf8_lossy(&request.body);
        request.method == "POST"
            && form.contains("grant_type=refresh_token")
            && form.contains("refresh_token=se%26cret")
    });
    let credentials = |_: &str| Ok(Some(Credential::Token("se&cret".to_owned())));
    push_as(&shipment, &credentials).expect("welcome");
    assert_complete(&server, &shipment);
    assert!(server.store().log.iter().all(|request| !request.path.contains("cret")), "no secret in a URL");
}
