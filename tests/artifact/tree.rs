//! Rendered trees: their digests, their bundles and seals.

use super::*;

#[test]
fn a_rendered_directory_verifies() {
    let (verified, report) = check_directory(&rendered(REVISION, &key(7), &[]), Some(key(7).public_key()));
    assert_eq!(codes(&report), [""; 0]);
    assert_eq!((verified.files, verified.resources, verified.sealed), (5, 1, 1));
}

#[test]
fn changed_missing_and_extra_files_of_a_tree_are_found() {
    let sound = rendered(REVISION, &key(7), &[]);
    let runtime = "runtime/garden/configmap-x.yaml";
    let mut changed = sound.clone();
    changed.insert(runtime.into(), config_map("y").into_bytes().into());
    assert_eq!(directory_codes(&changed), ["L814"]);
    let mut missing = sound.clone();
    missing.remove(runtime);
    assert_eq!(directory_codes(&missing), ["L815"]);
    let mut extra = sound.clone();
    extra.insert("runtime/garden/extra.yaml".into(), config_map("z").into_bytes().into());
    assert_eq!(directory_codes(&extra), ["L816"]);
    let mut exchanged = missing;
    exchanged.insert("runtime/garden/extra.yaml".into(), config_map("z").into_bytes().into());
    assert_eq!(directory_codes(&exchanged), ["L815", "L816"], "one gone, one come");
    let mut unlisted = sound;
    unlisted.remove("digests.json");
    assert_eq!(directory_codes(&unlisted), ["L819"]);
}

#[test]
fn tampering_with_a_bundle_breaks_its_seal_even_when_the_digests_are_made_again() {
    let sound = rendered(REVISION, &key(7), &[]);
    let (first, second) = ("bundles/seeds/secret-1.yaml", "bundles/seeds/secret-2.yaml");
    let resource = "bundles/seeds/managedresource-seeds.yaml";

    let mut swapped = sound.clone();
    edit_file(&mut swapped, first, |text| text.replace("seeds-1", "seeds-2"));
    edit_file(&mut swapped, second, |text| text.replace("seeds-2", "seeds-1"));
    assert_eq!(directory_codes(&swapped), ["L825"], "two Secrets swapped");

    let mut added = sound.clone();
    let evil = emit(&secret("managedresource-seeds-3", &brotli(&config_map("evil"))));
    added.insert("bundles/seeds/secret-3.yaml".into(), evil.into_bytes().into());
    edit_file(&mut added, resource, |text| {
        let last = "- name: managedresource-seeds-2\n";
        let indent =
            text.split(last).next().and_then(|head| head.rsplit('\n').next()).expect("there").to_owned();
        text.replace(last, &format!("{last}{indent}- name: managedresource-seeds-3\n"))
    });
    assert_eq!(directory_codes(&added), ["L825"], "a Secret added to secretRefs");

    let mut object = sound.clone();
    let more = format!("{}---\n{}", config_map("c"), config_map("evil"));
    edit_file(&mut object, second, |text| text.replace(&brotli(&config_map("c")), &brotli(&more)));
    assert_eq!(directory_codes(&object), ["L825"], "an object added to a payload");

    let mut unsealed = sound.clone();
    edit_file(&mut unsealed, resource, |text| {
        text.replace("gardener.cloud/signature", "gardener.cloud/other")
    });
    assert_eq!(directory_codes(&unsealed), ["L824"], "a seal removed");

    let mut gone = sound.clone();
    gone.remove(second);
    list_again(&mut gone);
    assert_eq!(directory_codes(&gone), ["L829"], "a Secret removed");

    let mut twice = sound.clone();
    let evil = emit(&secret("managedresource-seeds-2", &brotli(&config_map("evil"))));
    twice.insert("bundles/seeds/a.yaml".into(), evil.into_bytes().into());
    list_again(&mut twice);
    assert_eq!(directory_codes(&twice), ["L818"], "a second Secret of the name");

    let mut string_data = sound.clone();
    edit_file(&mut string_data, second, |text| format!("{text}stringData:\n  data.yaml: evil\n"));
    assert_eq!(directory_codes(&string_data), ["L825", "L817"], "data that overrides what is sealed");
}

#[test]
fn an_older_bundle_put_back_is_found() {
    let mut tree = rendered(REVISION, &key(7), &[]);
    let older = rendered("main@sha1:01d", &key(7), &[]);
    let path = |text: &str| text.replace("bundles/seeds/", "bundles/older/");
    let bundle: Vec<_> = older
        .iter()
        .filter(|(name, _)| name.starts_with("bundles/"))
        .map(|(name, bytes)| (path(name), bytes.clone()))
        .collect();
    tree.extend(bundle);
    list_again(&mut tree);
    assert_eq!(directory_codes(&tree), ["L827"]);

    // In an artifact the revision of the manifest is the measure, even when all bundles agree.
    let artifact = signed(packed(&older, &[], "v1"), &key(7));
    assert_eq!(layout_codes(&self::tree(&artifact.layout())), ["L827"]);
}

#[test]
fn payloads_that_the_resource_manager_could_not_read_are_found() {
    for payload in [
        STANDARD.encode("no brotli"),
        "%".to_owned(),
        brotli("a: [1\n"),
        brotli("apiVersion: v1\nkind: ConfigMap\n"),
        brotli("- a list\n"),
    ] {
        let mut tree = Tree::new();
        tree.insert("bundles/x/secret.yaml".into(), emit(&secret("one", &payload)).into_bytes().into());
        list_again(&mut tree);
        let found = codes(&check_directory(&tree, None).1);
        assert!(found.contains(&"L817"), "{payload}: {found:?}");
    }
}

#[test]
fn a_secret_that_no_resource_names_is_found() {
    let mut tree = rendered(REVISION, &key(7), &[]);
    let stray = emit(&secret("managedresource-seeds-0", &brotli(&config_map("old"))));
    tree.insert("bundles/seeds/secret-0.yaml".into(), stray.into_bytes().into());
    list_again(&mut tree);
    assert_eq!(directory_codes(&tree), ["L818"]);
}
