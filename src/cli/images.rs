//! `landscape images`: every chart and image of a landscape, with its digest and what it is there for.

use std::path::PathBuf;

use serde::Serialize;

use super::{Exit, Session, Settings, exit};
use crate::diagnostic::Report;
use crate::digest::Digest;
use crate::identity::Identity;
use crate::inventory::{Item, Kind, Use};
use crate::lock;

#[derive(clap::Args)]
pub(super) struct Images {
    /// The directory of the landscape
    #[arg(value_name = "DIR", default_value = ".")]
    directory: PathBuf,
}

#[derive(Serialize)]
struct Listing<'a> {
    charts: Vec<Row<'a>>,
    images: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    #[serde(rename = "ref")]
    reference: String,
    digest: Option<Digest>,
    own: bool,
    uses: Vec<Place<'a>>,
}

/// A place that refers to something.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Place<'a> {
    object: Option<&'a Identity>,
    path: &'a str,
    inside: Option<&'a str>,
    file: Option<&'a str>,
    line: Option<usize>,
}

impl Images {
    pub(super) fn run(self, session: &mut Session) -> Exit {
        self.listed(session).unwrap_or_else(|exit| exit)
    }

    fn listed(&self, session: &mut Session) -> Result<Exit, Exit> {
        let directory = session.path(&self.directory)?;
        let stock = session.compile(&self.directory, Settings::default(), |compiler, report| {
            compiler.stock(&directory, report)
        })?;
        let all = lock::completed(&stock.inventory, &stock.known.lock).items;
        let rows = |kind| {
            let rows = all.iter().filter(|item| item.kind == kind);
            rows.map(|item| Row::of(item, &session.report)).collect()
        };
        let listing = Listing { charts: rows(Kind::Chart), images: rows(Kind::Image) };
        session.console.outcome(&listing, &table(&all), &session.report);
        Ok(exit(&session.report))
    }
}

impl<'a> Row<'a> {
    fn of(item: &'a Item, report: &'a Report) -> Self {
        Self {
            reference: item.reference.to_string(),
            digest: item.digest,
            own: item.is_own,
            uses: item.uses.iter().map(|used| Place::of(used, report)).collect(),
        }
    }
}

impl<'a> Place<'a> {
    fn of(used: &'a Use, report: &'a Report) -> Self {
        let place = &used.place;
        Self {
            object: place.object.as_ref(),
            path: &place.path,
            inside: used.inside.as_deref(),
            file: report.file_of(place),
            line: place.span.map(|span| report.sources.position(span).line),
        }
    }
}

/// A line for each, in columns as wide as they must be.
fn table(all: &[Item]) -> String {
    let rows = all.iter().map(|item| {
        let digest = item.digest.map_or_else(|| "not locked".to_owned(), |digest| digest.to_string());
        [item.kind.name().to_owned(), item.reference.to_string(), digest, users(item)]
    });
    let head = ["KIND", "REFERENCE", "DIGEST", "USED BY"].map(str::to_owned);
    let rows: Vec<[String; 4]> = std::iter::once(head).chain(rows).collect();
    let width = |column: fn(&[String; 4]) -> &String| {
        rows.iter().map(|row| column(row).chars().count()).max().unwrap_or_default()
    };
    let (kind, reference, digest) = (width(|row| &row[0]), width(|row| &row[1]), width(|row| &row[2]));
    let line = |[a, b, c, d]: &[String; 4]| format!("{a:kind$}  {b:reference$}  {c:digest$}  {d}\n");
    rows.iter().map(line).collect()
}

/// The objects that refer to something, each once.
fn users(item: &Item) -> String {
    let mut names: Vec<String> = Vec::new();
    for object in item.uses.iter().filter_map(|used| used.place.object.as_ref()) {
        let name = object.to_string();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(", ")
}
