//! probe
#![allow(clippy::all, clippy::pedantic)]
use serde_json::Value;
use std::{fs, path::Path};
use xtask::{contract::Contract, lint::guard};

fn normalise(document: &mut Value) {
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else {
        return;
    };
    for item in paths.values_mut().filter_map(Value::as_object_mut) {
        for operation in item.values_mut().filter_map(Value::as_object_mut) {
            if let Some(body) = operation.get_mut("requestBody") {
                fold(body);
            }
            let Some(responses) = operation
                .get_mut("responses")
                .and_then(Value::as_object_mut)
            else {
                continue;
            };
            responses.retain(|code, _| code.starts_with('2') || code == "default");
            for (code, response) in responses.iter_mut() {
                if code == "204" {
                    response.as_object_mut().map(|r| r.remove("content"));
                }
                fold(response);
            }
        }
    }
}
fn fold(body: &mut Value) {
    let Some(content) = body.get_mut("content").and_then(Value::as_object_mut) else {
        return;
    };
    let old = std::mem::take(content);
    for (name, media) in old {
        let name = if name.starts_with("application/vnd.atlas") {
            "application/json".to_owned()
        } else {
            name
        };
        content.entry(name).or_insert(media);
    }
}
fn run(json: Value) -> String {
    let spec: openapiv3::OpenAPI = match serde_json::from_value(json) {
        Ok(s) => s,
        Err(e) => return format!("UNREAD {e}"),
    };
    let spec2 = spec.clone();
    let r = guard("x", move || {
        let mut g = progenitor::Generator::new(&progenitor::GenerationSettings::default());
        match g.generate_tokens(&spec) {
            Ok(t) => {
                let parsed = syn::parse2::<syn::File>(t.clone()).is_ok();
                format!("OK {} parse={parsed}", t.to_string().len())
            }
            Err(e) => format!("ERR {}", e.to_string().replace("\n", " ")),
        }
    });
    let r = match r {
        Ok(s) => s,
        Err(f) => format!("PANIC {}", f.message),
    };
    let m = guard("x", move || {
        let mut g = progenitor::Generator::new(&progenitor::GenerationSettings::default());
        match g.httpmock(&spec2, "api") {
            Ok(t) => format!("OK {}", t.to_string().len()),
            Err(e) => format!("ERR {}", e.to_string().replace("\n", " ")),
        }
    });
    let m = match m {
        Ok(s) => s,
        Err(f) => format!("PANIC {}", f.message),
    };
    format!("{:.200} || mock {:.120}", r, m)
}
#[test]
fn probe() {
    let d = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lint"));
    let only = std::env::var("ONLY").ok();
    let mut names: Vec<_> = fs::read_dir(
        std::env::var("DIR")
            .map(std::path::PathBuf::from)
            .unwrap_or(d.to_owned()),
    )
    .unwrap()
    .map(|e| e.unwrap().path())
    .filter(|p| p.extension().is_some_and(|e| e == "yaml"))
    .collect();
    names.sort();
    for n in names {
        let name = n.file_stem().unwrap().to_str().unwrap().to_owned();
        if let Some(o) = &only {
            if !name.contains(o.as_str()) {
                continue;
            }
        }
        if name == "reference-cycle" && only.is_none() {
            continue;
        }
        let text = fs::read_to_string(&n).unwrap();
        let c = Contract::parse("x", &text).unwrap();
        let mut j = c.to_json();
        normalise(&mut j);
        println!("{name}: {}", run(j));
    }
}
