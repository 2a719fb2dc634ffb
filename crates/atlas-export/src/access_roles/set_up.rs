//! From nothing to a role of AWS that Atlas can use.

use std::{
    future::{Future, IntoFuture},
    pin::Pin,
};

use atlas_export_api::{
    operations::{CREATE_ACCESS_ROLE, GET_ACCESS_ROLE},
    types::AccessRole,
};
use atlas_export_types::{CloudProvider, RoleId};
use serde_json::json;

use super::AccessRoles;
use crate::{Error, ErrorKind, Request, buckets::bucket_on_aws, needed, request::call_options};

/// What both policies are written in.
const POLICY_LANGUAGE: &str = "2012-10-17";

/// The way to a role of AWS: await it for what has to be made in AWS. Made by
/// [`AccessRoles::set_up_aws`].
///
/// 1. Awaited, it begins the role in Atlas, and Atlas says who assumes it and with which external id.
/// 2. In AWS, make a role with the [trust policy](AwsSetup::trust_policy) and the
///    [bucket policy](AwsSetup::bucket_policy).
/// 3. [Authorize](AwsSetup::authorize) it, by its ARN.
///
/// ```no_run
/// # async fn example(project: atlas_export::Project) -> Result<(), Box<dyn std::error::Error>> {
/// let roles = project.access_roles();
/// let setup = roles.set_up_aws().await?;
/// println!("{} is begun", setup.role_id()); // with existing(…) a later run goes on with it
/// std::fs::write("trust-policy.json", setup.trust_policy())?;
/// std::fs::write("bucket-policy.json", setup.bucket_policy("my-bucket")?)?;
///
/// // … make the role in AWS, as below …
/// let role = setup.authorize("arn:aws:iam::123456789012:role/atlas-export").await?;
/// assert!(role.is_usable());
/// # Ok(())
/// # }
/// ```
///
/// With the command-line tool of AWS, the role is made by
///
/// ```sh
/// aws iam create-role --role-name atlas-export \
///     --assume-role-policy-document file://trust-policy.json \
///     --query Role.Arn --output text
/// aws iam put-role-policy --role-name atlas-export --policy-name write-exports \
///     --policy-document file://bucket-policy.json
/// ```
///
/// and with Terraform by
///
/// ```hcl
/// resource "aws_iam_role" "atlas_export" {
///   name               = "atlas-export"
///   assume_role_policy = file("trust-policy.json")
/// }
///
/// resource "aws_iam_role_policy" "write_exports" {
///   name   = "write-exports"
///   role   = aws_iam_role.atlas_export.id
///   policy = file("bucket-policy.json")
/// }
///
/// output "arn" {
///   value = aws_iam_role.atlas_export.arn
/// }
/// ```
#[derive(Clone, Debug)]
#[must_use = "no role is begun until it is awaited"]
pub struct SetUpAws {
    roles: AccessRoles,
    existing: Option<RoleId>,
}

impl SetUpAws {
    pub(super) fn new(roles: AccessRoles) -> Self {
        Self {
            roles,
            existing: None,
        }
    }

    /// Goes on with a role that is there, in place of beginning another.
    pub fn existing(mut self, id: &RoleId) -> Self {
        self.existing = Some(id.clone());
        self
    }

    call_options!(roles);

    async fn run(self) -> Result<AwsSetup, Error> {
        let (role, operation) = match &self.existing {
            Some(id) => (self.roles.get(id).await?, GET_ACCESS_ROLE.id),
            None => (self.roles.create_aws().await?, CREATE_ACCESS_ROLE.id),
        };
        if role.provider_name != CloudProvider::Aws {
            return Err(Error::config(format!(
                "the access role {} is one of {}, and set_up_aws is for roles of AWS: give the id of \
                 one, or leave existing out",
                role.role_id, role.provider_name
            ))
            .with_operation(operation));
        }
        let fields = ["atlasAWSAccountArn", "atlasAssumedRoleExternalId"];
        let role = needed::of_answer(role, &fields, operation)?;
        let missing = |field: &str| {
            let why = format!(
                "Atlas does not say the {field} of the access role {}: look at it in Atlas",
                role.role_id
            );
            Error::new(ErrorKind::Decode, why).with_operation(operation)
        };
        let [account, external_id] = [
            &role.atlas_aws_account_arn,
            &role.atlas_assumed_role_external_id,
        ];
        Ok(AwsSetup {
            account: account.clone().ok_or_else(|| missing(fields[0]))?,
            external_id: external_id.clone().ok_or_else(|| missing(fields[1]))?,
            roles: self.roles,
            role,
        })
    }
}

impl IntoFuture for SetUpAws {
    type Output = Result<AwsSetup, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

/// A role that is begun in Atlas, and what has to be made in AWS for it. Made by [`SetUpAws`], which
/// has an example.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AwsSetup {
    roles: AccessRoles,
    role: AccessRole,
    account: String,
    external_id: String,
}

impl AwsSetup {
    /// Atlas's id of the role, which a bucket is granted with.
    pub fn role_id(&self) -> &RoleId {
        &self.role.role_id
    }

    /// The role as Atlas knows it.
    pub fn role(&self) -> &AccessRole {
        &self.role
    }

    /// The ARN of who assumes the role, for its trust policy.
    pub fn account_arn(&self) -> &str {
        &self.account
    }

    /// The external id that the trust policy has to ask for.
    pub fn external_id(&self) -> &str {
        &self.external_id
    }

    /// The trust policy of the role, as a JSON document: Atlas may assume the role if it names the
    /// external id.
    pub fn trust_policy(&self) -> String {
        let policy = json!({
            "Version": POLICY_LANGUAGE,
            "Statement": [{
                "Effect": "Allow",
                "Principal": { "AWS": self.account },
                "Action": "sts:AssumeRole",
                "Condition": { "StringEquals": { "sts:ExternalId": self.external_id } },
            }],
        });
        format!("{policy:#}\n")
    }

    /// The policy that lets the role write exports to a bucket, as a JSON document: where the bucket
    /// is, and writing objects. It is what MongoDB's examples for Terraform grant. A bucket that is
    /// encrypted with a key of its own wants more, for that key.
    ///
    /// # Errors
    /// `Config` where no bucket of S3 can have this name.
    pub fn bucket_policy(&self, bucket: &str) -> Result<String, Error> {
        let bucket = bucket_on_aws(bucket)?;
        // `aws`, or that of the government or of China.
        let partition = self.account.split(':').nth(1).unwrap_or("aws");
        let bucket = format!("arn:{partition}:s3:::{}", bucket.as_str());
        let policy = json!({
            "Version": POLICY_LANGUAGE,
            "Statement": [
                { "Effect": "Allow", "Action": "s3:GetBucketLocation", "Resource": bucket },
                { "Effect": "Allow", "Action": "s3:PutObject", "Resource": format!("{bucket}/*") },
            ],
        });
        Ok(format!("{policy:#}\n"))
    }

    /// Tells Atlas which role of AWS was made for it, by its ARN.
    ///
    /// # Errors
    /// Those of [`AccessRoles::authorize`].
    pub fn authorize(&self, arn: &str) -> Request<AccessRole> {
        self.roles.authorize(self.role_id(), arn)
    }
}
