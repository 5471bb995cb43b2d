//! Versions that are to expire while shoots use them: Gardener then updates the shoots by itself.
//!
//! What has expired already is refused by the rules of placement; this looks at the days ahead.

use std::cmp::Reverse;

use time::format_description::well_known::Rfc3339;
use time::{Date, Duration, OffsetDateTime};

use crate::check::lifecycle::{Class, Stage};
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
    what: String,
    /// Where the shoot names it.
    used: Text<'a>,
    listed: ExpirableVersion<'a>,
    /// What says that it expires.
    said: Text<'a>,
    moment: OffsetDateTime,
    /// The version of Kubernetes that Gardener updates to.
    successor: Option<Text<'a>>,
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
    let within = |expiry: &Expiry<'_>| (from..to).contains(&(expiry.moment - today));
    for expiry in expiries(shoot, offer, scope.at).into_iter().filter(within) {
        let window = next_maintenance(shoot, scope.at);
        let days = (expiry.moment - today).whole_days();
        let when = match window {
            Some(window) if expiry.moment <= window => "before the next maintenance".to_owned(),
            _ if days == 0 => "within a day".to_owned(),
            _ if days == 1 => "in one day".to_owned(),
            _ => format!("in {days} days"),
        };
        let target = match expiry.successor {
            Some(successor) => format!(" to `{successor}`"),
            None => String::new(),
        };
        let message = format!("{} `{}` expires {when}, on `{}`", expiry.what, expiry.used, expiry.said);
        findings
            .at(shoot.object, expiry.used.node, message)
            .related(expiry.said.node, "its end is set here")
            .related(expiry.listed.node(), "the version is offered here")
            .why(format!(
                "in the first maintenance after that Gardener updates the shoot{target} by itself, whatever `autoUpdate` says, and \
                 applying this version again would be refused as a downgrade"
            ))
            .help("update it before, in a maintenance of your choice");
    }
}

/// What a shoot uses and is to expire, each version once.
fn expiries<'a>(shoot: Shoot<'a>, offer: &'a Offer, at: Date) -> Vec<Expiry<'a>> {
    let mut found: Vec<Expiry<'_>> = Vec::new();
    let of_pools = shoot.workers().filter_map(|worker| worker.kubernetes_version());
    for used in shoot.kubernetes_version().into_iter().chain(of_pools) {
        let Some(listed) = offer.kubernetes_version(&used) else { continue };
        let Some((said, moment)) = end_of(listed, at) else { continue };
        let successor = successor(offer, &used, moment.date());
        found.push(Expiry { what: "Kubernetes".to_owned(), used, listed, said, moment, successor });
    }
    for worker in shoot.workers() {
        let (Some(name), Some(used)) = (worker.image_name(), worker.image_version()) else { continue };
        let listed = offer.image_version(&name, &used).map(|version| version.expirable());
        let ending = listed.and_then(|listed| Some((listed, end_of(listed, at)?)));
        if let Some((listed, (said, moment))) = ending {
            let what = format!("the machine image `{name}`");
            found.push(Expiry { what, used, listed, said, moment, successor: None });
        }
    }
    found.sort_by(|one, other| {
        (one.moment, &one.what, &*one.used).cmp(&(other.moment, &other.what, &*other.used))
    });
    found.dedup_by(|one, other| one.what == other.what && *one.used == *other.used);
    found
}

/// When a version that may still be chosen expires, and what says so.
fn end_of(listed: ExpirableVersion<'_>, at: Date) -> Option<(Text<'_>, OffsetDateTime)> {
    if !Stage::of(listed, at).active() {
        return None;
    }
    let staged = listed.lifecycle().find(|stage| stage.classification().is_some_and(|it| *it == *"expired"));
    let said = staged.and_then(|stage| stage.start()).or(listed.expiration())?;
    Some((said, OffsetDateTime::parse(&said, &Rfc3339).ok()?))
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
