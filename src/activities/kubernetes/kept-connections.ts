/** Requests to one API server go over connections that stay, where the client opens one for each. */
import { Agent, type AgentOptions } from 'node:https';
import { isDeepStrictEqual } from 'node:util';
import type { KubeConfig, RequestContext, SecurityAuthentication } from '@kubernetes/client-node';

/** Well before any server or load balancer on the way closes one that is idle: a request would be lost on it. */
const idleMilliseconds = 15_000;

/** What tells one user's connections from another's. */
const identity = ['ca', 'cert', 'key', 'pfx', 'passphrase', 'servername', 'rejectUnauthorized'] as const;
type Identity = Pick<AgentOptions, (typeof identity)[number]>;

/** The kubeconfig's own authentication; credentials that change get connections of their own. */
export function keptConnections(kubeConfig: KubeConfig): SecurityAuthentication {
  let kept: { readonly of: Identity; readonly agent: Agent } | undefined;
  return {
    getName: () => kubeConfig.getName(),
    applySecurityAuthentication: async (context: RequestContext) => {
      await kubeConfig.applySecurityAuthentication(context);
      const given = context.getAgent();
      // A proxy's is of another kind.
      if (!(given instanceof Agent)) return;
      const of = Object.fromEntries(identity.map((name) => [name, given.options[name]])) as Identity;
      if (kept === undefined || !isDeepStrictEqual(kept.of, of))
        kept = { of, agent: new Agent({ ...of, keepAlive: true, timeout: idleMilliseconds }) };
      context.setAgent(kept.agent);
    },
  };
}
