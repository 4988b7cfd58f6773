/** Everybody whom a release tells something, or asks: local servers that know the planted tokens. */
import { anIssueTracker } from '../code-host-issues.ts';
import { startCodeHostServer, type CodeHostServer } from '../code-host-server.ts';
import { startOnCallServer, type OnCallServer } from '../on-call-server.ts';
import { startPagingServer, type PagingServer } from '../paging-server.ts';
import { startSlackServer, type SlackServer } from '../slack-server.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../webhook-receiver.ts';
import type { Planted } from './secrets.ts';

export interface Receivers {
  readonly slack: SlackServer;
  readonly codeHost: CodeHostServer;
  readonly onCall: OnCallServer;
  readonly paging: PagingServer;
  readonly webhook: WebhookReceiver;
  /** What they were sent, without the headers and the fields that carry a token by design. */
  everyWord(): ReadonlyMap<string, string>;
  stop(): Promise<void>;
}

const channel = 'ops-announcements';

export async function startReceivers(planted: Planted): Promise<Receivers> {
  const slack = await startSlackServer({
    token: planted.slackToken,
    channels: [{ id: 'C0', name: channel, member: true }],
  });
  const codeHost = await startCodeHostServer({ token: planted.githubToken });
  const tracker = anIssueTracker();
  codeHost.repositories.set('org/ops', { isPrivate: true, tags: {}, tracker });
  const onCall = await startOnCallServer({ token: planted.pagerdutyToken });
  onCall.entries.push({ schedule: 'PABC123', user: 'Ana' });
  const paging = await startPagingServer(planted.routingKey);
  const webhook = await startWebhookReceiver(planted.webhookSecret);
  return {
    slack,
    codeHost,
    onCall,
    paging,
    webhook,
    everyWord: () =>
      new Map([
        ['sent to Slack', JSON.stringify(slack.messages(channel))],
        [
          'sent to PagerDuty',
          JSON.stringify([...paging.events, ...paging.changes].map(({ routing_key: _key, ...rest }) => rest)),
        ],
        ['sent to GitHub', JSON.stringify([tracker.issues, codeHost.asked])],
        ['sent to the web hook', webhook.calls.map(({ body }) => body).join('\n')],
      ]),
    stop: async () => {
      await Promise.all([slack, codeHost, onCall, paging, webhook].map((each) => each.stop()));
    },
  };
}
