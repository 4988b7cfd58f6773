/** The image tag in a chart's values: how it is set, and how it is read back. */
import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../../domain/failures.ts';

/** The grammar of image tags (OCI distribution specification). Holds nothing that `--set` reads as syntax. */
const tagGrammar = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
/** Names joined by dots; a dot within a name is written `\.`, as helm has it. */
const pathGrammar = /^(?:[A-Za-z0-9_/-]|\\\.)+(?:\.(?:[A-Za-z0-9_/-]|\\\.)+)*$/;

/** `--set-string` keeps `4.10` from becoming the number 4.1. Throws `InvalidRequest`. */
export function setImageTagArgs(path: string, tag: string): readonly string[] {
  if (!tagGrammar.test(tag)) {
    throw invalid(
      `${JSON.stringify(tag)} is no image tag. A tag is up to 128 letters, digits, "_", "." and "-".`,
    );
  }
  assertPath(path);
  return ['--set-string', `${path}=${tag}`];
}

/** The tag that `values` hold at `path`; `undefined` when there is none, or no scalar. */
export function readImageTag(values: unknown, path: string): string | undefined {
  let at: unknown = values;
  for (const name of splitPath(path)) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = Object.entries(at).find(([key]) => key === name)?.[1];
  }
  if (typeof at === 'number') return String(at);
  return typeof at === 'string' && at !== '' ? at : undefined;
}

function splitPath(path: string): readonly string[] {
  assertPath(path);
  return path.split(/(?<!\\)\./).map((name) => name.replaceAll('\\.', '.'));
}

function assertPath(path: string): void {
  if (pathGrammar.test(path)) return;
  throw invalid(
    `imageTagValue ${JSON.stringify(path)} is no path to a value. Write names joined by dots, for example image.tag.`,
  );
}

function invalid(message: string): ApplicationFailure {
  return ApplicationFailure.create({ type: failureTypes.invalidRequest, message, nonRetryable: true });
}
