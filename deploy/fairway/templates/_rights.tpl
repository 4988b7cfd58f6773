{{/*
Namespaces of a worker's environments, as a JSON object: the services that live there, each as fairway.yaml has it.
Takes root and worker.
*/}}
{{- define "fairway.namespacesOf" -}}
{{- $config := include "fairway.config" .root | fromJson -}}
{{- $found := dict -}}
{{- range $environment, $entry := include "fairway.environmentsOf" . | fromJson -}}
{{- range $name, $service := $config.services -}}
{{- $namespace := dig "environments" $environment "namespace" $entry.namespace $service -}}
{{- $_ := set $found $namespace (append (get $found $namespace | default list) $service) -}}
{{- end -}}
{{- end -}}
{{- toJson $found -}}
{{- end }}

{{/* The names of the parts of files/rights.yaml that these services take, as a JSON list. Takes services and worker. */}}
{{- define "fairway.partsOf" -}}
{{- $parts := list "release" "diagnosis" -}}
{{- $blueGreen := has "blueGreen" .worker.strategies -}}
{{- if or $blueGreen (has "canary" .worker.strategies) -}}
{{- $parts = append $parts "tracks" -}}
{{- end -}}
{{- range $service := .services -}}
{{- $parts = append $parts (printf "verification-%s" (dig "verification" "reach" "portForward" $service)) -}}
{{- if $service.helm -}}
{{- $parts = append $parts "helm" -}}
{{- if eq (include "fairway.updateOf" $service) "helm" }}{{- $parts = append $parts "helmUpdate" -}}{{- end -}}
{{- end -}}
{{- if $blueGreen -}}
{{- range $test := dig "blueGreen" "smokeTests" list $service -}}
{{- $parts = append $parts (printf "smoke-%s" $test.kind) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- uniq $parts | toJson -}}
{{- end }}

{{- define "fairway.updateOf" -}}
{{- .update | default (ternary "helm" "image" (hasKey . "helm")) -}}
{{- end }}

{{/* Rules of a Role from lists of rights: one for each resource and set of names. Takes rights. */}}
{{- define "fairway.rules" -}}
{{- $merged := dict -}}
{{- range .rights -}}
{{- $names := .names | default list -}}
{{- $key := printf "%s %s %s" .group .resource (join "," $names) -}}
{{- $verbs := concat (dig "verbs" list (get $merged $key | default dict)) .verbs | uniq -}}
{{- $_ := set $merged $key (dict "group" .group "resource" .resource "names" $names "verbs" $verbs) -}}
{{- end -}}
{{- range $key := keys $merged | sortAlpha }}
{{- with get $merged $key }}
- apiGroups: [{{ .group | quote }}]
  resources: [{{ .resource | quote }}]
  {{- with .names }}
  resourceNames: {{ toJson . }}
  {{- end }}
  verbs: {{ toJson .verbs }}
{{- end }}
{{- end -}}
{{- end }}

{{/* All that a worker may do in a namespace, as rules. Takes root, worker and services. */}}
{{- define "fairway.namespaceRules" -}}
{{- $parts := .root.Files.Get "files/rights.yaml" | fromYaml -}}
{{- $rights := list -}}
{{- $names := include "fairway.partsOf" . | fromJsonArray -}}
{{- range $names }}{{- $rights = concat $rights (get $parts .) -}}{{- end -}}
{{- with .worker.referencedSecrets -}}
{{- $rights = append $rights (dict "group" "" "resource" "secrets" "names" . "verbs" (list "get")) -}}
{{- end -}}
{{- if has "helmUpdate" $names -}}
{{- range $kind := .worker.chartObjects -}}
{{- range .resources -}}
{{- $rights = append $rights (dict "group" $kind.group "resource" . "verbs" $parts.chartObjectVerbs) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- include "fairway.rules" (dict "rights" $rights) -}}
{{- end }}
