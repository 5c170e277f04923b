/**
 * Writes the types of what REST takes and gives, from its description.
 *
 * Its paths are left out: the page names them itself, and their types would be half of the file.
 */
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString, COMMENT_HEADER } from "openapi-typescript";

const DESCRIPTION = new URL("../../../../docs/api/openapi.json", import.meta.url);
const TYPES = new URL("../src/api/schema.ts", import.meta.url);

const described = JSON.parse(await readFile(DESCRIPTION, "utf8"));
const types = await openapiTS(
  { ...described, paths: {} },
  { rootTypes: true, rootTypesNoSchemaPrefix: true, defaultNonNullable: false },
);
await writeFile(TYPES, COMMENT_HEADER + astToString(types));
