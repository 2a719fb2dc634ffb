//! `request`: any operation of Atlas.

use std::{fs, io, path::Path};

use atlas_export::request::{CustomRequest, Method};
use atlas_export_types::OneLine;
use clap::Args;
use serde_json::value::RawValue;

use super::jobs::pair;
use crate::{
    context::Context,
    exit::{self, Stop},
    output::{json, text_block},
};

/// Call any operation of Atlas; the answer is printed as it came
#[derive(Debug, Args)]
pub(crate) struct RequestArgs {
    /// GET, POST, PUT, PATCH or DELETE
    method: Method,
    /// The path as in Atlas's reference, without /api/atlas/v2; {groupId} is the project
    path: String,
    /// The date of the operation's version, as in Atlas's reference
    #[arg(long, value_name = "DATE")]
    version: Option<String>,
    /// What stands in a placeholder of the path; may be given several times
    #[arg(long = "path", id = "placeholder", value_name = "NAME=VALUE", value_parser = pair)]
    placeholders: Vec<(String, String)>,
    /// A parameter of the query; may be given several times
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    query: Vec<(String, String)>,
    /// The body: JSON, or @FILE, or - for standard input
    #[arg(long, value_name = "JSON")]
    body: Option<String>,
    /// Read all pages of a list, and print its items as one array
    #[arg(long)]
    all: bool,
    /// Send it also if it is not a GET
    #[arg(long)]
    yes: bool,
}

pub(crate) async fn run(context: &Context, mut args: RequestArgs) -> Result<(), Stop> {
    if args.all && args.method != Method::GET {
        return Err(Stop::usage(
            "--all is for lists, which are read with GET: leave it out",
        ));
    }
    if args.path.contains('?') {
        return Err(Stop::usage(
            "the path has a query: give it apart, with --query KEY=VALUE",
        ));
    }
    let body = args.body.as_deref().map(body).transpose()?;
    if args.method != Method::GET && !args.yes {
        let path = OneLine(&args.path);
        context.tell(format_args!("would send {} {path}", args.method));
        if let Some(body) = &body {
            context.tell(format_args!("with a body of {} bytes", body.get().len()));
        }
        return Err(Stop::not_confirmed());
    }
    // The SDK wants a constant of the program, and this program makes one request.
    let template: &'static str = std::mem::take(&mut args.path).leak();
    let is_given = args.placeholders.iter().any(|(name, _)| name == "groupId");
    if template.contains("{groupId}") && !is_given {
        let project = context.project()?.id()?.to_string();
        args.placeholders.push(("groupId".to_owned(), project));
    }
    if args.all {
        let request = context.atlas.request::<()>(args.method, template);
        let mut items = args
            .fill(request, body.as_deref())
            .pages::<Box<RawValue>>()
            .by_item();
        let mut all = Vec::new();
        while let Some(item) = items.next().await {
            all.push(item?);
        }
        return json(&all);
    }
    let request = context.atlas.request(args.method, template);
    let answer: Option<Box<RawValue>> = args.fill(request, body.as_deref()).await?;
    if let Some(answer) = answer {
        text_block(answer.get());
    }
    Ok(())
}

impl RequestArgs {
    fn fill<T>(self, mut request: CustomRequest<T>, body: Option<&RawValue>) -> CustomRequest<T> {
        for (name, value) in self.placeholders {
            request = request.path(name, value);
        }
        for (key, value) in self.query {
            request = request.query(key, value);
        }
        if let Some(date) = self.version {
            request = request.version(date);
        }
        match body {
            Some(body) => request.json(body),
            None => request,
        }
    }
}

/// The body: given as it is, in a file, or on standard input.
fn body(given: &str) -> Result<Box<RawValue>, Stop> {
    let text = match given.strip_prefix('@') {
        Some(file) => {
            let path = Path::new(file);
            fs::read_to_string(path).map_err(|error| Stop::of_file(path, error))?
        }
        None if given == "-" => io::read_to_string(io::stdin())
            .map_err(|error| Stop::new(exit::FAILURE, format!("standard input: {error}")))?,
        None => given.to_owned(),
    };
    serde_json::from_str(&text).map_err(|error| {
        Stop::usage(format!(
            "--body is not JSON ({error}): give JSON, @FILE, or - for standard input"
        ))
    })
}
