//! `buckets`: where snapshots are exported to.

use atlas_export::{Ensured, ExportBucketId, NewExportBucket, RoleId};
use atlas_export_types::OneLine;
use clap::{Args, Subcommand, ValueEnum};

use crate::{context::Context, exit::Stop};

#[derive(Debug, Subcommand)]
pub(crate) enum BucketsCommand {
    /// List the registered buckets
    List,
    /// Show one bucket
    Get {
        /// The bucket's id
        id: ExportBucketId,
    },
    /// Register a bucket, if it is not registered
    Ensure(EnsureArgs),
    /// Delete a bucket's registration; the bucket in the cloud stays
    Delete {
        /// The bucket's id
        id: ExportBucketId,
        /// Switch the automatic exports off that go there; without it they forbid the deletion
        #[arg(long)]
        detach: bool,
        /// Delete it; without it the users of the bucket are shown
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Cloud {
    Aws,
    Azure,
    Gcp,
}

#[derive(Debug, Args)]
pub(crate) struct EnsureArgs {
    /// The name of the bucket, or of the container on Azure
    name: String,
    /// Atlas's id of the role through which it writes; `roles list` has it
    #[arg(long, visible_alias = "iamRoleId", value_name = "ID")]
    role: RoleId,
    /// The cloud
    #[arg(long, visible_alias = "cloudProvider", value_enum, ignore_case = true, default_value_t = Cloud::Aws)]
    cloud: Cloud,
    /// The service URL of the storage account, on Azure
    #[arg(long, value_name = "URL", required_if_eq("cloud", "azure"))]
    service_url: Option<String>,
    /// Export over private networking only, on AWS
    #[arg(long)]
    require_private_networking: bool,
    /// Register it; without it nothing is created
    #[arg(long)]
    yes: bool,
}

impl EnsureArgs {
    fn bucket(&self) -> Result<NewExportBucket, Stop> {
        let role = self.role.clone();
        let bucket = match (self.cloud, &self.service_url) {
            (Cloud::Azure, Some(url)) => NewExportBucket::azure_container(url, &self.name, role)?,
            (Cloud::Azure, None) | (_, Some(_)) => {
                return Err(Stop::usage(
                    "--service-url is for buckets on Azure, and needed there: give it with --cloud \
                     azure",
                ));
            }
            (Cloud::Aws, None) => NewExportBucket::aws(&self.name, role)?,
            (Cloud::Gcp, None) => NewExportBucket::gcp(&self.name, role)?,
        };
        if self.require_private_networking {
            Ok(bucket.require_private_networking(true)?)
        } else {
            Ok(bucket)
        }
    }
}

pub(crate) async fn run(context: &Context, command: BucketsCommand) -> Result<(), Stop> {
    let buckets = context.project()?.export_buckets();
    match command {
        BucketsCommand::List => context.output.list(buckets.list()).await,
        BucketsCommand::Get { id } => context.output.one(&buckets.get(&id).await?),
        BucketsCommand::Ensure(args) => {
            let ensure = buckets.ensure(args.bucket()?);
            if !args.yes {
                if let Some(found) = ensure.existing().await? {
                    context.tell(format_args!("registered already as {}", found.id));
                    return context.output.one(&found.item);
                }
                let (name, role) = (OneLine(&args.name), &args.role);
                return context.confirm(
                    false,
                    format_args!("would register bucket {name} with role {role}"),
                );
            }
            let ensured = ensure.await?;
            match &ensured {
                Ensured::Created(bucket) => {
                    context.tell(format_args!("registered as {}", bucket.id));
                }
                Ensured::Existing(found) => {
                    context.tell(format_args!("registered already as {}", found.id));
                    if !found.differences.is_empty() {
                        let differences = found.differences.join(", ");
                        context.tell(format_args!("it differs in {differences}"));
                    }
                }
            }
            context.output.one(ensured.get())
        }
        BucketsCommand::Delete { id, detach, yes } => {
            if !yes {
                let bucket = buckets.get(&id).await?;
                let users = buckets.users(&id).await?;
                context.output.one(&bucket)?;
                for cluster in &users.clusters {
                    context.tell(format_args!("{cluster} exports there by itself"));
                }
                context.confirm(
                    false,
                    format_args!("would delete the registration of bucket {id}"),
                )?;
            }
            let deletion = buckets.delete_safely(&id);
            let deletion = if detach { deletion.detach() } else { deletion };
            let deleted = deletion.await?;
            for cluster in &deleted.detached {
                context.tell(format_args!("{cluster} exports nothing by itself any more"));
            }
            context.tell(format_args!("deleted the registration of bucket {id}"));
            Ok(())
        }
    }
}
