{{/*
fairway.yaml as it was given. Helm reads values as YAML 1.1, where the key "on" is the boolean true: who wrote
paging.on as a mapping finds it again.
*/}}
{{- define "fairway.configText" -}}
{{- $_ := include "fairway.config" . -}}
{{- if kindIs "string" .Values.config -}}
{{ .Values.config }}
{{- else -}}
{{- $config := deepCopy .Values.config -}}
{{- range $name, $entry := $config.environments -}}
{{- $paging := dig "paging" dict ($entry | default dict) -}}
{{- if and (kindIs "map" $paging) (hasKey $paging "true") (not (hasKey $paging "on")) -}}
{{- $_ := set $paging "on" (get $paging "true") -}}
{{- $_ := unset $paging "true" -}}
{{- end -}}
{{- end -}}
{{- toYaml $config -}}
{{- end -}}
{{- end }}

{{/* fairway.yaml as JSON, checked as far as the chart rests on it. The worker itself checks all of it. */}}
{{- define "fairway.config" -}}
{{- $config := .Values.config -}}
{{- if kindIs "string" $config -}}
{{- $config = fromYaml $config -}}
{{- if and (hasKey $config "Error") (not (hasKey $config "environments")) -}}
{{- fail (printf "config: not YAML: %s" $config.Error) -}}
{{- end -}}
{{- end -}}
{{- if not $config.environments -}}
{{- fail "config: fairway.yaml is missing, or names no environments. Give it with --set-file config=fairway.yaml" -}}
{{- end -}}
{{- toJson $config -}}
{{- end }}

{{/* Environments of a worker: a JSON object of name and entry. Takes root and worker. */}}
{{- define "fairway.environmentsOf" -}}
{{- $config := include "fairway.config" .root | fromJson -}}
{{- $found := dict -}}
{{- range $name := .worker.environments -}}
{{- $entry := get $config.environments $name -}}
{{- if not $entry -}}
{{- fail (printf "workers: %s serves environment %q, and fairway.yaml has only: %s" $.worker.name $name (keys $config.environments | sortAlpha | join ", ")) -}}
{{- end -}}
{{- $_ := set $found $name $entry -}}
{{- end -}}
{{- toJson $found -}}
{{- end }}

{{/* The name that fairway.yaml has for this cluster. Takes root and worker. */}}
{{- define "fairway.clusterOf" -}}
{{- $clusters := list -}}
{{- range $name, $entry := include "fairway.environmentsOf" . | fromJson -}}
{{- $clusters = append $clusters $entry.cluster -}}
{{- end -}}
{{- $clusters = uniq $clusters | sortAlpha -}}
{{- if ne (len $clusters) 1 -}}
{{- fail (printf "workers: %s serves environments on several clusters (%s). Install the chart in each of them, with the environments of that one" .worker.name (join ", " $clusters)) -}}
{{- end -}}
{{- first $clusters -}}
{{- end }}

{{/* The workers as a JSON list, each with the defaults in place of what it does not say: replicas may be 0. */}}
{{- define "fairway.workers" -}}
{{- $workers := list -}}
{{- range $each := .Values.workers -}}
{{- $worker := deepCopy $each -}}
{{- range $key, $default := deepCopy $.Values.workerDefaults -}}
{{- if not (hasKey $worker $key) -}}{{- $_ := set $worker $key $default -}}
{{- else if kindIs "map" $default -}}{{- $_ := set $worker $key (merge (get $worker $key | default dict) $default) -}}
{{- end -}}
{{- end -}}
{{- $workers = append $workers $worker -}}
{{- end -}}
{{- toJson $workers -}}
{{- end }}

{{/* What the schema of the values cannot say. */}}
{{- define "fairway.checkValues" -}}
{{- if not .Values.image.repository -}}
{{- fail "image.repository is missing: where the worker's image was pushed, for example registry.example.com/fairway" -}}
{{- end -}}
{{- if eq (int .Values.healthPort) (int .Values.metricsPort) -}}
{{- fail (printf "healthPort and metricsPort are both %d: give each a port of its own" (int .Values.healthPort)) -}}
{{- end -}}
{{- end }}

{{/* Names and queues. Who gets the work of a queue is Temporal's choice: a queue belongs to one worker. */}}
{{- define "fairway.checkWorkers" -}}
{{- $names := list "control" "config" -}}
{{- range .Values.workers -}}
{{- if has .name $names }}{{- fail (printf "workers: the name %q is taken: give each worker another one, and none control or config" .name) -}}{{- end -}}
{{- $names = append $names .name -}}
{{- end -}}
{{- if not (or .Values.control.enabled .Values.workers) -}}
{{- fail "nothing to install: enable control, or name workers" -}}
{{- end -}}
{{- $config := include "fairway.config" . | fromJson -}}
{{- $control := dig "temporal" "taskQueue" "fairway" $config -}}
{{- $holder := dict -}}
{{- range $worker := .Values.workers -}}
{{- range $name, $entry := include "fairway.environmentsOf" (dict "root" $ "worker" $worker) | fromJson -}}
{{- $queue := $entry.taskQueue | default (printf "fairway-%s" $name) -}}
{{- if eq $queue $control -}}
{{- fail (printf "environment %s has the control worker's task queue %q: give it one of its own, for the control worker holds no rights in a cluster" $name $queue) -}}
{{- end -}}
{{- if ne (get $holder $queue | default $worker.name) $worker.name -}}
{{- fail (printf "workers %s and %s both serve task queue %q (environment %s), with different rights: serve each queue by one worker" (get $holder $queue) $worker.name $queue $name) -}}
{{- end -}}
{{- $_ := set $holder $queue $worker.name -}}
{{- end -}}
{{- end -}}
{{- end }}
