//! Errors of ours on which Gardener's validation has no say: somebody else refuses the object, later.

/// The kind, or nothing for any; how the code begins; who refuses it.
const BEYOND: &[(&str, &str, &str)] = &[
    ("", "L9", "the extension's own admission controller"),
    ("", "L448", "the component itself, which does not start with a feature gate that it does not know"),
    ("ManagedSeed", "L358", "the admission plugin ManagedSeed"),
    ("ManagedResource", "L600", "nobody: no resource-manager takes it, so that nothing happens"),
];

/// Whether a finding is not for the validation to make.
pub(crate) fn is_beyond(kind: &str, code: &str) -> bool {
    BEYOND.iter().any(|(of, prefix, _)| (of.is_empty() || *of == kind) && code.starts_with(prefix))
}

/// What is not compared, and who refuses it, as a list of Markdown.
pub(crate) fn list() -> String {
    BEYOND
        .iter()
        .map(|(kind, prefix, who)| {
            let codes = if prefix.len() < 4 { format!("{prefix}…") } else { (*prefix).to_owned() };
            let of = if kind.is_empty() { String::new() } else { format!(" of a {kind}") };
            format!("- {codes}{of}: {who}\n")
        })
        .collect()
}
