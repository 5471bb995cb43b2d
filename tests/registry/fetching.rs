//! What lies in a registry, verified as it lies there: whole, changed, and made by somebody who means harm.

use std::collections::BTreeMap;

use landscape::diagnostic::{Diagnostic, Report};
use landscape::digest::Digest;
use landscape::fetch::fetch;
use landscape::files::Files;
use landscape::oci::reference::Reference;
use landscape::oci::{Descriptor, INDEX, Index, MANIFEST, Manifest, compress};
use landscape::publish::Shipment;
use landscape::registry::{Access, Registries};
use landscape::sign::legacy_tag;
use landscape::verify::{Target, Verified, verify_layout};

use super::server::{Server, Store};
use super::{HASTE, KEY, NAME, NOBODY, artifact, push};
use landscape::key::Signer as _;

fn fetched(server: &Server, name: &str) -> Result<Files, Diagnostic> {
    let access = Access { credentials: NOBODY, authorities: None, plain_http: false, patience: HASTE };
    let reference = Reference::parse(&format!("{}/{name}", server.host())).expect("a reference");
    fetch(&Registries::new(&access)?, &reference)
}

fn verified(server: &Server, name: &str) -> (Verified, Vec<&'static str>) {
    let repository = name.split([':', '@']).next().unwrap_or_default();
    verified_for(server, name, repository)
}

/// What verifies as signed for a repository of the server.
fn verified_for(server: &Server, name: &str, repository: &str) -> (Verified, Vec<&'static str>) {
    let files = fetched(server, name).expect("it can be read");
    let repository = format!("{}/{repository}", server.host());
    let signed_for = Some(repository.as_str());
    let target = Target { name: "oci://here", repository: signed_for, signed_for, files: &files };
    let mut report = Report::default();
    let verified = verify_layout(target, Some(KEY.public_key()), &mut report);
    (verified, report.findings().iter().map(|finding| finding.code.id).collect())
}

/// A registry with the landscape in it.
fn published() -> (Server, Shipment) {
    let server = Server::start(true);
    let shipment = Shipment::of(&artifact(&server.host(), &["latest", "v1.0.0"]));
    push(&shipment).expect("the registry is sound");
    (server, shipment)
}

fn digest(shipment: &Shipment) -> Digest {
    shipment.images().next().expect("the manifests").descriptor.digest
}

#[test]
fn what_was_published_is_verified_by_tag_and_by_digest() {
    for lists_referrers in [true, false] {
        let server = Server::start(lists_referrers);
        let shipment = Shipment::of(&artifact(&server.host(), &["latest", "v1.0.0"]));
        push(&shipment).expect("the registry is sound");
        for name in
            [format!("{NAME}:latest"), format!("{NAME}:v1.0.0"), format!("{NAME}@{}", digest(&shipment))]
        {
            let (verified, codes) = verified(&server, &name);
            assert_eq!(codes, Vec::<&str>::new(), "{name}");
            assert_eq!(verified.images.len(), 2, "the manifests and the chart");
            for image in &verified.images {
                let shown = image.acceptance.map(|acceptance| acceptance.to_string());
                assert_eq!(shown.as_deref(), Some("Flux ≥ 2.8: yes (bundle), Flux ≤ 2.7: yes (legacy)"));
            }
        }
    }
}

#[test]
fn what_is_not_there_is_said_to_be_missing() {
    let server = Server::start(true);
    let fault = fetched(&server, "landscapes/none:latest").expect_err("nothing is there");
    assert_eq!(fault.code.id, "L840");
}

#[test]
fn an_index_is_said_to_be_one() {
    let (server, shipment) = published();
    let digest = digest(&shipment);
    let listed = Descriptor { digest, ..Descriptor::of(MANIFEST, b"") };
    let index = Index { schema_version: 2, media_type: Some(INDEX.to_owned()), manifests: vec![listed] };
    let bytes = serde_json::to_vec(&index).expect("JSON");
    {
        let mut store = server.store();
        store.tags.insert((NAME.to_owned(), "index".to_owned()), Digest::of(&bytes));
        store.manifests.get_mut(NAME).expect("the repository").insert(Digest::of(&bytes), bytes);
    }
    let fault = fetched(&server, &format!("{NAME}:index")).expect_err("no artifact");
    assert_eq!(fault.code.id, "L840");
    assert!(fault.message.contains("an index of manifests, not an artifact"), "{}", fault.message);
}

#[test]
fn what_came_counts_and_not_what_was_said() {
    let (server, shipment) = published();
    put_changed(&server, &shipment, "latest", |manifest| {
        manifest.layers.iter_mut().for_each(|layer| layer.size = 0);
    });
    let fault = fetched(&server, &format!("{NAME}:latest")).expect_err("a blob of another size");
    assert_eq!(fault.code.id, "L832");
}

#[test]
fn what_other_tools_attach_is_not_fetched() {
    let (server, shipment) = published();
    let about = digest(&shipment);
    let scan = put_changed(&server, &shipment, "scan", |manifest| {
        manifest.subject = Some(Descriptor { digest: about, ..Descriptor::of(MANIFEST, b"") });
        for layer in &mut manifest.layers {
            layer.media_type = "application/sarif+json".to_owned();
            layer.size = 1 << 40;
        }
    });
    let (_, codes) = verified(&server, &format!("{NAME}:latest"));
    assert_eq!(codes, Vec::<&str>::new());
    let files = fetched(&server, &format!("{NAME}:latest")).expect("it can be read");
    assert!(files.iter().all(|(path, _)| path.name() != Some(&*scan.hex())), "nothing of it is kept");
}

#[test]
fn every_change_is_found() {
    type Change = fn(&mut Store, Digest);
    let changes: [(&str, Change, &[&str]); 5] = [
        (
            "the legacy signature is gone",
            |store, digest| {
                store.tags.remove(&(NAME.to_owned(), legacy_tag(digest)));
            },
            &["L820"],
        ),
        (
            "the bundles are gone",
            |store, digest| {
                let manifests = store.manifests.get_mut(NAME).expect("the repository");
                manifests.retain(|_, bytes| {
                    let manifest: Manifest = serde_json::from_slice(bytes).expect("a manifest");
                    manifest.subject.is_none_or(|subject| subject.digest != digest)
                });
            },
            &["L820"],
        ),
        (
            "the tag is another's",
            |store, digest| {
                store.tags.insert((NAME.to_owned(), "latest".to_owned()), digest);
                store.tags.insert((NAME.to_owned(), "v2.0.0".to_owned()), digest);
            },
            &["L823"],
        ),
        (
            "a blob is gone",
            |store, digest| {
                let (_, manifest) = store.manifest(NAME, &digest.to_string()).expect("published");
                let manifest: Manifest = serde_json::from_slice(&manifest).expect("a manifest");
                let layer = manifest.layers.first().expect("a layer").digest;
                store.blobs.get_mut(NAME).expect("the repository").remove(&layer);
            },
            &["L811"],
        ),
        (
            "the chart is gone",
            |store, _| {
                store.manifests.remove("landscapes/demo/charts/usage-meter");
            },
            &["L815"],
        ),
    ];
    for (what, change, expected) in changes {
        let (server, shipment) = published();
        change(&mut server.store(), digest(&shipment));
        let name = if what.contains("tag") { "v2.0.0" } else { "latest" };
        let (_, mut codes) = verified(&server, &format!("{NAME}:{name}"));
        codes.dedup();
        assert_eq!(codes, expected, "{what}");
    }
}

/// Puts a changed manifest of the landscape into the registry, under a tag.
fn put_changed(
    server: &Server,
    shipment: &Shipment,
    tag: &str,
    change: impl FnOnce(&mut Manifest),
) -> Digest {
    let mut store = server.store();
    let (_, manifest) = store.manifest(NAME, &digest(shipment).to_string()).expect("published");
    let mut manifest: Manifest = serde_json::from_slice(&manifest).expect("a manifest");
    change(&mut manifest);
    let bytes = serde_json::to_vec(&manifest).expect("JSON");
    let changed = Digest::of(&bytes);
    store.tags.insert((NAME.to_owned(), tag.to_owned()), changed);
    store.manifests.get_mut(NAME).expect("the repository").insert(changed, bytes);
    changed
}

#[test]
fn what_was_asked_for_is_judged_although_it_has_a_subject() {
    let (server, shipment) = published();
    let evil = put_changed(&server, &shipment, "evil", |manifest| {
        manifest.subject = Some(manifest.config.clone());
    });
    for name in [format!("{NAME}:evil"), format!("{NAME}@{evil}"), format!("{NAME}:evil@{evil}")] {
        let (found, codes) = verified(&server, &name);
        assert!(codes.contains(&"L813") && codes.contains(&"L820"), "{name}: {codes:?}");
        assert!(found.images.iter().any(|image| image.digest == evil), "{name}");
    }
    // The legacy signature of an image is no image either.
    let (_, codes) = verified(&server, &format!("{NAME}:{}", legacy_tag(digest(&shipment))));
    assert!(codes.contains(&"L813"), "{codes:?}");
}

#[test]
fn a_copy_is_told_from_the_original() {
    let (server, _) = published();
    {
        let mut store = server.store();
        let copy = |from: &str| from.replace("landscapes/demo", "mirror/demo");
        let blobs: BTreeMap<_, _> = store.blobs.iter().map(|(name, all)| (copy(name), all.clone())).collect();
        let manifests: BTreeMap<_, _> =
            store.manifests.iter().map(|(name, all)| (copy(name), all.clone())).collect();
        let tags: BTreeMap<_, _> =
            store.tags.iter().map(|((name, tag), digest)| ((copy(name), tag.clone()), *digest)).collect();
        store.blobs.extend(blobs);
        store.manifests.extend(manifests);
        store.tags.extend(tags);
    }
    let (_, codes) = verified_for(&server, "mirror/demo:latest", NAME);
    assert_eq!(codes, Vec::<&str>::new(), "a copy that is meant to be one");
    let (verified, mut codes) = verified(&server, "mirror/demo:latest");
    codes.dedup();
    assert_eq!(codes, ["L839"]);
    assert!(verified.images.iter().all(|image| image.acceptance.is_some_and(|accepted| accepted.up_to_2_7)));
}

#[test]
fn a_changed_byte_is_not_taken() {
    let (server, shipment) = published();
    {
        let mut store = server.store();
        let (_, manifest) = store.manifest(NAME, &digest(&shipment).to_string()).expect("published");
        let manifest: Manifest = serde_json::from_slice(&manifest).expect("a manifest");
        let layer = manifest.layers.first().expect("a layer").digest;
        let bytes = store.blobs.get_mut(NAME).and_then(|all| all.get_mut(&layer)).expect("stored");
        if let Some(byte) = bytes.last_mut() {
            *byte ^= 1;
        }
    }
    let fault = fetched(&server, &format!("{NAME}:latest")).expect_err("other bytes");
    assert_eq!(fault.code.id, "L832");
}

/// A tar with one entry whose name the library would refuse to write.
pub(crate) fn tar(name: &str, kind: tar::EntryType, content: &[u8]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    for (byte, value) in header.as_old_mut().name.iter_mut().zip(name.bytes()) {
        *byte = value;
    }
    header.set_entry_type(kind);
    header.set_size(content.len() as u64);
    header.set_cksum();
    builder.append(&header, content).expect("a buffer");
    builder.into_inner().expect("a buffer")
}

#[test]
fn archives_that_mean_harm_are_refused() {
    let bomb = compress(&vec![0; 600 << 20]);
    let archives = [
        compress(&tar("../../etc/passwd", tar::EntryType::Regular, b"x")),
        compress(&tar("/etc/passwd", tar::EntryType::Regular, b"x")),
        compress(&tar("chart/link", tar::EntryType::Symlink, b"")),
        compress(&tar("chart/device", tar::EntryType::Block, b"")),
        bomb,
        b"no archive".to_vec(),
    ];
    for (index, archive) in archives.into_iter().enumerate() {
        let (server, shipment) = published();
        put_changed(&server, &shipment, "latest", |manifest| {
            for layer in &mut manifest.layers {
                layer.digest = Digest::of(&archive);
                layer.size = archive.len() as u64;
            }
        });
        server.store().blobs.get_mut(NAME).expect("the repository").insert(Digest::of(&archive), archive);
        let (_, codes) = verified(&server, &format!("{NAME}:latest"));
        assert!(codes.contains(&"L813"), "archive {index}: {codes:?}");
    }
}
