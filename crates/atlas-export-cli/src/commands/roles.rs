//! `roles`: through which Atlas writes to buckets.

use std::path::PathBuf;

use atlas_export::{RoleId, models::AccessRole};
use atlas_export_types::TolerantList;
use clap::Subcommand;
use serde::Serialize;

use crate::{
    channel::Channel,
    context::{Context, quoted},
    exit::Stop,
    rows::Role,
};

#[derive(Debug, Subcommand)]
pub(crate) enum RolesCommand {
    /// List the roles of every cloud
    List,
    /// Begin a role of AWS, and say what has to be made there
    CreateAws {
        /// Go on with a role that is there, in place of beginning another
        #[arg(long, value_name = "ID")]
        existing: Option<RoleId>,
        /// The S3 bucket that exports will go to, for the policy that allows writing there
        #[arg(long, value_name = "NAME")]
        bucket: Option<String>,
        /// A folder to write trust-policy.json and bucket-policy.json to
        #[arg(long, value_name = "DIR")]
        policies: Option<PathBuf>,
        /// Begin the role; without it nothing is created
        #[arg(long)]
        yes: bool,
    },
    /// Tell Atlas which role of AWS it may assume
    Authorize {
        /// Atlas's id of the role
        role: RoleId,
        /// The ARN of the role in AWS
        arn: String,
        /// Tell it; without it nothing is done
        #[arg(long)]
        yes: bool,
    },
}

pub(crate) async fn run(context: &Context, command: RolesCommand) -> Result<(), Stop> {
    let roles = context.project()?.access_roles();
    match command {
        RolesCommand::List => {
            let list = roles.list().await?;
            let mut all: Vec<Role> = of_cloud(list.aws_iam_roles).collect();
            all.extend(of_cloud(list.azure_service_principals));
            all.extend(of_cloud(list.gcp_service_accounts));
            context.output.some(&all)
        }
        RolesCommand::CreateAws {
            existing,
            bucket,
            policies,
            yes,
        } => {
            let mut set_up = roles.set_up_aws();
            if let Some(id) = &existing {
                set_up = set_up.existing(id);
            } else {
                context.confirm(yes, "would begin a role of AWS in the project")?;
            }
            let set_up = set_up.await?;
            let mut documents = vec![("trust-policy.json", set_up.trust_policy())];
            if let Some(bucket) = &bucket {
                documents.push(("bucket-policy.json", set_up.bucket_policy(bucket)?));
            }
            for (name, document) in documents {
                if let Some(folder) = &policies {
                    let path = folder.join(name);
                    std::fs::write(&path, document).map_err(|error| Stop::of_file(&path, error))?;
                    context.tell(format_args!("wrote {}", path.display()));
                } else {
                    context.tell(format_args!("{name}:\n{document}"));
                }
            }
            let id = set_up.role_id();
            let authorize = context.command(&format!("roles authorize {id} ARN --yes"));
            context.tell(format_args!(
                "make a role with these policies in AWS, then tell Atlas its ARN: {authorize}"
            ));
            context.output.one(&role_of(set_up.role()))
        }
        RolesCommand::Authorize { role, arn, yes } => {
            let would = format!("would tell Atlas that role {role} is {}", quoted(&arn));
            context.confirm(yes, would)?;
            let authorized = roles.authorize(&role, &arn).await?;
            context.output.one(&role_of(&authorized))
        }
    }
}

/// The roles of one cloud, and those that do not decode as they came.
fn of_cloud<T: Serialize>(list: TolerantList<T>) -> impl Iterator<Item = Role> {
    list.into_iter().filter_map(|entry| {
        let role = match entry.into_result() {
            Ok(role) => serde_json::to_value(role),
            Err(undecodable) => {
                Channel::Stderr.line(&undecodable);
                serde_json::from_str(undecodable.raw())
            }
        };
        role.ok().map(Role)
    })
}

/// A role as Atlas sent it.
fn role_of(role: &AccessRole) -> Role {
    Role(serde_json::to_value(role).unwrap_or_default())
}
