//! The default chain: the first credentials that there are, with what goes with them.
//!
//! | | looked at | what it gives |
//! |---|---|---|
//! | 1 | what the builder was given in code | credentials; they go to the base URL of the builder |
//! | 2 | the environment ([`variables`](crate::variables)) | credentials and base URL |
//! | 3 | the profile of the Atlas CLI that is meant ([`profile`](crate::profile)) | credentials and base URL |
//!
//! - Credentials come from one place whole: halves of two places are never put together.
//! - Half a pair, both kinds at once or something invalid is an error, not a reason to look further.
//! - The base URL comes from the place of the credentials, so a key of the environment never goes to
//!   a profile's address, nor the other way round; one that the builder was given in code goes
//!   before both.
//! - Project and organization are looked for one by one: in code, in the environment, and, where the
//!   credentials come from a profile, there.
//! - The login of a person is not used.

use crate::{
    ClientBuilder, Error,
    profile::Profile,
    variables::{self, Variables},
};

impl ClientBuilder {
    /// Takes the first credentials that there are, and what goes with them.
    ///
    /// | | looked at | what it gives |
    /// |---|---|---|
    /// | 1 | what the builder was given in code | credentials; they go to the base URL of the builder |
    /// | 2 | the environment ([`variables`](crate::variables)) | credentials and base URL |
    /// | 3 | the profile of the Atlas CLI that is meant ([`profile`](crate::profile)) | credentials and base URL |
    ///
    /// Credentials come from one place whole, with the address that they go to; a
    /// [base URL](Self::base_url) that was given before, in code, goes before both addresses. Half
    /// a pair, both kinds at once, or something invalid is an error, not a reason to look further.
    /// [Project](Self::default_project) and [organization](Self::org_id) are looked for one by one:
    /// in code, in the environment, and, where the credentials come from a profile, there. The
    /// login of a person is not used.
    ///
    /// This blocks the thread as [`Profile::load`] does, where it gets that far.
    ///
    /// ```no_run
    /// # fn example() -> Result<(), atlas_export::Error> {
    /// let atlas = atlas_export::Client::builder()
    ///     .application("backup-tool/1.4")
    ///     .default_chain()?
    ///     .build()?;
    /// println!("{}", atlas.describe_credentials());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// A `Config` error that names what was looked at, and why each did not do.
    pub fn default_chain(self) -> Result<Self, Error> {
        if self.has_credentials() {
            return Ok(self.fields(variables::Fields::of_process()?));
        }
        let variables = Variables::of_process()?;
        let fields = variables.fields();
        if variables.credentials.is_some() {
            return Ok(self.fields(fields).credentials_of(variables));
        }
        let profile = Profile::load(None).map_err(|error| {
            Error::config(format!(
                "there are no credentials: none were given in code (ClientBuilder::credentials); \
                 {}; of the Atlas CLI: {error}",
                variables.names().why_no_credentials()
            ))
        })?;
        let of_profile = variables::Fields {
            project_id: profile.project_id,
            org_id: profile.org_id,
        };
        // What was there before goes before what comes after.
        let builder = self.fields(fields).fields(of_profile);
        Ok(builder.credentials(profile.credentials))
    }
}
