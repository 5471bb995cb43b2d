{{- define "greet" -}}
Hello, {{ .name }}!
{{- end -}}
