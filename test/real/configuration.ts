/** The fairway.yaml of a service under load: the profile's, with times that a test has. */
import { versions } from '../../local/real-versions.ts';

const smokeTest = `
const answer = await fetch(process.env.BASE_URL + '/version');
console.log(answer.status, await answer.text());
process.exitCode = answer.ok ? 0 : 1;`;

/** Seconds of each bake: more than 300 answers, of which a share can be told. */
const bake = '10s';

export interface Settings {
  /** Name of the kube context. */
  readonly context: string;
  readonly namespace: string;
  readonly taskQueue: string;
  /** URL of Prometheus; absent: only the pods are judged. */
  readonly prometheus?: string;
}

export function configuration({ context, namespace, taskQueue, prometheus }: Settings): string {
  return `
temporal: { taskQueue: ${taskQueue} }
environments:
  dev:
    cluster: ${context}
    namespace: ${namespace}
    taskQueue: ${namespace}
    ${prometheus === undefined ? '' : `prometheus: ${prometheus}`}
services:
  tensafe:
    displayName: TenSafe
    deployment: tensafe-server
    container: tensafe
    image: tensafe/server
    kubernetesService: tensafe-server
    update: helm
    helm: { release: tensafe, chart: ./chart, imageTagValue: image.tag }
    verification: { port: 8000 }
    canary:
      steps: [{ weight: 34, bake: ${bake} }, { weight: 67, bake: ${bake} }, { weight: 100, bake: ${bake} }]
    blueGreen:
      monitor: ${bake}
      smokeTests:
        - kind: command
          name: version
          command: [node, --input-type=module, -e, ${JSON.stringify(smokeTest)}]
        - kind: job
          name: version from within
          image: tensafe/server:${versions.first}
          command: [node, --input-type=module, -e, ${JSON.stringify(smokeTest)}]
    analysis:
      metrics:
        - kind: ratio
          name: error ratio
          failed: >-
            sum(increase(http_requests_total{namespace="{{namespace}}", pod=~"{{pods}}",
            status="error"}[{{window}}])) or vector(0)
          total: sum(increase(http_requests_total{namespace="{{namespace}}", pod=~"{{pods}}"}[{{window}}]))
          limit: 0.05
          critical: true
      errorLogs: { pattern: error|exception|fatal, limit: 10 }
      whenInconclusive: rollBack
`;
}
