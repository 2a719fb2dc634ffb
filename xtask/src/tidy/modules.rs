//! The modules of a crate: which file defines each, and what its paths lead to.

use std::collections::BTreeMap;

use super::{
    paths::{self, Mention},
    tree::Tree,
};

/// Where a module stands below its crate.
type Path = Vec<String>;

/// The modules of one crate, those of tests left out.
pub(super) struct Modules(BTreeMap<Path, Module>);

struct Module {
    file: String,
    /// What is brought in under a name, as it was written.
    names: BTreeMap<String, Path>,
    mentions: Vec<Mention>,
}

/// A file needs another.
pub(super) struct Need {
    pub(super) from: String,
    pub(super) to: String,
    /// Where the first says so.
    pub(super) line: usize,
}

impl Modules {
    /// Reads the modules below the root of a crate, `lib.rs` or `main.rs`.
    ///
    /// # Errors
    /// The file that is not Rust, and why.
    pub(super) fn read(tree: &Tree, root: &str) -> Result<Self, (String, syn::Error)> {
        let mut modules = Self(BTreeMap::new());
        modules.read_file(tree, root, Path::new())?;
        Ok(modules)
    }

    fn read_file(
        &mut self,
        tree: &Tree,
        file: &str,
        path: Path,
    ) -> Result<(), (String, syn::Error)> {
        let parsed = syn::parse_file(tree.text(file).unwrap_or_default())
            .map_err(|error| (file.to_owned(), error))?;
        self.read_items(tree, file, &folder_of(file), path, &parsed.items)
    }

    fn read_items(
        &mut self,
        tree: &Tree,
        file: &str,
        folder: &str,
        path: Path,
        items: &[syn::Item],
    ) -> Result<(), (String, syn::Error)> {
        for item in items {
            let syn::Item::Mod(module) = item else {
                continue;
            };
            if paths::is_for_tests(&module.attrs) {
                continue;
            }
            let name = module.ident.to_string();
            let inner = path.iter().cloned().chain([name.clone()]).collect();
            if let Some((_, items)) = &module.content {
                self.read_items(tree, file, &format!("{folder}/{name}"), inner, items)?;
            } else if let Some(file) = defined_in(tree, folder, &name) {
                self.read_file(tree, &file, inner)?;
            }
        }
        let mentions = paths::mentions(items);
        let names = mentions.iter().filter_map(|mention| {
            let name = mention.name.clone()?;
            Some((name, mention.path.clone()))
        });
        let module = Module {
            file: file.to_owned(),
            names: names.collect(),
            mentions,
        };
        self.0.insert(path, module);
        Ok(())
    }

    /// What each file needs of others.
    pub(super) fn needs(&self) -> Vec<Need> {
        let mut needs = Vec::new();
        for (path, module) in &self.0 {
            for mention in &module.mentions {
                let landing = self.landing(path, &mention.path, true);
                let landed = landing.and_then(|landing| self.0.get(&landing));
                needs.extend(landed.filter(|to| to.file != module.file).map(|to| Need {
                    from: module.file.clone(),
                    to: to.file.clone(),
                    line: mention.line,
                }));
            }
        }
        needs
    }

    /// The module that a path of another leads to, as far as it names modules; none outside the
    /// crate. What a `use` brought in is followed once, so that no ring of names goes on for ever.
    fn landing(&self, from: &Path, path: &[String], may_be_a_name: bool) -> Option<Path> {
        let (first, rest) = path.split_first()?;
        let mut rest = rest;
        let mut here = match first.as_str() {
            "crate" => Path::new(),
            "self" => from.clone(),
            "super" => parent(from)?,
            name => {
                let child = joined(from, name);
                if self.0.contains_key(&child) {
                    child
                } else if may_be_a_name {
                    let written = self.0.get(from)?.names.get(name)?;
                    let module = self.landing(from, written, false)?;
                    // A name of an item, and not of a module, was followed where it came in.
                    (module.last() == written.last()).then_some(module)?
                } else {
                    return None;
                }
            }
        };
        while let Some((next, further)) = rest.split_first() {
            here = match next.as_str() {
                "self" => here,
                "super" => parent(&here)?,
                name => {
                    let child = joined(&here, name);
                    if !self.0.contains_key(&child) {
                        break;
                    }
                    child
                }
            };
            rest = further;
        }
        Some(here)
    }
}

fn joined(path: &Path, name: &str) -> Path {
    path.iter().cloned().chain([name.to_owned()]).collect()
}

fn parent(path: &Path) -> Option<Path> {
    let (_, before) = path.split_last()?;
    Some(before.to_vec())
}

/// The folder of the modules that a file declares.
fn folder_of(file: &str) -> String {
    let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
    match name {
        "lib.rs" | "main.rs" | "mod.rs" => folder.to_owned(),
        _ => file.strip_suffix(".rs").unwrap_or(file).to_owned(),
    }
}

fn defined_in(tree: &Tree, folder: &str, name: &str) -> Option<String> {
    [
        format!("{folder}/{name}.rs"),
        format!("{folder}/{name}/mod.rs"),
    ]
    .into_iter()
    .find(|file| tree.text(file).is_some())
}
