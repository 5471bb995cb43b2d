//! What arrives, and what is refused.

use landscape::artifact::check_tag;
use landscape::key::{Algorithm, PrivateKey};
use landscape::oci::{Descriptor, Index, MANIFEST, Manifest, unpack};
use landscape::publish::{Descent, Guard, Shipment};
use landscape::sign::{EPOCH, PREDICATE_TYPE, SIGNATURE, is_legacy_tag, legacy_tag};

use super::server::{Server, Store, Turn, answer};
use super::{KEY, NAME, NOBODY, artifact, assert_complete, push, push_guarded, shipment};

#[test]
fn everything_arrives_signed_at_registries_with_and_without_a_list_of_referrers() {
    for lists_referrers in [true, false] {
        let server = Server::start(lists_referrers);
        let shipment = shipment(&server);
        let receipt = push(&shipment).expect("the registry is sound");
        assert_complete(&server, &shipment);
        assert_eq!(receipt.repository, format!("{}/{NAME}", server.host()));
        assert_eq!(receipt.url, format!("oci://{}@{}", receipt.repository, receipt.digest));
        assert_eq!(receipt.charts.len(), 1);
        let store = server.store();
        let fallback = store.tags.keys().filter(|(_, tag)| tag.starts_with("sha256-") && !is_legacy_tag(tag));
        assert_eq!(
            fallback.count(),
            if lists_referrers { 0 } else { 2 },
            "a tag does the duty of a missing list"
        );
    }
}

#[test]
fn the_charts_of_a_landscape_are_referred_to_where_they_are_published() {
    let artifact = artifact("elsewhere.example.net", &["latest"]);
    let [manifests, ..] = &*artifact.images else { panic!("the manifests come first") };
    let layers = manifests.blobs.values().filter_map(|bytes| unpack(bytes, 1 << 30).ok());
    let files: Vec<_> =
        layers.flat_map(|files| files.iter().map(|(_, bytes)| bytes.clone()).collect::<Vec<_>>()).collect();
    let told = |text: &str| files.iter().any(|bytes| String::from_utf8_lossy(bytes).contains(text));
    assert!(told("elsewhere.example.net/landscapes/demo/charts/usage-meter:0.3.0@sha256:"));
    assert!(!told("registry.example.org/landscapes/demo/charts"), "what the landscape itself names");
}

#[test]
fn a_second_run_sends_nothing() {
    for lists_referrers in [true, false] {
        let server = Server::start(lists_referrers);
        let shipment = shipment(&server);
        push(&shipment).expect("the registry is sound");
        let before = server.store().log.len();
        let receipt = push(&shipment).expect("the registry is sound");
        assert_eq!((receipt.sent.blobs_sent, receipt.sent.bytes_sent, receipt.sent.blobs_mounted), (0, 0, 0));
        let store = server.store();
        let writing: Vec<_> = store.log.iter().skip(before).filter(|request| request.writes()).collect();
        assert!(writing.is_empty(), "{writing:?}");
    }
}

#[test]
fn what_several_repositories_need_is_sent_once() {
    let server = Server::start(true);
    let receipt = push(&shipment(&server)).expect("the registry is sound");
    assert!(receipt.sent.blobs_mounted > 0);
    let store = server.store();
    let uploads =
        store.log.iter().filter(|request| request.method == "PUT" && request.path.contains("/blobs/"));
    let mut digests: Vec<&str> =
        uploads.filter_map(|request| request.path.split_once("digest=")).map(|(_, digest)| digest).collect();
    let all = digests.len();
    digests.sort_unstable();
    digests.dedup();
    assert_eq!(digests.len(), all);
}

#[test]
fn a_registry_that_takes_nothing_over_gets_the_bytes() {
    for status in [400, 403, 405] {
        let server = Server::start(true);
        let shipment = shipment(&server);
        server.direct(move |request| {
            if request.path.contains("mount=") {
                Turn::Answer(answer(request, status, &[], b""))
            } else {
                Turn::Serve
            }
        });
        push(&shipment).expect("the registry is sound");
        assert_complete(&server, &shipment);
    }
}

#[test]
fn tags_come_last_and_the_artifact_s_own_after_those_of_its_charts() {
    let server = Server::start(false);
    push(&shipment(&server)).expect("the registry is sound");
    let store = server.store();
    let written: Vec<&str> =
        store.log.iter().filter(|request| request.writes()).map(|request| &*request.path).collect();
    let tail: Vec<&str> = written.iter().rev().take(3).copied().collect();
    assert!(tail.contains(&"/v2/landscapes/demo/manifests/latest"), "{tail:?}");
    assert!(tail.contains(&"/v2/landscapes/demo/manifests/v1.0.0"), "{tail:?}");
    assert_eq!(tail.last(), Some(&"/v2/landscapes/demo/charts/usage-meter/manifests/0.3.0"));
}

#[test]
fn a_version_never_moves_and_another_tag_does() {
    let server = Server::start(true);
    push(&shipment(&server)).expect("the registry is sound");
    let mut changed = published_from(&server, "sha1:bbbb", "2026-01-01T00:00:00Z");
    changed.retag(&["latest".to_owned(), "v1.0.0".to_owned()]);
    changed.sign(&*KEY);
    let before = server.store().log.len();
    let fault = push(&changed).expect_err("the version is taken");
    assert_eq!((fault.code.id, fault.code.slug), ("L835", "version-taken"));
    assert!(server.store().log.iter().skip(before).all(|request| !request.writes()), "nothing was sent");

    changed.retag(&["latest".to_owned()]);
    push(&changed).expect("a tag that is no version moves");
    assert_complete(&server, &changed);
}

/// The artifact as it would be from another commit, or from none, under the tag `latest`.
fn published_from(server: &Server, revision: &str, created: &str) -> Shipment {
    let mut shipment = shipment(server);
    shipment.parcels.truncate(1);
    for parcel in &mut shipment.parcels {
        let mut manifest: Manifest = serde_json::from_slice(&parcel.manifest).expect("a manifest");
        let said =
            [("org.opencontainers.image.revision", revision), ("org.opencontainers.image.created", created)];
        manifest.annotations.extend(said.map(|(name, value)| (name.to_owned(), value.to_owned())));
        manifest.annotations.retain(|_, value| !value.is_empty());
        parcel.annotations.clone_from(&manifest.annotations);
        parcel.manifest = serde_json::to_vec(&manifest).expect("JSON").into();
        parcel.descriptor = Descriptor::of(MANIFEST, &parcel.manifest);
        parcel.tags = vec!["latest".to_owned()];
    }
    shipment.sign(&*KEY);
    shipment
}

#[test]
fn a_tag_does_not_go_back_in_history_unless_told() {
    const EARLY: &str = "2026-01-01T00:00:00Z";
    const LATE: &str = "2026-02-01T00:00:00Z";
    for (descent, created, refused) in [
        (Descent::Follows, EARLY, false),
        (Descent::DoesNotFollow, LATE, true),
        (Descent::Unknown, EARLY, true),
        (Descent::Unknown, LATE, false),
    ] {
        let server = Server::start(true);
        push(&published_from(&server, "main@sha1:aaaa", "2026-01-15T00:00:00Z"))
            .expect("the first is welcome");
        let next = published_from(&server, "sha1:bbbb-dirty", created);
        let asked = |now: &str, before: &str| {
            assert_eq!((now, before), ("bbbb", "aaaa"));
            descent
        };
        let result = push_guarded(&next, NOBODY, &Guard { descent: &asked, allow_older: false });
        let code = result.err().map(|fault| fault.code.id);
        assert_eq!(code, refused.then_some("L836"), "{descent:?}, {created}");
        push_guarded(&next, NOBODY, &Guard { descent: &asked, allow_older: true }).expect("told to");
        assert_complete(&server, &next);
    }
}

#[test]
fn what_is_outside_of_git_does_not_come_after_what_is_in_it() {
    let server = Server::start(true);
    push(&published_from(&server, "", EPOCH)).expect("the first is welcome");
    push(&published_from(&server, "main@sha1:aaaa", "2026-01-15T00:00:00Z"))
        .expect("it says where it is from");
    let fault = push(&published_from(&server, "", EPOCH)).expect_err("nobody knows that it is newer");
    assert_eq!(fault.code.id, "L836");
    assert!(fault.message.contains("outside of git"), "{}", fault.message);
}

#[test]
fn names_that_lead_elsewhere_are_none() {
    let server = Server::start(true);
    let mut outside = shipment(&server);
    outside.retag(&["../../../stolen/manifests/latest".to_owned()]);
    assert_eq!(push(&outside).expect_err("no tag").code.id, "L808");
    for path in ["charts/../../stolen", "..", "%2e%2e/stolen", "Charts", "a//b"] {
        let mut outside = shipment(&server);
        for parcel in outside.parcels.iter_mut().filter(|parcel| !parcel.path.is_empty()) {
            path.clone_into(&mut parcel.path);
        }
        assert_eq!(push(&outside).expect_err("no repository").code.id, "L808", "{path}");
    }
    assert!(
        !server.store().log.iter().any(|request| request.path.contains("stolen")),
        "nothing is asked for"
    );
}

/// Does something to the store of a server once, right after a manifest was put under a tag.
fn after_tag(server: &Server, tag: &'static str, mut act: impl FnMut(&mut Store) + Send + 'static) {
    let store = server.store.clone();
    let (mut was_put, mut is_done) = (false, false);
    server.direct(move |request| {
        if was_put && !is_done {
            act(&mut store.lock().expect("no test panics here"));
            is_done = true;
        }
        was_put |= request.method == "PUT" && request.path.ends_with(&format!("/manifests/{tag}"));
        Turn::Serve
    });
}

#[test]
fn signatures_that_another_run_overwrites_are_written_again() {
    for lists_referrers in [true, false] {
        let server = Server::start(lists_referrers);
        let shipment = shipment(&server);
        after_tag(&server, "latest", |store| store.tags.retain(|(_, tag), _| !tag.starts_with("sha256-")));
        push(&shipment).expect("the signatures are there again");
        let store = server.store();
        let digest = shipment.images().next().expect("the manifests").descriptor.digest;
        assert!(store.is_signed(NAME, digest, lists_referrers));
    }
}

#[test]
fn signatures_that_are_overwritten_again_and_again_are_an_error() {
    let server = Server::start(true);
    let store = server.store.clone();
    server.direct(move |request| {
        let mut store = store.lock().expect("no test panics here");
        if request.method == "GET" && request.path.contains("/sha256-") {
            store.tags.retain(|(_, tag), _| !is_legacy_tag(tag));
        }
        Turn::Serve
    });
    let fault = push(&shipment(&server)).expect_err("they do not stay");
    assert_eq!(fault.code.id, "L832");
    assert!(fault.message.contains("somebody else changes the signatures"), "{}", fault.message);
}

#[test]
fn a_version_that_another_run_moves_at_the_same_time_is_an_error() {
    let server = Server::start(true);
    after_tag(&server, "v1.0.0", |store| {
        let manifests = store.manifests.get(NAME).expect("pushed");
        let other = *manifests.keys().next().expect("something was pushed");
        let tag = store.tags.get_mut(&(NAME.to_owned(), "v1.0.0".to_owned())).expect("put");
        *tag = if *tag == other { *manifests.keys().last().expect("more than one") } else { other };
    });
    assert_eq!(push(&shipment(&server)).expect_err("it leads elsewhere").code.id, "L835");
}

#[test]
fn what_is_no_bundle_is_no_signature() {
    let server = Server::start(true);
    let mut shipment = shipment(&server);
    for parcel in shipment.parcels.iter_mut().filter(|parcel| parcel.subject.is_some()) {
        let mut manifest: Manifest = serde_json::from_slice(&parcel.manifest).expect("a manifest");
        manifest.layers.iter_mut().for_each(|layer| layer.media_type = "application/spdx+json".to_owned());
        parcel.annotations.clear();
        parcel.manifest = serde_json::to_vec(&manifest).expect("JSON").into();
    }
    shipment.parcels.retain(|parcel| !parcel.tags.iter().any(|tag| is_legacy_tag(tag)));
    assert_eq!(push(&shipment).expect_err("nothing signs it").code.id, "L837");
}

#[test]
fn a_tag_that_verifiers_look_up_is_for_no_artifact() {
    let digest = shipment(&Server::start(true)).images().next().expect("the manifests").descriptor.digest;
    for tag in
        [legacy_tag(digest), legacy_tag(digest).replace(".sig", ""), format!("sha256-{}.att", digest.hex())]
    {
        assert_eq!(check_tag("registry.example.org/x", &tag).expect_err("kept").code.id, "L808");
    }
    check_tag("registry.example.org/x", "sha256-short").expect("any tag");
}

#[test]
fn signatures_of_others_stay() {
    let server = Server::start(false);
    let mut first = shipment(&server);
    let theirs = PrivateKey::generate(Algorithm::Ed25519, &mut |bytes| bytes.fill(9));
    first.parcels.retain(|parcel| {
        parcel.subject.is_none() && !parcel.tags.iter().any(|tag| tag.starts_with("sha256-"))
    });
    first.sign(&theirs);
    push(&first).expect("the registry is sound");
    let ours = shipment(&server);
    push(&ours).expect("the registry is sound");
    let digest = ours.images().next().expect("the manifests").descriptor.digest;
    let store = server.store();
    let (_, legacy) = store.manifest(NAME, &format!("sha256-{}.sig", digest.hex())).expect("signed");
    let legacy: Manifest = serde_json::from_slice(&legacy).expect("a manifest");
    assert_eq!(legacy.layers.len(), 4, "two tags, two keys");
    let (_, index) = store.manifest(NAME, &format!("sha256-{}", digest.hex())).expect("listed");
    let index: Index = serde_json::from_slice(&index).expect("an index");
    let told = |one: &Descriptor| one.annotations.contains_key("dev.sigstore.bundle.predicateType");
    assert!(index.manifests.iter().all(told), "what each of them says can be told from the list");
    assert!(index.manifests.len() > 4, "two tags, two keys, and what ours says of the artifact");
}

#[test]
fn what_is_signed_in_bundles_alone_is_published_so() {
    let server = Server::start(true);
    let mut bundled = shipment(&server);
    bundled.parcels.retain(|parcel| !parcel.tags.iter().any(|tag| is_legacy_tag(tag)));
    bundled.sign(&*KEY);
    push(&bundled).expect("a bundle is a signature");
    assert!(server.store().tags.keys().all(|(_, tag)| !is_legacy_tag(tag)));
}

#[test]
fn nothing_unsigned_is_published() {
    let server = Server::start(true);
    let mut unsigned = shipment(&server);
    unsigned.parcels.retain(|parcel| parcel.subject.is_none());
    assert_eq!(push(&unsigned).expect_err("a form is missing").code.id, "L837");
    let mut attested = shipment(&server);
    attested.parcels.retain(|parcel| {
        parcel.annotations.get(PREDICATE_TYPE).is_none_or(|predicate| predicate != SIGNATURE)
    });
    assert!(attested.parcels.iter().any(|parcel| parcel.subject.is_some()), "something is said about it");
    assert_eq!(push(&attested).expect_err("no statement is a signature").code.id, "L837");
    assert!(server.store().log.is_empty());
}
