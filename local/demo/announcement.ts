/** Without a token, what Slack would be told is in the worker's log. */

/** As `src/activities/slack` says it. */
const notSent = /^slack \(no token configured\): (.*)$/s;

/** The text of an announcement, if this line of the log (JSON) is one. */
export function announcementIn(line: string): string | undefined {
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof entry !== 'object' || entry === null || !('message' in entry)) return undefined;
  return typeof entry.message === 'string' ? notSent.exec(entry.message)?.[1] : undefined;
}
