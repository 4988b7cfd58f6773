/** Reads YAML so that every value can be traced to its line and column. */
import { LineCounter, isAlias, isMap, isScalar, isSeq, parseDocument, visit } from 'yaml';
import type { Document, Node, YAMLParseError } from 'yaml';
import type { Finding, Path, Position } from './problem.ts';

export interface YamlSource {
  /** The plain value; `undefined` when the text cannot be read as one. */
  readonly value: unknown;
  readonly positionOf: (finding: Pick<Finding, 'path' | 'atKey'>) => Position;
  /** Syntax errors, duplicate keys, broken aliases. */
  readonly errors: readonly (Position & { readonly message: string })[];
}

export function readYaml(text: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const errors = document.errors.map((error) => ({ ...at(error.pos[0]), message: inWords(error) }));
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) === undefined)
        errors.push({ ...at(startOf(alias) ?? 0), message: noAnchor(alias.source) });
    },
  });
  const readable =
    document.errors.every(({ code }) => code === 'DUPLICATE_KEY') && errors.length === document.errors.length;
  return {
    value: readable ? toPlain(document, errors) : undefined,
    positionOf: ({ path, atKey }) => at(offsetOf(document, path, atKey === true)),
    errors,
  };
}

/** The library refuses aliases that multiply into more than memory holds. */
function toPlain(document: Document, errors: (Position & { readonly message: string })[]): unknown {
  try {
    return document.toJS() as unknown;
  } catch (error) {
    errors.push({
      line: 1,
      column: 1,
      message: `its aliases cannot be followed: ${String(error)}. Write values out.`,
    });
    return undefined;
  }
}

function noAnchor(name: string): string {
  return `there is no &${name} above this alias. Put the anchor where the value is first written.`;
}

function inWords({ code, message }: YAMLParseError): string {
  return code === 'DUPLICATE_KEY'
    ? 'this key is there twice. Keep one.'
    : `this is not valid YAML: ${message.replace(/\s+/g, ' ')}. Check indentation, quotes and colons here.`;
}

/** Where the value at a path (or its key) stands; the nearest thing around it when it is not there. */
function offsetOf(document: Document, path: Path, atKey: boolean): number {
  let node: Node | null | undefined = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [index, part] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    const isLast = index === path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
      if (pair === undefined) return offset;
      const keyOffset = startOf(pair.key as Node) ?? offset;
      node = pair.value as Node | null;
      offset = isLast && atKey ? keyOffset : (startOf(node) ?? keyOffset);
    } else if (isSeq(node) && typeof part === 'number') {
      node = node.items[part] as Node | undefined;
      offset = startOf(node) ?? offset;
    } else {
      return offset;
    }
  }
  return offset;
}

function startOf(node: Node | null | undefined): number | undefined {
  return node?.range?.[0];
}
