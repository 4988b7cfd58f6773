import type { CheckResult, Evidence, ImageCheck } from './check.ts';
import { parseJson } from './check-http.ts';
import type { HttpObservation, ObservedPod } from './check-observation.ts';
import { isActive } from './check-observation.ts';
import { checkResult, noPodsResult } from './check-result.ts';
import { imageTag } from './image.ts';
import { readField } from './json-path.ts';
import { excerpt } from './redact.ts';
import { isSameImage } from './same-image.ts';
import { normaliseVersion } from './version.ts';

const answerExcerpt = 120;

export interface ImageObservation {
  readonly pods: readonly ObservedPod[];
  /** Name of the container that carries the version. */
  readonly container: string;
  /** Image that every pod must run. */
  readonly expected: string;
  /** What the servers answered when asked for their version, if the check asks them. */
  readonly reported?: readonly HttpObservation[];
}

interface Finding extends Evidence {
  readonly outcome: 'pass' | 'mismatch' | 'unreachable' | 'unsupported';
}

/** Every pod of the target runs the expected image and, where its server says so, the expected version. */
export function judgeImage(spec: ImageCheck, seen: ImageObservation): CheckResult {
  const active = seen.pods.filter(isActive);
  if (active.length === 0) return noPodsResult(spec);
  const images = active.map((pod) => imageFinding(pod, seen.container, seen.expected));
  const reported = (seen.reported ?? []).map((answer) =>
    reportedFinding(spec, answer, imageTag(seen.expected)),
  );
  const findings = [...images, ...reported];
  const wrong = findings.find((one) => one.outcome === 'mismatch' || one.outcome === 'unreachable');
  const silent = findings.filter((one) => one.outcome === 'unsupported');
  const against = findings.filter((one) => one.outcome !== 'pass').map(toEvidence);
  const evidence = findings.filter((one) => one.outcome === 'pass').map(toEvidence);
  const running = `${images.filter((one) => one.outcome === 'pass').length}/${active.length} pods run ${seen.expected}`;
  if (wrong !== undefined) {
    return checkResult(spec, {
      verdict: 'fail',
      reason: wrong.outcome === 'unreachable' ? 'unreachable' : 'mismatch',
      summary: `${running}; ${wrong.subject}: ${wrong.detail}`,
      against,
      evidence,
    });
  }
  if (silent.length > 0) {
    const summary = `${running}; ${silent.length}/${reported.length} servers do not report a version`;
    return checkResult(spec, { verdict: 'inconclusive', reason: 'unsupported', summary, against, evidence });
  }
  const said = reported.length === 0 ? '' : `, and their servers say so`;
  return checkResult(spec, { verdict: 'pass', summary: `${running}${said}`, evidence });
}

function imageFinding(pod: ObservedPod, container: string, expected: string): Finding {
  const found = pod.containers.find((candidate) => candidate.name === container);
  if (found === undefined) {
    return { subject: pod.name, outcome: 'mismatch', detail: `has no container named ${container}` };
  }
  if (!isSameImage(found.image, expected)) {
    return { subject: pod.name, outcome: 'mismatch', detail: `runs ${found.image}` };
  }
  const digest = found.imageId?.split('@')[1] ?? found.imageId;
  const detail = digest === undefined || digest === '' ? found.image : `${found.image} (${digest})`;
  return { subject: pod.name, outcome: 'pass', detail };
}

/** Compares the server's own word with the image's tag; without a tag it is only noted. */
function reportedFinding(spec: ImageCheck, seen: HttpObservation, tag: string | undefined): Finding {
  const subject = seen.pod;
  const path = spec.reported?.path ?? '';
  if (seen.kind === 'unreachable') return { subject, outcome: 'unreachable', detail: seen.detail };
  if (seen.status === 404) return { subject, outcome: 'unsupported', detail: `404: no ${path}` };
  if (seen.status < 200 || seen.status > 299) {
    const body = excerpt(seen.body, answerExcerpt);
    return { subject, outcome: 'mismatch', detail: `${path} answered ${seen.status} ${body}`.trimEnd() };
  }
  const version = reportedVersion(seen, spec.reported?.field ?? '');
  if (version === undefined) {
    const detail = `${path} holds no version in the field ${spec.reported?.field}`;
    return { subject, outcome: 'unsupported', detail };
  }
  const said = `reports version ${excerpt(version, answerExcerpt)}`;
  const same = tag === undefined || normaliseVersion(version) === normaliseVersion(tag);
  return same
    ? { subject, outcome: 'pass', detail: said }
    : { subject, outcome: 'mismatch', detail: `${said}, expected ${normaliseVersion(tag)}` };
}

function reportedVersion(
  seen: { readonly body: string; readonly truncated: boolean },
  path: string,
): string | undefined {
  const document = seen.truncated ? { ok: false as const } : parseJson(seen.body);
  if (!document.ok) return undefined;
  const field = readField(document.value, path);
  return field.found && (typeof field.value === 'string' || typeof field.value === 'number')
    ? String(field.value)
    : undefined;
}

function toEvidence({ subject, detail }: Finding): Evidence {
  return { subject, detail };
}
