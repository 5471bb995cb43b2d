//! YAML as Helm's templates read and write it, through `sigs.k8s.io/yaml`.

mod emitter;
mod order;
mod read;
mod scalar;

pub(super) use emitter::{write, write_pretty};
pub(super) use read::{documents, first, read};
