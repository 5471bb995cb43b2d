//! The zones of an infrastructure, of the shoot's pools and of the region.

use std::collections::HashSet;

use super::{AZURE, Findings, Inspection, Scope, WHY, profile_of, vpc};
use crate::diagnostic::help_with_names;
use crate::syntax::{Node, Value};
use crate::view::{Configuration, Region, Shoot, Text, Zone};

/// The zones that an infrastructure has networks in; on Azure they are numbers.
fn zones(root: &Node) -> impl Iterator<Item = (&Node, String)> {
    vpc::zones(root).iter().filter_map(|zone| {
        let name = zone.get("name")?;
        match &name.value {
            Value::String(text) => Some((name, text.to_string())),
            Value::Number(number) => Some((name, number.to_string())),
            _ => None,
        }
    })
}

/// The names of the zones of a shoot's region, where the CloudProfile is here and knows the region.
pub(super) fn offered(inspection: &Inspection<'_, '_>, scope: &Scope<'_>) -> Option<Vec<String>> {
    let shoot = Shoot::in_object(inspection.object)?;
    let profile = profile_of(inspection, scope)?;
    let region = shoot.region()?;
    let region = profile.regions().find(|known| known.name().is_some_and(|name| *name == *region))?;
    Some(Region::zones(region).filter_map(Zone::name).map(|name| name.to_string()).collect())
}

/// Zones that the region of the shoot has not, and on AWS those that are listed twice.
pub(super) fn zones_of_infrastructure(inspection: &mut Inspection<'_, '_>, scope: &Scope<'_>) {
    let Some(offered) = offered(inspection, scope) else {
        return;
    };
    let mut seen = HashSet::new();
    for (node, name) in zones(inspection.root) {
        if !offered.contains(&name) {
            inspection
                .refuse(node, format!("the region of the shoot has no zone `{name}`"))
                .help(help_with_names(&name, offered.iter().map(String::as_str)));
        } else if !seen.insert(name.clone()) {
            inspection
                .refuse(node, format!("the zone `{name}` is listed twice"))
                .help("leave one of them out");
        }
    }
}

/// Upstream: the function ValidateWorker or ValidateWorkers of pkg/apis/…/validation/shoot.go in the extensions whose
/// infrastructure has networks for each zone.
pub(super) fn zones_of_pools(configuration: Configuration<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let list = configuration.node.at(&["networks", "zones"]);
    let single_network = configuration.group() == Some(AZURE) && list.is_none();
    let Some(list) = list.filter(|list| list.is_sequence() && !single_network) else {
        return;
    };
    let Some(shoot) = Shoot::in_object(configuration.object) else {
        return;
    };
    let known: HashSet<String> = zones(configuration.node).map(|(_, name)| name).collect();
    if known.is_empty() {
        return;
    }
    let mut inspection = Inspection::new(configuration, findings, WHY);
    for zone in shoot.workers().flat_map(|worker| worker.zone_list().map(Node::items).unwrap_or_default()) {
        let Some(name) = Text::written(zone).filter(|name| !known.contains(name.as_str())) else {
            continue;
        };
        let mut names: Vec<&str> = known.iter().map(String::as_str).collect();
        names.sort_unstable();
        inspection
            .refuse(zone, format!("the infrastructure has no network in the zone `{name}`"))
            .related(list, "its networks are listed here")
            .help(format!(
                "add the zone to `infrastructureConfig.networks.zones`, or use `{}`",
                names.join("`, `")
            ));
    }
}
