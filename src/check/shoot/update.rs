//! How the nodes of a pool are updated.

use super::REFUSED;
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::landscape::Landscape;
use crate::syntax::{Node, Value};
use crate::view::{Garden, Shoot, Text, Worker};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L551", "pool-update-invalid"),
        upstream: &["SH-WK-SURGE", "SH-WK-MCM"],
        judge: Judge::ShootTemplate(invalid),
    },
    Rule {
        code: Code::error("L467", "feature-gate-off"),
        upstream: &["SH-WK-STRAT", "SH-ADD-135"],
        judge: Judge::Shoot(gate_off),
    },
];

const MANUAL: &str = "ManualInPlaceUpdate";
const WHOLE: i64 = 100;

/// The number or the share of nodes that a field says.
#[derive(Clone, Copy)]
enum Amount {
    Count(i64),
    Percent(i64),
    /// A text that is no percentage; Go reads a number off it all the same.
    Text(i64),
}

impl Amount {
    fn of(node: &Node) -> Option<Self> {
        match &node.value {
            Value::Number(number) => number.as_i64().map(Self::Count),
            Value::String(text) => Some(match percent(text) {
                Some(percent) => Self::Percent(percent),
                None => Self::Text(text.parse().unwrap_or_default()),
            }),
            _ => None,
        }
    }

    fn is_zero(self) -> bool {
        matches!(self, Self::Count(0) | Self::Percent(0) | Self::Text(0))
    }
}

fn percent(text: &str) -> Option<i64> {
    let digits = text.strip_suffix('%')?;
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().unwrap_or(i64::MAX))
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidateWorker, ValidateMachineControllerManagerSettingsOptions.
fn invalid(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    for worker in shoot.workers() {
        let manual = worker.update_strategy().is_some_and(|strategy| strategy.as_str() == MANUAL);
        for (field, node) in [("maxSurge", worker.max_surge()), ("maxUnavailable", worker.max_unavailable())]
        {
            if let Some(node) = node {
                amount(shoot, node, field, manual, findings);
            }
        }
        if !manual {
            standstill(shoot, worker, findings);
        }
        if !worker.updates_in_place() {
            only_in_place(shoot, worker, findings);
        }
    }
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidatePositiveIntOrPercent, IsNotMoreThan100Percent.
fn amount(shoot: Shoot<'_>, node: &Node, field: &str, manual: bool, findings: &mut Findings) {
    let (message, help) = match Amount::of(node) {
        Some(Amount::Text(_)) => ("is neither a number nor a percentage", "write it as `1` or `\"25%\"`"),
        Some(Amount::Count(count)) if count < 0 => ("is negative", "set 0 or more"),
        Some(Amount::Percent(percent)) if percent > WHOLE && field == "maxUnavailable" => {
            ("is more than all nodes", "set at most `100%`")
        }
        Some(_) if manual => ("has no meaning with `ManualInPlaceUpdate`", "remove it"),
        _ => return,
    };
    findings.at(shoot.object, node, format!("`{field}` {message}")).why(REFUSED).help(help);
}

/// What the API server takes for a missing `maxSurge` and `maxUnavailable`: one node more and none less, or the other way
/// round in place; nothing where people do the update, and in templates, where no defaults are filled in.
///
/// Upstream: pkg/apis/core/v1beta1/defaults_shoot.go, SetDefaults_Worker.
pub(super) fn defaults(shoot: Shoot<'_>, worker: Worker<'_>) -> (i64, i64) {
    match worker.update_strategy().map(Text::as_str) {
        _ if shoot.is_template() => (0, 0),
        Some(MANUAL) => (0, 0),
        Some("AutoInPlaceUpdate") => (0, 1),
        _ => (1, 0),
    }
}

fn standstill(shoot: Shoot<'_>, worker: Worker<'_>, findings: &mut Findings) {
    let (surge, unavailable) = defaults(shoot, worker);
    let is_zero = |node: Option<&Node>, default: i64| match node {
        Some(node) => Amount::of(node).is_some_and(Amount::is_zero),
        None => default == 0,
    };
    if is_zero(worker.max_surge(), surge) && is_zero(worker.max_unavailable(), unavailable) {
        let message = "an update may neither add nodes nor take any away";
        let raised = findings.lacking(shoot.object, worker.node(), &["maxUnavailable"], message);
        let raised = match worker.max_surge() {
            Some(surge) => raised.related(surge, "no node may be added because of this"),
            None => raised,
        };
        raised.why("no node could ever be updated").help("set `maxSurge` or `maxUnavailable` to 1 or more");
    }
}

fn only_in_place(shoot: Shoot<'_>, worker: Worker<'_>, findings: &mut Findings) {
    let Some(settings) = worker.machine_settings() else { return };
    let disabled = settings.disable_health_timeout() == Some(true);
    let timeout = settings.in_place_update_timeout().is_some();
    for (field, set) in [("inPlaceUpdateTimeout", timeout), ("disableHealthTimeout", disabled)] {
        if set {
            let message = format!("`{field}` is set in a pool whose nodes are replaced");
            findings
                .lacking(shoot.object, settings.node(), &[field], message)
                .why("it is about updates in place")
                .help(format!(
                    "remove `{field}`, or set `updateStrategy` to `AutoInPlaceUpdate` or `ManualInPlaceUpdate`"
                ));
        }
    }
}

/// Reports what the API server takes only with a feature gate, where a Garden in the landscape says its feature gates.
///
/// Upstream: pkg/api/core/validation/shoot.go, ValidateInPlaceUpdateStrategyOnCreation, allowNginxIngressAddon.
fn gate_off(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let strategies = shoot.workers().filter(|worker| worker.updates_in_place());
    let mut strategies = strategies.filter_map(|worker| worker.update_strategy()).peekable();
    if strategies.peek().is_some()
        && let Some((false, place)) = gate(scope.landscape, "InPlaceNodeUpdates")
    {
        for strategy in strategies {
            findings
                .at(shoot.object, strategy.node, format!("updates by `{strategy}` are switched off in this landscape"))
                .related(place, "the feature gate `InPlaceNodeUpdates` is not set to true here")
                .why("Gardener's API server refuses a new pool that is updated in place without its feature gate")
                .help("use `AutoRollingUpdate`, or switch the feature gate on for the gardener-apiserver");
        }
    }
    let addons = shoot.addons().filter(|addons| addons.nginx_enabled() == Some(true));
    let nginx = addons.and_then(|addons| addons.nginx()).filter(|_| super::addon::is_possible(shoot));
    if let Some(nginx) = nginx
        && let Some((true, place)) = gate(scope.landscape, "DisableNginxIngressInShoot")
    {
        findings
            .lacking(
                shoot.object,
                nginx.node(),
                &["enabled"],
                "the nginx addon is switched off in this landscape",
            )
            .related(place, "the feature gate `DisableNginxIngressInShoot` is set here")
            .why("Gardener's API server refuses a new shoot with the addon")
            .help("remove the addon, and install an ingress controller yourself");
    }
}

/// Whether an alpha feature gate that is off by default is on, and what says so; nothing without a Garden.
pub(in crate::check) fn gate<'a>(landscape: &'a Landscape, name: &str) -> Option<(bool, &'a Node)> {
    let garden = landscape.of_kind("Garden").next()?;
    let gates = Garden::of(garden).api_server_gates();
    let gate = gates.and_then(|gates| gates.get(name).or_else(|| gates.get("AllAlpha")));
    Some(gate.map_or((false, garden.name_node()), |gate| (gate.as_bool() == Some(true), gate)))
}
