//! Further forms of a review, each written to a file of its own.

use std::path::PathBuf;

use clap::ValueEnum as _;

use super::output::Format;

/// A form and where it goes.
#[derive(Clone, Debug)]
pub(super) struct Saved {
    /// The form.
    pub(super) format: Format,
    /// The file.
    pub(super) file: PathBuf,
}

impl Saved {
    /// Reads `html=review.html`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let Some((form, file)) = text.split_once('=') else {
            return Err("write the form, `=` and the file: `html=review.html`".to_owned());
        };
        let format = Format::from_str(form, false).map_err(|_| {
            let known = Format::value_variants().iter().map(|format| format.name());
            format!("`{form}` is no form; there are {}", known.collect::<Vec<_>>().join(", "))
        })?;
        match file {
            "" => Err(format!("name the file after `{form}=`")),
            "-" => Err("a form goes to standard output with `--format`; name a file here".to_owned()),
            file => Ok(Self { format, file: file.into() }),
        }
    }
}
