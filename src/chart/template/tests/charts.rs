//! Charts: values, dependencies, files, hooks and the order of what comes out.

use super::*;

#[test]
fn values_of_the_user_win_and_null_removes() {
    let files = chart(&[
        ("values.yaml", "a: 1\nb: {v: 1, w: 2}\nc: [1]\nd: 4\nd: 5\n"),
        ("templates/v.yaml", "v: {{ .Values | toJson }}"),
    ]);
    let rendered = render_with(&files, &json!({"b": {"v": null, "z": 3}, "c": [], "a": null}));
    assert_eq!(shown(&rendered), ["shop/templates/v.yaml: v: {\"b\":{\"w\":2,\"z\":3},\"c\":[],\"d\":5}"]);
}

/// A chart with charts below it: one that is switched on by a condition, one by tags, one under an alias.
fn family() -> Files {
    let values = "v: {{ .Values | toJson }}";
    chart(&[
        (
            "Chart.yaml",
            "apiVersion: v2\nname: shop\nversion: 1.2.3\ndependencies:\n\
             - {name: cart, version: 1.x, condition: cart.enabled}\n\
             - {name: pay, version: ~0.1, tags: [money]}\n\
             - {name: cart, version: 1.x, alias: trolley, import-values: [out]}\n",
        ),
        ("values.yaml", "global: {zone: a}\ncart: {enabled: false}\ntrolley: {size: 3}\n"),
        ("templates/v.yaml", values),
        ("charts/cart/Chart.yaml", "{apiVersion: v2, name: cart, version: 1.4.0}"),
        ("charts/cart/values.yaml", "size: 1\nexports: {out: {fromBelow: true}}\n"),
        ("charts/cart/templates/v.yaml", values),
        ("charts/pay/Chart.yaml", "{apiVersion: v2, name: pay, version: 0.1.7}"),
        ("charts/pay/templates/v.yaml", values),
    ])
}

#[test]
fn dependencies_take_part_as_their_conditions_say() {
    let rendered = render_with(&family(), &json!({"tags": {"money": false}}));
    assert_eq!(
        shown(&rendered),
        [
            "shop/charts/trolley/templates/v.yaml: v: {\"exports\":{\"out\":{\"fromBelow\":true}},\"global\":{\"zone\":\"a\"},\"size\":3}",
            "shop/templates/v.yaml: v: {\"cart\":{\"enabled\":false},\"fromBelow\":true,\"global\":{\"zone\":\"a\"},\"tags\":{\"money\":false},\"trolley\":{\"exports\":{\"out\":{\"fromBelow\":true}},\"global\":{\"zone\":\"a\"},\"size\":3}}",
        ]
    );
    let rendered = render_with(&family(), &json!({"cart": {"enabled": true}, "global": {"zone": "b"}}));
    let templates: Vec<&str> = rendered.documents.iter().map(|document| document.template.as_str()).collect();
    assert_eq!(
        templates,
        [
            "shop/charts/cart/templates/v.yaml",
            "shop/charts/pay/templates/v.yaml",
            "shop/charts/trolley/templates/v.yaml",
            "shop/templates/v.yaml",
        ]
    );
    assert!(
        rendered.documents.iter().all(|document| document.text.contains("\"zone\":\"b\"")),
        "global values reach every chart"
    );
}

#[test]
fn an_archive_below_charts_is_a_chart() {
    let entries = [
        ("cart/Chart.yaml", "{apiVersion: v2, name: cart, version: 1.4.0}"),
        ("cart/templates/a.yaml", "a: {{ include \"shared\" . }}"),
    ];
    let tar = crate::oci::tar_files(entries.map(|(path, text)| (path.to_owned(), text.as_bytes())));
    let mut files = chart(&[("templates/_s.tpl", "{{ define \"shared\" }}{{ .Chart.Name }}{{ end }}")]);
    files.insert(RelPath::parse("charts/cart-1.4.0.tgz").expect("a path"), crate::oci::compress(&tar));
    assert_eq!(shown(&render_with(&files, &Json::Null)), ["shop/charts/cart/templates/a.yaml: a: cart"]);
}

#[test]
fn a_library_gives_its_helpers_and_renders_nothing() {
    let library = "{apiVersion: v2, name: lib, version: 1.0.0, type: library}";
    let files = chart(&[
        ("charts/lib/Chart.yaml", library),
        ("charts/lib/templates/_h.tpl", "{{ define \"h\" }}help{{ end }}"),
        ("charts/lib/templates/x.yaml", "x: 1"),
        ("templates/a.yaml", "a: {{ include \"h\" . }}"),
    ]);
    assert_eq!(shown(&render_with(&files, &Json::Null)), ["shop/templates/a.yaml: a: help"]);
    let alone = render_with(&chart(&[("Chart.yaml", library)]), &Json::Null);
    assert_eq!(alone.failures.len(), 1);
}

#[test]
fn files_are_there_for_templates_unless_ignored() {
    let files = chart(&[
        (".helmignore", "secret.txt\n"),
        ("conf/a.txt", "one\ntwo\n"),
        ("conf/b.txt", "b"),
        ("secret.txt", "s"),
        ("crds/c.yaml", "kind: C"),
        (
            "templates/f.yaml",
            "a: {{ .Files.Get \"conf/b.txt\" }}{{ .Files.Get \"secret.txt\" }}\n\
             l: {{ .Files.Lines \"conf/a.txt\" }}\n\
             {{ (.Files.Glob \"conf/*\").AsConfig }}\n{{ (.Files.Glob \"conf/b*\").AsSecrets }}\n\
             {{ range $path, $_ := .Files }}# {{ $path }}\n{{ end }}",
        ),
    ]);
    let rendered = render_with(&files, &Json::Null);
    assert_eq!(
        shown(&rendered),
        [
            "shop/templates/f.yaml: a: b\nl: [one two]\na.txt: |\n  one\n  two\nb.txt: b\nb.txt: Yg==\n# .helmignore\n# \
         conf/a.txt\n# conf/b.txt\n# crds/c.yaml",
        ]
    );
}

#[test]
fn documents_come_in_the_order_of_installation_and_hooks_last() {
    let hook = "kind: Job\nmetadata: {annotations: {helm.sh/hook: \"pre-install, Test\"}}";
    let unknown = "kind: Job\nmetadata: {annotations: {helm.sh/hook: crd-install}}";
    let files = chart(&[
        (
            "templates/a.yaml",
            &format!("kind: Shoot\n---\nkind: Deployment\n--- \n\n---\n# nothing\n---\n{hook}\n"),
        ),
        ("templates/b.yaml", &format!("kind: Namespace\n---\n{unknown}\n---\nkind: Bucket\n")),
    ]);
    let rendered = render_with(&files, &Json::Null);
    let kinds: Vec<&str> =
        rendered.documents.iter().map(|document| document.text.lines().next().unwrap_or_default()).collect();
    assert_eq!(
        kinds,
        ["kind: Namespace", "kind: Deployment", "# nothing", "kind: Bucket", "kind: Shoot", "kind: Job"]
    );
    assert!(
        rendered
            .documents
            .iter()
            .map(|document| document.is_hook)
            .eq([false, false, false, false, false, true])
    );
    assert!(rendered.text().starts_with("---\n# Source: shop/templates/b.yaml\nkind: Namespace\n\n---\n"));
}

#[test]
fn values_must_fit_the_schema_of_each_chart() {
    let files = chart(&[
        ("values.schema.json", r#"{"properties": {"size": {"type": "integer"}}}"#),
        ("templates/a.yaml", "a: 1"),
    ]);
    assert_eq!(render_with(&files, &json!({"size": 3})).failures, []);
    let refused = render_with(&files, &json!({"size": "three"}));
    assert_eq!(refused.documents, []);
    assert!(reasons(&refused).concat().starts_with("shop/values.schema.json: "), "{:?}", refused.failures);
    assert!(reasons(&refused).concat().contains("`/size`"), "{:?}", refused.failures);
}

#[test]
fn a_chart_that_helm_would_not_install_is_named() {
    for (chart_yaml, reason) in [
        ("{apiVersion: v2, name: shop, version: 1.0.0, kubeVersion: <1.20}", "wants Kubernetes <1.20"),
        (
            "{apiVersion: v2, name: shop, version: 1.0.0, dependencies: [{name: gone, version: 1}]}",
            "not below `charts/`: gone",
        ),
        ("{apiVersion: v2, version: 1.0.0}", "has a name"),
        ("[]", "no mapping"),
    ] {
        let rendered = render_with(&chart(&[("Chart.yaml", chart_yaml)]), &Json::Null);
        assert!(reasons(&rendered).concat().contains(reason), "{chart_yaml}: {:?}", rendered.failures);
    }
}
