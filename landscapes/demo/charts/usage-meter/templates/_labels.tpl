{{- define "usage-meter.selector" -}}
app.kubernetes.io/name: usage-meter
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
{{- define "usage-meter.labels" -}}
{{ include "usage-meter.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}
