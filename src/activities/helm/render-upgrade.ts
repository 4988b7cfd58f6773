/** Whether an upgrade would render, asked of helm itself and changing nothing. */
import { failureTypes } from '../../domain/failures.ts';
import { chartArgs } from './chart.ts';
import { kindsIn } from './manifest-kinds.ts';
import { isAboutTheCluster, isOperationInProgress } from './failure-rules.ts';
import { helmFailure, refusal } from './failures.ts';
import type { HelmResult } from './helm-cli.ts';
import type { HelmRelease } from './helm-release.ts';
import { setImageTagArgs } from './image-tag.ts';
import { deploymentIn } from './manifest-deployment.ts';
import { inForce } from './release-history.ts';
import type { RenderedUpgrade } from './types.ts';
import { upgradeArgs } from './upgrade-args.ts';

type Judgement = { readonly ok: true } | { readonly ok: false; readonly error: string };
type Rendering = (Judgement & { readonly ok: false }) | RenderedUpgrade;

/** Downloading a chart and rendering it against a busy API server. */
const renderTimeoutSeconds = 120;

/**
 * The upgrade's own dry run: stored values, schema, templates with the cluster's capabilities and
 * lookups, the API server's schemas, and ownership of what would be created. It needs no right that
 * the upgrade does not need. Throws only where helm could not look: cluster, rights, helm missing.
 */
export async function renderUpgrade(release: HelmRelease, tag: string): Promise<Rendering> {
  // With its Secrets, as their rights are asked about too; no more than types.ts says leaves this function.
  const dryRun = await rehearse(release, tag, ['--hide-notes', '--output', 'json']);
  const isPending = dryRun.outcome === 'failed' && isOperationInProgress(dryRun.stderr);
  const result = isPending ? await renderTemplate(release, tag) : dryRun;
  const judged = await judge(release, result);
  if (!judged.ok) return judged;
  const manifest = result.outcome === 'done' ? manifestIn(result.stdout) : '';
  const deployment = deploymentIn(manifest, release.target.service);
  return { ok: true, kinds: kindsIn(manifest), ...(deployment === undefined ? {} : { deployment }) };
}

/** Of helm's JSON form of a release, or as `helm template` prints it. Hooks are not looked at. */
function manifestIn(printed: string): string {
  if (!printed.startsWith('{')) return printed;
  const { manifest } = JSON.parse(printed) as { readonly manifest?: unknown };
  return typeof manifest === 'string' ? manifest : '';
}

export function rehearse(release: HelmRelease, tag: string, options: readonly string[]): Promise<HelmResult> {
  return release.attempt([...upgradeArgs(release, tag), '--dry-run=server', ...options], {
    timeoutSeconds: renderTimeoutSeconds,
  });
}

/** helm refuses to rehearse an upgrade of a pending release, which the upgrade itself recovers. */
async function renderTemplate(release: HelmRelease, tag: string): Promise<HelmResult> {
  const { spec } = release;
  const history = await release.history();
  const deployed = history === undefined ? undefined : inForce(history);
  if (deployed === undefined) {
    throw refusal(
      failureTypes.helmFailed,
      `Release ${spec.release} was never installed completely. Install it again, or uninstall it.`,
    );
  }
  const values = await release.run([
    ...['get', 'values', spec.release, '--revision', String(deployed.revision), '--output', 'yaml'],
  ]);
  return release.attempt(
    [
      ...['template', spec.release, ...chartArgs(spec), '--values', '-'],
      ...[...setImageTagArgs(spec.imageTagValue, tag), '--is-upgrade', '--validate', '--dry-run=server'],
    ],
    { timeoutSeconds: renderTimeoutSeconds, stdin: values },
  );
}

export async function judge(release: HelmRelease, result: HelmResult): Promise<Judgement> {
  if (result.outcome === 'done') return { ok: true };
  if (result.outcome !== 'failed') throw helmFailure(release.target, 'helm upgrade --dry-run', result);
  const text = await release.explain(result.stderr);
  const failure = helmFailure(release.target, 'helm upgrade --dry-run', result, text);
  if (isAboutTheCluster(result.stderr)) throw failure;
  return { ok: false, error: text };
}
