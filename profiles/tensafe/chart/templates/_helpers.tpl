{{/* What never changes during the life of a release: an immutable selector may hold only these. */}}
{{- define "tensafe.selectorLabels" -}}
app.kubernetes.io/name: tensafe
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "tensafe.version" -}}
{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "tensafe.labels" -}}
{{ include "tensafe.selectorLabels" . }}
app.kubernetes.io/version: {{ include "tensafe.version" . | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}
