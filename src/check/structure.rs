//! Structure: every object against the schema of its kind, and what it carries for extensions against theirs.

use super::{Scope, gardenlet};
use crate::diagnostic::{Code, Diagnostic, Place, help_with_names};
use crate::landscape::{Landscape, Object};
use crate::schema::{Fault, Schemas, UNKNOWN_FIELD, Verdict};
use crate::syntax::join_path;
use crate::view::{Configuration, Text};

const KIND_WITHOUT_SCHEMA: Code = Code::note("L209", "kind-without-schema");
const UNKNOWN_API_VERSION: Code = Code::error("L207", "unknown-api-version");
const UNKNOWN_GARDENER_VERSION: Code = Code::error("L208", "unknown-gardener-version");
const CONFIGURATION_FIELD_UNKNOWN: Code = Code::warning("L900", "configuration-field-unknown");
const CONFIGURATION_MALFORMED: Code = Code::error("L901", "configuration-malformed");
const CONFIGURATION_NO_MAPPING: Code = Code::warning("L903", "configuration-no-mapping");
const CONFIGURATION_MISNAMED: Code = Code::warning("L904", "configuration-misnamed");
const CONFIGURATION_NOT_CHECKED: Code = Code::note("L902", "configuration-not-checked");

/// The schemas of the landscape's Gardener version; the newest where it has none, which is a finding.
pub(super) fn schemas(landscape: &Landscape, found: &mut Vec<Diagnostic>) -> Schemas {
    let version = &landscape.settings.gardener;
    let Some(schemas) = Schemas::for_gardener(version) else {
        if let (false, Some(span)) = (version.is_empty(), landscape.settings.gardener_span) {
            let supported: Vec<String> =
                Schemas::supported().iter().map(|minor| format!("v{minor}")).collect();
            let place = Place { path: "spec.gardener.version".to_owned(), ..span.into() };
            found.push(
                Diagnostic::new(
                    UNKNOWN_GARDENER_VERSION,
                    format!("Gardener `{version}` is not known"),
                    place,
                )
                .why("the version picks the schemas that objects are checked against")
                .help(format!(
                    "known minors: {}; `landscape schema import` makes the schemas of another",
                    supported.join(", ")
                )),
            );
        }
        return Schemas::newest();
    };
    schemas
}

/// All faults in the structure of an object.
pub(super) fn judge(object: &Object, scope: &Scope<'_>) -> Vec<Diagnostic> {
    let identity = &object.identity;
    // What is encrypted is no longer what the schema describes.
    if object.is_encrypted() {
        return Vec::new();
    }
    match scope.schemas.validate(&object.root, &identity.api_version, &identity.kind) {
        Verdict::Checked(faults) => {
            let item = object.item.as_ref().map(ToString::to_string);
            faults
                .into_iter()
                .map(|fault| fault.into_diagnostic(Some(identity.clone()), item.clone()))
                .map(|finding| gardenlet::soften(object, finding))
                .collect()
        }
        Verdict::NoSchema => vec![without_schema(object, scope)],
    }
}

/// All faults in the structure of what an object carries for an extension.
///
/// An extension has releases of its own: one newer than the schema here may have a field that is unknown here.
pub(super) fn judge_configuration(configuration: Configuration<'_>, scope: &Scope<'_>) -> Vec<Diagnostic> {
    let Configuration { object, node } = configuration;
    if node.as_mapping().is_none() {
        let message = format!("the configuration of an extension is {}", node.type_name());
        let warning = Diagnostic::new(CONFIGURATION_NO_MAPPING, message, object.place(node));
        return vec![
            warning
                .why("Gardener hands it on as it is, and no extension can read it; this is stricter than Gardener")
                .help("write a mapping with `apiVersion` and `kind`"),
        ];
    }
    let (Some(api_version), Some(kind)) = (configuration.api_version(), configuration.kind()) else {
        return Vec::new();
    };
    match scope.schemas.validate(node, &api_version, &kind) {
        Verdict::Checked(faults) => {
            let root = if faults.is_empty() { None } else { object.root.path_to(node) };
            let root = root.unwrap_or_default();
            let diagnostic = |fault: Fault| {
                let unknown = fault.code == UNKNOWN_FIELD;
                let code = if unknown { CONFIGURATION_FIELD_UNKNOWN } else { CONFIGURATION_MALFORMED };
                let why = if unknown {
                    format!("the extension refuses or ignores a field of `{kind}` that it does not know")
                } else {
                    format!("the extension cannot read such a `{kind}`")
                };
                let fault = Fault { code, path: join_path(&root, &fault.path), why: Some(why), ..fault };
                fault.into_diagnostic(
                    Some(object.identity.clone()),
                    object.item.as_ref().map(ToString::to_string),
                )
            };
            faults.into_iter().map(diagnostic).collect()
        }
        Verdict::NoSchema => vec![configuration_without_schema(object, api_version, kind, scope)],
    }
}

/// The most letters in which the API group of an extension may differ from a known one and still be a slip.
const SLIP: usize = 2;

/// A configuration of an extension that is not known here, or a known one under a name that it does not have.
fn configuration_without_schema(
    object: &Object,
    api_version: Text<'_>,
    kind: Text<'_>,
    scope: &Scope<'_>,
) -> Diagnostic {
    let group = |api_version: &str| api_version.rsplit_once('/').map_or("", |(group, _)| group).to_owned();
    let own = group(&api_version);
    let is_extension = |group: &str| group.contains(".extensions.");
    let known = scope.schemas.all_kinds().map(|(version, kind)| (group(version), kind));
    let known: Vec<(String, &str)> = known.filter(|(group, _)| is_extension(group)).collect();
    let kinds = || known.iter().filter(|(group, _)| *group == own).map(|(_, kind)| *kind);
    // Another version of a known kind is one that came or went; another kind of a known group is not there.
    if kinds().next().is_some() && !kinds().any(|known| known == kind.as_str()) {
        let message = format!("`{own}` has no configuration `{kind}`");
        return Diagnostic::new(CONFIGURATION_MISNAMED, message, object.place(kind.node))
            .why("the extension cannot read a kind that it does not know; Gardener alone takes it")
            .help(help_with_names(&kind, kinds()));
    }
    let near = known.iter().map(|(group, _)| group).find(|known| {
        let distance = strsim::damerau_levenshtein(known, &own);
        (1..=SLIP).contains(&distance)
    });
    if let Some(near) = near {
        let message = format!("no known extension reads `{own}`");
        return Diagnostic::new(CONFIGURATION_MISNAMED, message, object.place(api_version.node))
            .why("the extension cannot read a group that is not its own; Gardener alone takes it")
            .help(format!("did you mean `{near}`?"));
    }
    let message = format!("`{kind}` of `{api_version}` has no schema here");
    Diagnostic::new(CONFIGURATION_NOT_CHECKED, message, object.place(kind.node))
        .why("only the extension knows its fields; they are carried as they are")
}

fn without_schema(object: &Object, scope: &Scope<'_>) -> Diagnostic {
    let identity = &object.identity;
    let versions = scope.schemas.versions_of(identity.group(), &identity.kind);
    let version = object.root.get("apiVersion").unwrap_or(&object.root);
    if versions.is_empty() {
        let kind = object.root.get("kind").unwrap_or(&object.root);
        let message = format!("`{}` of `{}` has no schema here", identity.kind, identity.api_version);
        return Diagnostic::new(KIND_WITHOUT_SCHEMA, message, object.place(kind))
            .why("its fields are not checked; it is carried as it is");
    }
    let versions: Vec<String> = versions.iter().map(|version| format!("`{version}`")).collect();
    let message = format!("`{}` is not served as `{}`", identity.kind, identity.api_version);
    Diagnostic::new(UNKNOWN_API_VERSION, message, object.place(version))
        .why("the API server would not find the kind")
        .help(format!("use {}", versions.join(" or ")))
}
