//! Where generated code lives: which crate has the vocabulary that it names, and what that is.

use serde_json::Value;

use super::vocabulary;

/// For whom code is generated.
#[derive(Clone, Copy, Debug)]
pub(super) enum Home<'a> {
    /// The crates of this workspace, whose contract has ids and types with rules of their own.
    Workspace,
    /// A crate of this name that has everything in it. It names itself in its paths.
    StandAlone(&'a str),
}

impl Home<'_> {
    /// The crate of lists, ids and open enumerations, as paths name it.
    pub(super) fn types(&self) -> String {
        match self {
            Self::Workspace => "atlas_export_types".to_owned(),
            Self::StandAlone(name) => name.replace('-', "_"),
        }
    }

    /// The crate of the client.
    pub(super) fn client(&self) -> String {
        match self {
            Self::Workspace => "atlas_export_api".to_owned(),
            Self::StandAlone(name) => name.replace('-', "_"),
        }
    }

    /// The list that keeps an item it cannot decode.
    pub(super) fn tolerant_list(&self) -> String {
        format!("{}::TolerantList", self.types())
    }

    /// The schemas that have a type of the vocabulary, and the names of those types.
    pub(super) fn replaced<'c>(&self, contract: &'c Value) -> Vec<(&'c str, String)> {
        match self {
            Self::Workspace => vocabulary::replaced(contract)
                .into_iter()
                .map(|name| (name, name.to_owned()))
                .collect(),
            Self::StandAlone(_) => vocabulary::open(contract),
        }
    }
}
