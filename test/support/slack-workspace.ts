/** A workspace's channels and messages, under the rules that Slack documents for its Web API. */

export interface SlackChannel {
  readonly id: string;
  readonly name: string;
  /** The app was invited; without it only public channels take posts, and none can be read. */
  readonly member?: boolean;
  readonly private?: boolean;
  readonly archived?: boolean;
}

export interface SlackMessage {
  readonly ts: string;
  text: string;
  readonly threadTs?: string;
  readonly broadcast?: boolean;
  readonly metadata?: {
    readonly event_type: string;
    readonly event_payload: Readonly<Record<string, unknown>>;
  };
  /** How many times the text was replaced. */
  edits: number;
}

/** Form fields as the request carried them. */
export type Fields = Readonly<Record<string, string>>;

/** Slack's answer apart from `ok`. */
export type Answer = Readonly<Record<string, unknown>>;

/** `{ok: false, error}`. */
export class SlackRefusal extends Error {
  readonly extra: Answer;
  constructor(code: string, extra: Answer = {}) {
    super(code);
    this.extra = extra;
  }
}

export interface WorkspaceOptions {
  readonly channels: readonly SlackChannel[];
  /** Largest page of a list, whatever `limit` asks for. */
  readonly pageSize?: number;
  /** How long a message can be edited. Default: for ever. */
  readonly editWindowMilliseconds?: number;
}

export interface Workspace {
  /** By name or ID, oldest first, replies included. */
  messages(channel: string): readonly SlackMessage[];
  readonly methods: Readonly<Record<string, (fields: Fields) => Answer>>;
}

export function createWorkspace(options: WorkspaceOptions): Workspace {
  const messages = new Map(options.channels.map(({ id }) => [id, [] as SlackMessage[]]));
  let posted = 0;

  const visible = (channel: SlackChannel | undefined): SlackChannel => {
    if (channel === undefined || (channel.private && !channel.member))
      throw new SlackRefusal('channel_not_found');
    return channel;
  };
  const byId = (id: string) => visible(options.channels.find((channel) => channel.id === id));
  const byNameOrId = (given: string) =>
    visible(options.channels.find(({ id, name }) => id === given || `#${name}` === given || name === given));
  const inChannel = (channel: SlackChannel) => messages.get(channel.id) ?? [];
  const readable = (id: string) => {
    const channel = byId(id);
    if (!channel.member) throw new SlackRefusal('not_in_channel');
    return inChannel(channel);
  };

  const postMessage = (fields: Fields): Answer => {
    const channel = byNameOrId(required(fields, 'channel'));
    const text = textOf(fields, 40_000);
    if (channel.archived) throw new SlackRefusal('is_archived');
    const threadTs = fields['thread_ts'];
    if (threadTs !== undefined && !inChannel(channel).some(({ ts }) => ts === threadTs)) {
      throw new SlackRefusal('thread_not_found');
    }
    posted += 1;
    const metadata = metadataOf(fields);
    const message: SlackMessage = {
      ts: `${Math.floor(Date.now() / 1000)}.${String(posted).padStart(6, '0')}`,
      text,
      edits: 0,
      ...(threadTs === undefined ? {} : { threadTs, broadcast: flag(fields, 'reply_broadcast') }),
      ...(metadata === undefined ? {} : { metadata }),
    };
    inChannel(channel).push(message);
    return { channel: channel.id, ts: message.ts, message: shown(message, true) };
  };

  const update = (fields: Fields): Answer => {
    const channel = byId(required(fields, 'channel'));
    const ts = required(fields, 'ts');
    const text = textOf(fields, 4_000);
    const message = inChannel(channel).find((candidate) => candidate.ts === ts);
    if (message === undefined) throw new SlackRefusal('message_not_found');
    if (Date.now() - Number(ts) * 1000 > (options.editWindowMilliseconds ?? Infinity)) {
      throw new SlackRefusal('edit_window_closed');
    }
    message.text = text;
    message.edits += 1;
    return { channel: channel.id, ts, text };
  };

  const page = (all: readonly SlackMessage[], fields: Fields): Answer => {
    const oldest = Number(fields['oldest'] ?? 0);
    const inclusive = flag(fields, 'inclusive');
    const inRange = all.filter(({ ts }) => Number(ts) > oldest || (inclusive && Number(ts) === oldest));
    const { items, more } = paged(inRange, fields, options.pageSize);
    return { messages: items.map((item) => shown(item, flag(fields, 'include_all_metadata'))), ...more };
  };

  return {
    messages: (channel) => inChannel(byNameOrId(channel)),
    methods: {
      'chat.postMessage': postMessage,
      'chat.update': update,
      'conversations.history': (fields) => {
        const all = readable(required(fields, 'channel')).filter(
          (m) => m.threadTs === undefined || m.broadcast,
        );
        return page([...all].reverse(), fields);
      },
      'conversations.replies': (fields) => {
        const all = readable(required(fields, 'channel'));
        const ts = required(fields, 'ts');
        if (!all.some((message) => message.ts === ts)) throw new SlackRefusal('thread_not_found');
        return page(
          all.filter((message) => message.ts === ts || message.threadTs === ts),
          fields,
        );
      },
      'conversations.list': (fields) => {
        const types = (fields['types'] ?? 'public_channel').split(',');
        const listed = options.channels.filter((channel) => {
          if (channel.archived && flag(fields, 'exclude_archived')) return false;
          return channel.private
            ? types.includes('private_channel') && channel.member
            : types.includes('public_channel');
        });
        const { items, more } = paged(listed, fields, options.pageSize);
        return { channels: items.map(({ id, name }) => ({ id, name })), ...more };
      },
    },
  };
}

function paged<T>(all: readonly T[], fields: Fields, largest = 999): { items: readonly T[]; more: Answer } {
  const size = Math.min(Number(fields['limit'] ?? 100), largest);
  const start =
    fields['cursor'] === undefined ? 0 : Number(Buffer.from(fields['cursor'], 'base64').toString());
  if (!Number.isInteger(start)) throw new SlackRefusal('invalid_cursor');
  const end = start + size;
  const cursor = end < all.length ? Buffer.from(String(end)).toString('base64') : '';
  return {
    items: all.slice(start, end),
    more: { has_more: cursor !== '', response_metadata: { next_cursor: cursor } },
  };
}

function shown({ ts, text, threadTs, metadata, edits }: SlackMessage, withMetadata: boolean): Answer {
  return {
    type: 'message',
    ts,
    text,
    ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
    ...(edits > 0 ? { edited: { ts } } : {}),
    ...(withMetadata && metadata !== undefined ? { metadata } : {}),
  };
}

function required(fields: Fields, name: string): string {
  const value = fields[name];
  if (value === undefined || value === '') throw new SlackRefusal('invalid_arguments', { missing: name });
  return value;
}

function textOf(fields: Fields, longest: number): string {
  const text = fields['text'] ?? '';
  if (text === '') throw new SlackRefusal('no_text');
  if (text.length > longest) throw new SlackRefusal('msg_too_long');
  return text;
}

function metadataOf(fields: Fields): SlackMessage['metadata'] {
  const text = fields['metadata'];
  if (text === undefined) return undefined;
  const { event_type: type, event_payload: payload } = parsed(text);
  const isPayload = typeof payload === 'object' && payload !== null && !Array.isArray(payload);
  if (typeof type !== 'string' || !/^\w+$/.test(type) || !isPayload)
    throw new SlackRefusal('invalid_metadata_format');
  return { event_type: type, event_payload: payload as Record<string, unknown> };
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new SlackRefusal('invalid_metadata_format');
  }
}

function flag(fields: Fields, name: string): boolean {
  return fields[name] === 'true' || fields[name] === '1';
}
