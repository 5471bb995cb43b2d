//! Layouts: what holds them together, and their signatures.

use landscape::digest::Digest;
use landscape::oci::{Image, Manifest};
use landscape::verify::Form;

use super::*;

const MARKER: &[u8] = br#"{"imageLayoutVersion":"1.0.0"}"#;

#[test]
fn what_is_packed_and_signed_verifies_for_every_version_of_flux() {
    let (verified, report) = check_layout(&layout(), Some(key(7).public_key()));
    assert_eq!(codes(&report), [""; 0]);
    assert_eq!((verified.files, verified.resources, verified.sealed), (5, 1, 1));
    let names: Vec<_> = verified.images.iter().map(|image| image.name.as_str()).collect();
    assert_eq!(names, ["v1", "charts/hello:0.1.0"]);
    for image in &verified.images {
        let acceptance = image.acceptance.expect("a key was given");
        assert_eq!(acceptance.to_string(), "Flux ≥ 2.8: yes (bundle), Flux ≤ 2.7: yes (legacy)");
    }
}

#[test]
fn ed25519_signs_as_well() {
    let signer = PrivateKey::generate(Algorithm::Ed25519, &mut |bytes| bytes.fill(9));
    let rendered = rendered(REVISION, &signer, &[]);
    let layout = tree(&signed(packed(&rendered, &[], "v1"), &signer).layout());
    let (verified, report) = check_layout(&layout, Some(signer.public_key()));
    assert_eq!(codes(&report), [""; 0]);
    assert_eq!(verified.sealed, 1);
}

#[test]
fn two_packings_are_the_same_bytes() {
    assert_eq!(layout(), layout());
}

#[test]
fn without_a_key_it_says_that_signatures_were_not_checked() {
    let (verified, report) = check_layout(&layout(), None);
    assert_eq!(codes(&report), ["L828"]);
    assert!(report.reported().is_ok(), "a note refuses nothing");
    assert!(verified.images.iter().all(|image| image.acceptance.is_none()));
    let (_, report) = check_directory(&rendered(REVISION, &key(7), &[]), None);
    assert_eq!(codes(&report), ["L828"]);
}

#[test]
fn one_flipped_bit_in_any_blob_is_found() {
    let sound = layout();
    let blobs = sound.keys().filter(|path| path.starts_with("blobs/"));
    for path in blobs {
        let bytes = sound.get(path).expect("there");
        for position in [0, bytes.len() / 3, bytes.len() / 2, bytes.len() - 1] {
            let mut changed = bytes.to_vec();
            *changed.get_mut(position).expect("inside") ^= 1 << (position % 8);
            let mut layout = sound.clone();
            layout.insert(path.clone(), changed.into());
            let found = layout_codes(&layout);
            assert!(found.contains(&"L810"), "{path} at {position}: {found:?}");
        }
    }
}

#[test]
fn one_flipped_bit_in_the_index_is_found_or_harmless() {
    let sound = layout();
    let (expected, _) = check_layout(&sound, None);
    let index = sound.get("index.json").expect("an index");
    for position in 0..index.len() {
        let mut changed = index.to_vec();
        *changed.get_mut(position).expect("inside") ^= 1 << (position % 7);
        let mut layout = sound.clone();
        layout.insert("index.json".into(), changed.into());
        // Only with the key can a changed tag be told from the true one.
        if check_layout(&layout, None).1.reported().is_err() {
            continue;
        }
        let (verified, report) = check_layout(&layout, Some(key(7).public_key()));
        assert!(
            report.reported().is_err() || verified.images.len() == expected.images.len(),
            "at {position}"
        );
        if report.reported().is_ok() {
            let names = |verified: &Verified| {
                verified.images.iter().map(|image| (image.name.clone(), image.digest)).collect::<Vec<_>>()
            };
            assert_eq!(names(&verified), names(&expected), "at {position}");
        }
    }
}

#[test]
fn blobs_and_descriptors_that_do_not_fit_are_found() {
    let mut layout = layout();
    let blob = layout.keys().find(|path| path.starts_with("blobs/")).expect("some").clone();
    layout.remove(&blob);
    assert!(layout_codes(&layout).contains(&"L811"), "a blob that is not there");

    let mut layout = self::layout();
    edit_index(&mut layout, |manifests| named(manifests, "v1").size = 5);
    assert!(layout_codes(&layout).contains(&"L811"), "a size that is not the blob's");

    let mut layout = self::layout();
    let stray: Arc<[u8]> = b"stray".as_slice().into();
    let digest = Digest::of(&stray);
    layout.insert(format!("blobs/sha256/{}", digest.hex()), stray.clone());
    assert_eq!(layout_codes(&layout), ["L812"], "a blob nobody refers to");

    let mut layout = self::layout();
    layout.insert("README.md".into(), stray);
    assert_eq!(layout_codes(&layout), ["L812"], "a file that is no part of a layout");
}

#[test]
fn what_is_no_layout_is_said_to_be_none() {
    let empty = br#"{"schemaVersion":2,"manifests":[]}"#.as_slice();
    for (marker, index) in [
        (b"{}".as_slice(), empty),
        (MARKER, b"{".as_slice()),
        (MARKER, br#"{"schemaVersion":1,"manifests":[]}"#),
        (MARKER, br#"{"schemaVersion":2,"manifests":[{"mediaType":"x","size":1,"digest":"md5:1"}]}"#),
    ] {
        let layout: Tree = [("oci-layout", marker), ("index.json", index)]
            .map(|(name, bytes)| (name.to_owned(), bytes.into()))
            .into();
        assert_eq!(layout_codes(&layout), ["L813"], "{}", String::from_utf8_lossy(index));
    }
    assert_eq!(layout_codes(&Tree::new()), ["L813"]);

    let mut layout = layout();
    edit_index(&mut layout, |manifests| {
        let double = named(manifests, "v1").clone();
        manifests.push(double);
    });
    assert!(layout_codes(&layout).contains(&"L813"), "one name for two manifests");
}

#[test]
fn a_removed_signature_is_found() {
    for (form, from_2_8, up_to_2_7) in
        // The provenance is a bundle, too, and to Flux any bundle is a signature.
        [("legacy", Some(Form::Bundle), false), ("bundle", Some(Form::Bundle), true)]
    {
        let mut layout = layout();
        edit_index(&mut layout, |manifests| {
            let digest = named(manifests, "v1").digest;
            let legacy = sign::legacy_tag(digest);
            let removed = manifests.iter().position(|entry| match form {
                "legacy" => tag_of(entry) == legacy,
                _ => entry.artifact_type.is_some(),
            });
            manifests.remove(removed.expect("a signature"));
        });
        let (verified, report) = check_layout(&layout, Some(key(7).public_key()));
        let found = codes(&report);
        assert!(found.contains(&"L820") && found.contains(&"L812"), "{form}: {found:?}");
        let image = verified.images.first().expect("the image");
        let acceptance = image.acceptance.expect("a key was given");
        assert_eq!((acceptance.from_2_8, acceptance.up_to_2_7), (from_2_8, up_to_2_7), "{form}");
    }
    let unsigned = tree(&packed(&rendered(REVISION, &key(7), &[]), &[], "v1").layout());
    let (verified, report) = check_layout(&unsigned, Some(key(7).public_key()));
    assert_eq!(codes(&report), ["L820"]);
    let image = verified.images.first().expect("the image");
    let acceptance = image.acceptance.expect("a key was given");
    assert_eq!(acceptance.to_string(), "Flux ≥ 2.8: no, Flux ≤ 2.7: no");
}

#[test]
fn another_key_is_found() {
    let (verified, report) = check_layout(&layout(), Some(key(8).public_key()));
    assert_eq!(codes(&report), ["L821", "L826"]);
    assert_eq!(verified.sealed, 0);
    let (_, report) = check_directory(&rendered(REVISION, &key(7), &[]), Some(key(8).public_key()));
    assert_eq!(codes(&report), ["L826"]);
}

#[test]
fn a_signature_of_another_image_is_found() {
    // The legacy signature of an older artifact, moved under the tag of the new one: Flux up to 2.7 would accept it.
    let older = signed(packed(&rendered("main@sha1:01d", &key(7), &[]), &[], "v1"), &key(7));
    let mut artifact = signed(packed(&rendered(REVISION, &key(7), &[]), &[], "v1"), &key(7));
    let tags = artifact.images.get(1).expect("the legacy signature").tags.clone();
    let moved = artifact.images.get_mut(1).expect("the legacy signature");
    *moved = older.images.get(1).expect("the legacy signature").clone();
    moved.tags = tags;
    let (verified, report) = check_layout(&tree(&artifact.layout()), Some(key(7).public_key()));
    assert_eq!(codes(&report), ["L822"]);
    let acceptance = verified.images.first().and_then(|image| image.acceptance);
    assert!(acceptance.expect("a key was given").up_to_2_7, "as Flux up to 2.7 would");
}

#[test]
fn an_artifact_of_two_tags_is_sound_under_both_and_under_no_third() {
    let artifact = packed_as(&rendered(REVISION, &key(7), &[]), &[], &["latest", "v1"]);
    let mut layout = tree(&signed(artifact, &key(7)).layout());
    let (verified, report) = check_layout(&layout, Some(key(7).public_key()));
    assert_eq!(codes(&report), [""; 0]);
    let names: Vec<_> = verified.images.iter().map(|image| &*image.name).collect();
    assert_eq!(names, ["latest", "v1"]);

    edit_index(&mut layout, |manifests| rename(named(manifests, "v1"), "v2"));
    assert_eq!(layout_codes(&layout), ["L823"]);
}

#[test]
fn a_new_tag_is_found() {
    let mut layout = layout();
    edit_index(&mut layout, |manifests| {
        rename(named(manifests, "v1"), "v2");
    });
    assert_eq!(layout_codes(&layout), ["L823"]);

    let mut layout = self::layout();
    edit_index(&mut layout, |manifests| {
        rename(named(manifests, "charts/hello:0.1.0"), "charts/hello:0.2.0");
    });
    assert_eq!(layout_codes(&layout), ["L813", "L823"], "a chart under another version");
}

#[test]
fn a_chart_of_another_repository_is_found() {
    let charts = [chart("{}\n")];
    let rendered = rendered(REVISION, &key(7), &charts);
    let mut artifact = signed(packed(&rendered, &charts, "v1"), &key(7));
    let mut elsewhere = packed(&rendered, &charts, "v1");
    elsewhere.repository = "registry.example.org/landscapes/other".to_owned();
    let elsewhere = signed(elsewhere, &key(7));
    let of_chart = |image: &landscape::oci::Image| image.path == "charts/hello";
    artifact.images.retain(|image| !of_chart(image));
    artifact.images.extend(elsewhere.images.into_iter().filter(of_chart));
    assert_eq!(layout_codes(&tree(&artifact.layout())), ["L823"]);
}

#[test]
fn an_exchanged_chart_is_found() {
    let rendered = rendered(REVISION, &key(7), &[chart("{}\n")]);
    let exchanged = [chart("{evil: true}\n")];
    let artifact = signed(packed(&rendered, &exchanged, "v1"), &key(7));
    assert_eq!(layout_codes(&tree(&artifact.layout())), ["L814"]);
    let artifact = signed(packed(&rendered, &[], "v1"), &key(7));
    assert_eq!(layout_codes(&tree(&artifact.layout())), ["L815"]);
    let none = self::rendered(REVISION, &key(7), &[]);
    let artifact = signed(packed(&none, &exchanged, "v1"), &key(7));
    assert_eq!(layout_codes(&tree(&artifact.layout())), ["L816"]);
}

#[test]
fn findings_name_the_file_inside_the_artifact() {
    let mut tree = rendered(REVISION, &key(7), &[]);
    tree.insert("runtime/garden/configmap-x.yaml".into(), config_map("y").into_bytes().into());
    let artifact = signed(packed(&tree, &[], "v1"), &key(7));
    let (_, report) = check_layout(&self::tree(&artifact.layout()), Some(key(7).public_key()));
    let findings = report.findings();
    let [finding] = &*findings else {
        panic!("one finding");
    };
    assert_eq!(report.file_of(&finding.place), Some("layout/v1/runtime/garden/configmap-x.yaml"));
}

#[test]
fn what_has_a_name_is_judged_although_it_has_a_subject() {
    // Unsigned, and about its own configuration: nothing that only looks for images without a subject would see it.
    let unsigned = packed(&rendered(REVISION, &key(8), &[]), &[], "v1");
    let mut layout = tree(&unsigned.layout());
    let entry = unsigned.images.first().expect("the manifests").descriptor.clone();
    let name = format!("blobs/sha256/{}", entry.digest.hex());
    let mut manifest: Manifest =
        serde_json::from_slice(&layout.remove(&name).expect("there")).expect("a manifest");
    manifest.subject = Some(manifest.config.clone());
    let bytes = serde_json::to_vec(&manifest).expect("JSON");
    let fresh = Descriptor::of(&entry.media_type, &bytes);
    layout.insert(format!("blobs/sha256/{}", fresh.digest.hex()), bytes.into());
    edit_index(&mut layout, |manifests| {
        let named = named(manifests, "v1");
        (named.digest, named.size) = (fresh.digest, fresh.size);
    });
    assert_eq!(layout_codes(&layout), ["L813", "L820", "L826"]);
    assert!(check_layout(&layout, None).1.reported().is_err(), "without a key, too");
}

#[test]
fn a_layout_without_an_artifact_is_refused() {
    let empty: Tree =
        [("oci-layout", MARKER), ("index.json", br#"{"schemaVersion":2,"manifests":[]}"#.as_slice())]
            .map(|(name, bytes)| (name.to_owned(), bytes.into()))
            .into();
    assert_eq!(layout_codes(&empty), ["L813"]);

    let mut charts_alone = layout();
    edit_index(&mut charts_alone, |manifests| manifests.retain(|entry| tag_of(entry) != "v1"));
    assert!(layout_codes(&charts_alone).contains(&"L813"));
}

#[test]
fn of_several_artifacts_none_is_unpacked() {
    let mut layout = layout();
    for (tag, text) in [("v2", "one"), ("v3", "another")] {
        let mut image = packed(&rendered(REVISION, &key(7), &[]), &[], tag).images.remove(0);
        edit_layer(&mut image, text.as_bytes(), |_| {});
        add(&mut layout, &image);
    }
    let (_, report) = check_layout(&layout, None);
    let findings = report.findings();
    let messages: Vec<_> =
        findings.iter().filter(|one| one.code.id == "L813").map(|one| &*one.message).collect();
    assert_eq!(messages, ["the layout holds 3 artifacts, not one"]);
}

#[test]
fn a_name_that_nothing_can_be_called_is_refused() {
    for name in ["", "v1\u{1b}[31m", "v 1", ":v1", "elsewhere/hello:0.1.0", "charts/:v1", "charts/Hello:v1"] {
        let mut layout = layout();
        edit_index(&mut layout, |manifests| rename(named(manifests, "v1"), name));
        assert!(layout_codes(&layout).contains(&"L813"), "{name:?}");
    }
}

#[test]
fn a_bundle_that_cosign_cannot_read_is_none_to_flux() {
    let sound = signed(packed(&rendered(REVISION, &key(7), &[]), &[], "v1"), &key(7));
    let message_signature = json!({
        "mediaType": sign::BUNDLE,
        "verificationMaterial": {"publicKey": {"hint": "x"}},
        "messageSignature": {"messageDigest": {}, "signature": ""},
    });
    for (bundle, from_2_8) in [
        ("no JSON".to_owned(), Some(Form::Legacy)),
        (json!({"mediaType": sign::BUNDLE}).to_string(), Some(Form::Legacy)),
        // Nothing that this program knows, and for cosign a bundle that does not verify.
        (message_signature.to_string(), None),
    ] {
        let mut artifact = sound.clone();
        artifact.images.truncate(3);
        edit_layer(artifact.images.last_mut().expect("a bundle"), bundle.as_bytes(), |_| {});
        let (verified, report) = check_layout(&tree(&artifact.layout()), Some(key(7).public_key()));
        assert_eq!(codes(&report), ["L821"], "it is an anomaly, whatever Flux does: {bundle}");
        let acceptance = verified.images.first().and_then(|image| image.acceptance).expect("a key was given");
        assert_eq!((acceptance.from_2_8, acceptance.up_to_2_7), (from_2_8, true), "{bundle}");
    }
}

#[test]
fn a_signature_of_cosign_alone_names_no_tag_and_is_said_to_name_none() {
    let mut artifact = signed(packed(&rendered(REVISION, &key(7), &[]), &[], "v1"), &key(7));
    let digest = artifact.images.first().expect("the image").descriptor.digest;
    let payload = json!({
        "critical": {
            "identity": {"docker-reference": REPOSITORY},
            "image": {"docker-manifest-digest": digest},
            "type": "cosign container image signature",
        },
        "optional": null,
    });
    let payload = payload.to_string();
    let signature = STANDARD.encode(key(7).sign(payload.as_bytes()));
    edit_layer(artifact.images.get_mut(1).expect("the legacy signature"), payload.as_bytes(), |layer| {
        layer.annotations.insert(sign::LEGACY_SIGNATURE.to_owned(), signature);
    });
    let (_, report) = check_layout(&tree(&artifact.layout()), Some(key(7).public_key()));
    assert_eq!(codes(&report), ["L853"]);
    assert!(report.reported().is_ok(), "it is good as far as it goes");
}

/// Gives an image another content of its one layer, and a manifest that says so.
fn edit_layer(image: &mut Image, content: &[u8], change: impl FnOnce(&mut Descriptor)) {
    let bytes = image.blobs.remove(&image.descriptor.digest).expect("its own manifest");
    let mut manifest: Manifest = serde_json::from_slice(&bytes).expect("a manifest");
    let [layer] = &mut *manifest.layers else {
        panic!("one layer");
    };
    image.blobs.remove(&layer.digest);
    let fresh = Descriptor::of(&layer.media_type, content);
    (layer.digest, layer.size) = (fresh.digest, fresh.size);
    change(layer);
    image.blobs.insert(fresh.digest, content.into());
    let bytes = serde_json::to_vec(&manifest).expect("JSON");
    (image.descriptor.digest, image.descriptor.size) = (Digest::of(&bytes), bytes.len() as u64);
    image.blobs.insert(image.descriptor.digest, bytes.into());
}

/// Puts an image into a layout, under its tags.
fn add(layout: &mut Tree, image: &Image) {
    for (digest, bytes) in &image.blobs {
        layout.insert(format!("blobs/sha256/{}", digest.hex()), bytes.clone());
    }
    edit_index(layout, |manifests| {
        manifests.extend(image.reference_names().map(|name| {
            let mut entry = image.descriptor.clone();
            rename(&mut entry, &name);
            entry
        }));
    });
}
