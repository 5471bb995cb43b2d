//! What is said of an image beside its signature: who said it, and whether it is true.

use landscape::attest::Attestation;
use landscape::diagnostic::Diagnostic;
use landscape::oci::Image;
use landscape::verify::{Attested, Form};

use super::*;

fn artifact(signer: &PrivateKey) -> Artifact {
    packed(&rendered(REVISION, signer, &[]), &[], "v1")
}

fn found(artifact: &Artifact) -> (Verified, Report) {
    check_layout(&tree(&artifact.layout()), Some(key(7).public_key()))
}

/// Whether an image is a bundle of this predicate type.
fn says(image: &Image, predicate_type: &str) -> bool {
    let manifest = image.blobs.get(&image.descriptor.digest).expect("its own manifest");
    let manifest: landscape::oci::Manifest = serde_json::from_slice(manifest).expect("a manifest");
    manifest.annotations.get("dev.sigstore.bundle.predicateType").is_some_and(|said| said == predicate_type)
}

fn is_provenance(image: &Image) -> bool {
    says(image, attest::PROVENANCE)
}

fn is_bundle(image: &Image) -> bool {
    image.tags.is_empty()
}

#[test]
fn every_image_says_what_it_was_made_from() {
    let (verified, report) = check_layout(&layout(), Some(key(7).public_key()));
    assert_eq!(codes(&report), [""; 0]);
    for image in &verified.images {
        let said: Vec<String> = image.attested.iter().map(Attested::to_string).collect();
        let builder = "https://landscape.gardener.cloud/landscape";
        let manifests = !image.name.contains(':');
        let sources = if manifests { Digest::of(b"the spec") } else { Digest::of(b"") };
        let commit = if manifests { format!("{REVISION}, ") } else { String::new() };
        let expected =
            format!("provenance: {commit}sources {sources}, by {builder} {}", env!("CARGO_PKG_VERSION"));
        let bill = manifests.then(|| "SBOM: 0 charts, 0 images".to_owned());
        let expected: Vec<String> = [expected].into_iter().chain(bill).collect();
        assert_eq!(said, expected, "{}", image.name);
    }
    let (verified, _) = check_layout(&layout(), None);
    assert!(verified.images.iter().all(|image| image.attested.is_empty()), "nobody vouches for it");
}

#[test]
fn a_statement_that_was_taken_out_is_missed() {
    let mut artifact = signed(artifact(&key(7)), &key(7));
    let whole = artifact.clone();
    artifact.images.retain(|image| !is_provenance(image));
    assert_eq!(codes(&found(&artifact).1), ["L851"]);
    let mut artifact = whole;
    artifact.images.retain(|image| !says(image, attest::BOM));
    assert_eq!(codes(&found(&artifact).1), ["L851"]);
}

#[test]
fn provenance_of_another_image_is_found() {
    let mut artifact = signed(artifact(&key(7)), &key(7));
    let older = signed(packed(&rendered("sha1:01d", &key(7), &[]), &[], "v1"), &key(7));
    let image = artifact.images.first().expect("the image").descriptor.clone();
    artifact.images.retain(|image| !is_provenance(image));
    let mut moved = older.images.into_iter().find(is_provenance).expect("provenance");
    let bytes = moved.blobs.remove(&moved.descriptor.digest).expect("its own manifest");
    let mut manifest: landscape::oci::Manifest = serde_json::from_slice(&bytes).expect("a manifest");
    manifest.subject = Some(image);
    let bytes = serde_json::to_vec(&manifest).expect("JSON");
    moved.descriptor.size = bytes.len() as u64;
    moved.descriptor.digest = Digest::of(&bytes);
    moved.blobs.insert(moved.descriptor.digest, bytes.into());
    artifact.images.push(moved);
    let found = codes(&found(&artifact).1);
    assert!(found.contains(&"L822") && found.contains(&"L851"), "{found:?}");
}

#[test]
fn provenance_of_another_commit_is_found() {
    for revision in ["sha1:01d", "sha1:c0ffee-dirty", ""] {
        let artifact = signed_as(artifact(&key(7)), revision, true, &key(7));
        let (_, report) = found(&artifact);
        assert_eq!(codes(&report), ["L852"], "{revision}");
    }
}

#[test]
fn a_statement_that_the_key_did_not_make_is_found() {
    let ours = signed(artifact(&key(7)), &key(7));
    let theirs = signed(artifact(&key(7)), &key(8));

    // Beside ours it harms nobody, and is told.
    let mut both = ours.clone();
    both.images.extend(theirs.images.iter().filter(|image| is_bundle(image)).cloned());
    let (verified, report) = found(&both);
    assert_eq!(codes(&report), ["L850"]);
    assert!(report.reported().is_ok(), "a warning");
    assert_eq!(report.findings().len(), 3, "the signature, the provenance and the SBOM");
    let why = |finding: &Diagnostic| finding.why.clone().expect("says why");
    assert!(report.findings().iter().all(|finding| why(finding).contains("no version refuses the image")));
    let acceptance = verified.images.first().and_then(|image| image.acceptance).expect("a key was given");
    assert_eq!((acceptance.from_2_8, acceptance.up_to_2_7), (Some(Form::Bundle), true));

    // Where ours is missing, it hides the legacy signature from newer versions.
    let mut hidden = ours.clone();
    hidden.images.retain(|image| !is_bundle(image));
    hidden.images.extend(theirs.images.iter().filter(|image| is_provenance(image)).cloned());
    let (verified, report) = found(&hidden);
    assert_eq!(codes(&report), ["L820", "L850"]);
    let findings = report.findings();
    let foreign = findings.iter().find(|finding| finding.code.id == "L850").expect("found");
    assert!(why(foreign).starts_with("Flux from 2.8 on refuses the image"), "{}", why(foreign));
    let acceptance = verified.images.first().and_then(|image| image.acceptance).expect("a key was given");
    assert_eq!((acceptance.from_2_8, acceptance.up_to_2_7), (None, true));

    // In place of ours.
    let mut exchanged = ours;
    exchanged.images.retain(|image| !is_provenance(image));
    exchanged.images.extend(theirs.images.into_iter().filter(is_provenance));
    assert_eq!(codes(&found(&exchanged).1), ["L850", "L851"]);
}

#[test]
fn a_statement_of_another_type_is_told() {
    let mut artifact = artifact(&key(7));
    let subject = artifact.images.first().expect("the image").descriptor.digest;
    let scan = Attestation { subject, predicate_type: "https://example.org/scan", predicate: json!({}) };
    artifact = sign::sign(artifact, &[scan], true, &key(7));
    let (verified, report) = found(&artifact);
    assert_eq!(codes(&report), ["L851"]);
    let image = verified.images.first().expect("the image");
    let said: Vec<String> = image.attested.iter().map(Attested::to_string).collect();
    assert_eq!(said, ["a statement of the type https://example.org/scan"]);
}

#[test]
fn a_damaged_statement_is_found() {
    let artifact = signed(artifact(&key(7)), &key(7));
    let mut layout = tree(&artifact.layout());
    let provenance = artifact.images.iter().find(|image| is_provenance(image)).expect("provenance");
    let manifest = provenance.blobs.get(&provenance.descriptor.digest).expect("its own manifest");
    let mut manifest: landscape::oci::Manifest = serde_json::from_slice(manifest).expect("a manifest");
    let layer = manifest.layers.first_mut().expect("one layer");
    let path = |digest: Digest| format!("blobs/sha256/{}", digest.hex());
    let bundle = layout.remove(&path(layer.digest)).expect("there");
    let mut bundle: Json = serde_json::from_slice(&bundle).expect("JSON");
    let payload = bundle.pointer_mut("/dsseEnvelope/payload").expect("there");
    let statement = STANDARD.decode(payload.as_str().expect("text")).expect("base64");
    let statement = String::from_utf8(statement).expect("JSON").replace("c0ffee", "decaf0");
    *payload = STANDARD.encode(statement).into();
    let mut put = |value: Vec<u8>| {
        let digest = Digest::of(&value);
        let size = value.len() as u64;
        layout.insert(path(digest), value.into());
        (digest, size)
    };
    (layer.digest, layer.size) = put(serde_json::to_vec(&bundle).expect("JSON"));
    let (digest, size) = put(serde_json::to_vec(&manifest).expect("JSON"));
    layout.remove(&path(provenance.descriptor.digest));
    edit_index(&mut layout, |manifests| {
        let entry = manifests.iter_mut().find(|entry| entry.digest == provenance.descriptor.digest);
        let entry = entry.expect("listed");
        (entry.digest, entry.size) = (digest, size);
    });
    let found = layout_codes(&layout);
    assert!(found.contains(&"L821") && found.contains(&"L851"), "{found:?}");
}

#[test]
fn what_says_that_it_is_signed_in_bundles_alone_lacks_nothing() {
    let charts = [chart("{}\n")];
    let packed = packed(&rendered(REVISION, &key(7), &charts), &charts, "v1");
    let artifact = signed_as(packed, REVISION, false, &key(7));
    let is_legacy = |image: &Image| image.tags.iter().any(|tag| sign::is_legacy_tag(tag));
    assert!(!artifact.images.iter().any(is_legacy));
    let (verified, report) = found(&artifact);
    assert_eq!(codes(&report), Vec::<&str>::new());
    for image in verified.images {
        let shown = image.acceptance.map(|acceptance| acceptance.to_string());
        assert_eq!(shown.as_deref(), Some("Flux ≥ 2.8: yes (bundle), Flux ≤ 2.7: no"));
    }
}
