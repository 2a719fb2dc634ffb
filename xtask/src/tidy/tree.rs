//! The text files of the workspace, held in memory so that a test can make up others.

use std::{collections::BTreeMap, fs, io, path::Path};

/// What is read: what people write. Data is not.
const ENDINGS: [&str; 3] = ["rs", "md", "yaml"];

/// Folders of what is built and fetched.
const NOT_OURS: [&str; 2] = ["target", "node_modules"];

/// Files by their path below the workspace, written with `/`.
#[derive(Clone, Debug, Default)]
pub struct Tree(BTreeMap<String, String>);

impl Tree {
    /// A tree of these paths and texts.
    pub fn of<P: Into<String>, T: Into<String>>(files: impl IntoIterator<Item = (P, T)>) -> Self {
        let files = files.into_iter();
        Self(files.map(|(p, t)| (p.into(), t.into())).collect())
    }

    /// Reads what people wrote below `root`: Rust, Markdown and YAML, hidden folders left out.
    ///
    /// # Errors
    /// What the file system says, with the path.
    pub fn read(root: &Path) -> io::Result<Self> {
        let mut tree = Self::default();
        tree.read_folder(root, "")?;
        Ok(tree)
    }

    fn read_folder(&mut self, folder: &Path, below: &str) -> io::Result<()> {
        let named = |path: &Path, error: io::Error| {
            io::Error::new(error.kind(), format!("{}: {error}", path.display()))
        };
        for entry in fs::read_dir(folder).map_err(|error| named(folder, error))? {
            let entry = entry.map_err(|error| named(folder, error))?;
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            let path = entry.path();
            let kind = entry.file_type().map_err(|error| named(&path, error))?;
            if kind.is_dir() && !name.starts_with('.') && !NOT_OURS.contains(&name.as_str()) {
                self.read_folder(&path, &format!("{below}{name}/"))?;
            } else if kind.is_file() && ENDINGS.iter().any(|ending| has_ending(&name, ending)) {
                let text = fs::read_to_string(&path).map_err(|error| named(&path, error))?;
                self.0.insert(format!("{below}{name}"), text);
            }
        }
        Ok(())
    }

    /// The part below a folder, the paths unchanged.
    #[must_use]
    pub fn below(&self, folder: &str) -> Self {
        let files = self.files().filter(|(path, _)| is_below(path, folder));
        Self::of(files)
    }

    /// Whether there is no file in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every path with its text, in order.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(path, text)| (&**path, &**text))
    }

    /// The files that people wrote, and no command.
    pub(super) fn hand_written(&self) -> impl Iterator<Item = (&str, &str)> {
        let files = self.files();
        files.filter(|(_, text)| !text.lines().next().is_some_and(says_generated))
    }

    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }
}

/// Whether the first line of a file says that a command writes it.
fn says_generated(line: &str) -> bool {
    line.contains("@generated")
}

pub(super) fn has_ending(name: &str, ending: &str) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(_, last)| last == ending)
}

/// Whether a path lies in a folder, or in one of its folders.
pub(super) fn is_below(path: &str, folder: &str) -> bool {
    let rest = path.strip_prefix(folder);
    rest.is_some_and(|rest| rest.starts_with('/') || folder.is_empty())
}
