//! Request, response and nested structs.

use std::collections::BTreeSet;

use super::api::Api;
use super::names;
use crate::model::{Kind, Location, Member, Reference, Shape};

pub(super) fn requests(api: &Api) -> String {
    let tops = api.tops(|operation| operation.input.as_ref());
    let mut file = File::new(api);
    file.imports.insert("super::tables");
    file.imports.insert("crate::request::Input");
    file.imports.insert("crate::service::Service");
    file.imports.insert("crate::shape::Shape");
    let mut items: Vec<String> =
        tops.into_iter().map(|name| file.structure(name) + &file.input(name)).collect();
    items.push(read_any(api));
    file.finish(&items)
}

/// For `wire`'s tests: a request read as its operation's input.
fn read_any(api: &Api) -> String {
    let arms: String = api
        .description
        .operations
        .iter()
        .filter_map(|(name, operation)| Some((name, operation.input.as_ref()?)))
        .map(|(name, input)| {
            let input = api.type_name(&input.shape);
            format!("super::Operation::{name} => request.read::<{input}>(),\n")
        })
        .collect();
    format!(
        "#[cfg(test)]\npub(crate) fn read_any(operation: super::Operation, request: &crate::Request) \
         -> Result<(), serde_json::Error> {{\nmatch operation {{\n{arms}}}\n}}\n"
    )
}

pub(super) fn responses(api: &Api) -> String {
    let mut file = File::new(api);
    file.imports.insert("crate::response::Output");
    let tops = api.top_outputs().into_iter();
    let structs: Vec<String> = tops.map(|name| file.structure(name) + &file.output(name)).collect();
    file.finish(&structs)
}

pub(super) fn nested(api: &Api) -> String {
    let mut file = File::new(api);
    let structs: Vec<String> = api.nested_structures().map(|name| file.structure(name)).collect();
    file.finish(&structs)
}

/// A file under way: it remembers what its structs make it import.
struct File<'a> {
    api: &'a Api,
    imports: BTreeSet<&'static str>,
    /// Types of the same service that the structs mention, and those that the file defines.
    siblings: BTreeSet<&'a str>,
    defined: BTreeSet<&'a str>,
}

impl<'a> File<'a> {
    fn new(api: &'a Api) -> Self {
        Self { api, imports: BTreeSet::new(), siblings: BTreeSet::new(), defined: BTreeSet::new() }
    }

    fn finish(&self, structs: &[String]) -> String {
        let imports: String = self.imports.iter().map(|path| format!("use {path};\n")).collect();
        let foreign: Vec<&str> = self.siblings.difference(&self.defined).copied().collect();
        let siblings = match foreign.as_slice() {
            [] => String::new(),
            names => format!("use super::{{{}}};\n", names.join(", ")),
        };
        format!("{imports}{siblings}\n{}", structs.join("\n"))
    }

    fn structure(&mut self, shape_name: &'a str) -> String {
        let members = self.api.shape(shape_name).members.keys();
        let fields: String = members.map(|member| self.field(shape_name, member)).collect();
        let case = if self.api.is_rest() { "PascalCase" } else { "camelCase" };
        let rename =
            if fields.is_empty() { String::new() } else { format!("#[serde(rename_all = {case:?})]\n") };
        let (derives, name) = (self.derives(shape_name), self.api.type_name(shape_name));
        self.defined.insert(name);
        let debug = self.guarded_debug(shape_name);
        format!("#[derive({derives})]\n{rename}pub struct {name} {{\n{fields}}}\n{debug}")
    }

    /// A `Debug` that leaves out what the model calls sensitive, so that no log can show it.
    fn guarded_debug(&mut self, name: &str) -> String {
        if !self.api.holds_secrets(name) {
            return String::new();
        }
        self.imports.insert("std::fmt");
        let members = self.api.shape(name).members.iter();
        let shown = members.filter(|(_, member)| !self.api.is_secret(&member.shape));
        let fields: String = shown
            .map(|(member, _)| names::field(member))
            .map(|field| format!(".field({:?}, &self.{field})", field.trim_start_matches("r#")))
            .collect();
        let name = self.api.type_name(name);
        format!(
            "\nimpl fmt::Debug for {name} {{\nfn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {{\n\
             formatter.debug_struct({name:?}){fields}.finish_non_exhaustive()\n}}\n}}\n"
        )
    }

    fn derives(&mut self, name: &str) -> String {
        let mut derives = vec!["Clone"];
        if !self.api.holds_secrets(name) {
            derives.push("Debug");
        }
        if has_default(self.api, name) {
            derives.push("Default");
        }
        if self.api.inputs.contains(name) {
            derives.push("Deserialize");
            self.imports.insert("serde::Deserialize");
        }
        if self.api.outputs.contains(name) {
            derives.push("Serialize");
            self.imports.insert("serde::Serialize");
        }
        derives.join(", ")
    }

    fn field(&mut self, structure: &'a str, member_name: &'a str) -> String {
        let shape = self.api.shape(structure);
        let member = &shape.members[member_name];
        let field = names::field(member_name);
        if is_raw_payload(self.api, shape, member_name) {
            self.imports.insert("bytes::Bytes");
            return format!("#[serde(skip)]\npub {field}: Bytes,\n");
        }
        let required = shape.required.iter().any(|required| required == member_name);
        let plain = self.type_of(&member.shape);
        let kind = if required { plain } else { format!("Option<{plain}>") };
        let attribute = self.attribute(structure, member_name, member, required);
        format!("{attribute}pub {field}: {kind},\n")
    }

    fn attribute(&self, structure: &str, name: &str, member: &Member, required: bool) -> String {
        let is_output = self.api.outputs.contains(structure);
        if is_output && matches!(member.location, Some(Location::Header | Location::StatusCode)) {
            return "#[serde(skip)]\n".to_owned();
        }
        let mut parts = Vec::new();
        if cased(self.api, name) != name {
            parts.push(format!("rename = {name:?}"));
        }
        if is_output && !required {
            parts.push("skip_serializing_if = \"Option::is_none\"".to_owned());
        }
        if parts.is_empty() { String::new() } else { format!("#[serde({})]\n", parts.join(", ")) }
    }

    fn type_of(&mut self, name: &'a str) -> String {
        let shape = self.api.shape(name);
        match shape.kind {
            Kind::String if shape.values.is_empty() => "String".to_owned(),
            Kind::String | Kind::Structure => self.sibling(name),
            Kind::Integer => "i32".to_owned(),
            Kind::Long => "i64".to_owned(),
            Kind::Float | Kind::Double => "f64".to_owned(),
            Kind::Boolean => "bool".to_owned(),
            Kind::Blob => self.imported("crate::scalar::Blob", "Blob"),
            Kind::Timestamp => self.imported("crate::scalar::Timestamp", "Timestamp"),
            Kind::List => format!("Vec<{}>", self.item(shape.member.as_ref())),
            Kind::Map => {
                let map = self.imported("std::collections::BTreeMap", "BTreeMap");
                format!("{map}<String, {}>", self.item(shape.value.as_ref()))
            }
        }
    }

    fn item(&mut self, reference: Option<&'a Reference>) -> String {
        reference.map_or_else(String::new, |reference| self.type_of(&reference.shape))
    }

    fn sibling(&mut self, name: &'a str) -> String {
        let name = self.api.type_name(name);
        self.siblings.insert(name);
        name.to_owned()
    }

    fn imported(&mut self, path: &'static str, name: &str) -> String {
        self.imports.insert(path);
        name.to_owned()
    }

    fn input(&self, name: &str) -> String {
        let shape = self.api.shape(name);
        let raw = shape.payload.iter().find(|payload| is_raw_payload(self.api, shape, payload));
        let payload = raw.map_or_else(String::new, |payload| {
            let field = names::field(payload);
            format!("\nfn set_payload(&mut self, payload: Bytes) {{ self.{field} = payload; }}\n")
        });
        format!(
            "\nimpl Input for {} {{\nconst SHAPE: &'static Shape = &tables::{};\nconst SERVICE: &'static Service = &super::SERVICE;\n{payload}}}\n",
            self.api.type_name(name),
            names::constant(name),
        )
    }

    fn output(&self, name: &str) -> String {
        let shape = self.api.shape(name);
        let methods = [status(shape), headers(shape), self.payload(shape)];
        let methods: Vec<String> = methods.into_iter().flatten().collect();
        format!("\nimpl Output for {} {{{}}}\n", self.api.type_name(name), methods.join("\n\n"))
    }

    fn payload(&self, shape: &Shape) -> Option<String> {
        let payload = shape.payload.as_ref().filter(|payload| is_raw_payload(self.api, shape, payload))?;
        let field = names::field(payload);
        Some(format!("fn payload(&self) -> Option<Bytes> {{ Some(self.{field}.clone()) }}"))
    }
}

/// The method that gives the status that a response carries itself.
fn status(shape: &Shape) -> Option<String> {
    let (name, _) = shape.members.iter().find(|(_, member)| member.location == Some(Location::StatusCode))?;
    Some(format!("fn status(&self) -> Option<i32> {{ self.{} }}", names::field(name)))
}

/// The method that gives a response's header members.
fn headers(shape: &Shape) -> Option<String> {
    let headers: String = shape
        .members
        .iter()
        .filter(|(_, member)| member.location == Some(Location::Header))
        .map(|(name, member)| {
            let header = member.location_name.as_deref().unwrap_or(name);
            format!("({header:?}, self.{}.as_deref()),\n", names::field(name))
        })
        .collect();
    let signature = "fn headers(&self) -> Vec<(&'static str, Option<&str>)>";
    (!headers.is_empty()).then(|| format!("{signature} {{ vec![{headers}] }}"))
}

/// Whether a member is the whole body as bytes, which never passes through JSON.
fn is_raw_payload(api: &Api, shape: &Shape, member: &str) -> bool {
    shape.payload.as_deref() == Some(member)
        && shape.members.get(member).is_some_and(|facts| api.shape(&facts.shape).kind == Kind::Blob)
}

/// Whether all required members of a structure have a neutral value.
fn has_default(api: &Api, name: &str) -> bool {
    let shape = api.shape(name);
    shape.required.iter().filter_map(|required| shape.members.get(required)).all(|member| {
        let target = api.shape(&member.shape);
        match target.kind {
            Kind::Structure => has_default(api, &member.shape),
            Kind::Timestamp => false,
            _ => target.values.is_empty(),
        }
    })
}

/// What serde's `rename_all` makes of a member's field.
fn cased(api: &Api, name: &str) -> String {
    let snake = names::snake(name);
    let mut words = snake.split('_');
    let first = if api.is_rest() { "" } else { words.next().unwrap_or_default() };
    let capitalised = words.map(|word| word[..1].to_uppercase() + &word[1..]);
    first.to_owned() + &capitalised.collect::<String>()
}
