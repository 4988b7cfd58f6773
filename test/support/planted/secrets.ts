/** Secrets as teams have them, each marked, in every place where Fairway meets one. */
import { randomBytes } from 'node:crypto';

/** Long, and no word of any language. */
function mark(): string {
  return `Zq${randomBytes(9).toString('hex')}`;
}

/** Made anew in each run: none can be in a file of the project. */
export function plantSecrets() {
  return {
    // What the worker itself is given.
    slackToken: `xoxb-${mark()}`,
    githubToken: `ghp_${mark()}${'a1'.repeat(8)}`,
    pagerdutyToken: `u+${mark()}`,
    routingKey: randomBytes(16).toString('hex'),
    webhookSecret: mark(),
    chartPassword: mark(),
    // What the worker finds in fairway.yaml.
    webhookPath: mark(),
    // What lies in the cluster.
    secretValue: mark(),
    helmValue: mark(),
    literalEnvironmentValue: mark(),
    // What the service says.
    loggedPassword: mark(),
    loggedHeader: mark(),
    loggedAddress: mark(),
    loggedGoAddress: mark(),
    loggedVariable: mark(),
    loggedPass: mark(),
    spokenKey: mark(),
    spokenPassword: mark(),
    answeredKey: mark(),
    // What a smoke test says.
    smokePassword: mark(),
  };
}

export type Planted = ReturnType<typeof plantSecrets>;

/** A secret as it is, and as base64, an address or a form would write it. */
export function shapesOf(secret: string): readonly string[] {
  const base64 = Buffer.from(secret).toString('base64');
  return [...new Set([secret, base64, base64.replace(/=+$/, ''), encodeURIComponent(secret)])];
}

/** Names of the planted secrets that this text holds. */
export function foundIn(text: string, planted: Planted): readonly string[] {
  return Object.entries(planted)
    .filter(([, secret]) => shapesOf(secret).some((shape) => text.includes(shape)))
    .map(([name]) => name);
}
