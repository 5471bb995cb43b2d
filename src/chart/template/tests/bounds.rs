//! Charts that are written to hurt: each ends, and none takes the program with it.

use super::*;

#[test]
fn endless_charts_end() {
    for (template, reason) in [
        ("{{ define \"a\" }}{{ include \"a\" . }}{{ end }}{{ include \"a\" . }}", "levels deep"),
        ("{{ define \"a\" }}{{ template \"a\" . }}{{ end }}{{ template \"a\" . }}", "levels deep"),
        ("{{ $t := \"{{ tpl . . }}\" }}{{ tpl $t $t }}", "levels deep"),
        ("{{ range 9000000000 }}{{ end }}", "steps to render"),
        ("{{ range until 9000000000 }}{{ end }}", "steps to render"),
        ("{{ seq 9000000000 }}", "steps to render"),
        ("{{ repeat 9000000000 \"x\" }}", "bytes of text"),
        ("{{ indent 9000000000 \"x\" }}", "bytes of text"),
        ("{{ printf \"%999999d%999999d\" 1 2 }}", "padding"),
        ("{{ $s := \"xxxxxxxxxxxxxxxx\" }}{{ range 64 }}{{ $s = print $s $s }}{{ end }}", "steps to render"),
        (
            "{{ $s := \"aaaaaaaaaaaaaaaa\" }}{{ range 64 }}{{ $s = replace \"a\" \"aaaaaaaa\" $s }}{{ end }}",
            "steps to render",
        ),
        (
            "{{ $d := dict }}{{ range 64 }}{{ $d = dict \"a\" $d \"b\" $d }}{{ end }}{{ toYaml $d }}",
            "steps to render",
        ),
        ("{{ $d := dict }}{{ $_ := set $d \"d\" $d }}{{ toJson $d }}", "holds itself"),
        ("{{ $d := dict }}{{ $_ := set $d \"d\" $d }}{{ merge (dict \"d\" dict) $d }}", "holds itself"),
        ("{{ $_ := set .Values \"v\" .Values }}{{ .Values }}", "holds itself"),
        ("{{ $d := dict }}{{ range 200 }}{{ $d = dict \"x\" $d }}{{ end }}{{ $d }}", "nested deeper"),
        ("{{ regexMatch \"(((a{50}){50}){50}){50}\" \"a\" }}", "cannot compile"),
    ] {
        assert!(refused(template).contains(reason), "{template}: {}", refused(template));
    }
}

#[test]
fn a_value_nested_deeper_than_the_stack_is_freed() {
    assert_eq!(
        rendered("{{ $d := dict }}{{ range 100000 }}{{ $d = dict \"x\" $d }}{{ end }}", &Json::Null),
        ""
    );
    assert_eq!(rendered("{{ $l := list }}{{ range 100000 }}{{ $l = list $l }}{{ end }}", &Json::Null), "");
}

#[test]
fn nesting_of_the_text_is_bounded() {
    let parentheses = format!("{{{{ {}1{} }}}}", "(".repeat(9000), ")".repeat(9000));
    assert!(refused(&parentheses).contains("nested deeper"));
    let blocks = format!("{}{}", "{{ if true }}".repeat(9000), "{{ end }}".repeat(9000));
    assert!(refused(&blocks).contains("nested deeper"));
    let yaml = format!("{{{{ fromYaml `{}` }}}}", "[".repeat(9000));
    assert!(refused(&yaml).contains("no YAML"));
    // At the limits the stack of a thread of the test is enough.
    let deep = format!("{}{}", "{{ if (or (and true)) }}".repeat(95), "{{ end }}".repeat(95));
    let recursive = format!(
        "{{{{ define \"r\" }}}}{}{{{{ include \"r\" . }}}}{}{{{{ end }}}}{{{{ include \"r\" . }}}}",
        "{{ with . }}".repeat(2),
        "{{ end }}".repeat(2)
    );
    assert_eq!(rendered(&deep, &Json::Null), "");
    assert!(refused(&recursive).contains("levels deep"));
}

#[test]
fn charts_inside_of_charts_are_bounded() {
    let path = |depth: usize| "charts/in/".repeat(depth);
    let files: Vec<(String, &str)> = (1..40)
        .map(|depth| (format!("{}Chart.yaml", path(depth)), "{apiVersion: v2, name: in, version: 1.0.0}"))
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    let rendered = render_with(&chart(&files), &Json::Null);
    assert!(reasons(&rendered).concat().contains("deep"), "{:?}", rendered.failures);
}

/// Pieces of templates in every order a simple generator comes to: none may bring the program down.
#[test]
fn no_text_is_a_panic() {
    const PIECES: &[&str] = &[
        "{{",
        "}}",
        "{{-",
        "-}}",
        " ",
        "(",
        ")",
        "|",
        ".",
        "$",
        "$x",
        ":=",
        "=",
        ",",
        "\"",
        "`",
        "'a'",
        "\\",
        "range",
        "if",
        "else",
        "end",
        "with",
        "define",
        "block",
        "template",
        "include",
        "tpl",
        "\"a\"",
        "1",
        "-1",
        "0x",
        "1e9",
        ".a.b",
        "printf",
        "\"%[3]*.[2]*[1]f\"",
        "index",
        "slice",
        "dict",
        "list",
        "toYaml",
        "fromYaml",
        "\u{1f600}",
        "\n",
        "/*",
        "*/",
        "nil",
        "true",
        "trunc",
        "substr",
        "splitList",
        "regexSplit",
        "break",
        "---",
        "a: b",
        "semver",
        "until",
        "round",
    ];
    let mut state = 7_u64;
    for _ in 0..1000 {
        let mut text = String::new();
        for _ in 0..12 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let index = usize::try_from(state >> 33).unwrap_or_default() % PIECES.len();
            text.push_str(PIECES.get(index).copied().unwrap_or_default());
            text.push_str(if state & 1 << 20 == 0 { " " } else { "" });
        }
        let wrapped = format!("{{{{ {text} }}}}");
        for template in [&text, &wrapped] {
            render_with(&chart(&[("templates/a.yaml", template)]), &json!({"a": {"b": "é"}}));
        }
    }
}
