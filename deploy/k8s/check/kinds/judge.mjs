// Judges custom resources by what their npm packages know of them. Reads from standard input
// [{ "package": "keda", "resource": {…} }, …], and writes what is wrong: [[index, sentence], …].
//
// The packages' own validators hold types, patterns and what is required, and let pass whatever they
// do not know. So each resource is also compiled as a literal of its type: TypeScript refuses fields
// that a type does not have.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const LITERALS = join(HERE, "literals.ts"); // only in memory

const asked = JSON.parse(readFileSync(0, "utf8")).map(({ package: name, resource }, index) => ({
  index,
  resource,
  module: `@kubernetes-models/${name}/${resource.apiVersion}/${resource.kind}`,
}));

async function refused({ index, resource, module }) {
  let model;
  try {
    model = (await import(module))[resource.kind];
  } catch (error) {
    if (error.code !== "ERR_MODULE_NOT_FOUND" && error.code !== "ERR_PACKAGE_PATH_NOT_EXPORTED") throw error;
    return [index, `${resource.kind} of ${resource.apiVersion} is in no package`];
  }
  try {
    new model(resource).validate();
    return null;
  } catch (error) {
    return [index, error.message];
  }
}

// The literal of the resource of an index stands on the line of that number.
function uncompiled(resources) {
  const text = resources
    .map(({ resource, module }, line) => `const r${line}: import("${module}").I${resource.kind} = ${JSON.stringify(resource)};`)
    .join("\n");
  const options = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    noEmit: true,
    skipLibCheck: true,
    strict: true,
    target: ts.ScriptTarget.ES2022,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (name) => name === LITERALS || fileExists(name);
  host.getSourceFile = (name, ...how) =>
    name === LITERALS ? ts.createSourceFile(name, text, ...how) : getSourceFile(name, ...how);
  const program = ts.createProgram([LITERALS], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    if (file?.fileName !== LITERALS) throw new Error(ts.flattenDiagnosticMessageText(messageText, " "));
    const { line } = file.getLineAndCharacterOfPosition(start);
    return [resources[line].index, ts.flattenDiagnosticMessageText(messageText, " ")];
  });
}

const wrong = (await Promise.all(asked.map(refused))).filter((found) => found !== null);
const unsound = new Set(wrong.map(([index]) => index));
wrong.push(...uncompiled(asked.filter(({ index }) => !unsound.has(index))));
process.stdout.write(JSON.stringify(wrong));
