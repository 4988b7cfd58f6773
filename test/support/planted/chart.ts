/** A small chart of the shop, which holds secrets as charts in the wild do, and says them when it fails. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Planted } from './secrets.ts';

/** Versions that end in a way of their own; their tags may also choose a behaviour of local/kwok. */
export const versions = {
  good: '4.1.0',
  crashing: '4.1.1-crash',
  unhealthy: '4.1.2',
  unrenderable: '4.1.3',
} as const;

/** Said beside the secrets, so that a search that finds nothing is known to have looked there. */
export const beside = {
  log: 'shop-cannot-log-in',
  answer: 'mail-queue-is-stuck',
  smoke: 'basket-does-not-open',
} as const;

export async function writeShopChart(folder: string, planted: Planted): Promise<void> {
  await mkdir(join(folder, 'templates'), { recursive: true });
  const files = {
    'Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
    'values.yaml': "image: { tag: '' }\nsmtp: { password: '' }\napi: { license: '' }\n",
    'templates/secret.yaml': secret,
    'templates/service.yaml': service,
    'templates/deployment.yaml': deployment(planted),
  };
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
}

/** A smoke test that fails, and says with what it tried. */
export async function writeSmokeTest(file: string, { smokePassword }: Planted): Promise<void> {
  const words = `${beside.smoke}: password=${smokePassword} https://shop:${smokePassword}@shop.example.com/basket`;
  await writeFile(file, `process.stdout.write(${JSON.stringify(`${words}\n`)}); process.exit(1);\n`);
}

const secret = `
apiVersion: v1
kind: Secret
metadata: { name: shop-smtp }
stringData: { password: {{ .Values.smtp.password | quote }} }
`;

const service = `
apiVersion: v1
kind: Service
metadata: { name: shop-server }
spec: { selector: { app: shop }, ports: [{ name: http, port: 8000 }] }
`;

function deployment(planted: Planted): string {
  return `
{{- if eq .Values.image.tag "${versions.unrenderable}" }}
{{- fail (printf "the mail server does not take %s" .Values.smtp.password) }}
{{- end }}
apiVersion: apps/v1
kind: Deployment
metadata: { name: shop-server, labels: { app: shop } }
spec:
  replicas: 2
  strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }
  selector: { matchLabels: { app: shop } }
  template:
    metadata:
      labels: { app: shop }
      annotations:
        stand-in.local/log: ${inHex(logLines(planted))}
        {{- if eq .Values.image.tag "${versions.unhealthy}" }}
        stand-in.local/answers: ${inHex(unhealthyAnswers(planted))}
        {{- end }}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: shop
          image: "example/shop:{{ .Values.image.tag }}"
          ports: [{ name: http, containerPort: 8000 }, { name: metrics, containerPort: 9090 }]
          env:
            - { name: DATABASE_URL, valueFrom: { secretKeyRef: { name: shop-secrets, key: database-url } } }
            - { name: SMTP_PASSWORD, valueFrom: { secretKeyRef: { name: shop-smtp, key: password } } }
            - { name: LICENSE_KEY, value: {{ .Values.api.license | quote }} }
          readinessProbe: { httpGet: { path: /ready, port: 8000 }, periodSeconds: 1 }
`;
}

function logLines(planted: Planted): string {
  const { loggedPassword, loggedHeader, loggedAddress } = planted;
  const { loggedGoAddress, loggedVariable, loggedPass, spokenKey, spokenPassword } = planted;
  // Words that the diagnosis knows, so that it quotes the line.
  const refused = `FATAL ${beside.log} password authentication failed for user "shop"`;
  return [
    `${refused}: password=${loggedPassword}`,
    `${refused} > Authorization: Bearer ${loggedHeader}`,
    `${refused} at https://shop:${loggedAddress}@db.example.com/shop`,
    `${refused} db.pass=${loggedPass}`,
    `${refused} using password ${spokenPassword}, invalid API key: ${spokenKey}`,
    `${refused}: STRIPE_KEY=${loggedVariable} shop:${loggedGoAddress}@tcp(db:3306)/shop password=${loggedPassword} Authorization: Bearer ${loggedHeader} https://shop:${loggedAddress}@db.example.com/shop`,
  ].join('\n');
}

function unhealthyAnswers({ answeredKey }: Planted): string {
  const json = { status: 'unhealthy', detail: beside.answer, api_key: answeredKey };
  return JSON.stringify({ '/health': { status: 503, json } });
}

function inHex(text: string): string {
  return `hex:${Buffer.from(text).toString('hex')}`;
}
