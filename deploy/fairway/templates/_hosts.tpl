{{/*
Egress to the hosts of URLs. A policy cannot name a host outside the cluster: of these only the port is limited. A
Service (name.namespace, or name.namespace.svc…) is reached in its namespace, on whatever port its pods have. A name of
two parts may be either. Takes root and urls.
*/}}
{{- define "fairway.egressTo" -}}
{{- $namespaces := list -}}
{{- $ports := list -}}
{{- range uniq .urls -}}
{{- $url := urlParse . -}}
{{- $host := regexReplaceAll ":[0-9]+$" $url.host "" -}}
{{- $port := regexFind ":[0-9]+$" $url.host | trimPrefix ":" | default (ternary "443" "80" (eq $url.scheme "https")) -}}
{{- $parts := splitList "." $host -}}
{{- $isService := and (gt (len $parts) 2) (eq (index $parts 2) "svc") -}}
{{- $mayBeService := eq (len $parts) 2 -}}
{{- if eq (len $parts) 1 }}{{- $namespaces = append $namespaces $.root.Release.Namespace -}}
{{- else if or $isService $mayBeService }}{{- $namespaces = append $namespaces (index $parts 1) -}}{{- end -}}
{{- if and (gt (len $parts) 1) (not $isService) }}{{- $ports = append $ports $port -}}{{- end -}}
{{- end -}}
{{- range uniq $namespaces | sortAlpha }}
- to:
    - namespaceSelector:
        matchLabels: { kubernetes.io/metadata.name: {{ . }} }
{{- end }}
{{- range uniq $ports | sortAlpha }}
- ports:
    - { port: {{ . }}, protocol: TCP }
{{- end }}
{{- end }}

{{/* What the control worker calls, as a JSON list of URLs. */}}
{{- define "fairway.controlUrls" -}}
{{- $config := include "fairway.config" . | fromJson -}}
{{- $urls := list -}}
{{- $ticket := false -}}
{{- range $name, $entry := $config.environments -}}
{{- /* The last dot: a host, never a Service. */ -}}
{{- if $entry.slackChannel }}{{- $urls = append $urls "https://slack.com." -}}{{- end -}}
{{- with $entry.paging }}{{- $urls = append $urls (.url | default "https://events.pagerduty.com") -}}{{- end -}}
{{- with dig "incidents" "webhook" "url" "" $entry }}{{- $urls = append $urls . -}}{{- end -}}
{{- if dig "incidents" "ticket" "" $entry }}{{- $ticket = true -}}{{- end -}}
{{- end -}}
{{- range $name, $service := $config.services -}}
{{- if $service.repository }}{{- $ticket = true -}}{{- end -}}
{{- end -}}
{{- if $ticket }}{{- $urls = append $urls (dig "codeHost" "url" "https://api.github.com" $config) -}}{{- end -}}
{{- with $config.onCall }}{{- $urls = append $urls (.url | default "https://api.pagerduty.com") -}}{{- end -}}
{{- toJson $urls -}}
{{- end }}

{{/* What a cluster's worker calls besides the API server, as a JSON list of URLs. Takes root and worker. */}}
{{- define "fairway.workerUrls" -}}
{{- $config := include "fairway.config" .root | fromJson -}}
{{- $urls := list -}}
{{- range $name, $entry := include "fairway.environmentsOf" . | fromJson -}}
{{- with $entry.prometheus }}{{- $urls = append $urls . -}}{{- end -}}
{{- with $entry.alertmanager }}{{- $urls = append $urls . -}}{{- end -}}
{{- end -}}
{{- range $name, $service := $config.services -}}
{{- with dig "helm" "repository" "" $service }}{{- $urls = append $urls . -}}{{- end -}}
{{- with dig "helm" "chart" "" $service }}{{- if hasPrefix "oci://" . }}{{- $urls = append $urls (replace "oci://" "https://" .) -}}{{- end -}}{{- end -}}
{{- end -}}
{{- toJson $urls -}}
{{- end }}
