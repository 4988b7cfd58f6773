import { createHash } from 'node:crypto';
import type { V1Job } from '@kubernetes/client-node';
import type { SmokeTest } from '../../domain/strategy-options.ts';
import type { TestedPod } from './tested-pod.ts';

export type JobTest = Extract<SmokeTest, { readonly kind: 'job' }>;

export const keyAnnotation = 'fairway.dev/key';
export const testedPodAnnotation = 'fairway.dev/tested-pod';
export const testedPodUidAnnotation = 'fairway.dev/tested-pod-uid';
export const testContainer = 'smoke-test';

/** The worker ends the test itself, while its log is still there; this is for a worker that is gone. */
const deadlineSlackSeconds = 120;

/** A worker that comes back within this time still finds the result; then the cluster tidies up by itself. */
const keepSeconds = 600;

/** A test that is ended gets this long; nobody waits for it longer. */
const graceSeconds = 5;

/** The same for every attempt at the same test of the same release step. */
export function jobName(key: string, test: JobTest): string {
  const digest = createHash('sha256').update(`${key}\0${test.name}`).digest('hex');
  return `fairway-smoke-${digest.slice(0, 16)}`;
}

/**
 * One pod, one try, no rights: it fits the `restricted` Pod Security Standard, so the image must not run as
 * root. Its labels are Fairway's own: no Service and no Deployment selects it.
 */
export function jobManifest(key: string, test: JobTest, pod: TestedPod): V1Job {
  const labels = { 'app.kubernetes.io/managed-by': 'fairway' };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: jobName(key, test),
      labels,
      annotations: {
        [keyAnnotation]: key,
        [testedPodAnnotation]: pod.name,
        [testedPodUidAnnotation]: pod.uid,
      },
    },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: test.timeoutSeconds + deadlineSlackSeconds,
      ttlSecondsAfterFinished: keepSeconds,
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: 'Never',
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: graceSeconds,
          imagePullSecrets: [...pod.imagePullSecrets],
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [
            {
              name: testContainer,
              image: test.image,
              ...(test.command.length === 0 ? {} : { command: [...test.command] }),
              env: [{ name: test.baseUrlVariable, value: baseUrl(pod.ip, test.port) }],
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
              // Stated, for namespaces whose quota asks for it; a test that needs more is a load test.
              resources: {
                requests: { cpu: '100m', memory: '128Mi' },
                limits: { cpu: '1', memory: '1Gi' },
              },
            },
          ],
        },
      },
    },
  };
}

function baseUrl(ip: string, port: number): string {
  return `http://${ip.includes(':') ? `[${ip}]` : ip}:${port}`;
}
