//! Pull requests about extensions.

use super::Case;
use super::history::Edit::{Remove, Replace, Write};

const SPARE: &str = "demo/extensions/spare.yaml";
const BUILD: &str = "demo/shoots/shop/build.yaml";

const EXTENSION: &str = "apiVersion: operator.gardener.cloud/v1alpha1
kind: Extension
metadata:
  name: spare
  annotations:
    security.gardener.cloud/pod-security-enforce: baseline
spec:
  deployment:
    extension:
      helm:
        ociRepository:
          ref: registry.example.org/mirror/charts/gardener-extension-spare:v1.0.0
  resources:
  - kind: Extension
    type: spare
    clusterCompatibility:
    - shoot
";

pub(crate) const CASES: &[Case] = &[
    Case {
        rule: "UP-OE-DEL",
        setup: &[Write(SPARE, EXTENSION)],
        told: &[Remove("base/extensions/acl.yaml")],
        says: "L738 metadata.name",
        twin: &[Remove(SPARE)],
    },
    Case {
        rule: "UP-REGCACHE",
        setup: &[],
        told: &[Replace(BUILD, "size: 20Gi", "size: 30Gi")],
        says: "L739 spec.extensions[0].providerConfig.caches[1].volume.size",
        twin: &[Replace(BUILD, "size: 20Gi", "size: 20480Mi")],
    },
];
