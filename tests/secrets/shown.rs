//! What `Debug` shows, and of which types it must be seen.

use std::{
    collections::BTreeMap,
    error::Error as StdError,
    fmt::{Debug, Write as _},
    fs,
    path::Path,
};

/// `Debug` (both forms) of a value of each public type.
#[derive(Default)]
pub(crate) struct Shown(pub(crate) BTreeMap<&'static str, String>);

impl Shown {
    pub(crate) fn show(&mut self, name: &'static str, value: &dyn Debug) {
        write!(self.0.entry(name).or_default(), "{value:?} {value:#?}").unwrap();
    }

    pub(crate) fn error(&mut self, name: &'static str, error: &(dyn StdError + 'static)) {
        self.show(name, &error);
        let mut cause = Some(error);
        while let Some(error) = cause {
            write!(self.0.entry(name).or_default(), "{error} {error:?}").unwrap();
            cause = error.source();
        }
    }
}

/// The public types that a crate declares, by its source.
pub(crate) fn declared(krate: &str) -> Vec<String> {
    fn walk(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else {
                let source = fs::read_to_string(&path).unwrap();
                found.extend(source.lines().filter_map(|line| {
                    let name = line
                        .strip_prefix("pub struct ")
                        .or_else(|| line.strip_prefix("pub enum "))?;
                    let end = name.find(|c: char| !c.is_alphanumeric())?;
                    Some(name.get(..end)?.to_owned())
                }));
            }
        }
    }
    let mut found = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    walk(&root.join(krate).join("src"), &mut found);
    assert!(!found.is_empty());
    found
}
