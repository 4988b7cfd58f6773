/** The reference page of messages to a running workflow, made from their definitions. */
import {
  exampleOf,
  messageShapes,
  type MessageName,
  type PersonMessage,
} from '../../src/domain/person-message.ts';
import { personMessages, statusQuery } from '../../src/workflows/messages.ts';
import { code, heading, table } from './markdown.ts';

interface Words {
  readonly does: string;
  readonly who: string;
  /** What an update answers, in short. */
  readonly answer: string;
}

const words: Readonly<Record<MessageName, Words>> = {
  approve: {
    does: 'Yes to the plan, or to the gate that waits.',
    who: "The people of the environment's `approvals`, each once; not the one who asked for the release.",
    answer: 'how many have approved, of how many',
  },
  revoke: {
    does: 'Takes one’s own approval back, until the strategy starts.',
    who: 'Whoever approved.',
    answer: 'how many are left',
  },
  reject: {
    does: 'No: ends the release before anything is changed, or, at a gate, puts the target back.',
    who: 'Those who may approve, and the one who asked for the release.',
    answer: 'that the release ends',
  },
  attest: {
    does: 'An item of the checklist is done, with a link to its proof.',
    who: 'Anybody who names themselves; it is recorded.',
    answer: 'what the checklist still waits for',
  },
  override: {
    does: 'Goes on in spite of a closed window, or of what another environment has not verified.',
    who: 'The people of `windows.override`, or of `promotion.override`.',
    answer: 'that it goes on',
  },
  abort: {
    does: 'Stops now, and puts the target back.',
    who: 'Anybody who names themselves; it is recorded.',
    answer: 'that it stops',
  },
  promote: {
    does: 'Ends the running bake, or opens the gate; with `full`, all that follow, too.',
    who: 'Anybody who names themselves; where approvals are asked for, a gate opens by `approve` alone.',
    answer: 'what goes on',
  },
  pause: {
    does: 'Stays where it is after the running step, until `resume`.',
    who: 'Anybody who names themselves; it is recorded.',
    answer: 'where it stays',
  },
  resume: {
    does: 'Goes on after `pause`.',
    who: 'Anybody who names themselves; it is recorded.',
    answer: 'that it goes on',
  },
};

const meanings: Readonly<Record<Exclude<keyof PersonMessage, 'by'>, string>> = {
  reason: 'why; shown with the decision (500 characters)',
  plan: 'the digest of the plan that was read, or how it begins: counts for no other plan',
  signature: 'kept with the decision',
  item: 'name of the checklist item',
  link: 'address of its proof',
  what: '`window` or `promotion`',
  full: '`true`: to the end, without further waits',
};

export function messagesReference(): string {
  const parts = personMessages.map(({ name, signal, update }) => {
    if (signal.name !== name || update.name !== name) throw new Error(`"${name}" goes by two names`);
    const { required, optional, strict } = messageShapes[name];
    const { does, who, answer } = words[name];
    const rows = [
      ['`by`', 'yes', 'who you are'],
      ...required.map((field) => [code(field), 'yes', meanings[field]]),
      ...optional.map((field) => [code(field), '', meanings[field]]),
    ];
    return [
      `## ${name}`,
      does,
      table(['field', 'required', 'meaning'], rows),
      `**Who:** ${who} **As an update it answers** ${answer}. ${strict ? 'Unknown fields are refused.' : 'Unknown fields are ignored: a no is always heard.'}`,
      block(
        `temporal workflow signal -w shop-4.1.0 --name ${name} --input '${exampleOf(name).replaceAll('": ', '":').replaceAll(', "', ',"')}'`,
      ),
    ].join('\n\n');
  });
  return `${[introduction, ...parts].join('\n\n')}\n`;
}

function block(text: string): string {
  return ['```sh', text, '```'].join('\n');
}

const introduction = `${heading('Messages', 'src/workflows/messages.ts and src/domain/person-message.ts')}

Every message goes to the workflow that was started, by its workflow ID, and takes one JSON object. Each exists as a
signal, which answers nothing, and as an update of the same name, which answers at once, with a refusal and its reason
(\`InvalidRequest\`) where there is one: \`temporal workflow update execute\` instead of \`temporal workflow signal\`. A
signal that could not be followed is a note of the release.

\`by\` is what people say of themselves; who may write to the namespace is up to the Temporal server. Names are compared
without case, and \`Ada <ada@example.com>\` is \`ada@example.com\`.

The query \`${statusQuery.name}\` answers the whole state as JSON, of a workflow that has ended, too:

${block(`temporal workflow query -w shop-4.1.0 --type ${statusQuery.name}`)}`;
