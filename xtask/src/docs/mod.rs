//! `cargo xtask docs`: a page of the API, made of the contract.
//!
//! The page is one file, which loads nothing: Redoc, a library of the npm registry, is written into
//! it beside the contract, and a policy of the page forbids all else. Redoc knows neither
//! roles nor resource versions, so it is given a copy whose descriptions end with these.
//!
//! `--check` opens the page in a headless Chromium and reads it as a person does: `read.js` opens
//! each tab and each menu, and what it saw is held against the contract.

mod browser;
mod seen;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};

use crate::codegen::operations;

/// The library that draws the page, in the last version that draws all on one.
const REDOC: &str = "redoc@2.5.4";
/// Where everything goes, below the workspace.
const FOLDER: &str = "target/docs";
/// What reads the page; only the page that is checked has it.
const READ: &str = include_str!("read.js");

/// Builds the page; where it lies.
///
/// # Errors
/// Where npm or tar fails, or a file cannot be written.
pub fn build(workspace: &Path, contract: &Value) -> Result<PathBuf, String> {
    let folder = workspace.join(FOLDER);
    let page = page(contract, &library(&folder)?, "");
    write(&folder.join("index.html"), &page)
}

/// Opens the page in Chromium and holds what it shows against the contract; what was seen, and
/// where a picture of it lies.
///
/// # Errors
/// Where there is no Chromium, or where the page lacks something, which is named.
pub fn check(workspace: &Path, contract: &Value) -> Result<String, String> {
    let folder = workspace.join(FOLDER);
    let checked = page(
        contract,
        &library(&folder)?,
        &format!("<script>{READ}</script>"),
    );
    let checked = write(&folder.join("checked.html"), &checked)?;
    let seen = seen::read(&browser::document(&checked)?)?;
    let missing = seen::missing(contract, &seen);
    if !missing.is_empty() {
        return Err(format!("the page lacks\n  {}", missing.join("\n  ")));
    }
    let picture = folder.join("api.png");
    browser::picture(&folder.join("index.html"), &picture)?;
    Ok(format!(
        "{} operations, {} bodies with an example; {}",
        seen.len(),
        seen.iter()
            .map(|operation| operation.bodies.len())
            .sum::<usize>(),
        picture.display()
    ))
}

fn write(path: &Path, text: &str) -> Result<PathBuf, String> {
    let written = path.parent().map_or(Ok(()), fs::create_dir_all);
    let written = written.and_then(|()| fs::write(path, text));
    written
        .map(|()| path.to_owned())
        .map_err(|error| format!("{}: {error}", path.display()))
}

/// The text of the library, fetched from the npm registry where it is not there yet.
fn library(folder: &Path) -> Result<String, String> {
    let home = folder.join(REDOC);
    let bundle = home.join("package/bundles/redoc.standalone.js");
    if !bundle.exists() {
        fs::create_dir_all(&home).map_err(|error| format!("{}: {error}", home.display()))?;
        // The package alone: its bundle has what it depends on.
        let packed = run(&home, "npm", &["pack", "--silent", REDOC])?;
        run(&home, "tar", &["-xzf", packed.trim()])?;
    }
    fs::read_to_string(&bundle).map_err(|error| format!("{}: {error}", bundle.display()))
}

fn run(folder: &Path, program: &str, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .map_err(|error| format!("{program} could not be started: {error}; install it"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(format!(
        "{program} {}: {}",
        arguments.join(" "),
        said.trim()
    ))
}

/// The page: the library, the contract, and what comes after.
fn page(contract: &Value, library: &str, after: &str) -> String {
    let title = contract.pointer("/info/title").and_then(Value::as_str);
    let title = title.unwrap_or_default();
    let title = title.replace('&', "&amp;").replace('<', "&lt;");
    // Nothing in the contract ends the script that it stands in.
    let contract = with_facts(contract).to_string().replace('<', "\\u003c");
    let options = json!({ "disableSearch": true, "hideDownloadButton": true });
    let policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'";
    format!(
        r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<style>body {{ margin: 0 }}</style>
</head>
<body>
<div id="page"></div>
<script>{library}</script>
<script>Redoc.init({contract}, {options}, document.getElementById("page"))</script>
{after}
</body>
</html>
"#
    )
}

/// A copy of the contract in which each operation's description ends with its request, its roles
/// and its versions.
fn with_facts(contract: &Value) -> Value {
    let mut copy = contract.clone();
    for (path, method, facts) in operations::facts(contract) {
        let paths = copy.get_mut("paths").and_then(|paths| paths.get_mut(path));
        let operation = paths.and_then(|item| item.get_mut(method));
        if let Some(operation) = operation.and_then(Value::as_object_mut) {
            let said = operation.get("description").and_then(Value::as_str);
            let said = said.unwrap_or_default().trim_end();
            let description = format!("{said}\n\n{facts}");
            operation.insert("description".into(), description.into());
        }
    }
    copy
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contract() -> Value {
        json!({
            "info": { "title": "A < B" },
            "paths": { "/x": { "get": {
                "operationId": "getX",
                "description": "One. </script>",
                "x-atlas-required-roles": ["Reader"],
                "responses": { "200": { "content": { "application/json": {} } } },
            } } },
        })
    }

    #[test]
    fn a_description_ends_with_roles_and_versions() {
        let copy = with_facts(&contract());
        let said = copy["paths"]["/x"]["get"]["description"].as_str();
        let said = said.unwrap_or_default();
        assert!(said.starts_with("One. </script>\n\n- `GET /x`\n"), "{said}");
        assert!(said.contains("- Role of the API key: Reader\n"), "{said}");
        assert!(said.contains("and version 1.0"), "{said}");
    }

    #[test]
    fn the_page_loads_nothing_and_no_word_of_the_contract_ends_its_script() {
        let page = page(&contract(), "/* library */", "");
        assert!(page.contains("default-src 'none'"));
        assert!(page.contains("<title>A &lt; B</title>"));
        assert_eq!(page.matches("</script>").count(), 2, "{page}");
    }
}
