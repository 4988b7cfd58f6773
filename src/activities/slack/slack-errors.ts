/** Slack's documented error codes, and what a person does about each. */

/** Slack's own trouble, or a limit that passes: worth a retry. */
export const serverTrouble: ReadonlySet<string> = new Set([
  'fatal_error',
  'internal_error',
  'message_limit_exceeded',
  'rate_limited',
  'ratelimited',
  'request_timeout',
  'service_unavailable',
  'team_added_to_org',
]);

const newToken = "Put the app's current bot token (xoxb-…) into SLACK_BOT_TOKEN and restart the worker.";
const nameOrInvite =
  'Check slackChannel in fairway.yaml (an ID is surest), and invite the app to the channel when it is private.';
const invite = 'Invite the app to the channel (/invite @app).';

export const remedies: Readonly<Record<string, string>> = {
  invalid_auth: newToken,
  not_authed: newToken,
  account_inactive: newToken,
  token_revoked: newToken,
  token_expired: newToken,
  not_allowed_token_type: newToken,
  missing_scope:
    'Give the app the scopes chat:write, channels:history and groups:history (channels:read and groups:read too where fairway.yaml names channels by name), and install it again.',
  no_permission: 'Give the app the scope chat:write and install it again.',
  channel_not_found: nameOrInvite,
  not_in_channel: invite,
  is_archived: 'Unarchive the channel, or name another one in fairway.yaml.',
  restricted_action: 'A workspace setting keeps apps from posting there; ask a workspace admin.',
  restricted_action_read_only_channel: 'The channel is read-only for apps; ask a workspace admin.',
  restricted_action_thread_locked: 'The thread is locked; nothing can be added to it.',
  thread_not_found: 'The message that started the thread was deleted.',
  message_not_found: 'Somebody deleted the message.',
  msg_too_long: 'The text is too long for Slack.',
  no_text: 'There is nothing to post.',
  ekm_access_denied: 'The workspace has suspended posting; ask a workspace admin.',
  access_denied: 'The workspace keeps the app out; ask a workspace admin.',
  org_login_required: 'The workspace is being moved; try again when that is done.',
};
