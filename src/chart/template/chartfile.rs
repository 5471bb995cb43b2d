//! `Chart.yaml` and `requirements.yaml` as Helm reads them.
//!
//! upstream: Helm, pkg/chart/v2/metadata.go and dependency.go

use std::rc::Rc;

use super::number;
use super::value::{Entries, Kind, List, Map, Value};

/// What a chart says about itself.
#[derive(Clone, Debug)]
pub(super) struct Metadata {
    /// Its name; where a dependency has an alias, that.
    pub(super) name: Rc<str>,
    pub(super) version: Rc<str>,
    pub(super) kube_version: Rc<str>,
    pub(super) is_library: bool,
    pub(super) is_v1: bool,
    pub(super) dependencies: Vec<Dependency>,
    /// The fields that only templates read, by their names in Go.
    fields: Entries,
}

/// A chart that another one is made of.
#[derive(Clone, Debug)]
pub(super) struct Dependency {
    pub(super) name: Rc<str>,
    pub(super) version: Rc<str>,
    pub(super) alias: Rc<str>,
    pub(super) condition: Rc<str>,
    pub(super) tags: Vec<Rc<str>>,
    pub(super) import_values: Vec<Value>,
    pub(super) enabled: bool,
    repository: Rc<str>,
}

impl Metadata {
    /// Reads the mapping of a `Chart.yaml`; says what Helm would refuse.
    pub(super) fn read(map: &Map) -> Result<Self, String> {
        let name = text(map, "name")?;
        let version = text(map, "version")?;
        if name.is_empty() || name.contains('/') || version.is_empty() {
            return Err("a chart has a name without a slash, and a version".to_owned());
        }
        let api_version = match text(map, "apiVersion")? {
            missing if missing.is_empty() => Rc::from("v1"),
            given => given,
        };
        let kind = text(map, "type")?;
        let mut fields = Entries::new();
        for (field, key) in [
            ("Home", "home"),
            ("Description", "description"),
            ("Icon", "icon"),
            ("Condition", "condition"),
            ("Tags", "tags"),
            ("AppVersion", "appVersion"),
        ] {
            fields.insert(field.into(), Value::Text(text(map, key)?));
        }
        for (field, key) in [("Sources", "sources"), ("Keywords", "keywords")] {
            fields.insert(field.into(), Value::List(List::texts(texts(map, key)?)));
        }
        let deprecated = matches!(map.get("deprecated"), Some(Value::Bool(true)));
        fields.insert("Deprecated".into(), Value::Bool(deprecated));
        fields.insert("Annotations".into(), annotations(map)?);
        fields.insert("Maintainers".into(), maintainers(map)?);
        fields.insert("APIVersion".into(), Value::Text(api_version.clone()));
        fields.insert("Type".into(), Value::Text(kind.clone()));
        Ok(Self {
            name,
            version,
            kube_version: text(map, "kubeVersion")?,
            is_library: kind.eq_ignore_ascii_case("library"),
            is_v1: &*api_version == "v1",
            dependencies: dependencies(map)?,
            fields,
        })
    }

    /// `.Chart`
    pub(super) fn object(&self, is_root: bool) -> Value {
        let mut fields = self.fields.clone();
        let dependencies = self.dependencies.iter().map(Dependency::object).collect();
        for (field, value) in [
            ("Name", Value::Text(self.name.clone())),
            ("Version", Value::Text(self.version.clone())),
            ("KubeVersion", Value::Text(self.kube_version.clone())),
            ("Dependencies", Value::list(dependencies)),
            ("IsRoot", Value::Bool(is_root)),
        ] {
            fields.insert(field.into(), value);
        }
        Value::Map(Map::new(fields))
    }
}

impl Dependency {
    fn object(&self) -> Value {
        let text = |text: &Rc<str>| Value::Text(text.clone());
        Value::Map(Map::from_pairs(
            Kind::Plain,
            [
                ("Name", text(&self.name)),
                ("Version", text(&self.version)),
                ("Repository", text(&self.repository)),
                ("Condition", text(&self.condition)),
                ("Tags", Value::List(List::texts(self.tags.iter().cloned()))),
                ("Enabled", Value::Bool(self.enabled)),
                ("ImportValues", Value::list(self.import_values.clone())),
                ("Alias", text(&self.alias)),
            ],
        ))
    }
}

/// The dependencies of a `Chart.yaml` or a `requirements.yaml`.
pub(super) fn dependencies(map: &Map) -> Result<Vec<Dependency>, String> {
    objects(map, "dependencies")?
        .iter()
        .map(|fields| {
            let import_values = match fields.get("import-values") {
                Some(Value::List(list)) => list.values().to_vec(),
                _ => Vec::new(),
            };
            Ok(Dependency {
                name: text(fields, "name")?,
                version: text(fields, "version")?,
                alias: text(fields, "alias")?,
                condition: text(fields, "condition")?,
                tags: texts(fields, "tags")?,
                import_values,
                enabled: matches!(fields.get("enabled"), Some(Value::Bool(true))),
                repository: text(fields, "repository")?,
            })
        })
        .collect()
}

/// A scalar where Go has a string: numbers and booleans become their text.
pub(super) fn scalar_text(value: &Value) -> Option<Rc<str>> {
    Some(match value {
        Value::Text(text) => text.clone(),
        Value::Bool(truth) => truth.to_string().into(),
        Value::Float(number) => match number::json(*number).filter(|_| number.fract() == 0.0) {
            Some(whole) => whole.into(),
            None => number::general(*number).into(),
        },
        Value::Missing | Value::Nil => "".into(),
        _ => return None,
    })
}

fn text(map: &Map, key: &str) -> Result<Rc<str>, String> {
    let value = map.get(key).unwrap_or(Value::Nil);
    scalar_text(&value).ok_or_else(|| format!("`{key}` is no string"))
}

fn texts(map: &Map, key: &str) -> Result<Vec<Rc<str>>, String> {
    let fault = || format!("`{key}` is no list of strings");
    match map.get(key).unwrap_or(Value::Nil) {
        Value::Nil => Ok(Vec::new()),
        Value::List(list) => list.values().iter().map(|value| scalar_text(value).ok_or_else(fault)).collect(),
        _ => Err(fault()),
    }
}

fn objects(map: &Map, key: &str) -> Result<Vec<Map>, String> {
    let fault = || format!("`{key}` is no list of mappings");
    match map.get(key).unwrap_or(Value::Nil) {
        Value::Nil => Ok(Vec::new()),
        Value::List(list) => {
            let maps = list.values().iter().map(|value| match value {
                Value::Map(map) => Ok(map.clone()),
                _ => Err(fault()),
            });
            maps.collect()
        }
        _ => Err(fault()),
    }
}

fn annotations(map: &Map) -> Result<Value, String> {
    let fault = || "`annotations` is no mapping of strings".to_owned();
    let given = match map.get("annotations").unwrap_or(Value::Nil) {
        Value::Nil => Entries::new(),
        Value::Map(annotations) => annotations.entries(),
        _ => return Err(fault()),
    };
    let entries: Result<Entries, String> = given
        .into_iter()
        .map(|(key, value)| Ok((key, Value::Text(scalar_text(&value).ok_or_else(fault)?))))
        .collect();
    Ok(Value::Map(Map::of(Kind::Strings, entries?)))
}

fn maintainers(map: &Map) -> Result<Value, String> {
    let people = objects(map, "maintainers")?;
    let objects: Result<Vec<Value>, String> = people
        .iter()
        .map(|person| {
            let fields = [("Name", "name"), ("Email", "email"), ("URL", "url")];
            let fields = fields.map(|(field, key)| text(person, key).map(|text| (field, Value::Text(text))));
            let [name, email, url] = fields;
            Ok(Value::Map(Map::from_pairs(Kind::Plain, [name?, email?, url?])))
        })
        .collect();
    Ok(Value::list(objects?))
}
