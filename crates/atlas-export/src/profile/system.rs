//! What of the profiles differs between operating systems: where the CLI keeps them, and how to
//! find out who may read them.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use crate::Error;

/// What is missing, and what to set.
const HOME: &str = "HOME; set it, or XDG_CONFIG_HOME";

/// The systems on which the CLI keeps its profiles in different folders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum System {
    Windows,
    MacOs,
    /// Linux and its like.
    Other,
}

impl System {
    /// The one that this is built for.
    pub(super) const THIS: Self = if cfg!(windows) {
        Self::Windows
    } else if cfg!(target_os = "macos") {
        Self::MacOs
    } else {
        Self::Other
    };

    /// The file of the CLI, by the environment.
    ///
    /// # Errors
    /// `Config` where the variable is missing that the place depends on.
    pub(super) fn profiles(
        self,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Result<PathBuf, Error> {
        let of = |name| variable(name).filter(|value| !value.is_empty());
        let below_home = |folder| {
            let xdg = of("XDG_CONFIG_HOME").map(PathBuf::from);
            xdg.or_else(|| Some(PathBuf::from(of("HOME")?).join(folder)))
        };
        let (folder, remedy) = match self {
            Self::Windows => (of("APPDATA").map(PathBuf::from), "APPDATA; set it"),
            Self::MacOs => (below_home("Library/Application Support"), HOME),
            Self::Other => (below_home(".config"), HOME),
        };
        let folder = folder.ok_or_else(|| {
            Error::config(format!(
                "the profiles of the Atlas CLI cannot be found: the environment has no {remedy}"
            ))
        })?;
        Ok(folder.join("atlascli").join("config.toml"))
    }
}

/// Warns of a file that others may read.
#[cfg(unix)]
pub(super) fn warn_if_open(path: &Path) {
    use std::{fs, os::unix::fs::PermissionsExt as _};

    let mode = fs::metadata(path).map(|file| file.permissions().mode());
    if mode.is_ok_and(|mode| mode & 0o077 != 0) {
        tracing::warn!(
            path = %path.display(),
            "other users may read the profiles of the Atlas CLI: run chmod 600 on the file"
        );
    }
}

/// Elsewhere a mode says nothing: Windows has the lists of the folder, which is the person's own.
#[cfg(not(unix))]
pub(super) fn warn_if_open(_: &Path) {}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(system: System, environment: &[(&str, &str)]) -> Result<PathBuf, String> {
        let variable = |name: &str| {
            let mut all = environment.iter();
            all.find_map(|(own, value)| (*own == name).then(|| OsString::from(value)))
        };
        let file = system.profiles(variable);
        file.map_err(|error| error.to_string())
    }

    #[test]
    fn each_system_has_its_folder() {
        let all = [("APPDATA", "roaming"), ("HOME", "home")];
        for (system, folder) in [
            (System::Windows, "roaming"),
            (System::MacOs, "home/Library/Application Support"),
            (System::Other, "home/.config"),
        ] {
            let file = Path::new(folder).join("atlascli").join("config.toml");
            assert_eq!(found(system, &all), Ok(file), "{system:?}");
        }
    }

    #[test]
    fn a_folder_for_settings_goes_before_the_home_where_systems_know_it() {
        let all = [
            ("APPDATA", "roaming"),
            ("HOME", "home"),
            ("XDG_CONFIG_HOME", "xdg"),
        ];
        for (system, folder) in [
            (System::Windows, "roaming"),
            (System::MacOs, "xdg"),
            (System::Other, "xdg"),
        ] {
            let file = Path::new(folder).join("atlascli").join("config.toml");
            assert_eq!(found(system, &all), Ok(file), "{system:?}");
        }
    }

    #[test]
    fn a_missing_variable_is_the_one_of_the_system() {
        for (system, environment, told) in [
            (
                System::Windows,
                [("HOME", "home"), ("APPDATA", "")],
                "no APPDATA; set it",
            ),
            (
                System::MacOs,
                [("HOME", ""), ("APPDATA", "roaming")],
                "no HOME; set it, or XDG",
            ),
            (
                System::Other,
                [("HOME", ""), ("XDG_CONFIG_HOME", "")],
                "no HOME; set it, or XDG",
            ),
        ] {
            let error = found(system, &environment).unwrap_err();
            assert!(error.contains(told), "{system:?}: {error}");
        }
    }
}
