//! Files -> a chart and the charts below it, as Helm loads them.
//!
//! upstream: Helm, pkg/chart/v2/loader/load.go

use std::collections::BTreeMap;
use std::rc::Rc;

use super::Failure;
use super::chartfile::{Metadata, dependencies};
use super::value::{Entries, Map, Value};
use super::values::merge_documents;
use super::yaml;
use crate::chart;
use crate::files::Files;
use crate::path::RelPath;

/// Charts inside of charts.
const NESTING_LIMIT: usize = 10;

/// A chart with everything that rendering it needs.
#[derive(Clone, Debug)]
pub(super) struct Chart {
    pub(super) metadata: Metadata,
    pub(super) values: Map,
    pub(super) schema: Option<Rc<[u8]>>,
    /// Files below `templates/`, by their paths inside the chart.
    pub(super) templates: Vec<(String, Rc<[u8]>)>,
    /// What `.Files` holds.
    pub(super) files: Entries,
    pub(super) charts: Vec<Chart>,
}

/// Loads a chart; `shown` is what its files are called in failures.
pub(super) fn load(files: &Files, shown: &str, depth: usize) -> Result<Chart, Failure> {
    if depth > NESTING_LIMIT {
        return Err(Failure::of(
            shown,
            format!("charts inside of each other, more than {NESTING_LIMIT} deep"),
        ));
    }
    let place = |file: &str| if shown.is_empty() { file.to_owned() } else { format!("{shown}/{file}") };
    let mapping = |file: &str| -> Result<Option<Map>, Failure> {
        let Some(bytes) = files.get(&RelPath::root().child(file)) else {
            return Ok(None);
        };
        let text = text(bytes).ok_or_else(|| Failure::of(place(file), "no UTF-8 text"))?;
        let documents = yaml::documents(text).map_err(|fault| Failure {
            template: place(file),
            line: fault.line,
            reason: fault.what,
        })?;
        match merge_documents(documents) {
            Some(map) => Ok(Some(map)),
            None => Err(Failure::of(place(file), "no mapping")),
        }
    };
    let Some(root) = mapping("Chart.yaml")? else {
        return Err(Failure::of(place("Chart.yaml"), "there is no such file, so this is no chart"));
    };
    let mut metadata = Metadata::read(&root).map_err(|why| Failure::of(place("Chart.yaml"), why))?;
    if let Some(requirements) = mapping("requirements.yaml")? {
        metadata.dependencies =
            dependencies(&requirements).map_err(|why| Failure::of(place("requirements.yaml"), why))?;
    }
    let mut chart = Chart {
        metadata,
        values: mapping("values.yaml")?.unwrap_or_else(|| Map::new(Entries::new())),
        schema: None,
        templates: Vec::new(),
        files: Entries::new(),
        charts: Vec::new(),
    };
    let mut below: BTreeMap<String, Files> = BTreeMap::new();
    for (path, bytes) in files.iter() {
        let content = || Rc::from(without_mark(bytes));
        match path.as_str() {
            "Chart.yaml" | "Chart.lock" | "values.yaml" => {}
            "requirements.yaml" | "requirements.lock" if !chart.metadata.is_v1 => {}
            "values.schema.json" => chart.schema = Some(content()),
            name if name.starts_with("templates/") => chart.templates.push((name.to_owned(), content())),
            name if name.starts_with("charts/") && path.extension() != Some("prov") => {
                let entry = path.parts().nth(1).unwrap_or_default();
                below.entry(entry.to_owned()).or_default().insert(path.clone(), bytes.clone());
            }
            name => {
                chart.files.insert(name.into(), Value::Bytes(content()));
            }
        }
    }
    for (entry, files) in below {
        if !entry.starts_with(['_', '.']) {
            chart.charts.extend(load_below(&entry, &files, &place(&format!("charts/{entry}")), depth)?);
        }
    }
    Ok(chart)
}

/// A chart below `charts/`: a directory or an archive. A file that is neither is none.
fn load_below(entry: &str, files: &Files, shown: &str, depth: usize) -> Result<Option<Chart>, Failure> {
    let root = RelPath::root().child("charts").child(entry);
    if let Some(archive) = files.get(&root) {
        if root.extension() != Some("tgz") {
            return Err(Failure::of(shown, "neither a chart nor an archive of one"));
        }
        let inner = chart::unpack(archive).map_err(|why| Failure::of(shown, why))?;
        return load(&inner, shown, depth + 1).map(Some);
    }
    load(&files.below(&root), shown, depth + 1).map(Some)
}

/// A file as text, without a byte order mark.
fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(without_mark(bytes)).ok()
}

fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes)
}
