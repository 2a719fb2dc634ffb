#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]
//!
//! [`Client`] has the methods, [`calls`] the values, and `views` reads out of the models what
//! people ask of them.

mod answer;
mod decode;
mod fields;
// The generator's code is as the generator writes it.
#[allow(
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::expect_used,
    rustdoc::bare_urls
)]
#[rustfmt::skip]
mod generated;
/// The calls: a value for each operation. Generated from the contract.
#[allow(unused_imports, reason = "what each contract uses is the generator's affair")]
#[rustfmt::skip]
pub mod calls;
/// The operations, by name. Generated from the contract.
#[allow(clippy::indexing_slicing, reason = "the places are the generator's")]
#[rustfmt::skip]
pub mod operations;
/// The roles of Atlas. Generated from the contract.
#[rustfmt::skip]
pub mod roles;
mod hook;
mod seam;
mod url;
mod views;

use std::{future::Future, num::NonZeroU32};

use atlas_export_types::{ClusterName, InvalidId, ItemCount, PageSize, TolerantList};

pub use answer::{Error, Payload, ResponseValue};
pub use decode::{Model, Object, from_slice};
pub use generated::{Client, types};
pub use operations::OPERATIONS;
pub use roles::ROLES;
pub use seam::{Execute, Seam};
pub use views::*;

/// One operation of the contract: what the generated method does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The operation id, as in the contract.
    pub id: &'static str,
    /// The name of the generated method.
    pub function: &'static str,
    /// The HTTP method, in capitals.
    pub method: &'static str,
    /// The path below the base URL, with its placeholders.
    pub path: &'static str,
    /// The dates of the resource versions in the contract, oldest first.
    pub versions: &'static [&'static str],
    /// Whether version 1.0 has this operation.
    pub v1: bool,
    /// The status of success, the only one that the generated method takes for it.
    pub success: u16,
    /// The query parameters that the operation takes.
    pub query: &'static [&'static str],
    /// The roles that an API key needs, any of which suffices.
    pub roles: &'static [&'static str],
}

impl Operation {
    /// Stands for an operation outside the table. The table and the methods come from one run of
    /// the generator, so none is.
    pub(crate) const UNLISTED: &Self = &Self {
        id: "unlisted",
        function: "unlisted",
        method: "",
        path: "",
        versions: &[],
        v1: false,
        success: 200,
        query: &[],
        roles: &[],
    };

    /// The operation with this id, for ids that come from outside. Those of the contract are in
    /// [`operations`].
    ///
    /// ```
    /// use atlas_export_api::{Operation, operations};
    ///
    /// assert_eq!(Operation::find("listExportJobs"), Some(operations::LIST_EXPORT_JOBS));
    /// assert_eq!(Operation::find("listJobs"), None);
    /// ```
    pub fn find(id: &str) -> Option<&'static Self> {
        OPERATIONS.iter().find(|operation| operation.id == id)
    }
}

/// A role of Atlas, as the contract has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Role {
    /// What Atlas's documents call it, such as `Project Owner`.
    pub name: &'static str,
    /// What the system status calls it, such as `GROUP_OWNER`.
    pub code: &'static str,
    /// The names of the roles that it includes, and so what those include.
    pub includes: &'static [&'static str],
    /// Where that stands.
    pub source: &'static str,
}

impl Role {
    /// The role with this code, for codes that come from outside.
    ///
    /// ```
    /// use atlas_export_api::Role;
    ///
    /// let owner = Role::of_code("GROUP_OWNER").unwrap();
    /// assert!(owner.grants("Project Backup Creator"));
    /// assert!(Role::of_code("GROUP_KING").is_none());
    /// ```
    pub fn of_code(code: &str) -> Option<&'static Self> {
        ROLES.iter().find(|role| role.code == code)
    }

    /// Whether it is the role with this name, or includes it, at however many removes.
    pub fn grants(&self, name: &str) -> bool {
        let mut granted = vec![self.name];
        let mut next = 0;
        while let Some(role) = granted.get(next) {
            if *role == name {
                return true;
            }
            let includes = ROLES.iter().filter(|known| known.name == *role);
            let includes: Vec<&str> = includes.flat_map(|known| known.includes).copied().collect();
            for included in includes {
                if !granted.contains(&included) {
                    granted.push(included);
                }
            }
            next += 1;
        }
        false
    }
}

/// What goes into the query of every operation that takes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shared {
    /// Whether the body repeats the status. `None` leaves it to Atlas.
    pub envelope: Option<bool>,
    /// Whether the body is indented for people. `None` leaves it to Atlas.
    pub pretty: Option<bool>,
}

/// Which page of a list. What is `None` is left to Atlas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PageQuery {
    /// Whether the page says how many items there are in all.
    pub include_count: Option<bool>,
    /// How many items it holds at the most.
    pub items_per_page: Option<PageSize>,
    /// Its number, counted from 1.
    pub page_num: Option<NonZeroU32>,
}

/// A call of an operation, as a value: everything that the operation needs. Made from the
/// contract, in [`calls`].
pub trait Call: Send + Sync {
    /// The operation.
    const OPERATION: &'static Operation;
    /// What it answers with.
    type Output: Send;

    /// Whether its ids may stand in a path.
    ///
    /// # Errors
    /// [`InvalidId`] for the first that was received and is none.
    fn check(&self) -> Result<(), InvalidId>;

    /// The cluster that it is about, if it is about one.
    fn cluster(&self) -> Option<&ClusterName> {
        None
    }

    /// Sends it through the generated client.
    fn send<'a>(
        &'a self,
        client: &'a Client,
        shared: Shared,
    ) -> impl Future<Output = Result<ResponseValue<Self::Output>, Error>> + Send + 'a;
}

/// A call of a list, of which every page can be asked for.
pub trait PagedCall: Call<Output: Page> + Clone {
    /// The same call, of this page.
    fn at(self, page: PageQuery) -> Self;
}

/// A page of a list.
pub trait Page {
    /// What it is a list of.
    type Item;
    /// What it names its neighbours by.
    type Link;

    /// Its items, its links, and what it says about how many items there are in all.
    fn into_parts(
        self,
    ) -> (
        TolerantList<Self::Item>,
        TolerantList<Self::Link>,
        Option<ItemCount>,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_that_an_operation_needs_is_known_and_the_owner_has_it() {
        let owner = Role::of_code("ORG_OWNER").unwrap();
        for operation in OPERATIONS {
            for name in operation.roles {
                assert!(ROLES.iter().any(|role| role.name == *name), "{name}");
                assert!(owner.grants(name), "{name}");
            }
        }
        assert!(
            !Role::of_code("GROUP_READ_ONLY")
                .unwrap()
                .grants("Project Owner")
        );
    }

    #[test]
    fn every_operation_has_a_version_and_a_name_of_its_own() {
        for (at, operation) in OPERATIONS.iter().enumerate() {
            assert!(!operation.versions.is_empty(), "{operation:?}");
            assert!(operation.versions.is_sorted(), "{operation:?}");
            assert!(
                !OPERATIONS[..at]
                    .iter()
                    .any(|other| other.id == operation.id || other.function == operation.function),
                "{operation:?}"
            );
        }
    }
}
