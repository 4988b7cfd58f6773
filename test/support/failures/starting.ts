/** Containers that cannot start: bad images, and Secrets and ConfigMaps that are really missing. */
import type { CoreV1Event } from '@kubernetes/client-node';
import type { Failure } from './failure.ts';
import { fatal, patient, waitsFor } from './failure.ts';
import type { Scene } from './scene.ts';
import { waiting } from './shop.ts';

const env = (kind: 'secretKeyRef' | 'configMapKeyRef', name: string, key: string) => ({
  env: [{ name: 'DATABASE_URL', valueFrom: { [kind]: { name, key } } }],
});

export const imageFailures: readonly Failure[] = [
  {
    title: 'image is not in the registry',
    arrange: ({ release }) => release({ behaviour: 'no-image' }),
    shown: waitsFor('ErrImagePull'),
    wait: fatal('image-not-found'),
    finding: 'image-not-found',
    names: /example\/shop:4\.1\.0/,
  },
  {
    title: 'image name is not valid',
    arrange: ({ release }) =>
      release({
        ...waiting(
          'InvalidImageName',
          'Failed to apply default image tag "example/Shop:4.1.0": couldn\'t parse image name "example/Shop:4.1.0": invalid reference format: repository name (example/Shop) must be lowercase',
        ),
        container: { image: 'example/Shop:4.1.0' },
      }),
    shown: waitsFor('InvalidImageName'),
    wait: fatal('image-name-invalid'),
    finding: 'image-name-invalid',
    names: /example\/Shop:4\.1\.0/,
  },
  {
    title: 'image may not be pulled and is not there',
    arrange: ({ release }) =>
      release({
        ...waiting(
          'ErrImageNeverPull',
          'Container image "example/shop:4.1.0" is not present with pull policy of Never',
        ),
        container: { imagePullPolicy: 'Never' },
      }),
    shown: waitsFor('ErrImageNeverPull'),
    wait: fatal('image-never-pull'),
    finding: 'image-never-pull',
    names: /example\/shop:4\.1\.0/,
  },
  {
    title: 'pull is refused by the registry',
    arrange: ({ release }) =>
      release(
        waiting(
          'ErrImagePull',
          'failed to pull and unpack image "docker.io/example/shop:4.1.0": failed to resolve reference: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
        ),
      ),
    shown: waitsFor('ErrImagePull'),
    wait: patient('image-pull-failing'),
    finding: 'image-pull-refused',
    names: /example\/shop:4\.1\.0/,
  },
  {
    title: 'pulls are too many for the registry',
    arrange: ({ release }) =>
      release(
        waiting(
          'ImagePullBackOff',
          'Back-off pulling image "example/shop:4.1.0": ErrImagePull: failed to pull: 429 Too Many Requests - toomanyrequests: You have reached your pull rate limit',
        ),
      ),
    shown: waitsFor('ImagePullBackOff'),
    wait: patient('image-pull-failing'),
    finding: 'registry-rate-limited',
    names: /example\/shop:4\.1\.0|registry/,
  },
  {
    title: 'registry does not answer, and the progress deadline passes',
    // Long enough for a node that is busy to say that it cannot pull.
    arrange: ({ release }) =>
      release({ behaviour: 'registry-timeout', spec: { progressDeadlineSeconds: 45 } }),
    shown: {
      in: 'deployments',
      when: ({ status }) =>
        status?.conditions?.some(({ reason }) => reason === 'ProgressDeadlineExceeded') === true,
    },
    wait: fatal('progress-deadline-exceeded'),
    finding: 'registry-unreachable',
    names: /example\/shop:4\.1\.0|registry/,
  },
];

export const referenceFailures: readonly Failure[] = [
  {
    title: 'Secret does not exist',
    arrange: ({ release }) =>
      release({
        ...waiting('CreateContainerConfigError', 'secret "shop-secrets" not found'),
        container: env('secretKeyRef', 'shop-secrets', 'database-url'),
      }),
    shown: waitsFor('CreateContainerConfigError'),
    wait: fatal('container-config-invalid'),
    finding: 'secret-missing',
    names: /shop-secrets/,
  },
  {
    title: 'Secret lacks the key',
    arrange: async ({ core, namespace, release }) => {
      const body = { metadata: { name: 'shop-secrets' }, stringData: { 'db-url': 'postgres://db/shop' } };
      await core.createNamespacedSecret({ namespace, body });
      await release({
        ...waiting(
          'CreateContainerConfigError',
          `couldn't find key database-url in Secret ${namespace}/shop-secrets`,
        ),
        container: env('secretKeyRef', 'shop-secrets', 'database-url'),
      });
    },
    shown: waitsFor('CreateContainerConfigError'),
    wait: fatal('container-config-invalid'),
    finding: 'secret-key-missing',
    names: /database-url/,
  },
  {
    title: 'ConfigMap does not exist',
    arrange: ({ release }) =>
      release({
        ...waiting('CreateContainerConfigError', 'configmap "shop-config" not found'),
        container: { envFrom: [{ configMapRef: { name: 'shop-config' } }] },
      }),
    shown: waitsFor('CreateContainerConfigError'),
    wait: fatal('container-config-invalid'),
    finding: 'config-map-missing',
    names: /shop-config/,
  },
  {
    title: 'volume needs a Secret that does not exist',
    arrange: async (scene) => {
      await scene.release({
        ...waiting('ContainerCreating', ''),
        pod: { volumes: [{ name: 'tls', secret: { secretName: 'shop-tls' } }] },
      });
      await tellOfMount(scene, 'MountVolume.SetUp failed for volume "tls" : secret "shop-tls" not found');
    },
    shown: waitsFor('ContainerCreating'),
    wait: patient(),
    finding: 'secret-missing',
    names: /shop-tls/,
  },
];

/** The event that a kubelet writes. */
async function tellOfMount({ core, namespace }: Scene, message: string): Promise<void> {
  const { items } = await core.listNamespacedPod({ namespace, labelSelector: 'app=shop' });
  const at = new Date();
  for (const { metadata } of items) {
    const { name = '', uid = '' } = metadata ?? {};
    const body: CoreV1Event = {
      metadata: { generateName: `${name}.` },
      involvedObject: { apiVersion: 'v1', kind: 'Pod', name, namespace, uid },
      type: 'Warning',
      reason: 'FailedMount',
      message,
      count: 1,
      firstTimestamp: at,
      lastTimestamp: at,
      source: { component: 'kubelet' },
    };
    await core.createNamespacedEvent({ namespace, body });
  }
}
