//! What a shoot lists twice.

use crate::check::{Findings, Judge, Rule, Scope, repetition, toleration};
use crate::diagnostic::Code;
use crate::syntax::Node;
use crate::view::{Shoot, Text, Worker};

use super::cron;

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: Code::error("L536", "shoot-item-repeated"),
    upstream: &[
        "SH-RES-NAME",
        "SH-EXT-DUP",
        "SH-TOL",
        "SH-WK-NAME",
        "SH-WK-VOL",
        "SH-WK-CRI",
        "SH-WK-TAINT",
        "SH-CPZ",
        "SH-HIB",
        "SH-COREDNS",
    ],
    judge: Judge::ShootTemplate(repeated),
}];

/// Upstream: pkg/api/core/validation/utils.go, ValidateResources, validateExtensions;
/// pkg/api/core/validation/shoot.go, ValidateWorkers, validateControlPlaneZones, validateAlerting,
/// ValidateHibernationCronSpec, ValidateCoreDNSRewritingCommonSuffixes.
fn repeated(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let object = shoot.object;
    let lists = [
        (shoot.resource_list(), "name", "resource"),
        (shoot.extension_list(), "type", "extension"),
        (shoot.worker_list(), "name", "pool"),
    ];
    for (list, key, what) in lists {
        if let Some(list) = list {
            repetition::of_field(object, list, key, what, findings);
        }
    }
    toleration::judge_repeated(object, &shoot.tolerations().collect::<Vec<_>>(), findings);
    for worker in shoot.workers() {
        of_worker(shoot, worker, findings);
    }
    let zones = shoot.control_plane().and_then(|control_plane| control_plane.zone_list());
    repetition::of_texts(object, texts(zones), "zone", findings);
    repetition::of_texts(object, texts(shoot.email_receivers()), "receiver", findings);
    schedules(shoot, findings);
    suffixes(shoot, findings);
}

fn texts(list: Option<&Node>) -> impl Iterator<Item = Text<'_>> {
    list.map(Node::items).unwrap_or_default().iter().filter_map(Text::written)
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidateWorker, validateTaints, ValidateContainerRuntimes.
fn of_worker(shoot: Shoot<'_>, worker: Worker<'_>, findings: &mut Findings) {
    let lists = [
        (worker.data_volume_list(), "name", "volume"),
        (worker.container_runtime_list(), "type", "container runtime"),
    ];
    for (list, key, what) in lists {
        if let Some(list) = list {
            repetition::of_field(shoot.object, list, key, what, findings);
        }
    }
    let taints = worker.taints().map(|taint| {
        let (key, effect) = (taint.key(), taint.effect());
        ((key.map_or("", Text::as_str), effect.map_or("", Text::as_str)), taint)
    });
    for (first, again) in repetition::repetitions(taints) {
        let what = format!(
            "taint `{}` with the effect `{}`",
            again.key().map_or("", Text::as_str),
            again.effect().map_or("", Text::as_str)
        );
        repetition::report(shoot.object, first.node(), again.node(), &what, findings);
    }
}

/// What is no schedule at all is a fault of its own, and repeats none.
fn schedules(shoot: Shoot<'_>, findings: &mut Findings) {
    let hibernation = shoot.hibernation().filter(|_| !shoot.is_self_hosted());
    let schedules = hibernation.into_iter().flat_map(|hibernation| hibernation.schedules());
    let times = schedules.flat_map(|schedule| [schedule.start(), schedule.end()]).flatten();
    let times = times.filter(|time| cron::is_schedule(time)).map(|time| (time.as_str(), time));
    for (first, again) in repetition::repetitions(times) {
        repetition::report(shoot.object, first.node, again.node, &format!("time `{again}`"), findings)
            .why("a shoot cannot go to sleep and wake up at one time, and need not do either twice");
    }
}

fn suffixes(shoot: Shoot<'_>, findings: &mut Findings) {
    let list = shoot.core_dns().filter(|_| !shoot.is_workerless()).and_then(|dns| dns.common_suffixes());
    let suffixes = texts(list).map(|suffix| {
        let text = suffix.as_str();
        (text.strip_prefix('.').unwrap_or(text), suffix)
    });
    for (first, again) in repetition::repetitions(suffixes) {
        repetition::report(shoot.object, first.node, again.node, &format!("suffix `{again}`"), findings);
    }
}
