//! `roles`: through which Atlas writes to buckets.

use std::path::PathBuf;

use atlas_export::RoleId;
use atlas_export_types::TolerantList;
use clap::Subcommand;
use serde_json::value::RawValue;

use crate::{
    channel::Channel,
    context::{Context, quoted},
    exit::Stop,
    rows::AnyRole,
};

#[derive(Debug, Subcommand)]
pub(crate) enum RolesCommand {
    /// List the roles of every cloud
    #[command(after_help = "Example:\n  atlas-export roles list")]
    List,
    /// Begin a role of AWS, and say what has to be made there
    #[command(after_help = "Examples:
  atlas-export roles create-aws --bucket my-bucket --policies . --yes
  atlas-export roles create-aws --existing 12345678f901a234dbdb00ca --bucket my-bucket --yes")]
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
    #[command(after_help = "Example:
  atlas-export roles authorize 12345678f901a234dbdb00ca \\
      arn:aws:iam::123456789012:role/atlas-export --yes")]
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
            let mut all = Vec::new();
            add(&mut all, list.aws_iam_roles, AnyRole::Aws);
            add(&mut all, list.azure_service_principals, AnyRole::Azure);
            add(&mut all, list.gcp_service_accounts, AnyRole::Gcp);
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
            } else if !yes {
                context.tell("would begin a role of AWS in the project");
                return Err(Stop::NotConfirmed);
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
            context.output.one(set_up.role())
        }
        RolesCommand::Authorize { role, arn, yes } => {
            if !yes {
                context.tell(format_args!(
                    "would tell Atlas that role {role} is {}",
                    quoted(&arn)
                ));
                return Err(Stop::NotConfirmed);
            }
            context.output.one(&roles.authorize(&role, &arn).await?)
        }
    }
}

/// Adds the roles of one cloud, and those that do not decode as they came.
fn add<T>(all: &mut Vec<AnyRole>, roles: TolerantList<T>, of_cloud: impl Fn(T) -> AnyRole) {
    for entry in roles {
        match entry.into_result() {
            Ok(role) => all.push(of_cloud(role)),
            Err(undecodable) => {
                Channel::Stderr.line(&undecodable);
                let raw = RawValue::from_string(undecodable.raw().to_owned());
                all.extend(raw.map(AnyRole::Undecodable));
            }
        }
    }
}
