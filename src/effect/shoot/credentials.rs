//! The bindings of a shoot: what gives it access to its provider.

use super::SHOOT_FIELD_KEPT;
use crate::check::Findings;
use crate::effect::{Both, Impact, Judge, Rule, Sides};
use crate::view::{Binding, ObjectReference, Shoot, Text};

pub(in crate::effect) static RULES: &[Rule] = &[
    Rule {
        code: SHOOT_FIELD_KEPT,
        impact: Impact::Rejected,
        upstream: &["UP-SH-CB"],
        judge: Judge::ShootTemplate(credentials),
    },
    Rule {
        code: SHOOT_FIELD_KEPT,
        impact: Impact::Rejected,
        upstream: &["UP-SH-SB"],
        judge: Judge::ShootTemplate(secret),
    },
    Rule {
        code: SHOOT_FIELD_KEPT,
        impact: Impact::Rejected,
        upstream: &["UP-SH-SB"],
        judge: Judge::Shoot(another_secret),
    },
];

const CREDENTIALS_BINDING: [&str; 2] = ["spec", "credentialsBindingName"];
const SECRET_BINDING: [&str; 2] = ["spec", "secretBindingName"];

/// Upstream: pkg/api/core/validation/shoot.go, ValidateShootSpecUpdate.
fn credentials(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    if shoots.before.written_credentials_binding().is_some() && shoots.after.credentials_binding().is_none() {
        let message = "the credentials of a shoot cannot be removed";
        shoots
            .refuse(&CREDENTIALS_BINDING, message, findings)
            .why("Gardener could no longer reach what it made at the provider; its API server refuses the change")
            .help("keep the binding, or name another one");
    }
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidateShootSpecUpdate.
fn secret(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    let Both { before, after } = shoots.map(Shoot::written_secret_binding);
    let migrates = before.is_some() && after.is_none() && shoots.after.credentials_binding().is_some();
    if !migrates && before.as_deref() != after.as_deref() {
        shoots
            .field(&SECRET_BINDING)
            .raise("the SecretBinding of a shoot", findings)
            .why("Gardener's API server takes no other SecretBinding for a shoot that exists")
            .help("replace `secretBindingName` by the `credentialsBindingName` of a CredentialsBinding with the same Secret");
    }
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateSecretBindingToCredentialsBindingMigration.
fn another_secret(shoots: Both<Shoot<'_>>, sides: &Sides<'_>, findings: &mut Findings) {
    let migrates = shoots.after.written_secret_binding().is_none()
        && shoots.before.written_credentials_binding().is_none();
    let (Some(old), Some(new)) = (shoots.before.secret_binding(), shoots.after.credentials_binding()) else {
        return;
    };
    let namespace = shoots.after.object.identity.namespace.as_deref().unwrap_or_default();
    let old = sides.before.landscape.find("SecretBinding", namespace, &old);
    let found = sides.after.landscape.find("CredentialsBinding", namespace, &new);
    let (Some(old), Some(found)) = (old.map(Binding::of), found.map(Binding::of)) else { return };
    let (Some(secret), Some(credentials)) = (old.secret(), found.credentials()) else { return };
    if migrates && !is_same_secret(secret, credentials) {
        findings
            .at(
                shoots.after.object,
                new.node,
                format!("the CredentialsBinding `{new}` refers to another Secret than the SecretBinding before it"),
            )
            .related(secret.node(), "the Secret of the SecretBinding")
            .related(credentials.node(), "the credentials of the CredentialsBinding")
            .why("with the binding the credentials must not change too; Gardener's API server refuses the change")
            .help("let the CredentialsBinding refer to the same Secret; another one may follow later");
    }
}

fn is_same_secret(secret: ObjectReference<'_>, credentials: ObjectReference<'_>) -> bool {
    let text = |text: Option<Text<'_>>| text.map(|text| text.to_string());
    text(credentials.kind()).as_deref() == Some("Secret")
        && text(credentials.api_version()).as_deref() == Some("v1")
        && text(credentials.name()) == text(secret.name())
        && text(credentials.namespace()) == text(secret.namespace())
}
