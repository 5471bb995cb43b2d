//! When Gardener works on shoots.

use super::REFUSED;
use crate::check::{Findings, Judge, Rule, Scope, time_window};
use crate::diagnostic::Code;
use crate::view::{Shoot, Text};

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: Code::error("L541", "maintenance-window-invalid"),
    upstream: &["SH-MAINT"],
    judge: Judge::ShootTemplate(window),
}];

/// The shortest and the longest window, in seconds.
const SHORTEST: i32 = 30 * 60;
const LONGEST: i32 = 6 * 60 * 60;

/// Upstream: pkg/api/core/validation/shoot.go, validateMaintenance.
fn window(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let Some((maintenance, window)) = shoot.maintenance().and_then(|it| Some((it, it.time_window()?))) else {
        return;
    };
    let seconds = |time: Option<Text<'_>>| time.and_then(|time| time_window::seconds(&time));
    let (Some(begin), Some(end)) = (seconds(window.begin()), seconds(window.end())) else {
        let wrong = [window.begin(), window.end()].into_iter().flatten();
        let wrong = wrong.into_iter().find(|time| time_window::seconds(time).is_none());
        let (node, message) = match wrong {
            Some(time) => (time.node, format!("`{time}` is no time of the day")),
            None => (window.node(), "the time window has no beginning or no end".to_owned()),
        };
        // Upstream names both times at once.
        findings
            .under(shoot.object, node, maintenance.node(), "timeWindow.begin/end", message)
            .why(REFUSED)
            .help("write hours, minutes, seconds and the offset of the time zone, as in `220000+0100`");
        return;
    };
    let (fault, help) = match time_window::length(begin, end) {
        length if length > LONGEST => ("longer than six hours", "choose an earlier end"),
        length if length < SHORTEST => ("shorter than half an hour", "choose a later end"),
        _ => return,
    };
    findings
        .at_field(shoot.object, maintenance.node(), "timeWindow", format!("the time window is {fault}"))
        .why(REFUSED)
        .help(help);
}
