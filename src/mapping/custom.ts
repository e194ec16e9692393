import { type Document, isScalar, LineCounter, parseAllDocuments, visit, type YAMLError } from "yaml";
import type { MappingFields } from "./types.ts";
import { type DocumentSource, sourceOf } from "./yaml-source.ts";

/** One document of a custom configuration; `index` counts the documents that hold something. */
export interface CustomDocument {
  readonly index: number;
  readonly value: unknown;
  readonly source: DocumentSource;
}

/** A custom configuration as Ambassador reads it. With a `problem` Ambassador drops all documents. */
export interface ParsedConfiguration {
  readonly documents: readonly CustomDocument[];
  readonly problem: string | undefined;
}

/** The operator copies the text into annotations of Services, which hold 256 KiB in all. */
export const maxConfigurationBytes = 256 * 1024;

/** Aliases may repeat a value this often before the text counts as an attack. */
const maxAliasCount = 100;

/** More aliases in one document are not resolved: the parser walks the document for each. */
const maxAliases = 500;

/**
 * Reads YAML as Ambassador does: version 1.1, several documents, the last of two equal keys wins.
 * Total: bombs and nesting beyond the stack come back as a problem.
 */
export function parseConfiguration(text: string): ParsedConfiguration {
  if (Buffer.byteLength(text) > maxConfigurationBytes)
    return {
      documents: [],
      problem: `is longer than the ${maxConfigurationBytes} bytes that a Service can carry`,
    };
  try {
    return readDocuments(text);
  } catch (error) {
    return {
      documents: [],
      problem: error instanceof RangeError ? "is nested too deeply" : firstLine(error),
    };
  }
}

function readDocuments(text: string): ParsedConfiguration {
  const documents: CustomDocument[] = [];
  const lineCounter = new LineCounter();
  // Pretty errors cost a walk each, and a hostile text has one at every character.
  const parsed = withoutStacks(() =>
    parseAllDocuments(text, {
      version: "1.1",
      uniqueKeys: false,
      logLevel: "silent",
      prettyErrors: false,
      lineCounter,
    }),
  );
  for (const document of Array.isArray(parsed) ? parsed : []) {
    const [error] = document.errors;
    if (error) return { documents: [], problem: explain(error, lineCounter) };
    if (isBlank(document)) continue;
    if (aliasesIn(document) > maxAliases)
      return { documents: [], problem: `has more than ${maxAliases} aliases in one document` };
    documents.push({
      index: documents.length,
      value: document.toJS({ maxAliasCount }),
      source: sourceOf(document),
    });
  }
  return { documents, problem: undefined };
}

/** A hostile text has a mistake at every character, and to note where each was made is four fifths of its cost. */
function withoutStacks<T>(work: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Ambassador skips documents of blanks and comments only; one that says `null` it does not. */
export const isBlank = ({ contents }: Document): boolean =>
  contents === null || (isScalar(contents) && contents.value === null && contents.source === "");

function aliasesIn(document: Document): number {
  let count = 0;
  visit(document, {
    Alias: () => {
      count++;
    },
  });
  return count;
}

function explain(error: YAMLError, lineCounter: LineCounter): string {
  if (error.code === "RESOURCE_EXHAUSTION") return "is nested too deeply";
  const { line, col } = lineCounter.linePos(error.pos[0]);
  return `is not YAML: ${firstLine(error)} at line ${line}, column ${col}`;
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n", 1)[0]?.replace(/:$/, "") ?? "";

export const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const ownFields = new Set(["apiVersion", "kind", "name", "namespace", "generation", "metadata_labels"]);

/** The part of a document in the form of a Kubernetes object that holds its fields; empty in the flat form. */
export function specOf({ spec }: MappingFields): MappingFields {
  return isMap(spec) ? Object.fromEntries(Object.entries(spec).filter(([key]) => !ownFields.has(key))) : {};
}

/**
 * The fields of a document, flat. Ambassador also takes the form of a Kubernetes object, with name and labels in
 * `metadata` and the rest in `spec`; a flat field wins (pkg/snapshot/v1/annotations.go of emissary).
 */
export function fieldsOf(document: MappingFields): MappingFields {
  const { metadata, spec: _, status: __, ...flat } = document;
  const { name, namespace, labels } = isMap(metadata) ? metadata : ({} as MappingFields);
  return {
    ...specOf(document),
    ...(name === undefined ? {} : { name }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(labels === undefined ? {} : { metadata_labels: labels }),
    ...flat,
  };
}

/** The Mappings among custom documents. */
export const mappingsOf = ({ documents }: ParsedConfiguration): readonly MappingFields[] =>
  documents.flatMap(({ value }) => (isMap(value) && value.kind === "Mapping" ? [fieldsOf(value)] : []));
