//! What the checks of all configurations have in common.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use fluent_uri::Uri;
use fluent_uri::component::Host;
use ipnet::IpNet;

use super::Findings;
use super::spelling::Spelling;
use crate::check::Raised;
use crate::diagnostic::help_with_names;
use crate::landscape::Object;
use crate::name::is_dns_subdomain;
use crate::syntax::Node;
use crate::view::Configuration;

/// A look at one configuration: where findings go, and who would refuse it.
pub(super) struct Inspection<'a, 'f> {
    pub(super) object: &'a Object,
    pub(super) root: &'a Node,
    findings: &'f mut Findings,
    why: &'static str,
}

impl<'a, 'f> Inspection<'a, 'f> {
    /// A look at a configuration; `why` says what happens to one that is refused.
    pub(super) fn new(
        configuration: Configuration<'a>,
        findings: &'f mut Findings,
        why: &'static str,
    ) -> Self {
        Self { object: configuration.object, root: configuration.node, findings, why }
    }

    /// Refuses a value.
    pub(super) fn refuse(&mut self, node: &Node, message: impl Into<String>) -> Raised<'_> {
        self.findings.at(self.object, node, message).why(self.why)
    }

    /// Refuses a field as a whole, or its absence.
    pub(super) fn refuse_field(
        &mut self,
        parent: &Node,
        field: &str,
        message: impl Into<String>,
    ) -> Raised<'_> {
        self.findings.at_field(self.object, parent, field, message).why(self.why)
    }

    /// Refuses any value but these; one that is not there is no fault.
    pub(super) fn one_of(&mut self, parent: &Node, field: &str, allowed: &[&str]) {
        let node = parent.get(field).filter(|node| node.as_str().is_some());
        if let Some(node) = node {
            self.item_of(node, field, allowed);
        }
    }

    /// Refuses a text that is none of these.
    pub(super) fn item_of(&mut self, node: &Node, noun: &str, allowed: &[&str]) {
        let text = node.as_str().unwrap_or_default();
        if !allowed.contains(&text) {
            self.refuse(node, format!("`{text}` is not allowed as `{noun}`"))
                .help(help_with_names(text, allowed.iter().copied()));
        }
    }

    /// The text of a field that must have one.
    pub(super) fn required<'n>(&mut self, parent: &'n Node, field: &str) -> Option<&'n Node> {
        let found = parent.get(field).filter(|node| node.as_str() != Some(""));
        if found.is_none() {
            self.refuse_field(parent, field, format!("`{field}` has no value"))
                .help(format!("set `{field}`"));
        }
        found
    }

    /// The items of a list that must have one.
    pub(super) fn some_of<'n>(&mut self, parent: &'n Node, field: &str) -> &'n [Node] {
        let items = parent.get(field).map(Node::items).unwrap_or_default();
        let malformed = parent.get(field).is_some_and(|node| node.items().is_empty() && node.count() > 1);
        if items.is_empty() && !malformed {
            self.refuse_field(parent, field, format!("`{field}` has no item"))
                .help(format!("add one to `{field}`"));
        }
        items
    }

    /// Refuses the second and later items with the same text in a field.
    pub(super) fn unique(&mut self, items: &[Node], field: &str) {
        self.distinct(items.iter().filter_map(|item| item.get(field)));
    }

    /// Refuses the second and later of equal texts.
    pub(super) fn distinct<'n>(&mut self, nodes: impl IntoIterator<Item = &'n Node>) {
        let mut seen = HashSet::new();
        for node in nodes {
            let Some(text) = node.as_str() else { continue };
            if !seen.insert(text) {
                self.refuse(node, format!("`{text}` is listed twice")).help("leave one of them out");
            }
        }
    }

    /// Refuses what is no range of addresses.
    pub(super) fn network(&mut self, node: &Node) {
        let text = node.as_str().unwrap_or_default();
        if text.parse::<IpNet>().is_err() {
            self.refuse(node, format!("`{text}` is no network range")).help("write it as `10.0.0.0/8`");
        }
    }

    /// Refuses what is no range of addresses, and a range that does not begin at its first address.
    pub(super) fn range(&mut self, node: &Node) {
        let Some(text) = node.as_str() else { return };
        let Ok(net) = text.parse::<IpNet>() else {
            return self.network(node);
        };
        if net.addr() != net.network() {
            self.refuse(node, format!("`{text}` does not begin at the first address of its range"))
                .help(format!("write `{}`", net.trunc()));
        }
    }

    /// Refuses what is not spelled like this; one that is not there is no fault.
    pub(super) fn spelled(&mut self, node: Option<&Node>, spelling: &Spelling) {
        let Some((node, text)) = node.and_then(|node| Some((node, node.as_str()?))) else {
            return;
        };
        if !spelling.fits(text) {
            self.refuse(node, format!("`{text}` is no {}", spelling.noun))
                .help(format!("write it like `{}`", spelling.example));
        }
    }

    /// Refuses a number outside of these bounds; one that is not there is no fault.
    pub(super) fn bounded(&mut self, parent: &Node, field: &str, bounds: RangeInclusive<i64>) {
        let node = parent.get(field);
        let Some((node, number)) = node.and_then(|node| Some((node, node.as_i64()?))) else {
            return;
        };
        if !bounds.contains(&number) {
            let (least, most) = (bounds.start(), bounds.end());
            let help = match *most {
                i64::MAX => format!("set a number of {least} or more"),
                most => format!("set a number from {least} to {most}"),
            };
            self.refuse(node, format!("`{field}` must not be {number}")).help(help);
        }
    }

    /// Refuses a field that must not stand there.
    pub(super) fn forbid(&mut self, parent: &Node, field: &str, reason: &str) {
        if parent.get(field).is_some() {
            self.refuse_field(parent, field, format!("`{field}` {reason}")).help(format!("remove `{field}`"));
        }
    }

    /// Refuses that the configuration has no value at a path.
    pub(super) fn lacking(&mut self, way: &[&str], message: impl Into<String>) -> Raised<'_> {
        self.findings.lacking(self.object, self.root, way, message).why(self.why)
    }

    /// The items of a list of the configuration that must have one.
    pub(super) fn some_at(&mut self, way: &[&str]) -> &'a [Node] {
        let root = self.root;
        let list = root.at(way);
        let items = list.map(Node::items).unwrap_or_default();
        let readable = list.is_none_or(Node::is_sequence);
        if let (true, true, Some(name)) = (items.is_empty(), readable, way.last()) {
            self.lacking(way, format!("`{name}` has no item")).help(format!("add one to `{name}`"));
        }
        items
    }

    /// Refuses what is no host with or without a port.
    pub(super) fn host_and_port(&mut self, node: &Node) {
        let text = node.as_str().unwrap_or_default();
        if !is_host_and_port(text) {
            self.refuse(node, format!("`{text}` is no host"))
                .help("write a DNS name, with a port where it needs one: `registry.example.org:5000`");
        }
    }

    /// Refuses what is no address of this sort; an extension connects to the host and to nothing more.
    pub(super) fn address(&mut self, node: &Node, allowed: &Address<'_>) {
        let text = node.as_str().unwrap_or_default();
        if let Err(fault) = allowed.fault(text) {
            let schemes: Vec<String> =
                allowed.schemes.iter().map(|scheme| format!("`{scheme}://`")).collect();
            self.refuse(node, format!("`{text}` {fault}"))
                .help(format!("write {} and a host", schemes.join(" or ")));
        }
    }
}

/// What an address may consist of.
pub(super) struct Address<'a> {
    /// The schemes.
    pub(super) schemes: &'a [&'a str],
    /// Whether a path may follow the host.
    pub(super) path: bool,
    /// Whether the host must be a DNS name.
    pub(super) dns_name: bool,
}

impl Address<'_> {
    fn fault(&self, text: &str) -> Result<(), &'static str> {
        let uri = Uri::parse(text).map_err(|_| "is no URL")?;
        if !self.schemes.contains(&uri.scheme().as_str()) {
            return Err("has another scheme than is allowed");
        }
        let authority = uri.authority().ok_or("names no host")?;
        if authority.userinfo().is_some() {
            return Err("tells a user");
        }
        let named = matches!(authority.host_parsed(), Host::RegName(_));
        if authority.host().is_empty() || self.dns_name && !(named && is_dns_subdomain(authority.host())) {
            return Err("has no valid host");
        }
        let path = uri.path().as_str();
        if !self.path && !matches!(path, "" | "/") {
            return Err("has a path");
        }
        if path.split('/').any(|segment| matches!(segment, "." | "..")) {
            return Err("has a relative path");
        }
        if uri.query().is_some_and(|query| !query.as_str().is_empty()) {
            return Err("has a query");
        }
        if uri.fragment().is_some_and(|fragment| !fragment.as_str().is_empty()) {
            return Err("has a fragment");
        }
        Ok(())
    }
}

fn is_host_and_port(text: &str) -> bool {
    let all_digits = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    match text.rsplit_once(':').filter(|(_, port)| all_digits(port)) {
        Some((host, port)) => {
            let valid = !port.starts_with('0') && port.parse::<u16>().is_ok();
            valid && is_dns_subdomain(host)
        }
        None => is_dns_subdomain(text),
    }
}
