{{/* Of one worker: "part" is control, or the worker's own name. */}}
{{- define "fairway.name" -}}
{{- $base := ternary .root.Release.Name (printf "%s-fairway" .root.Release.Name) (contains "fairway" .root.Release.Name) -}}
{{- printf "%s-%s" $base .part | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{/* What never changes in the life of a release: an immutable selector holds only these. */}}
{{- define "fairway.selectorLabels" -}}
app.kubernetes.io/name: fairway
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{- define "fairway.labels" -}}
{{ include "fairway.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "fairway.image" -}}
{{- with .Values.image -}}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ end -}}
{{- end -}}
{{- end }}
