import { expect, test } from '@jest/globals';
import type { V1Deployment, V1HTTPHeader, V1Pod } from '@kubernetes/client-node';
import { askProbes } from '../../../src/activities/diagnosis/answers.ts';
import { createLooker } from '../../../src/activities/diagnosis/looker.ts';
import { probeHeaders } from '../../../src/activities/diagnosis/probe-headers.ts';
import { workloadFacts } from '../../../src/activities/diagnosis/workload.ts';
import type { Reach } from '../../../src/domain/check.ts';
import type { ProbeAnswer } from '../../../src/domain/diagnosis-observation.ts';
import type { PodObservation } from '../../../src/domain/rollout-observation.ts';
import { aTarget } from '../../support/a-target.ts';
import { startApiLike } from '../verification/api-like-server.ts';
import { repeats } from '../verification/manners.ts';

const secret = 'Pl4nt3dV4lue';
const unready: PodObservation = {
  ...{ name: 'shop-1', phase: 'Running', createdAt: 0, terminating: false },
  containers: [{ name: 'shop', ready: false, restarts: 0, running: { startedAt: 0 } }],
};
const pod: V1Pod = { metadata: { name: 'shop-1' }, status: { podIP: '10.0.0.7' } };

function deployment(httpHeaders: V1HTTPHeader[]): V1Deployment {
  const readinessProbe = { httpGet: { path: '/ready', port: 8000, httpHeaders } };
  return {
    spec: {
      selector: {},
      template: { spec: { containers: [{ name: 'shop', image: 'example/shop:1', readinessProbe }] } },
    },
  };
}

/** What is answered, and what the pod was sent in each request. */
async function ask(httpHeaders: V1HTTPHeader[], reach: Reach) {
  const requests: string[] = [];
  const api = await startApiLike({ socket: repeats((request) => requests.push(request)) });
  const target = aTarget({ service: { verification: { reach, checks: [] } } });
  const its = deployment(httpHeaders);
  try {
    const answers: readonly ProbeAnswer[] = await askProbes(
      {
        ...{ cluster: api.cluster, target, headers: probeHeaders(its, [pod]) },
        looker: createLooker(new AbortController().signal, 5),
      },
      workloadFacts(its),
      [unready],
    );
    return { answers, requests };
  } finally {
    await api.close();
  }
}

test('a probe is asked with its own headers, and the answer is told without them', async () => {
  const { answers, requests } = await ask(
    [
      { name: 'X-Probe-Key', value: secret },
      { name: 'Host', value: 'shop.example.com' },
    ],
    'portForward',
  );
  expect(requests[0]).toMatch(/^GET \/ready HTTP\/1\.1\r\n/);
  expect(requests[0]).toMatch(new RegExp(`^x-probe-key: ${secret}\\r$`, 'im'));
  expect(requests[0]).toMatch(/^host: shop\.example\.com\r$/im);
  expect(answers[0]).toMatchObject({ asked: 'probe', status: 200 });
  expect(answers[0]?.detail).toMatch(/x-probe-key: \[redacted\]/i);
  expect(JSON.stringify(answers)).not.toContain(secret);
});

test("a probe without headers is asked at the pod's own address, as the kubelet does", async () => {
  const { requests } = await ask([], 'portForward');
  expect(requests[0]).toMatch(/^host: 10\.0\.0\.7:8000\r$/im);
});

test('where headers cannot be sent, the words of the kubelet are better than an answer', async () => {
  const { answers, requests } = await ask([{ name: 'X-Probe-Key', value: secret }], 'exec');
  expect({ answers, requests }).toEqual({ answers: [], requests: [] });
});
