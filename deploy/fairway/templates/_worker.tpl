{{/*
One worker's account, Deployment and disruption budget. Takes root, part, args (a list), replicas, resources, inCluster
(whether its pods hold the account's token), secret (whose keys become variables), env, volumes and volumeMounts.
*/}}
{{- define "fairway.worker" -}}
{{- $name := include "fairway.name" . -}}
{{- $values := .root.Values -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ $name }}
  labels:
    {{- include "fairway.labels" . | nindent 4 }}
  {{- with $values.serviceAccount.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
automountServiceAccountToken: false
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $name }}
  labels:
    {{- include "fairway.labels" . | nindent 4 }}
spec:
  replicas: {{ .replicas }}
  # Another worker goes on where one stops: none is missed, so there is no hurry to have more than asked for.
  strategy:
    rollingUpdate: { maxSurge: 1, maxUnavailable: 0 }
  selector:
    matchLabels:
      {{- include "fairway.selectorLabels" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "fairway.labels" . | nindent 8 }}
        {{- with $values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      annotations:
        # A worker reads its configuration when it starts.
        checksum/config: {{ include "fairway.configText" .root | sha256sum }}
        {{- with $values.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      serviceAccountName: {{ $name }}
      automountServiceAccountToken: {{ .inCluster }}
      enableServiceLinks: false
      terminationGracePeriodSeconds: {{ $values.terminationGracePeriodSeconds }}
      {{- with $values.imagePullSecrets }}
      imagePullSecrets:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $values.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      securityContext:
        runAsNonRoot: true
        runAsUser: 1000
        runAsGroup: 1000
        fsGroup: 1000
        seccompProfile: { type: RuntimeDefault }
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
              {{- include "fairway.selectorLabels" . | nindent 14 }}
      {{- with include "fairway.placement" $values | trim }}
      {{- . | nindent 6 }}
      {{- end }}
      containers:
        - name: worker
          image: {{ include "fairway.image" .root }}
          imagePullPolicy: {{ $values.image.pullPolicy }}
          args:
            {{- concat (list "--config" "/etc/fairway/fairway.yaml") .args (list "--health-address" (printf "0.0.0.0:%v" $values.healthPort) "--metrics-address" (printf "0.0.0.0:%v" $values.metricsPort)) | toYaml | nindent 12 }}
          env:
            {{- include "fairway.temporalEnv" .root | trim | nindent 12 }}
            {{- with $values.tracing.endpoint }}
            - { name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ . | quote }} }
            {{- end }}
            # For helm's caches: all else is read-only.
            - { name: HOME, value: /tmp }
            {{- with .env }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
          {{- with .secret }}
          # Not optional: without the Secret the pod does not start, and says so. What stands above wins over its keys.
          envFrom:
            - secretRef: { name: {{ . }} }
          {{- end }}
          ports:
            - { name: health, containerPort: {{ $values.healthPort }} }
            - { name: metrics, containerPort: {{ $values.metricsPort }} }
          # Connecting and bundling the workflows take a while on a small machine.
          startupProbe:
            httpGet: { path: /healthz, port: health }
            periodSeconds: 2
            failureThreshold: 60
          livenessProbe:
            httpGet: { path: /healthz, port: health }
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 3
          readinessProbe:
            httpGet: { path: /readyz, port: health }
            periodSeconds: 5
            timeoutSeconds: 5
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: { drop: [ALL] }
          resources:
            {{- toYaml .resources | nindent 12 }}
          volumeMounts:
            - { name: config, mountPath: /etc/fairway, readOnly: true }
            - { name: tmp, mountPath: /tmp }
            {{- with $values.temporal.tls.caSecret }}
            - { name: temporal-ca, mountPath: /etc/temporal-tls/ca, readOnly: true }
            {{- end }}
            {{- with $values.temporal.tls.clientSecret }}
            - { name: temporal-client, mountPath: /etc/temporal-tls/client, readOnly: true }
            {{- end }}
            {{- with .volumeMounts }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
      volumes:
        - name: config
          configMap: { name: {{ include "fairway.name" (dict "root" .root "part" "config") }} }
        - name: tmp
          emptyDir: { sizeLimit: 512Mi }
        {{- /* With keys named, a pod does not start without them, and says which is missing. */}}
        {{- with $values.temporal.tls.caSecret }}
        - name: temporal-ca
          secret:
            secretName: {{ . }}
            defaultMode: 0440
            items: [{ key: ca.crt, path: ca.crt }]
        {{- end }}
        {{- with $values.temporal.tls.clientSecret }}
        - name: temporal-client
          secret:
            secretName: {{ . }}
            defaultMode: 0440
            items: [{ key: tls.crt, path: tls.crt }, { key: tls.key, path: tls.key }]
        {{- end }}
        {{- with .volumes }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
{{- if $values.podDisruptionBudget.enabled }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ $name }}
  labels:
    {{- include "fairway.labels" . | nindent 4 }}
spec:
  # With one replica a drain still gets through: what the pod ran is handed on.
  maxUnavailable: 1
  selector:
    matchLabels:
      {{- include "fairway.selectorLabels" . | nindent 6 }}
{{- end }}
{{- end }}

{{/* Where pods go. Takes the values. */}}
{{- define "fairway.placement" -}}
{{- range $key := list "nodeSelector" "tolerations" "affinity" -}}
{{- with get $ $key }}
{{ $key }}:
  {{- toYaml . | nindent 2 }}
{{- end -}}
{{- end -}}
{{- end }}

{{/* The variables of Temporal's SDK. */}}
{{- define "fairway.temporalEnv" -}}
{{- with .Values.temporal -}}
- { name: TEMPORAL_ADDRESS, value: {{ required "temporal.address: HOST:PORT of Temporal's frontend is missing" .address | quote }} }
- { name: TEMPORAL_NAMESPACE, value: {{ .namespace | quote }} }
{{- if .tls.enabled }}
- { name: TEMPORAL_TLS, value: 'true' }
{{- with .tls.serverName }}
- { name: TEMPORAL_TLS_SERVER_NAME, value: {{ . | quote }} }
{{- end }}
{{- if .tls.caSecret }}
- { name: TEMPORAL_TLS_SERVER_CA_CERT_PATH, value: /etc/temporal-tls/ca/ca.crt }
{{- end }}
{{- if .tls.clientSecret }}
- { name: TEMPORAL_TLS_CLIENT_CERT_PATH, value: /etc/temporal-tls/client/tls.crt }
- { name: TEMPORAL_TLS_CLIENT_KEY_PATH, value: /etc/temporal-tls/client/tls.key }
{{- end }}
{{- end }}
{{- with .apiKeySecret }}
- name: TEMPORAL_API_KEY
  valueFrom: { secretKeyRef: { name: {{ . }}, key: TEMPORAL_API_KEY } }
{{- end }}
{{- end -}}
{{- end }}
