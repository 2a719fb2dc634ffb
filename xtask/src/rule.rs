//! What a rule is: the id that its findings carry, what it asks for, and what a fault costs.

use std::{fmt, str::FromStr};

/// A rule in words. Its id never changes: documents, pages and other tools name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The id that findings carry, in kebab case.
    pub id: &'static str,
    /// What a fault costs.
    pub class: Class,
    /// What it asks for, in one line.
    pub title: &'static str,
    /// What happens otherwise, in one line.
    pub otherwise: &'static str,
}

/// What a fault costs, and so when its rule is on and whether it may be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// There is no code, or code that does not build: the generator panics or refuses, or rustc
    /// does. Always on, and never allowed.
    Breaking,
    /// There is code, and it drops or misreads something that the document says. Always on;
    /// may be allowed with a reason.
    Lossy,
    /// The code is good, and the document breaks a habit of this house. On in
    /// [`Profile::House`]; may be allowed with a reason.
    House,
    /// Something is wrong with what the document says to the lint itself. Always on, and never
    /// allowed.
    Lint,
}

impl Class {
    /// Every class, the gravest first.
    pub const ALL: [Self; 4] = [Self::Breaking, Self::Lossy, Self::House, Self::Lint];

    /// The word that output and pages use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Breaking => "breaking",
            Self::Lossy => "lossy",
            Self::House => "house",
            Self::Lint => "lint",
        }
    }

    /// Whether a document may allow a fault, with a reason.
    pub const fn may_be_allowed(self) -> bool {
        matches!(self, Self::Lossy | Self::House)
    }
}

/// Which rules a document is held against.
///
/// A document says so itself with [`Profile::KEY`] at its top; one that does not is held against
/// the rules of the generator alone.
///
/// ```
/// use xtask::rule::{Class, Profile};
///
/// let profile: Profile = "generator".parse()?;
/// assert!(profile.has(Class::Breaking) && !profile.has(Class::House));
/// assert!("strict".parse::<Profile>().is_err());
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// What the generator would break, drop or misread.
    #[default]
    Generator,
    /// That, and the habits of this house.
    House,
}

impl Profile {
    /// The extension at the top of a document that chooses a profile.
    pub const KEY: &'static str = "x-lint-profile";
    /// Every profile, the smallest first.
    pub const ALL: [Self; 2] = [Self::Generator, Self::House];

    /// The word that documents and the command line use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Generator => "generator",
            Self::House => "house",
        }
    }

    /// Whether the rules of a class are on.
    pub const fn has(self, class: Class) -> bool {
        match class {
            Class::Breaking | Class::Lossy | Class::Lint => true,
            Class::House => matches!(self, Self::House),
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Profile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|profile| profile.name() == text);
        found.ok_or_else(|| format!("there is no profile `{text}`; write `generator` or `house`"))
    }
}

/// A rule of [`Class::Breaking`].
pub(crate) const fn breaking(
    id: &'static str,
    title: &'static str,
    otherwise: &'static str,
) -> Rule {
    Rule {
        id,
        class: Class::Breaking,
        title,
        otherwise,
    }
}
