//! Networks: every range is one, of the right family, and overlaps none that it must be told apart from.
//!
//! Ranges of IPv4 may overlap between a shoot and its seed: Gardener maps them. Ranges of IPv6 are routed as they are.
//! What is no range is reported once; nothing is compared with it.

pub(super) mod garden;
pub(super) mod seed;
pub(super) mod shoot;

use ipnet::IpNet;

use super::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::landscape::Object;
use crate::syntax::Node;
use crate::view::{Networking, SeedTemplate, Shoot, Text};

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L450", "not-a-network-range"),
        upstream: &["SH-NET-CIDR", "SD-NET", "XG-NET", "XG-NET-VIRT"],
        judge: Judge::Object(not_a_range),
    },
    Rule {
        code: Code::error("L451", "address-family-invalid"),
        upstream: &["SH-NET-FAM"],
        judge: Judge::Object(families),
    },
    Rule {
        code: Code::error("L452", "network-range-of-another-family"),
        upstream: &["SH-NET-CIDR", "SD-NET"],
        judge: Judge::Object(other_family),
    },
    Rule {
        code: Code::error("L453", "network-range-reserved"),
        upstream: &["XS-NET-RSVD", "SD-NET"],
        judge: Judge::Object(reserved),
    },
];

const IPV4: &str = "IPv4";
const IPV6: &str = "IPv6";

/// Ranges that Gardener uses between seed and shoot.
///
/// Upstream: pkg/apis/core/v1beta1/constants/types_constants.go, DefaultVPNRangeV6 and Reserved….
const RESERVED: [(&str, &str); 6] = [
    ("fd8f:6d53:b97a:1::/96", "the tunnel between seed and shoot"),
    ("240.0.0.0/8", "the API server as shoots see it"),
    ("241.0.0.0/8", "the pods of a seed as shoots see them"),
    ("242.0.0.0/8", "the nodes of a shoot as its seed sees them"),
    ("243.0.0.0/8", "the services of a shoot as its seed sees them"),
    ("244.0.0.0/8", "the pods of a shoot as its seed sees them"),
];

/// What stands where a range belongs.
#[derive(Clone, Copy)]
struct Range<'a> {
    text: Text<'a>,
    /// Whose addresses they are.
    owner: &'static str,
}

impl<'a> Range<'a> {
    fn of(text: Option<Text<'a>>, owner: &'static str) -> Option<Self> {
        text.map(|text| Self { text, owner })
    }

    /// The range, if it is one; an address of IPv4 with a zero before its numbers is none.
    ///
    /// Upstream: Go, net.ParseCIDR.
    fn net(&self) -> Option<IpNet> {
        let (address, prefix) = self.text.split_once('/')?;
        let plain = prefix.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| IpNet::new(address.parse().ok()?, prefix.parse().ok()?).ok()).flatten()
    }

    fn family(&self) -> Option<&'static str> {
        self.net().map(|net| if matches!(net, IpNet::V6(_)) { IPV6 } else { IPV4 })
    }

    fn overlaps(&self, other: &Range<'_>) -> bool {
        matches!((self.net(), other.net()), (Some(one), Some(other)) if overlap(one, other))
    }

    /// Reports that the range overlaps another one, if it does.
    fn keep_apart(&self, other: &Range<'_>, object: &Object, findings: &mut Findings, why: &str) {
        if self.overlaps(other) {
            let message = format!(
                "the range of the {}, `{}`, overlaps that of the {}, `{}`",
                self.owner, self.text, other.owner, other.text
            );
            findings
                .at(object, self.text.node, message)
                .related(other.text.node, "the other range is set here")
                .why(why)
                .help("choose ranges without a common address");
        }
    }
}

/// Whether two ranges have an address in common.
pub(super) fn overlap(one: IpNet, other: IpNet) -> bool {
    one.contains(&other.network()) || other.contains(&one.network())
}

/// The networks of a shoot or a seed.
struct Networks<'a> {
    nodes: Option<Range<'a>>,
    pods: Option<Range<'a>>,
    services: Option<Range<'a>>,
    families: Vec<Text<'a>>,
}

impl<'a> Networks<'a> {
    fn of_shoot(networking: Networking<'a>) -> Self {
        Self {
            nodes: Range::of(networking.nodes(), "nodes"),
            pods: Range::of(networking.pods(), "pods"),
            services: Range::of(networking.services(), "services"),
            families: networking
                .family_list()
                .map(Node::items)
                .unwrap_or_default()
                .iter()
                .filter_map(Text::written)
                .collect(),
        }
    }

    fn of_seed(seed: SeedTemplate<'a>) -> Self {
        Self {
            nodes: Range::of(seed.nodes(), "seed's nodes"),
            pods: Range::of(seed.pods(), "seed's pods"),
            services: Range::of(seed.services(), "seed's services"),
            families: seed.families().collect(),
        }
    }

    fn ranges(&self) -> impl Iterator<Item = Range<'a>> + use<'a> {
        [self.nodes, self.pods, self.services].into_iter().flatten()
    }

    /// Whether there are addresses of a family; of IPv4 there are when none is named.
    fn has(&self, family: &str) -> bool {
        self.families.iter().any(|known| &**known == family) || self.families.is_empty() && family == IPV4
    }

    /// Whether each family is one, and none is listed twice; upstream looks at no range of a shoot otherwise.
    fn has_sound_families(&self) -> bool {
        self.families.iter().enumerate().all(|(index, family)| {
            let mut before = self.families.iter().take(index);
            matches!(family.as_str(), IPV4 | IPV6) && before.all(|before| **before != **family)
        })
    }

    /// The one family that all ranges must be of; nothing where any will do, or the families are at fault.
    fn only_family(&self) -> Option<&'a str> {
        match self.families[..] {
            [] => Some(IPV4),
            [family] => Some(family.as_str()).filter(|family| matches!(*family, IPV4 | IPV6)),
            _ => None,
        }
    }
}

/// The networks of a Shoot, or of the template of one.
fn of_shoot(object: &Object) -> Option<Networks<'_>> {
    let shoot = Shoot::in_object(object)?;
    shoot.networking().map(Networks::of_shoot)
}

/// The networks of a seed with all of its ranges.
fn of_seed(object: &Object) -> Option<(Networks<'_>, Vec<Range<'_>>)> {
    let seed = SeedTemplate::in_object(object)?;
    let networks = Networks::of_seed(seed);
    let ranges = networks.ranges().chain(seed::shoot_defaults(seed)).collect();
    Some((networks, ranges))
}

/// The ranges of a shoot and of a seed with the families they must be of.
fn of_object(object: &Object) -> impl Iterator<Item = (Networks<'_>, Vec<Range<'_>>)> {
    let shoot = of_shoot(object).filter(Networks::has_sound_families).map(|networks| {
        let ranges = networks.ranges().collect();
        (networks, ranges)
    });
    let seed =
        of_seed(object).filter(|_| SeedTemplate::in_object(object).is_some_and(seed::has_sound_families));
    shoot.into_iter().chain(seed)
}

/// Upstream: pkg/utils/validation/cidr/cidr.go, ValidateParse.
fn not_a_range(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    for range in SeedTemplate::in_object(object)
        .filter(|seed| seed::has_sound_families(*seed))
        .into_iter()
        .flat_map(seed::empty_ranges)
    {
        findings
            .at(object, range, "an empty text is no range")
            .why("a range is written as an address and the length of its prefix")
            .help("remove the field");
    }
    let ranges = of_object(object).flat_map(|(_, ranges)| ranges).chain(garden::ranges(object));
    for Range { text, owner } in ranges.filter(|range| range.net().is_none()) {
        findings
            .at(object, text.node, format!("`{text}` is no range for {owner}"))
            .why("a range is written as an address and the length of its prefix")
            .help("write it as in `10.250.0.0/16` or `2001:db8::/48`");
    }
}

/// Upstream: pkg/api/core/validation/utils.go, ValidateIPFamilies.
fn families(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let of_seed = of_seed(object).map(|(networks, _)| networks);
    let of_both = of_shoot(object).into_iter().chain(of_seed).map(|networks| networks.families);
    for families in of_both.chain([garden::families(object)]) {
        judge_families(object, &families, findings);
    }
}

fn judge_families(object: &Object, families: &[Text<'_>], findings: &mut Findings) {
    // The schema of a Garden leaves the families open.
    let open = object.identity.is("operator.gardener.cloud", "Garden");
    for (index, family) in families.iter().enumerate() {
        let mut before = families.iter().take(index);
        let message = if before.any(|before| **before == **family) {
            format!("the address family `{family}` is listed twice")
        } else if open && !matches!(family.as_str(), IPV4 | IPV6) {
            format!("there is no address family `{family}`")
        } else {
            continue;
        };
        findings
            .at(object, family.node, message)
            .why("Gardener's API server refuses it")
            .help(format!("list `{IPV4}`, `{IPV6}` or both, once each"));
    }
}

/// Upstream: pkg/utils/validation/cidr/cidr.go, ValidateIPFamily.
fn other_family(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    for (networks, ranges) in of_object(object) {
        judge_family(object, &networks, ranges, findings);
    }
}

fn judge_family(object: &Object, networks: &Networks<'_>, ranges: Vec<Range<'_>>, findings: &mut Findings) {
    let Some(wanted) = networks.only_family() else {
        return;
    };
    for range in ranges {
        let family = range.family().filter(|family| *family != wanted);
        let Some(family) = family else { continue };
        let Range { text, owner } = range;
        let raised = findings
            .at(object, text.node, format!("`{text}` is a range of {family}, for {owner} of {wanted}"))
            .why("a cluster of one address family has ranges of that family only")
            .help(format!("choose a range of {wanted}, or change `ipFamilies`"));
        if let Some(family) = networks.families.first() {
            raised.related(family.node, "the address family is set here");
        }
    }
}

/// Upstream: pkg/utils/validation/cidr/disjoint.go, validateOverlapWithReservedRanges.
///
/// The API server looks at a shoot only once it has a seed; before that the scheduler finds none for it.
fn reserved(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let shoot = object.identity.is("core.gardener.cloud", "Shoot");
    if shoot && Shoot::of(object).is_self_hosted()
        || SeedTemplate::in_object(object).is_some_and(|seed| !seed::is_sound(seed))
    {
        return;
    }
    for range in of_object(object).flat_map(|(_, ranges)| ranges) {
        let Some(net) = range.net() else { continue };
        let taken = RESERVED.iter().find(|(reserved, _)| {
            let reserved = reserved.parse().expect("the table holds ranges");
            overlap(net, reserved)
        });
        let Some((reserved, purpose)) = taken else {
            continue;
        };
        let Range { text, owner } = range;
        findings
            .at(object, text.node, format!("the range of the {owner}, `{text}`, overlaps `{reserved}`"))
            .why(format!("Gardener uses that range for {purpose}"))
            .help("choose a range outside of `240.0.0.0/8` to `244.0.0.0/8` and `fd8f:6d53:b97a:1::/96`");
    }
}
