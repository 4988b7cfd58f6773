{{/* Takes root, part, urls (a list) and apiServer (whether the pods talk to the cluster). */}}
{{- define "fairway.networkPolicy" -}}
{{- $values := .root.Values -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "fairway.name" . }}
  labels:
    {{- include "fairway.labels" . | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      {{- include "fairway.selectorLabels" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    # Probes come from the node, which a policy cannot name.
    - ports:
        - { port: health, protocol: TCP }
    - ports:
        - { port: metrics, protocol: TCP }
      {{- with $values.networkPolicy.metricsFrom }}
      from:
        {{- toYaml . | nindent 8 }}
      {{- end }}
  egress:
    # DNS.
    - ports:
        - { port: 53, protocol: UDP }
        - { port: 53, protocol: TCP }
    # Temporal.
    - ports:
        - { port: {{ regexFind "[0-9]+$" $values.temporal.address | default "7233" }}, protocol: TCP }
      {{- with $values.networkPolicy.temporalTo }}
      to:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    {{- if .apiServer }}
    # The cluster's API server.
    - ports:
        {{- range $values.networkPolicy.apiServer.ports }}
        - { port: {{ . }}, protocol: TCP }
        {{- end }}
      {{- with $values.networkPolicy.apiServer.to }}
      to:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    {{- end }}
    {{- with include "fairway.egressTo" (dict "root" .root "urls" (concat .urls (compact (list $values.tracing.endpoint)))) | trim }}
    # Hosts that fairway.yaml names, and the collector of traces.
    {{- . | nindent 4 }}
    {{- end }}
    {{- with $values.networkPolicy.extraEgress }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end }}
