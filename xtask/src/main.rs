//! `cargo xtask …`
fn main() {
    let text = std::fs::read_to_string("openapi/atlas-snapshot-export.yaml").unwrap();
    let v: serde_json::Value = serde_saphyr::from_str(&text).unwrap();
    let root = std::path::Path::new(".");
    for o in xtask::codegen::generate(&v).unwrap() {
        xtask::codegen::write(root, &o).unwrap();
    }
}
