/** `checklist` of an environment, and the systems that can tell: `codeHost`, `onCall` and a service's `repository`. */
import { z } from 'zod';
import { builtInItemNames } from './built-in-items.ts';
import { duration } from './duration.ts';
import { expecting, oneOf, oneOfMessage } from './expecting.ts';
import { apiUrl, pattern, text } from './names.ts';

const proofs = ['person', 'releaseNotes', 'changelog', 'checks', 'verifiedIn', 'onCall'] as const;

const attestable = z
  .boolean(expecting('true or false'))
  .default(false)
  .describe("A person's `attest` is taken even when the system says that the item is not done.");

const scheduleId = (() => {
  const expected = expecting(
    "the ID of an on-call schedule, for example PABC123 (it ends the schedule's address)",
  );
  return z.string(expected).regex(/^[A-Za-z0-9_-]{1,64}$/, expected);
})();

const proofSchema = z
  .discriminatedUnion(
    'by',
    [
      z.strictObject({ by: z.literal('person') }).describe("Somebody's `attest`."),
      z
        .strictObject({ by: z.literal('releaseNotes'), attestable })
        .describe('A published release of the tag, with notes, at the code host.'),
      z
        .strictObject({
          by: z.literal('changelog'),
          path: text('the path of a file in the repository, for example CHANGELOG.md', 500)
            .default('CHANGELOG.md')
            .describe('Path of the file in the repository.'),
          attestable,
        })
        .describe('A file that names the version, as it is at the tag.'),
      z
        .strictObject({
          by: z.literal('checks'),
          names: z
            .array(text('the name of a check'), expecting('a list of names of checks'))
            .min(1, expecting('a list of names of checks', 'Leave names out to mean all checks.'))
            .optional()
            .describe('Names of checks or contexts of commit statuses; each has to be there and to pass.'),
          matching: pattern()
            .optional()
            .describe(
              "A regular expression (RE2's syntax): every check with such a name has to pass, and there has to be one.",
            ),
          attestable,
        })
        .describe("Checks of the tag's commit; without names or matching, all of them."),
      z
        .strictObject({
          by: z.literal('verifiedIn'),
          environment: text('the name of an environment').describe('Name of the other environment.'),
          attestable,
        })
        .describe('A release of the same version passed verification in another environment.'),
      z
        .strictObject({
          by: z.literal('onCall'),
          schedule: scheduleId
            .optional()
            .describe("ID of the schedule. Default: that of the file's own `onCall`."),
          attestable,
        })
        .describe('Somebody is on call.'),
    ],
    { error: ({ input }) => oneOfMessage((input as { by?: unknown } | undefined)?.by, proofs) },
  )
  .describe('How the item is known to be done. Default: that of the built-in item, `person` for others.');

const itemName = (() => {
  const expected = expecting('a name of letters, digits and dashes, for example securityScan');
  return z.string(expected).regex(/^[A-Za-z][A-Za-z0-9-]{0,62}$/, expected);
})();

const spelledOutItem = z.strictObject({
  name: itemName.describe(
    'What people write in `attest`; the name of a built-in item takes over what is left out.',
  ),
  title: text('what people read')
    .optional()
    .describe("What people read. Default: the built-in item's, or the name."),
  need: oneOf(['required', 'optional', 'requiredForMajor'])
    .optional()
    .describe(
      "Whether a release waits for it; `requiredForMajor` only when the version's first number changes. Default: the built-in item's, or required.",
    ),
  proof: proofSchema.optional(),
});

export const checklistSchema = z
  .array(
    z.union([z.enum(builtInItemNames), spelledOutItem], {
      error: ({ input }) => oneOfMessage(input, builtInItemNames, ', or a mapping with a name'),
    }),
    expecting('a list of items'),
  )
  .describe('What has to be done before a release is announced. Absent: nothing is asked for.');

export const checklistExpiry = duration({ from: '1m', to: '720h' })
  .prefault('24h')
  .describe('How long a release waits for its checklist before it is refused.');

export const repositorySchema = z
  .strictObject(
    {
      owner: text('the owner of the repository', 100).describe('User or organisation.'),
      name: text('the name of the repository', 100).describe('Name of the repository.'),
      tag: text('a tag with {{version}}')
        .regex(
          /^[^\s~^:?*[\\]*\{\{version\}\}[^\s~^:?*[\\]*$/,
          expecting('a tag with {{version}} where that stands'),
        )
        .default('v{{version}}')
        .describe('Tag of a version.'),
    },
    expecting('a mapping with an owner and a name'),
  )
  .describe('Where the source of the service lives: what the checklist asks the code host about.');

export const codeHostSchema = z
  .strictObject(
    {
      kind: oneOf(['github']).describe('The only one so far.'),
      url: apiUrl('https://github.example.com/api/v3')
        .optional()
        .describe("Base URL of the API, for an installation of one's own. Default: that of github.com."),
    },
    expecting('a mapping with a kind'),
  )
  .describe('The code hosting service. Its token is `FAIRWAY_GITHUB_TOKEN`. Default: github.com.');

export const onCallSchema = z
  .strictObject(
    {
      kind: oneOf(['pagerduty']).describe('The only one so far.'),
      url: apiUrl('https://api.eu.pagerduty.com')
        .optional()
        .describe('Base URL of the API. Default: https://api.pagerduty.com.'),
      schedule: scheduleId
        .optional()
        .describe(
          'ID of the schedule that the built-in item `onCall` looks at; absent: a person attests it.',
        ),
    },
    expecting('a mapping with a kind'),
  )
  .describe('Who is on call. Its token is `FAIRWAY_PAGERDUTY_TOKEN`. Absent: nobody is asked.');

export type ChecklistEntries = z.output<typeof checklistSchema>;
