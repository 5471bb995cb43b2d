//! OCI: bytes -> images. The nouns of the image specification, and archives whose bytes depend on their content alone.
//!
//! Every document has its fields in one order, every archive its entries; times and owners are zero.

mod archive;
mod image;
pub mod reference;
mod unpack;

pub use archive::{compress, tar_files, tar_tree};
pub use image::{
    Descriptor, INDEX, Image, Index, MANIFEST, Manifest, REFERENCE_NAME, below, describe_layout,
    path_and_tag, reference_name,
};
pub use unpack::unpack;

pub(crate) use image::{Draft, to_json};
