/** What tracks decide from, as tables: no cluster. */
import { expect, test } from '@jest/globals';
import type { V1Endpoint, V1EndpointSlice, V1Pod, V1ReplicaSet } from '@kubernetes/client-node';
import { countEndpoints } from '../../../src/activities/kubernetes/count-endpoints.ts';
import { decidePause, decideRestore } from '../../../src/activities/kubernetes/pause-decisions.ts';
import type { PauseRecord, Settings } from '../../../src/activities/kubernetes/scaler.ts';

const shop: V1ReplicaSet = {
  metadata: { uid: 'rs', ownerReferences: [owner('Deployment', 'shop', 'd')] },
};
const loose: V1ReplicaSet = { metadata: { uid: 'loose' } };

function owner(kind: string, name: string, uid: string) {
  return { apiVersion: 'apps/v1', kind, name, uid, controller: true };
}

function pod(uid: string, change: V1Pod['metadata'] = {}): V1Pod {
  return { metadata: { uid, ownerReferences: [owner('ReplicaSet', 'shop-abc', 'rs')], ...change } };
}

function endpoint(uid: string, conditions: V1Endpoint['conditions'] = { ready: true }): V1Endpoint {
  return { addresses: [uid], conditions, targetRef: { kind: 'Pod', name: uid, uid } };
}

function slice(endpoints: V1Endpoint[], addressType = 'IPv4'): V1EndpointSlice {
  return { addressType, endpoints, metadata: {} };
}

const pods = [
  pod('a'),
  pod('b'),
  pod('going', { deletionTimestamp: new Date() }),
  { ...pod('evicted'), status: { phase: 'Failed' } },
  pod('alone', { ownerReferences: [] }),
  pod('of-loose', { ownerReferences: [owner('ReplicaSet', 'loose', 'loose')] }),
];
const two = [{ deployment: 'shop', ready: 2 }];
const one = [{ deployment: 'shop', ready: 1 }];

test.each([
  ['ready pods are counted', [slice([endpoint('a'), endpoint('b')])], two, []],
  ['absent conditions mean ready', [slice([endpoint('a', {})])], one, []],
  ['unready ones are not', [slice([endpoint('a'), endpoint('b', { ready: false })])], one, []],
  [
    'terminating ones are not, though a Service publishes them as ready',
    [slice([endpoint('a'), endpoint('b', { ready: true, terminating: true })])],
    one,
    [],
  ],
  [
    'published ones that do not serve are not',
    [slice([endpoint('a'), endpoint('b', { ready: true, serving: false })])],
    one,
    [],
  ],
  ['one in two slices is counted once', [slice([endpoint('a')]), slice([endpoint('a')])], one, []],
  ['one of a pod that is going is nobody’s', [slice([endpoint('a'), endpoint('going')])], one, ['Pod going']],
  ['one of a pod that has ended, too', [slice([endpoint('a'), endpoint('evicted')])], one, ['Pod evicted']],
  ['one of an unknown pod is nobody’s', [slice([endpoint('unknown')])], [], ['Pod unknown']],
  ['one of a pod without an owner is nobody’s', [slice([endpoint('alone')])], [], ['Pod alone']],
  ['one of a ReplicaSet without a Deployment, too', [slice([endpoint('of-loose')])], [], ['Pod of-loose']],
  ['an address without a pod is told as it is', [slice([{ addresses: ['10.0.0.9'] }])], [], ['10.0.0.9']],
])('of endpoints, %s', (_, slices, counts, others) => {
  expect(countEndpoints({ slices, pods, replicaSets: [shop, loose] })).toEqual([{ counts, others }]);
});

test('each address family is counted on its own', () => {
  const slices = [slice([endpoint('a'), endpoint('b')]), slice([endpoint('a')], 'IPv6')];
  expect(countEndpoints({ slices, pods, replicaSets: [shop] })).toEqual([
    { counts: two, others: [] },
    { counts: one, others: [] },
  ]);
});

const before: Settings = { min: 2, max: 10 };
const pin: Settings = { min: 4, max: 4 };
const theirs: Settings = { min: 4, max: 20 };
const record: PauseRecord = { key: 'r1', recorded: before, written: pin };

test.each([
  ['a first pause records what is there', before, undefined, 'r1', 'write', before],
  ['a repeated one keeps the record', pin, record, 'r1', 'isPaused', before],
  ['a dead release’s record is taken over', pin, record, 'r2', 'write', before],
  ['a dead release’s record of other settings is not', theirs, record, 'r2', 'write', theirs],
  ['settings that came back are pinned again', before, record, 'r1', 'write', before],
  ['a person’s settings are not pinned again', theirs, record, 'r1', 'leftAlone', before],
] as const)('of pauses, %s', (_, settings, found, key, decision, recorded) => {
  expect(decidePause({ settings, record: found }, pin, key)).toMatchObject({
    decision,
    record: { recorded, written: pin },
  });
});

const later: PauseRecord = { ...record, written: { min: 3, max: 3 } };

test.each([
  ['pinned settings are put back', pin, record, 'restored'],
  ['pinned settings whose record is gone are put back', pin, undefined, 'restored'],
  ['settings of a later pin are put back', later.written, later, 'restored'],
  ['recorded settings are there already', before, record, 'alreadyThere'],
  ['a person’s settings are left alone', theirs, record, 'leftAlone'],
] as const)('of restores, %s', (_, settings, found, decision) => {
  expect(decideRestore({ settings, record: found }, { recorded: before, written: pin })).toBe(decision);
});
