//! What `landscape.yaml` says about the landscape itself, with its defaults.

use crate::source::Span;
use crate::syntax::Node;

/// The settings of a landscape.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The name of the landscape.
    pub name: String,
    /// The Gardener version, as written; empty in the loose mode.
    pub gardener: String,
    /// Where the version is written.
    pub gardener_span: Option<Span>,
    /// How the gardener-operator is installed; nothing when somebody else does that.
    pub operator: Option<Operator>,
    /// Where and how the compiled landscape is delivered.
    pub delivery: Delivery,
}

/// How the gardener-operator is installed.
#[derive(Clone, Debug)]
pub struct Operator {
    /// The reference of its chart.
    pub chart: Node,
    /// The values of its chart.
    pub values: Option<Node>,
}

/// Where and how the compiled landscape is delivered.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Where it is written; `spec` where it is left out.
    pub span: Span,
    /// Registry and repository of the artifact, without scheme: `registry.example.org/landscapes/local`.
    pub registry: Option<String>,
    /// The same as it is written, which references to the own charts begin with; the landscape may be delivered elsewhere.
    pub written_registry: Option<String>,
    /// The tag that Flux follows.
    pub tag: String,
    /// The URL of the source repository, for the annotations of the artifact.
    pub source: Option<String>,
    /// The oldest Flux that must understand the output, as major and minor.
    pub flux: (u32, u32),
    /// Where that version is written, if it is.
    pub flux_span: Span,
    /// The namespace of Flux.
    pub namespace: String,
    /// How often Flux looks for a new artifact.
    pub interval: String,
    /// The Secret with the keys for encrypted Secrets, in the namespace `garden`.
    pub decryption: String,
    /// The Secret with the public keys that artifacts are verified with, in the namespace of Flux.
    pub verification: Option<String>,
    /// Whether artifacts are also signed in the legacy form.
    pub legacy: bool,
    /// How Flux reaches the registry.
    pub access: RegistryAccess,
    /// The Secret that Gardener pulls charts from the registry with, in the namespace `garden`.
    pub pull_secret: Option<String>,
    /// The Secret with the authorities that Gardener trusts the registry by, in the namespace `garden`.
    pub authorities: Option<String>,
    /// Where Gardener takes images and charts from.
    pub mirrors: Vec<Mirror>,
    /// How bundles are compressed.
    pub compression: Compression,
}

/// Where images and charts of others are mirrored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mirror {
    /// The host and the first parts of the repositories that it mirrors; nothing for all of them.
    pub source: Option<String>,
    /// What stands in their place, or, without a source, in front.
    pub target: String,
}

impl Mirror {
    fn read(node: &Node) -> Option<Self> {
        let text = |field: &str| node.get(field).and_then(Node::as_str).map(str::to_owned);
        Some(Self { source: text("source"), target: text("target")? })
    }
}

/// How Flux reaches the registry; Secrets are in its namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegistryAccess {
    /// Whether the registry speaks plain HTTP.
    pub insecure: bool,
    /// Whose identities Flux signs in with.
    pub provider: Option<String>,
    /// The Secret that Flux signs in with.
    pub secret: Option<String>,
    /// The Secret with the certificates for the registry.
    pub certificates: Option<String>,
    /// The Secret with the address of a proxy.
    pub proxy: Option<String>,
}

/// How the payload of a bundle is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Brotli of this quality, under the key `data.yaml.br`.
    Brotli(u32),
    /// As it is, under the key `data.yaml`.
    None,
}

/// The quality that makes bundles about a twentieth smaller than upstream's default of 6, at a third of its speed.
const QUALITY: u32 = 9;

impl Settings {
    /// Reads a manifest whose structure the schema has judged; what is malformed there has its default here.
    pub(super) fn read(manifest: &Node) -> Self {
        let spec = manifest.get("spec").unwrap_or(manifest);
        let text = |path: &[&str]| spec.at(path).and_then(Node::as_str).map(str::to_owned);
        let gardener = spec.at(&["gardener", "version"]);
        let compression = match text(&["delivery", "bundles", "compression"]).as_deref() {
            Some("none") => Compression::None,
            _ => {
                let quality = spec.at(&["delivery", "bundles", "quality"]).and_then(Node::as_i64);
                Compression::Brotli(
                    quality.and_then(|quality| u32::try_from(quality).ok()).unwrap_or(QUALITY).min(11),
                )
            }
        };
        let registry = text(&["delivery", "registry"])
            .map(|registry| registry.trim_start_matches("oci://").trim_end_matches('/').to_owned());
        Self {
            name: manifest.at(&["metadata", "name"]).and_then(Node::as_str).unwrap_or("landscape").to_owned(),
            gardener: gardener.and_then(Node::as_str).unwrap_or_default().to_owned(),
            gardener_span: gardener.map(|node| node.span),
            operator: spec.at(&["operator", "chart", "ref"]).map(|chart| Operator {
                chart: chart.clone(),
                values: spec.at(&["operator", "values"]).cloned(),
            }),
            delivery: Delivery {
                written_registry: registry.clone(),
                registry,
                span: spec.get("delivery").unwrap_or(spec).span,
                tag: text(&["delivery", "tag"]).unwrap_or_else(|| "latest".to_owned()),
                source: text(&["delivery", "source"]),
                flux: text(&["delivery", "flux", "minVersion"]).as_deref().and_then(minor).unwrap_or((2, 8)),
                flux_span: spec.at(&["delivery", "flux", "minVersion"]).unwrap_or(spec).span,
                namespace: text(&["delivery", "flux", "namespace"])
                    .unwrap_or_else(|| "flux-system".to_owned()),
                interval: text(&["delivery", "flux", "interval"]).unwrap_or_else(|| "10m".to_owned()),
                decryption: text(&["delivery", "flux", "decryption", "secretRef", "name"])
                    .unwrap_or_else(|| "sops-age".to_owned()),
                legacy: spec.at(&["delivery", "verify", "legacy"]).and_then(Node::as_bool).unwrap_or(true),
                verification: text(&["delivery", "verify", "secretRef", "name"]),
                pull_secret: text(&["delivery", "pullSecretRef", "name"]),
                authorities: text(&["delivery", "caBundleSecretRef", "name"]),
                access: RegistryAccess {
                    insecure: spec.at(&["delivery", "insecure"]).and_then(Node::as_bool).unwrap_or_default(),
                    provider: text(&["delivery", "provider"]),
                    secret: text(&["delivery", "secretRef", "name"]),
                    certificates: text(&["delivery", "certSecretRef", "name"]),
                    proxy: text(&["delivery", "proxySecretRef", "name"]),
                },
                mirrors: spec
                    .at(&["delivery", "images", "mirrors"])
                    .map(Node::items)
                    .unwrap_or_default()
                    .iter()
                    .filter_map(Mirror::read)
                    .collect(),
                compression,
            },
        }
    }
}

/// Major and minor of `2.8` or `v2.8.1`.
fn minor(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.trim_start_matches('v').split('.').map(str::parse);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}
