//! Where an error is explained at length.

use super::{Error, ErrorKind};
use crate::codes;

/// The documentation of this very release.
const DOCUMENTATION: &str = concat!(
    "https://docs.rs/atlas-export/",
    env!("CARGO_PKG_VERSION"),
    "/atlas_export"
);

impl Error {
    /// The address of the page that says what causes this error and what to do: that of its code,
    /// where Atlas gave one that [`codes`] has, or else that of its kind.
    ///
    /// It leads to the documentation of the release in use and holds nothing of the call, so it may
    /// be logged.
    ///
    /// ```
    /// use atlas_export::Client;
    ///
    /// let error = Client::builder().build().unwrap_err();
    /// let url = error.help_url();
    /// assert!(url.ends_with("/atlas_export/enum.ErrorKind.html#variant.Config"));
    /// ```
    pub fn help_url(&self) -> String {
        let known = self.code().and_then(|code| {
            let mut all = codes::ALL.iter();
            all.find(|known| **known == code)
        });
        match (self.kind(), known) {
            // What to do first does not depend on why the answer was lost.
            (ErrorKind::Ambiguous, _) | (_, None) => {
                format!(
                    "{DOCUMENTATION}/enum.ErrorKind.html#variant.{:?}",
                    self.kind()
                )
            }
            (_, Some(code)) => format!("{DOCUMENTATION}/codes/constant.{code}.html"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;
    use crate::models::ApiError;

    /// The names of the pages in a folder of `docs/errors`.
    fn pages(folder: &str) -> BTreeSet<String> {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/errors");
        let files = fs::read_dir(docs.join(folder)).unwrap();
        files
            .filter_map(|file| {
                let name = file.unwrap().file_name().into_string().unwrap();
                name.strip_suffix(".md").map(str::to_owned)
            })
            .collect()
    }

    /// That a code without a page does not compile is seen to by `include_str!`.
    #[test]
    fn every_page_is_of_a_code_or_a_kind() {
        let codes = codes::ALL.iter().map(|code| (*code).to_owned());
        assert_eq!(pages(""), codes.collect());
        let kinds = ErrorKind::ALL.iter().map(|kind| format!("{kind:?}"));
        assert_eq!(pages("kinds"), kinds.collect());
    }

    #[test]
    fn every_page_says_what_to_do() {
        for code in codes::ALL {
            let path = format!("{}/docs/errors/{code}.md", env!("CARGO_MANIFEST_DIR"));
            let page = fs::read_to_string(path).unwrap();
            let parts: Vec<&str> = page.lines().filter(|it| it.starts_with('#')).collect();
            assert_eq!(parts, ["# Cause", "# Remedy"], "{code}");
        }
        for kind in ErrorKind::ALL {
            let path = format!(
                "{}/docs/errors/kinds/{kind:?}.md",
                env!("CARGO_MANIFEST_DIR")
            );
            let page = fs::read_to_string(path).unwrap();
            assert!(page.contains("\n**Remedy.**"), "{kind:?}");
        }
    }

    fn refused(kind: ErrorKind, code: &str) -> Error {
        Error::new(kind, "").with(|inner| {
            inner.api = Some(ApiError {
                error_code: Some(code.to_owned()),
                ..ApiError::default()
            });
        })
    }

    #[test]
    fn the_page_is_that_of_the_code_or_else_of_the_kind() {
        let ends_in = |error: Error| error.help_url().rsplit('/').next().unwrap().to_owned();
        for code in codes::ALL {
            let url = ends_in(refused(ErrorKind::Api, code));
            assert_eq!(url, format!("constant.{code}.html"));
        }
        let url = ends_in(refused(ErrorKind::Api, "../../evil"));
        assert_eq!(url, "enum.ErrorKind.html#variant.Api");
        let url = ends_in(refused(ErrorKind::Ambiguous, codes::CLUSTER_NOT_FOUND));
        assert_eq!(url, "enum.ErrorKind.html#variant.Ambiguous");
        for kind in ErrorKind::ALL {
            let url = ends_in(Error::new(*kind, ""));
            assert_eq!(url, format!("enum.ErrorKind.html#variant.{kind:?}"));
        }
    }
}
