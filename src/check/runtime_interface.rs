//! Container runtime interfaces, of worker pools and of machine images alike: Gardener knows one.

use super::Findings;
use crate::diagnostic::Code;
use crate::landscape::Object;
use crate::syntax::Node;
use crate::view::Text;

/// A container runtime interface that Gardener does not know.
pub(super) const UNKNOWN: Code = Code::error("L469", "container-runtime-interface-unknown");

const KNOWN: &str = "containerd";

/// Reports an interface of another name, or of none.
///
/// Upstream: pkg/api/core/validation/shoot.go, ValidateCRI; cloudprofile.go, validateContainerRuntimesInterfaces.
pub(super) fn judge(object: &Object, interface: &Node, findings: &mut Findings) {
    if interface.as_mapping().is_none() {
        return;
    }
    let raised = match interface.get("name") {
        None => findings.missing(object, interface, "name", "the container runtime interface has no name"),
        Some(node) => match Text::written(node) {
            Some(name) if name.as_str() != KNOWN => {
                findings.at(object, node, format!("there is no container runtime interface `{name}`"))
            }
            _ => return,
        },
    };
    raised.why("Gardener's API server refuses all others").help(format!("write `name: {KNOWN}`"));
}
