//! Faults of the network and of registries: what passes is waited for, what does not leaves nothing half done.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::server::{Request, Server, Turn, answer};
use super::{assert_complete, push, shipment};

/// How many requests a run makes.
fn requests(lists_referrers: bool) -> usize {
    let server = Server::start(lists_referrers);
    push(&shipment(&server)).expect("the registry is sound");
    server.store().log.len()
}

/// Does something with the requests that a rule picks by their number, from 0.
fn at(
    server: &Server,
    picked: impl Fn(usize) -> bool + Send + 'static,
    act: impl Fn(&Request) -> Turn + Send + 'static,
) {
    let count = Arc::new(AtomicUsize::new(0));
    server.direct(
        move |request| {
            if picked(count.fetch_add(1, Ordering::Relaxed)) { act(request) } else { Turn::Serve }
        },
    );
}

#[test]
fn a_connection_that_is_cut_at_any_request_is_got_over() {
    for lists_referrers in [true, false] {
        for number in 0..requests(lists_referrers) {
            for after in [false, true] {
                let server = Server::start(lists_referrers);
                let shipment = shipment(&server);
                at(
                    &server,
                    move |count| count == number,
                    move |_| if after { Turn::CutAfter } else { Turn::CutBefore },
                );
                let published = push(&shipment);
                assert!(published.is_ok(), "request {number}, done {after}: {published:?}");
                assert_complete(&server, &shipment);
            }
        }
    }
}

#[test]
fn a_registry_that_dies_at_any_request_leaves_no_tag_on_anything_incomplete() {
    for lists_referrers in [true, false] {
        for number in 0..requests(lists_referrers) {
            let server = Server::start(lists_referrers);
            let shipment = shipment(&server);
            at(&server, move |count| count >= number, |_| Turn::CutAfter);
            let fault = push(&shipment).expect_err("the registry is gone");
            assert_eq!(fault.code.id, "L830", "{}", fault.message);
            assert_eq!(server.store().violations, Vec::<String>::new());
            server.direct(|_| Turn::Serve);
            push(&shipment).expect("the next run completes");
            assert_complete(&server, &shipment);
        }
    }
}

#[test]
fn a_registry_that_is_busy_is_asked_again() {
    for (status, header) in [
        (429, ("retry-after", "0")),
        (503, ("retry-after", "Sat, 21 Nov 2026 10:00:00 GMT")),
        (500, ("date", "Sat, 21 Nov 2026 10:00:00 GMT")),
        (502, ("x", "y")),
        (504, ("x", "y")),
        (408, ("x", "y")),
    ] {
        let server = Server::start(true);
        let shipment = shipment(&server);
        let act = move |request: &Request| {
            let date = ("date", "Sat, 21 Nov 2026 10:00:00 GMT".to_owned());
            Turn::Answer(answer(request, status, &[(header.0, header.1.to_owned()), date], b""))
        };
        // A burst is shorter than anyone's patience, whichever requests it hits.
        at(&server, |count| count < 5 || (30..36).contains(&count), act);
        let published = push(&shipment);
        assert!(published.is_ok(), "{status}: {published:?}");
        assert_complete(&server, &shipment);
    }
}

#[test]
fn what_a_registry_can_never_again_read_is_sent_anew() {
    let server = Server::start(true);
    let shipment = shipment(&server);
    push(&shipment).expect("the registry is sound");
    let before = server.store().log.len();
    let by_digest = |request: &Request| request.method == "HEAD" && request.path.contains("/sha256:");
    server.direct(move |request| {
        if by_digest(request) { Turn::Answer(answer(request, 500, &[], b"")) } else { Turn::Serve }
    });
    push(&shipment).expect("what is written anew can be read");
    assert_complete(&server, &shipment);
    let images: Vec<_> = shipment.images().collect();
    let blobs = images.iter().flat_map(|image| image.blobs.keys()).collect::<std::collections::BTreeSet<_>>();
    let store = server.store();
    let sent = |what: &str| {
        store.log.iter().skip(before).any(|request| request.writes() && request.path.contains(what))
    };
    assert!(images.iter().all(|image| sent(&format!("/manifests/{}", image.descriptor.digest))));
    assert!(blobs.iter().all(|digest| sent(&digest.hex())));
}

#[test]
fn a_manifest_that_another_run_is_writing_is_pushed_again() {
    let server = Server::start(true);
    let mut refused = false;
    server.direct(move |request| {
        if request.method != "PUT" || !request.path.contains("/manifests/") || refused {
            return Turn::Serve;
        }
        refused = true;
        let body = br#"{"errors":[{"code":"DIGEST_INVALID","message":"did not match"}]}"#;
        Turn::Answer(answer(request, 400, &[], body))
    });
    let shipment = shipment(&server);
    push(&shipment).expect("it is there the next time");
    assert_complete(&server, &shipment);
}

#[test]
fn a_registry_that_wants_to_be_left_alone_for_long_is_left_alone() {
    for wait in ["3600", "Sat, 21 Nov 2026 11:00:00 GMT"] {
        let server = Server::start(true);
        let act = move |request: &Request| {
            let date = ("date", "Sat, 21 Nov 2026 10:00:00 GMT".to_owned());
            Turn::Answer(answer(request, 429, &[("retry-after", wait.to_owned()), date], b""))
        };
        at(&server, |_| true, act);
        let fault = push(&shipment(&server)).expect_err("an hour is too long");
        assert_eq!(fault.code.id, "L830");
        assert_eq!(fault.why.as_deref(), Some("it asks to wait 3600 s"));
        assert!(server.store().log.len() <= 8, "each of the requests under way was sent once");
    }
}

#[test]
fn what_a_registry_refuses_is_told_in_its_own_words() {
    let server = Server::start(true);
    at(
        &server,
        |_| true,
        |request| {
            let body = br#"{"errors":[{"code":"NAME_INVALID","message":"no such \u001b[31mproject"}]}"#;
            // HEAD has no body, so the words come with the first request that has one.
            Turn::Answer(if request.method == "HEAD" {
                answer(request, 404, &[], b"")
            } else {
                answer(request, 400, &[], body)
            })
        },
    );
    let fault = push(&shipment(&server)).expect_err("refused");
    assert_eq!(fault.code.id, "L833");
    assert!(fault.message.ends_with("(400: NAME_INVALID no such [31mproject)"), "{}", fault.message);
}
