//! Amounts of resources: what components keep for themselves, get at least, and get at most.

use super::{CONFIGURING, Owner, Part, dotted, parts, values};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::{Code, help_with_names};
use crate::landscape::Object;
use crate::quantity::Quantity;
use crate::syntax::{Node, Value};
use crate::view;

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L512", "amount-invalid"),
        upstream: &["SH-CPAUTO", "SH-VPA", "SH-KUBELET", "GA-KAS"],
        judge: Judge::Kinds(CONFIGURING, invalid),
    },
    Rule {
        code: Code::error("L513", "resource-not-autoscaled"),
        upstream: &["SH-CPAUTO", "SH-VPA", "GA-KAS"],
        judge: Judge::Kinds(CONFIGURING, not_autoscaled),
    },
    Rule {
        code: Code::error("L514", "autoscaling-minimum-too-low"),
        upstream: &["SH-CPAUTO", "GA-KAS"],
        judge: Judge::Kinds(CONFIGURING, too_low),
    },
];

/// A field that holds an amount, or one for each resource.
pub(super) struct Amount {
    path: &'static [&'static str],
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    NotNegative,
    OrPercentage,
    /// The least that autoscaling may give, in `minAllowed`: for these resources no less than this.
    Minimum(&'static [(&'static str, &'static str)]),
    /// The most that autoscaling may give.
    Maximum,
}

impl Amount {
    pub(super) const fn not_negative(path: &'static [&'static str]) -> Self {
        Self { path, kind: Kind::NotNegative }
    }

    pub(super) const fn or_percentage(path: &'static [&'static str]) -> Self {
        Self { path, kind: Kind::OrPercentage }
    }

    pub(super) const fn minimum(
        path: &'static [&'static str],
        least: &'static [(&'static str, &'static str)],
    ) -> Self {
        Self { path, kind: Kind::Minimum(least) }
    }

    pub(super) const fn maximum(path: &'static [&'static str]) -> Self {
        Self { path, kind: Kind::Maximum }
    }

    /// The amounts by resource, where there is one for each.
    fn by_resource<'a>(&self, part: Part<'a>) -> Option<&'a Node> {
        let node = part.node.at(self.path)?;
        match self.kind {
            Kind::Minimum(_) => node.get("minAllowed"),
            Kind::Maximum => Some(node),
            Kind::NotNegative | Kind::OrPercentage => None,
        }
    }
}

/// The resources that autoscaling gives.
const AUTOSCALED: [&str; 2] = ["cpu", "memory"];

/// An amount, where Gardener reads null as none.
fn quantity(node: &Node) -> Option<Quantity> {
    let null = Some(Quantity::default()).filter(|_| node.value == Value::Null);
    null.or_else(|| view::Amount::of(node).map(|amount| amount.quantity))
}

/// Upstream: pkg/utils/validation/kubernetes/core/validation.go, ValidateResourceQuantityValue, and
/// pkg/api/core/validation/shoot.go, ValidateResourceQuantityOrPercent.
fn invalid(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    parts(object, &mut |part| {
        for amount in part.component.amounts {
            if let Some(amounts) = amount.by_resource(part) {
                for entry in amounts.entries().iter().filter(|entry| is_negative(&entry.value)) {
                    let name = &entry.key.name;
                    let message = format!("the amount of `{name}` is negative");
                    part.entry(findings, amounts, entry, message).why(NEGATIVE).help(POSITIVE);
                }
                continue;
            }
            values(part.node, amount.path, &mut |node| {
                let field = dotted(amount.path);
                match amount.kind {
                    Kind::NotNegative if is_negative(node) => {
                        part.at(findings, node, format!("`{field}` is negative"))
                            .why(NEGATIVE)
                            .help(POSITIVE);
                    }
                    Kind::OrPercentage if !is_threshold(node) => {
                        part.at(findings, node, format!("`{field}` is neither an amount nor a percentage"))
                            .why("the kubelet compares what is left on the node with it")
                            .help("write an amount, as `200Mi`, or a whole percentage from `0%` to `100%`");
                    }
                    _ => {}
                }
            });
        }
    });
}

const NEGATIVE: &str = "no node and no component has less than nothing of a resource";
const POSITIVE: &str = "write 0 or more";

fn is_negative(node: &Node) -> bool {
    quantity(node).is_some_and(|quantity| quantity < Quantity::default())
}

/// Whether a text is an amount that is not negative, or a percentage up to 100; other types are not its business.
fn is_threshold(node: &Node) -> bool {
    let Value::String(text) = &node.value else {
        return true;
    };
    let percentage = text.strip_suffix('%').is_some_and(|digits| {
        let whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        whole && digits.parse::<u64>().is_ok_and(|percentage| percentage <= 100)
    });
    percentage || text.parse::<Quantity>().is_ok_and(|quantity| quantity >= Quantity::default())
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidateControlPlaneAutoscaling and
/// ValidateVerticalPodAutoscalerMaxAllowed.
fn not_autoscaled(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    parts(object, &mut |part| {
        for amounts in part.component.amounts.iter().filter_map(|amount| amount.by_resource(part)) {
            for entry in amounts.entries().iter().filter(|entry| !AUTOSCALED.contains(&&*entry.key.name)) {
                let name = &entry.key.name;
                let message = format!("autoscaling does not give `{name}`");
                part.entry(findings, amounts, entry, message)
                    .why("the vertical pod autoscaler sets requests of CPU and memory only")
                    .help(help_with_names(name, AUTOSCALED));
            }
        }
    });
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidateControlPlaneAutoscaling.
fn too_low(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    parts(object, &mut |part| {
        for amount in part.component.amounts {
            let (Kind::Minimum(least), Some(amounts)) = (amount.kind, amount.by_resource(part)) else {
                continue;
            };
            if part.owner == Owner::Garden && amounts.as_mapping().is_some_and(|all| all.entries().is_empty())
            {
                part.at(findings, amounts, "autoscaling is configured without a minimum")
                    .why("the minimum is all there is to configure")
                    .help("set `cpu` or `memory`, or remove `autoscaling`");
            }
            for (name, least) in least {
                let limit = least.parse::<Quantity>().unwrap_or_default();
                if let Some(node) = amounts
                    .as_mapping()
                    .and_then(|amounts| amounts.get(name))
                    .filter(|node| quantity(node).is_some_and(|given| given < limit))
                {
                    let component = part.component.name;
                    part.at(
                        findings,
                        node,
                        format!("{component} could be given less than `{least}` of `{name}`"),
                    )
                    .why("with less it does not come up, or is killed soon")
                    .help(format!("allowed: `{least}` or more"));
                }
            }
        }
    });
}
