//! The language: what actions mean and what functions answer.

use super::*;

#[test]
fn what_nobody_can_foresee_may_lie_unused() {
    for (template, expected) in [
        ("{{ $ca := genCA \"a\" 1 }}{{ $_ := dict \"ca\" $ca.Cert | set .Values \"x\" }}ok", "ok"),
        ("{{ $_ := now | date \"2006\" | trunc 2 }}{{ list (randAlpha 5) | len }}", "1"),
    ] {
        assert_eq!(rendered(template, &Json::Null), expected);
    }
    for template in [
        "{{ if now }}{{ end }}",
        "{{ range (uuidv4) }}{{ end }}",
        "{{ or now 1 }}",
        "{{ printf \"%s\" now }}",
        "{{ (genCA \"a\" 1).Cert | b64enc | quote }}",
        "{{ dict \"a\" now | toYaml }}",
        "{{ list now }}",
        "{{ if eq (now | unixEpoch) \"1\" }}{{ end }}",
        "{{ with list now }}{{ index . 0 }}{{ end }}",
        "{{ fail (randAlpha 5) }}",
        "{{ tpl (randAlpha 5) . }}",
        "{{ merge (dict) (dict \"a\" now) | toJson }}",
    ] {
        assert!(refused(template).contains("the function `"), "{template}: {}", refused(template));
    }
}

/// Each line was rendered by Helm 4.3.1.
#[test]
fn actions_write_what_helm_writes() {
    let values = json!({
        "port": 8080, "big": 1_000_000, "half": 1.5, "name": "cart", "list": ["b", "a"], "none": null,
        "map": {"b": 2, "a": {"x": true}}, "text": "one\ntwo",
    });
    for (template, expected) in [
        ("{{ .Values.port }} {{ .Values.big }} {{ .Values.half }}", "8080 1e+06 1.5"),
        (
            "{{ .Values.big | int }} {{ int64 .Values.big }} {{ toYaml .Values.big }}",
            "1000000 1000000 1000000",
        ),
        ("[{{ .Values.none }}{{ .Values.absent }}]", "[]"),
        ("{{ .Values.list }} {{ .Values.map }}", "[b a] map[a:map[x:true] b:2]"),
        ("{{ range $i, $x := .Values.list }}{{ $i }}{{ $x }} {{ else }}none{{ end }}", "0b 1a"),
        ("{{ range $k, $v := .Values.map }}{{ $k }} {{ end }}", "a b"),
        ("{{ range .Values.absent }}x{{ else }}none{{ end }}", "none"),
        ("{{ range 3 }}{{ . }}{{ end }}", "012"),
        (
            "{{ range until 5 }}{{ if eq . 1 }}{{ continue }}{{ end }}{{ if eq . 3 }}{{ break }}{{ end }}{{ . }}{{ end }}",
            "02",
        ),
        ("{{ with .Values.map.a }}{{ .x }} {{ $.Values.name }}{{ end }}", "true cart"),
        ("{{ with .Values.none }}x{{ else with .Values.name }}{{ . }}{{ end }}", "cart"),
        ("{{ if and .Values.name (not .Values.none) }}yes{{ else if true }}no{{ end }}", "yes"),
        ("{{ or .Values.none .Values.name | upper }}", "CART"),
        ("{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ $y := 3 }}{{ end }}{{ $x }}", "2"),
        ("a {{- /* gone */}} b", "a b"),
        ("a {{- 1 -}} b", "a1b"),
        ("{{ (.Values.absent).field.deeper }}{{ ((.Values.map).a).x }}", "true"),
        ("{{ printf \"%s-%d-%5.2f-%q\" .Values.name 3 .Values.half \"q\" }}", "cart-3- 1.50-\"q\""),
        (
            "{{ .Values.map | toJson }} {{ dict \"k\" (list 1 \"<\") | toRawJson }}",
            "{\"a\":{\"x\":true},\"b\":2} {\"k\":[1,\"<\"]}",
        ),
        (
            "{{ `{a: [1, yes, 0x10], b: {c: 1.0}}` | fromYaml | toJson }}",
            "{\"a\":[1,true,16],\"b\":{\"c\":1}}",
        ),
        ("{{ index .Values.list 1 }}{{ index .Values.map \"a\" \"x\" }}", "atrue"),
        (
            "{{ .Release.Name }} {{ .Release.Namespace }} {{ .Chart.Name }} {{ .Template.Name }}",
            "green market shop shop/templates/it.yaml",
        ),
        ("{{ .Capabilities.KubeVersion.Minor }} {{ .Capabilities.APIVersions.Has \"apps/v1\" }}", "37 true"),
        ("{{ semverCompare \">=1.20-0\" .Capabilities.KubeVersion.Version }}", "true"),
        ("{{ (semver \"1.2.3-a\").Minor }} {{ semver \"v1.2\" }}", "2 1.2.0"),
        ("{{ lookup \"v1\" \"Secret\" \"a\" \"b\" }}{{ getHostByName \"x\" }}", "map[]"),
        (
            "{{ kindOf .Values.port }} {{ kindOf 1 }} {{ typeOf .Values.map }} {{ kindIs \"slice\" .Values.list }}",
            "float64 int map[string]interface {} true",
        ),
        (
            "{{ .Values.list | sortAlpha | join \",\" }} {{ list 1 2 2 | uniq | len }} {{ has \"a\" .Values.list }}",
            "a,b 2 true",
        ),
        ("{{ cat \"a\" 1 nil true }} {{ quote 1 nil \"x\" }} {{ squote \"y\" }}", "a 1 true \"1\" \"x\" 'y'"),
        (
            "{{ \"a-b_c d\" | replace \"-\" \"+\" | trunc 5 }} {{ trunc -3 \"abcdef\" }} {{ substr 1 3 \"abcdef\" }}",
            "a+b_c def bc",
        ),
        (
            "{{ regexReplaceAll \"(\\\\w+)@(\\\\d+)\" \"x@12\" \"${2}-$1\" }} {{ regexMatch \"^\\\\S+$\" \"a b\" }}",
            "12-x false",
        ),
        (
            "{{ add 1 2.9 \"3\" }} {{ div 7 2 }} {{ mod 7 2 }} {{ max 1 5 3 }} {{ round 2.456 2 }} {{ addf 0.1 0.2 }}",
            "6 3 1 5 2.46 0.3",
        ),
        (
            "{{ b64enc \"hi\" }} {{ b64dec \"aGk=\" }} {{ sha256sum \"\" | trunc 8 }} {{ sha1sum \"a\" | trunc 8 }}",
            "aGk= hi e3b0c442 86f7e437",
        ),
        (
            "{{ ternary 1 2 true }} {{ coalesce nil \"\" \"z\" }} {{ default 3 0 }} {{ empty dict }}",
            "1 z 3 true",
        ),
        (
            "{{ dig \"map\" \"a\" \"x\" \"no\" (deepCopy .Values.AsMap) }} {{ dig \"q\" \"no\" .Values.map }}",
            "true no",
        ),
        (
            "{{ splitList \",\" \"a,b\" | last }} {{ (split \"-\" \"a-b\")._1 }} {{ seq 1 2 5 }} {{ untilStep 0 6 2 }}",
            "b b 1 3 5 [0 2 4]",
        ),
        (
            "{{ base \"/a/b.c\" }} {{ dir \"/a/b.c\" }} {{ ext \"b.c\" }} {{ clean \"a//b/../c\" }}",
            "b.c /a .c a/c",
        ),
        (
            "{{ title \"ab cd\" }} {{ snakecase \"fooBar\" }} {{ kebabcase \"fooBar\" }} {{ camelcase \"foo_bar\" }}",
            "Ab Cd foo_bar foo-bar FooBar",
        ),
    ] {
        assert_eq!(rendered(template, &values).trim_end(), expected, "{template}");
    }
}

#[test]
fn a_mapping_is_changed_under_all_its_names() {
    for (template, expected) in [
        ("{{ $d := dict \"a\" 1 }}{{ $e := $d }}{{ $_ := set $e \"b\" 2 }}{{ $d }}", "map[a:1 b:2]"),
        ("{{ $_ := unset .Values \"x\" }}{{ hasKey .Values \"x\" }}", "false"),
        (
            "{{ merge (dict \"a\" 1 \"m\" (dict \"x\" 1)) (dict \"a\" 2 \"b\" 3 \"m\" (dict \"y\" 2)) | toJson }}",
            "{\"a\":1,\"b\":3,\"m\":{\"x\":1,\"y\":2}}",
        ),
        (
            "{{ mergeOverwrite (dict \"a\" 1 \"l\" (list 1)) (dict \"a\" 2 \"l\" (list 2)) | toJson }}",
            "{\"a\":2,\"l\":[2]}",
        ),
        (
            "{{ $d := dict \"m\" dict }}{{ $c := deepCopy $d }}{{ $_ := set $c.m \"x\" 1 }}{{ $d }}",
            "map[m:map[]]",
        ),
        (
            "{{ pick .Values \"x\" }}{{ omit .Values \"x\" }}{{ keys .Values }}{{ get .Values \"q\" }}",
            "map[x:1]map[y:2][x y]",
        ),
    ] {
        assert_eq!(rendered(template, &json!({"x": 1, "y": 2})), expected, "{template}");
    }
}

#[test]
fn yaml_is_written_as_go_yaml_writes_it() {
    let values = json!({
        "plain": "a b", "number": "12", "yes": "yes", "date": "2026-11-21", "colon": "a: b", "empty": "", "tail": "x ",
        "lines": "a\n b\n", "keep": "a\n\n", "list": [{"x": [1, []]}, {}], "zero": 0, "none": null, "a10": 1, "a9": 2,
        "long": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb cccccccccccccccccccccc dddd",
    });
    let text = rendered("{{ toYaml .Values.AsMap | nindent 2 }}", &values);
    let expected = "\n  a9: 2\n  a10: 1\n  colon: 'a: b'\n  date: \"2026-11-21\"\n  empty: \"\"\n  keep: |+\n    a\n\n  \
         \n  lines: |\n    a\n     b\n  list:\n  - x:\n    - 1\n    - []\n  - {}\n  long: \
         aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb cccccccccccccccccccccc\n    dddd\n  none: null\n  \
         number: \"12\"\n  plain: a b\n  tail: 'x '\n  \"yes\": \"yes\"\n  zero: 0";
    let without_blanks =
        |text: &str| text.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n");
    assert_eq!(without_blanks(&text), without_blanks(expected));
}

#[test]
fn templates_call_each_other_and_texts_become_templates() {
    let files = chart(&[
        ("templates/_names.tpl", "{{ define \"name\" }}{{ .Chart.Name }}-{{ .Release.Name }}{{ end }}"),
        (
            "templates/a.yaml",
            "{{ block \"local\" . }}b: {{ .Release.Name }}{{ end }}\na: {{ include \"name\" . | upper }}",
        ),
        (
            "templates/b.yaml",
            "b: {{ tpl \"{{ define `own` }}{{ . }}{{ end }}{{ include `own` .Values.x }}{{ include `name` . }}\" . }}",
        ),
        ("templates/c.yaml", "c: {{ include \"own\" . }}"),
        ("templates/NOTES.txt", "{{ include \"name\" . }}"),
    ]);
    let rendered = render_with(&files, &json!({"x": 7}));
    assert_eq!(
        shown(&rendered),
        ["shop/templates/a.yaml: b: green\na: SHOP-GREEN", "shop/templates/b.yaml: b: 7shop-green",]
    );
    let [failure] = rendered.failures.as_slice() else { panic!("{:?}", rendered.failures) };
    assert_eq!(failure.reason, "there is no template `own`", "what `tpl` defines is known to itself alone");
}

#[test]
fn a_fault_is_told_at_its_line_and_hides_no_other_template() {
    let files = chart(&[
        ("templates/_h.tpl", "\n{{ define \"h\" }}\n{{ fail \"no\" }}\n{{ end }}"),
        ("templates/a.yaml", "a: 1\nb: {{ include \"h\" . }}"),
        ("templates/b.yaml", "b: 1"),
        ("templates/c.yaml", "c: {{ if }}"),
        ("templates/d.yaml", "d: [}"),
    ]);
    let rendered = render_with(&files, &Json::Null);
    assert_eq!(shown(&rendered), ["shop/templates/b.yaml: b: 1"]);
    let places: Vec<(&str, usize)> =
        rendered.failures.iter().map(|failure| (failure.template.as_str(), failure.line)).collect();
    let path = |name: &'static str| format!("shop/templates/{name}.yaml");
    assert_eq!(places, [(path("a").as_str(), 2), (path("c").as_str(), 1), (path("d").as_str(), 0)]);
    let first = reasons(&rendered).into_iter().next();
    assert_eq!(
        first.as_deref(),
        Some("shop/templates/a.yaml: the chart refuses: no (shop/templates/_h.tpl:3)")
    );
}

#[test]
fn what_nobody_can_foresee_is_named() {
    for (template, reason) in [
        ("{{ now }}", "the function `now` depends on the clock"),
        ("a\n{{ randAlphaNum 5 }}", "2: the function `randAlphaNum` gives another result"),
        ("{{ genCA \"a\" 1 }}", "`genCA` gives another result"),
        ("{{ .Values.a.b }}", "nil pointer evaluating interface {}.b"),
        ("{{ required \"give x\" .Values.x }}", "a required value is missing: give x"),
        ("{{ indent \"2\" \"x\" }}", "wrong type for value; expected int; got string"),
        ("{{ eq 1 1.0 }}", "incompatible types"),
        ("{{ until 1.0 }}", "expected int; got float64"),
        ("{{ .Values.x }", "1: "),
        ("{{ $x }}", "undefined variable"),
        ("{{ env \"HOME\" }}", "function \"env\" not defined"),
        ("{{ fromYaml \"a: [\" }}", "is no YAML in line 1"),
        ("{{ .Capabilities.Tiller }}", "can't evaluate field Tiller"),
        ("{{ include \"x\" }}", "wrong number of arguments"),
    ] {
        assert!(refused(template).contains(reason), "{template}: {}", refused(template));
    }
}
