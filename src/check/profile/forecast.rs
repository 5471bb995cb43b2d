//! Versions that are to expire while shoots use them: Gardener then updates the shoots by itself.
//!
//! What has expired already is refused by the rules of placement; this looks at the days ahead.

use std::cmp::Reverse;

use time::{Date, Duration, OffsetDateTime};

use crate::check::lifecycle::{self, Class, Stage};
use crate::check::{Findings, Judge, Offer, Rule, Scope};
use crate::diagnostic::Code;
use crate::version;
use crate::view::{ExpirableVersion, Shoot, Text};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::note("L569", "version-expires-this-month"),
        upstream: &[],
        judge: Judge::Shoot(later),
    },
    Rule { code: Code::warning("L579", "version-expires-soon"), upstream: &[], judge: Judge::Shoot(soon) },
];

/// So near that it must be acted on now.
const SOON: Duration = Duration::weeks(2);
/// So near that it is worth a plan.
const LATER: Duration = Duration::days(30);

/// A version in use that is to expire.
struct Expiry<'a> {
    /// The machine image it is a version of; nothing for Kubernetes.
    image: Option<Text<'a>>,
    /// Where the shoot names it.
    used: Text<'a>,
    /// What says that it expires.
    said: Text<'a>,
    moment: OffsetDateTime,
}

/// Upstream: pkg/controllermanager/controller/shoot/maintenance/reconciler.go.
fn soon(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    report(shoot, scope, (Duration::ZERO, SOON), findings);
}

/// Upstream: pkg/controllermanager/controller/shoot/maintenance/reconciler.go.
fn later(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    report(shoot, scope, (SOON, LATER), findings);
}

fn report(shoot: Shoot<'_>, scope: &Scope<'_>, (from, to): (Duration, Duration), findings: &mut Findings) {
    let Some(offer) = scope.offer(shoot) else { return };
    let today = scope.at.midnight().assume_utc();
    let within = |moment: OffsetDateTime| (from..to).contains(&(moment - today));
    let mut told: Vec<Expiry<'_>> = Vec::new();
    for expiry in uses(shoot, offer).filter_map(|(image, used, listed)| {
        let (said, moment) = end_of(listed, scope.at).filter(|(_, moment)| within(*moment))?;
        Some(Expiry { image, used, said, moment })
    }) {
        let same = |known: &Expiry<'_>| {
            known.image.as_deref() == expiry.image.as_deref() && *known.used == *expiry.used
        };
        if !told.iter().any(same) {
            tell(shoot, offer, &expiry, scope.at, findings);
            told.push(expiry);
        }
    }
}

fn tell(shoot: Shoot<'_>, offer: &Offer, expiry: &Expiry<'_>, at: Date, findings: &mut Findings) {
    let days = (expiry.moment - at.midnight().assume_utc()).whole_days();
    let when = match next_maintenance(shoot, at) {
        Some(window) if expiry.moment <= window => "before the next maintenance".to_owned(),
        _ if days == 0 => "within a day".to_owned(),
        _ if days == 1 => "in one day".to_owned(),
        _ => format!("in {days} days"),
    };
    let what = match expiry.image {
        Some(image) => format!("the machine image `{image}`"),
        None => "Kubernetes".to_owned(),
    };
    let successor =
        expiry.image.map_or_else(|| successor(offer, &expiry.used, expiry.moment.date()), |_| None);
    let target = successor.map(|successor| format!(" to `{successor}`")).unwrap_or_default();
    findings
        .at(shoot.object, expiry.used.node, format!("{what} `{}` expires {when}, on `{}`", expiry.used, expiry.said))
        .related(expiry.said.node, "its end is set here")
        .why(format!(
            "in the first maintenance after that Gardener updates the shoot{target} by itself, whatever `autoUpdate` says, and \
             applying this version again would be refused as a downgrade"
        ))
        .help("update it before, in a maintenance of your choice");
}

/// The versions a shoot uses: the name of the image, where it is one, what the shoot says and what the profile says.
fn uses<'a>(
    shoot: Shoot<'a>,
    offer: &'a Offer,
) -> impl Iterator<Item = (Option<Text<'a>>, Text<'a>, ExpirableVersion<'a>)> {
    let of_pools = shoot.workers().filter_map(|worker| worker.kubernetes_version());
    let kubernetes = shoot.kubernetes_version().into_iter().chain(of_pools);
    let kubernetes = kubernetes.filter_map(|used| Some((None, used, offer.kubernetes_version(&used)?)));
    kubernetes.chain(shoot.workers().filter_map(|worker| {
        let (name, used) = (worker.image_name()?, worker.image_version()?);
        Some((Some(name), used, offer.image_version(&name, &used)?.expirable()))
    }))
}

/// When a version that may still be chosen expires, and what says so.
fn end_of(listed: ExpirableVersion<'_>, at: Date) -> Option<(Text<'_>, OffsetDateTime)> {
    lifecycle::end_of(listed).filter(|_| Stage::of(listed, at).active())
}

/// The version of Kubernetes that a shoot is updated to when its own has expired: the latest of its minor version, or
/// else of the next one.
///
/// Upstream: pkg/controllermanager/controller/shoot/maintenance/helper/helper.go, DetermineVersionForStrategy.
fn successor<'a>(offer: &'a Offer, used: &str, on: Date) -> Option<Text<'a>> {
    let used = version::parse(used)?;
    let listed = offer.profile().kubernetes_versions().filter_map(|listed| {
        let text = listed.version()?;
        let version = version::parse(&text)?;
        let usable = matches!(Stage::of(listed, on).class, Class::Supported | Class::Deprecated);
        let ahead = version::minors_ahead(&version, &used)?;
        (usable && version > used && ahead <= 1).then_some((Reverse(ahead), version, text))
    });
    listed.max_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1))).map(|(_, _, text)| text)
}

/// When the first maintenance of a shoot begins; nothing where its time is left to chance.
fn next_maintenance(shoot: Shoot<'_>, at: Date) -> Option<OffsetDateTime> {
    let begin = shoot.maintenance_begin()?;
    let number = |range: std::ops::Range<usize>| begin.as_str().get(range)?.parse::<i64>().ok();
    let local =
        Duration::hours(number(0..2)?) + Duration::minutes(number(2..4)?) + Duration::seconds(number(4..6)?);
    let offset = Duration::hours(number(7..9)?) + Duration::minutes(number(9..11)?);
    let utc = match begin.as_str().get(6..7)? {
        "+" => local - offset,
        "-" => local + offset,
        _ => return None,
    };
    let seconds = utc.whole_seconds().rem_euclid(Duration::DAY.whole_seconds());
    Some(at.midnight().assume_utc() + Duration::seconds(seconds))
}
