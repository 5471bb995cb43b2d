//! Every way of changing a sealed bundle that an attacker could try.

use super::*;
use crate::key::PrivateKey;
use crate::source::SourceMap;

fn signer(seed: u8) -> PrivateKey {
    PrivateKey::generate(crate::key::Algorithm::EcdsaP256, &mut |bytes| bytes.fill(seed))
}

fn node(json: &Json) -> Node {
    let file = SourceMap::default().add("bundle.yaml".into(), "".into());
    Node::from_json(json, Span::new(file, 0, 0))
}

fn secret(name: &str, data: &[(&str, &str)]) -> Node {
    let data: serde_json::Map<_, _> =
        data.iter().map(|(key, text)| ((*key).to_owned(), STANDARD.encode(text).into())).collect();
    node(&json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": "garden"}, "data": data,
    }))
}

fn resource(secrets: &[&str]) -> Json {
    let references: Vec<Json> = secrets.iter().map(|name| json!({ "name": name })).collect();
    json!({
        "apiVersion": "resources.gardener.cloud/v1alpha1",
        "kind": "ManagedResource",
        "metadata": {"name": "seeds", "namespace": "garden"},
        "spec": {"secretRefs": references, "keepObjects": true, "injectLabels": {"b": "2", "a": "1"}},
    })
}

/// A sealed bundle of two Secrets.
struct Bundle {
    resource: Json,
    secrets: Vec<Node>,
}

impl Bundle {
    fn sealed() -> Self {
        let secrets = vec![
            secret("one", &[("data.yaml.br", "1"), ("more.yaml", "x")]),
            secret("two", &[("data.yaml.br", "2")]),
        ];
        let mut sealed = node(&resource(&["one", "two"]));
        seal(&mut sealed, &secrets, "main@sha1:c0ffee", &signer(7)).expect("a sound bundle");
        Self { resource: sealed.to_json(), secrets }
    }

    fn verify(&self) -> Result<(), SealFault> {
        self.verify_with(&signer(7))
    }

    fn verify_with(&self, signer: &PrivateKey) -> Result<(), SealFault> {
        let find = |name: &str| {
            self.secrets
                .iter()
                .find(|secret| secret.at(&["metadata", "name"]).and_then(Node::as_str) == Some(name))
        };
        verify(&node(&self.resource), &find, signer.public_key())
    }
}

#[test]
fn a_sealed_bundle_verifies_and_sealing_again_changes_nothing() {
    let bundle = Bundle::sealed();
    assert_eq!(bundle.verify(), Ok(()));
    let mut again = node(&bundle.resource);
    seal(&mut again, &bundle.secrets, "main@sha1:c0ffee", &signer(7)).expect("a sound bundle");
    assert_eq!(again.to_json(), bundle.resource);
}

#[test]
fn what_is_signed_is_one_canonical_line() {
    let secrets = [secret("one", &[("data.yaml.br", "1")])];
    let payload = payload(&node(&resource(&["one"])), &|_| secrets.first(), "main@sha1:c0ffee");
    let expected = concat!(
        r#"{"class":"","name":"seeds","namespace":"garden","revision":"main@sha1:c0ffee","#,
        r#""secrets":[{"data":{"data.yaml.br":"#,
        r#""6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"},"name":"one"}],"#,
        r#""spec":{"injectLabels":{"a":"1","b":"2"},"keepObjects":true}}"#,
    );
    assert_eq!(payload.expect("sound"), expected);
}

#[test]
fn a_changed_resource_breaks_the_seal() {
    let changes: [(&str, Json); 9] = [
        ("/metadata/name", json!("other")),
        ("/metadata/annotations/landscape.gardener.cloud~1revision", json!("main@sha1:decaf")),
        ("/metadata/annotations/landscape.gardener.cloud~1signature", json!("AAAA")),
        ("/spec/keepObjects", json!(false)),
        ("/spec/injectLabels/a", json!("2")),
        ("/spec/secretRefs", json!([{"name": "two"}, {"name": "one"}])),
        ("/spec/secretRefs", json!([{"name": "one"}])),
        ("/spec/secretRefs", json!([{"name": "one"}, {"name": "two"}, {"name": "two"}])),
        ("/spec/secretRefs", json!([{"name": "one"}, {"name": "one"}])),
    ];
    for (pointer, value) in changes {
        let mut bundle = Bundle::sealed();
        *bundle.resource.pointer_mut(pointer).expect(pointer) = value.clone();
        assert_eq!(bundle.verify(), Err(SealFault::Broken), "{pointer} = {value}");
    }
    for (field, value) in [("class", json!("seed")), ("forceOverwriteLabels", json!(true))] {
        let mut bundle = Bundle::sealed();
        let spec = bundle.resource.pointer_mut("/spec").expect("a spec");
        spec.as_object_mut().expect("a mapping").insert(field.to_owned(), value);
        assert_eq!(bundle.verify(), Err(SealFault::Broken), "{field}");
    }
}

#[test]
fn a_changed_secret_breaks_the_seal() {
    for changed in [
        secret("two", &[("data.yaml.br", "3")]),
        secret("two", &[("data.yaml", "2")]),
        secret("two", &[("data.yaml.br", "2"), ("z.yaml", "")]),
        secret("two", &[]),
    ] {
        let mut bundle = Bundle::sealed();
        bundle.secrets.pop();
        bundle.secrets.push(changed);
        assert_eq!(bundle.verify(), Err(SealFault::Broken));
    }
}

#[test]
fn swapping_the_contents_of_two_secrets_breaks_the_seal() {
    let mut bundle = Bundle::sealed();
    bundle.secrets = vec![
        secret("two", &[("data.yaml.br", "1"), ("more.yaml", "x")]),
        secret("one", &[("data.yaml.br", "2")]),
    ];
    assert_eq!(bundle.verify(), Err(SealFault::Broken));
}

#[test]
fn a_secret_that_is_not_there_is_named() {
    let mut bundle = Bundle::sealed();
    bundle.secrets.remove(0);
    assert_eq!(bundle.verify(), Err(SealFault::MissingSecret("one".into())));
}

#[test]
fn a_secret_that_would_be_applied_differently_is_refused() {
    let override_with = |key: &str, value: Json| {
        let mut bundle = Bundle::sealed();
        let mut secret = bundle.secrets.pop().expect("two").to_json();
        secret.as_object_mut().expect("a mapping").insert(key.to_owned(), value);
        bundle.secrets.push(node(&secret));
        bundle.verify()
    };
    for (key, value) in [
        ("stringData", json!({"data.yaml.br": "evil"})),
        ("kind", json!("ConfigMap")),
        ("data", json!({"data.yaml.br": "%"})),
        ("metadata", json!({"name": "two", "namespace": "kube-system"})),
    ] {
        let found = override_with(key, value);
        assert!(matches!(found, Err(SealFault::Malformed(_))), "{key}: {found:?}");
    }
}

#[test]
fn a_missing_annotation_and_another_key_are_told_apart() {
    for name in [SIGNATURE, SIGNED_BY, REVISION] {
        let mut bundle = Bundle::sealed();
        let annotations = bundle.resource.pointer_mut("/metadata/annotations").expect("sealed");
        annotations.as_object_mut().expect("a mapping").remove(name);
        assert_eq!(bundle.verify(), Err(SealFault::Unsealed), "{name}");
    }
    let bundle = Bundle::sealed();
    let other = signer(8);
    let named = signer(7).public_key().fingerprint().to_string();
    assert_eq!(bundle.verify_with(&other), Err(SealFault::OtherKey(named)));

    // A seal that claims a key it was not made with.
    let mut bundle = Bundle::sealed();
    let claim = format!("/metadata/annotations/{}", SIGNED_BY.replace('/', "~1"));
    *bundle.resource.pointer_mut(&claim).expect("sealed") =
        other.public_key().fingerprint().to_string().into();
    assert_eq!(bundle.verify_with(&other), Err(SealFault::Broken));
}

#[test]
fn shapes_without_one_meaning_are_not_sealed() {
    let secrets = [secret("one", &[("data.yaml.br", "1")])];
    for (pointer, value) in [
        ("/spec/secretRefs", json!([{"name": "one", "namespace": "x"}])),
        ("/spec/secretRefs", json!(["one"])),
        ("/spec/keepObjects", json!(1.5)),
        ("/metadata/namespace", json!(5)),
    ] {
        let mut json = resource(&["one"]);
        *json.pointer_mut(pointer).expect(pointer) = value;
        let found = seal(&mut node(&json), &secrets, "r", &signer(7));
        assert!(matches!(found, Err(SealFault::Malformed(_))), "{pointer}: {found:?}");
    }
}

#[test]
fn keys_are_sorted_by_their_utf16_units_and_strings_escaped_as_json_does() {
    let mut out = String::new();
    let value = json!({"\u{fb33}": 1, "\u{1f600}": 2, "a\n\u{1}\"": [], "": {}});
    write_canonical(&value, &mut out).expect("no fraction");
    assert_eq!(out, "{\"\":{},\"a\\n\\u0001\\\"\":[],\"\u{1f600}\":2,\"\u{fb33}\":1}");
}
