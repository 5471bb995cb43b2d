//! References: every name in an object leads to another object.
//!
//! Upstream resolves names when an object is created, so that what is missing then is refused. In a part of a landscape
//! nothing can be called missing, and the whole family is silent.

pub(super) mod binding;
pub(super) mod seed;

use super::{Findings, Judge, Rule, Scope, object_reference};
use crate::diagnostic::{Code, help_with_names, nearest};
use crate::kind::GARDEN_NAMESPACE;
use crate::landscape::Object;
use crate::syntax::Node;
use crate::view::{NamedResource, ObjectReference, SeedTemplate, Shoot, Text};

/// A reference to an object of a kind that is not copied.
pub(super) const KIND_NOT_SUPPORTED: Code = Code::error("L335", "resource-kind-not-supported");

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L330", "cloud-profile-not-declared"),
        upstream: &["XR-REF-CP"],
        judge: Judge::Shoot(cloud_profile),
    },
    Rule {
        code: Code::error("L332", "binding-not-declared"),
        upstream: &["XR-REF-BIND"],
        judge: Judge::Shoot(binding),
    },
    Rule {
        code: Code::error("L333", "exposure-class-not-declared"),
        upstream: &["XR-REF-EC"],
        judge: Judge::Shoot(exposure_class),
    },
    Rule {
        code: Code::error("L334", "resource-not-declared"),
        upstream: &["XR-REF-RES", "XR-REF-SEEDRES", "XR-REF-ADMPLUG"],
        judge: Judge::Object(resources),
    },
    Rule {
        code: KIND_NOT_SUPPORTED,
        upstream: &["XR-REF-RES", "SH-RES-NAME"],
        judge: Judge::Object(resource_kinds),
    },
    Rule {
        code: Code::error("L336", "dns-credentials-not-declared"),
        upstream: &["XR-REF-DNSCRED"],
        judge: Judge::Shoot(dns_credentials),
    },
    Rule {
        code: Code::error("L337", "api-server-configuration-not-declared"),
        upstream: &["XR-REF-AUTHCM"],
        judge: Judge::Shoot(api_server),
    },
    Rule {
        code: Code::error("L338", "plugin-kubeconfig-not-in-resources"),
        upstream: &["XR-REF-ADMPLUG"],
        judge: Judge::Shoot(plugin_kubeconfig_listed),
    },
    Rule {
        code: Code::error("L339", "plugin-secret-without-kubeconfig"),
        upstream: &["XR-REF-ADMPLUG"],
        judge: Judge::Shoot(plugin_kubeconfig_filled),
    },
];

/// With the value `Ignore`, Flux neither applies the object nor deletes it.
const APPLY_ANNOTATION: &str = "kustomize.toolkit.fluxcd.io/ssa";

/// What a name must lead to.
pub(super) struct Referent<'a> {
    /// The kind.
    pub(super) kind: &'a str,
    /// The namespace; empty for kinds that live in none.
    pub(super) namespace: &'a str,
    /// The name, where it is written.
    pub(super) name: Text<'a>,
}

impl<'a> Referent<'a> {
    /// What a reference leads to; `namespace` where it names none itself.
    pub(super) fn of(reference: ObjectReference<'a>, kind: &'a str, namespace: &'a str) -> Option<Self> {
        Some(Self {
            kind,
            namespace: reference.namespace().map_or(namespace, Text::as_str),
            name: reference.name()?,
        })
    }

    /// Reports that the object is missing, if it is.
    pub(super) fn require(
        &self,
        object: &Object,
        scope: &Scope<'_>,
        findings: &mut Findings,
        why: &'static str,
    ) {
        let Self { kind, namespace, name } = self;
        if !scope.complete() || scope.landscape.find(kind, namespace, name).is_some() {
            return;
        }
        let place =
            if namespace.is_empty() { String::new() } else { format!(" in the namespace `{namespace}`") };
        let mut namesakes = scope.landscape.of_kind(kind);
        let namesake = namesakes.find(|known| known.identity.name == name.as_str());
        let raised = findings
            .at(object, name.node, format!("the {kind} `{name}` is not declared{place}"))
            .why(why)
            .help(self.help(scope));
        if let Some(namesake) = namesake {
            raised.related(namesake.name_node(), "one of this name is in another namespace");
        }
    }

    fn help(&self, scope: &Scope<'_>) -> String {
        let secret = matches!(self.kind, "Secret" | "InternalSecret");
        let known: Vec<&str> = scope
            .landscape
            .of_kind(self.kind)
            .filter(|known| namespace_of(known) == self.namespace)
            .map(|known| known.identity.name.as_str())
            .collect();
        match nearest(&self.name, known.iter().copied()) {
            Some(near) if secret => format!("did you mean `{near}`?"),
            None if secret => format!(
                "add it, encrypted with SOPS; a Secret that is made elsewhere is declared without `data` and with the \
                 annotation `{APPLY_ANNOTATION}: Ignore`"
            ),
            _ => help_with_names(&self.name, known),
        }
    }
}

/// The namespace of an object, empty where it has none.
pub(super) fn namespace_of(object: &Object) -> &str {
    object.identity.namespace.as_deref().unwrap_or_default()
}

/// Upstream: plugin/pkg/global/resourcereferencemanager/admission.go, ensureShootReferences.
fn cloud_profile(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let reference = shoot.cloud_profile();
    let name = reference.and_then(|reference| reference.name());
    let Some(name) = name.or(shoot.cloud_profile_name()) else {
        return;
    };
    let kind = reference.and_then(|reference| reference.kind());
    let (kind, namespace) = match kind.map(Text::as_str) {
        Some("NamespacedCloudProfile") => ("NamespacedCloudProfile", namespace_of(shoot.object)),
        None | Some("CloudProfile") => ("CloudProfile", ""),
        // Any other kind is a fault of its own.
        Some(_) => return,
    };
    let why = "Gardener's API server refuses a shoot whose CloudProfile does not exist";
    Referent { kind, namespace, name }.require(shoot.object, scope, findings, why);
}

/// Upstream: plugin/pkg/global/resourcereferencemanager/admission.go, ensureShootReferences.
fn binding(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let bindings =
        [("CredentialsBinding", shoot.credentials_binding()), ("SecretBinding", shoot.secret_binding())];
    for (kind, name) in bindings {
        let Some(name) = name else { continue };
        let namespace = namespace_of(shoot.object);
        let why =
            "Gardener's API server refuses a shoot whose binding does not exist in the shoot's own namespace";
        Referent { kind, namespace, name }.require(shoot.object, scope, findings, why);
    }
}

/// Upstream: plugin/pkg/global/resourcereferencemanager/admission.go, ensureShootReferences.
fn exposure_class(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let Some(name) = shoot.exposure_class() else {
        return;
    };
    let referent = Referent { kind: "ExposureClass", namespace: "", name };
    let why = "Gardener's API server refuses a shoot whose ExposureClass does not exist";
    referent.require(shoot.object, scope, findings, why);
}

/// What a shoot or a seed lists under `spec.resources`, and the namespace that is looked up in.
fn resources_of(object: &Object) -> Option<(Vec<ObjectReference<'_>>, &str)> {
    if object.identity.is("core.gardener.cloud", "Shoot") {
        let resources = Shoot::of(object).resources();
        let references = resources.filter_map(NamedResource::reference).collect();
        return Some((references, namespace_of(object)));
    }
    let resources = SeedTemplate::in_object(object)?.resources();
    let references = resources.filter_map(NamedResource::reference).collect();
    Some((references, GARDEN_NAMESPACE))
}

/// Whether `spec.resources` may refer to objects of a kind.
fn is_supported(reference: ObjectReference<'_>) -> bool {
    let kind = reference.api_version().zip(reference.kind());
    kind.is_some_and(|(version, kind)| {
        object_reference::RESOURCES.contains(&(version.as_str(), kind.as_str()))
    })
}

/// Upstream: plugin/pkg/global/resourcereferencemanager/admission.go, ensureResourceReferences.
fn resources(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    let Some((references, namespace)) = resources_of(object) else {
        return;
    };
    for reference in references {
        let kind = reference.kind().filter(|_| is_supported(reference));
        let (Some(kind), Some(name)) = (kind, reference.name()) else {
            continue;
        };
        let kind = kind.as_str();
        let why = "Gardener's API server refuses an object whose resources do not all exist";
        Referent { kind, namespace, name }.require(object, scope, findings, why);
    }
}

/// Upstream: pkg/api/core/validation/utils.go, validateCrossVersionObjectReference.
fn resource_kinds(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let of_shoot = Shoot::in_object(object).into_iter().flat_map(Shoot::resources);
    let of_seed = SeedTemplate::in_object(object).into_iter().flat_map(SeedTemplate::resources);
    for resource in of_shoot.chain(of_seed) {
        let place = (resource.node(), "resourceRef");
        object_reference::of_other_kind(object, place, object_reference::RESOURCES, findings);
    }
}

/// Upstream: plugin/pkg/global/resourcereferencemanager/admission.go, ensureShootReferences.
fn dns_credentials(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let namespace = namespace_of(shoot.object);
    for provider in shoot.dns_providers() {
        let referent = match provider.credentials() {
            Some(reference) => reference
                .kind()
                .filter(|kind| matches!(kind.as_str(), "Secret" | "WorkloadIdentity"))
                .and_then(|kind| Referent::of(reference, kind.as_str(), namespace)),
            None => provider.secret_name().map(|name| Referent { kind: "Secret", namespace, name }),
        };
        if let Some(referent) = referent {
            let why = "Gardener's API server refuses a shoot whose DNS credentials do not exist in the shoot's own namespace";
            referent.require(shoot.object, scope, findings, why);
        }
    }
}

/// Upstream: plugin/pkg/global/resourcereferencemanager/admission.go, ensureShootReferences.
fn api_server(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let Some(server) = shoot.api_server() else { return };
    let namespace = namespace_of(shoot.object);
    let config_maps = [server.audit_policy(), server.authentication(), server.authorization()];
    let config_maps = config_maps.into_iter().flatten().map(|name| ("ConfigMap", name));
    let authorizers = server.authorizers().filter_map(|authorizer| authorizer.kubeconfig());
    // The kubeconfig of an admission plugin must be among the resources, and is missed there.
    for (kind, name) in config_maps.chain(authorizers.map(|name| ("Secret", name))) {
        let why =
            "Gardener's API server refuses a shoot if what its API server is configured with does not exist";
        Referent { kind, namespace, name }.require(shoot.object, scope, findings, why);
    }
}

/// The Secrets with the kubeconfigs of admission plugins, each with whether `spec.resources` lists it.
fn plugin_secrets(shoot: Shoot<'_>) -> impl Iterator<Item = (Text<'_>, bool)> {
    let plugins = shoot.api_server().into_iter().flat_map(|server| server.admission_plugins());
    plugins.filter_map(|plugin| plugin.kubeconfig()).map(move |secret| {
        let listed = shoot
            .resources()
            .filter_map(NamedResource::reference)
            .filter(|reference| reference.kind().is_some_and(|kind| &*kind == "Secret"))
            .any(|reference| reference.name().is_some_and(|name| *name == *secret));
        (secret, listed)
    })
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateAdmissionPlugins.
fn plugin_kubeconfig_listed(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    for (secret, _) in plugin_secrets(shoot).filter(|(_, listed)| !listed) {
        let message = format!("the Secret `{secret}` is not among the resources of the shoot");
        findings
            .at(shoot.object, secret.node, message)
            .why("only what `spec.resources` lists is copied to the seed, where the plugin needs it")
            .help(format!("add an entry to `spec.resources` whose `resourceRef` is the Secret `{secret}`"));
    }
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateReferencedSecret.
fn plugin_kubeconfig_filled(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    for (name, _) in plugin_secrets(shoot).filter(|(_, listed)| *listed) {
        let Some(secret) = scope.landscape.find("Secret", namespace_of(shoot.object), &name) else {
            continue;
        };
        let fields = ["data", "stringData"].map(|field| secret.root.get(field));
        let mut keys = fields.into_iter().flatten().flat_map(Node::entries).peekable();
        // A Secret without content is filled elsewhere.
        if keys.peek().is_some() && !keys.any(|entry| entry.key.name == "kubeconfig") {
            findings
                .at(
                    shoot.object,
                    name.node,
                    format!("the Secret `{name}` has no key `kubeconfig`"),
                )
                .related(secret.name_node(), "the Secret is declared here")
                .why("Gardener's API server refuses a shoot with an admission plugin that cannot reach its webhook")
                .help("put the kubeconfig under the key `kubeconfig`");
        }
    }
}
