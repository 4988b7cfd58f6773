/** Leaf values that name something elsewhere: in Kubernetes, Helm, a registry, Slack. */
import { RE2JS } from 're2js';
import { z } from 'zod';
import { parseImageReference } from '../domain/image.ts';
import { expecting } from './expecting.ts';

const label = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';
const rfc1123Label = new RegExp(`^${label}$`);
const rfc1123Subdomain = new RegExp(`^${label}(?:\\.${label})*$`);
const lowerCase = "lower-case letters, digits and '-', starting and ending with a letter or digit";

export const labelPattern = rfc1123Label.source;

/** Why a key of `services` or `environments` cannot be one, if it cannot: it becomes part of workflow IDs. */
export function isKey(name: string): boolean {
  return name.length <= 63 && rfc1123Label.test(name);
}

export const keyRule = `at most 63 ${lowerCase}`;

/** Namespaces, Services and containers: an RFC 1123 label. */
export function labelName(what: string) {
  const expected = expecting(`the name of a ${what} (at most 63 ${lowerCase})`);
  return z.string(expected).max(63, expected).regex(rfc1123Label, expected);
}

/** Deployments: an RFC 1123 subdomain. */
export function subdomainName(what: string) {
  const expected = expecting(`the name of a ${what} (at most 253 ${lowerCase}; dots between the parts)`);
  return z.string(expected).max(253, expected).regex(rfc1123Subdomain, expected);
}

/** Helm keeps release names short enough for labels made from them. */
export const helmReleaseName = (() => {
  const expected = expecting(`the name of a Helm release (at most 53 ${lowerCase})`);
  return z.string(expected).max(53, expected).regex(rfc1123Subdomain, expected);
})();

const component = '[a-z0-9]+(?:(?:\\.|_{1,2}|-+)[a-z0-9]+)*';
const repository = new RegExp(
  `^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\\d+)?/)?${component}(?:/${component})*$`,
);
const taggedOrPinned = /@|:[^/]*$/;

/** An image repository, for example `registry.example.com:5000/team/server`. */
export const imageRepository = z
  .string(expecting('an image repository, for example shop/server'))
  .max(255, expecting('an image repository of at most 255 characters'))
  .refine((text) => !taggedOrPinned.test(text), {
    ...expecting('an image repository without a tag or digest', 'Each release names its own version.'),
    abort: true,
  })
  .regex(
    repository,
    expecting('an image repository in lower case, for example registry.example.com/team/server'),
  );

const slackExpected = expecting(
  'a Slack channel, as "#name" or (better) as its ID like "C0123456789"',
  'A name starts with # and must be in quotes, or YAML reads it as a comment.',
);

/** A channel's ID, or its name with `#`. */
export const slackChannel = z
  .string(slackExpected)
  .regex(/^(?:#[^\s#A-Z.,]{1,80}|[CG][A-Z0-9]{7,20})$/, slackExpected);

/** Any text that must say something. */
export function text(what: string, longest = 200, remedy?: string) {
  const expected = expecting(what, remedy);
  return z.string(expected).max(longest, expected).regex(/\S/, expected);
}

/** Text that must be a regular expression that is matched in linear time: no pattern may stop a worker. */
export function pattern() {
  return z.string(expecting('a regular expression')).superRefine((source, context) => {
    try {
      RE2JS.compile(RE2JS.translateRegExp(source));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      context.addIssue({
        code: 'custom',
        message: `expected a regular expression in RE2's syntax (no look-around, no back references), got one that does not compile (${why})`,
      });
    }
  });
}

export const portNumber = (() => {
  const expected = expecting('a number between 1 and 65535');
  return z.int(expected).min(1, expected).max(65_535, expected);
})();

/** A path on a server, for example `/health`. */
export const urlPath = (() => {
  const expected = expecting('a path that starts with /, for example /health');
  return z.string(expected).regex(/^\/[^\s#]*$/, expected);
})();

/** Keys joined by dots, for example `image.tag`. */
export function dottedPath(example: string) {
  const expected = expecting(`names joined by dots, for example ${example}`);
  return z.string(expected).regex(/^[A-Za-z0-9_/-]+(?:\.[A-Za-z0-9_/-]+)*$/, expected);
}

const reference = expecting('an image, for example example/smoke:1.2.0');

/** An image with its tag or digest. */
export const imageReference = z.string(reference).superRefine((written, context) => {
  const parsed = parseImageReference(written);
  if (!parsed.ok) context.addIssue({ code: 'custom', message: parsed.reason });
});

const variable = expecting('the name of an environment variable, for example BASE_URL');

export const variableName = z.string(variable).regex(/^[A-Za-z_][A-Za-z0-9_]*$/, variable);

/** The base URL of an HTTP API. Credentials have no place in the file, and a query string none in a base URL. */
export function apiUrl(example: string) {
  const address = expecting(`the base URL of an HTTP API, for example ${example}`);
  return z
    .string(address)
    .max(2_000, address)
    .regex(/^https?:\/\/[^\s/?#@]+(?:\/[^\s?#]*)?$/, address);
}

export const baseUrl = apiUrl('http://prometheus.monitoring:9090');
