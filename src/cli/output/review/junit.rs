//! Review -> `JUnit` XML: a test case an object, failed when its change is rejected, and one for each other finding.

use std::fmt::Write as _;

use super::told;
use crate::cli::output::junit::{Case, escape, suite, text};
use crate::diagnostic::Report;
use crate::effect::Impact;
use crate::review::{Review, Reviewed};

pub(super) fn render(review: &Review, report: &Report) -> String {
    let objects = review.objects.iter().map(|object| case(object, review, report));
    let others = told::other_findings(review, report)
        .into_iter()
        .map(|finding| Case::of(report, &told::in_head(finding, review, report)));
    suite(&objects.chain(others).collect::<Vec<_>>())
}

fn case(object: &Reviewed, review: &Review, report: &Report) -> Case {
    let (change, impact) = (object.change.name(), object.impact);
    let name = escape(&format!("{change} {}", object.identity));
    let class = match object.unit_name() {
        "" => object.cluster.name().to_owned(),
        unit => format!("{}.{unit}", object.cluster.name()),
    };
    let mut xml = format!("    <testcase name=\"{name}\" classname=\"{}\">\n", escape(&class));
    let effects: Vec<_> =
        object.effects.iter().map(|effect| told::in_head(&effect.finding, review, report)).collect();
    let mut told = format!("impact: {impact}");
    for effect in &effects {
        let code = effect.code;
        write!(told, "\n{} {} {}", code.id, code.slug, text(report, effect))
            .expect("a string takes every write");
    }
    let failed = impact == Impact::Rejected;
    if failed {
        let worst = effects.first();
        let kind = worst.map_or("rejected", |effect| effect.code.slug);
        let message = worst.map_or("", |effect| &effect.message);
        let message = escape(message);
        writeln!(xml, "      <failure type=\"{kind}\" message=\"{message}\">{told}</failure>")
    } else {
        writeln!(xml, "      <system-out>{told}</system-out>")
    }
    .expect("a string takes every write");
    xml.push_str("    </testcase>\n");
    Case { xml, failed }
}
