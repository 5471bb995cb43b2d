//! The name of an object's file: the same object, the same name, on every file system.

use std::fmt::Write as _;

use crate::digest::Digest;
use crate::identity::Identity;
use crate::kind;

/// Longer names are cut, and told apart by their digest: file systems take 255 bytes.
const LONGEST: usize = 200;

/// `<kind>_<namespace>_<name>.yaml`, `<kind>_<name>.yaml` for cluster-scoped objects.
///
/// A kind that the compiler does not know carries its group, since another group may have a kind of the same name.
/// Part of every digest.
pub fn file_name(identity: &Identity) -> String {
    let mut name = escape(&identity.kind.to_lowercase());
    if kind::facts(identity.group(), &identity.kind).is_none() && !identity.group().is_empty() {
        name = format!("{name}.{}", escape(identity.group()));
    }
    for part in identity.namespace.iter().chain([&identity.name]) {
        write!(name, "_{}", escape(part)).expect("a string takes every write");
    }
    if name.len() > LONGEST {
        let digest = Digest::of(&name).hex();
        name = format!("{}_{}", name.get(..LONGEST).unwrap_or(&name), digest.get(..8).unwrap_or(&digest));
    }
    format!("{name}.yaml")
}

/// Everything but lower-case letters, digits, `-` and `.` as `%xx`: some file systems know no case and no colon.
fn escape(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut name, byte| {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' => name.push(char::from(byte)),
            _ => write!(name, "%{byte:02x}").expect("a string takes every write"),
        }
        name
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(api_version: &str, kind: &str, namespace: Option<&str>, name: &str) -> String {
        let namespace = namespace.map(Into::into);
        file_name(&Identity {
            api_version: api_version.into(),
            kind: kind.into(),
            namespace,
            name: name.into(),
        })
    }

    #[test]
    fn different_objects_have_different_names() {
        assert_eq!(
            name("core.gardener.cloud/v1beta1", "Shoot", Some("garden-a"), "b"),
            "shoot_garden-a_b.yaml"
        );
        assert_eq!(
            name("rbac.authorization.k8s.io/v1", "ClusterRole", None, "garden:Admin"),
            "clusterrole_garden%3a%41dmin.yaml"
        );
        assert_eq!(name("example.org/v1", "Shoot", None, "a"), "shoot.example.org_a.yaml");
        let long = name("v1", "ConfigMap", Some("garden"), &"a".repeat(253));
        assert!(long.len() < 255 && long != name("v1", "ConfigMap", Some("garden"), &"a".repeat(252)));
    }
}
