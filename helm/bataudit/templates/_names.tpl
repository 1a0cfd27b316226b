{{/* Names, labels and images. */}}

{{- define "bataudit.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end }}

{{/* Short enough for the longest of our suffixes. */}}
{{- define "bataudit.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains (include "bataudit.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "bataudit.name" .) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{/* What a selector matches by: it can never change. In: root, name. */}}
{{- define "bataudit.selector" -}}
app.kubernetes.io/name: {{ include "bataudit.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end }}

{{/* Labels of a pod: without the version, whose change would start pods anew that nothing else changes. */}}
{{- define "bataudit.podLabels" -}}
{{ include "bataudit.selector" . }}
app.kubernetes.io/part-of: bataudit
{{- with .root.Values.podLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "bataudit.labels" -}}
{{ include "bataudit.selector" . }}
app.kubernetes.io/part-of: bataudit
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{- define "bataudit.serviceAccount" -}}
{{- if .Values.serviceAccount.name -}}
{{- .Values.serviceAccount.name -}}
{{- else -}}
{{- ternary (include "bataudit.fullname" .) "default" .Values.serviceAccount.create -}}
{{- end -}}
{{- end }}

{{/* Image of one of our services. In: root, name. */}}
{{- define "bataudit.image" -}}
{{- $image := .root.Values.image -}}
{{- with $image.registry }}{{ trimSuffix "/" . }}/{{ end -}}
bataudit-{{ .name -}}
{{- with index $image.digests .name -}}
@{{ . }}
{{- else -}}
:{{ $image.tag | default .root.Chart.AppVersion }}
{{- end -}}
{{- end }}

{{/* A value as the text of a variable: numbers without an exponent. */}}
{{- define "bataudit.text" -}}
{{- if kindIs "string" . }}{{ . | quote }}{{ else }}{{ . | toJson | quote }}{{ end -}}
{{- end }}

{{/* Name of a Secret: that of the operator, or the one that is made at the first install. In: root, given, suffix. */}}
{{- define "bataudit.secret" -}}
{{- .given | default (printf "%s-%s" (include "bataudit.fullname" .root) .suffix) -}}
{{- end }}

{{/* Whether the stores stand before the release does, so that the migrate step can run before everything else. */}}
{{- define "bataudit.storesAreExternal" -}}
{{- with .Values -}}
{{- if and (eq .kafka.mode "external") (eq .clickhouse.mode "external") (eq .postgresql.mode "external") }}true{{ end -}}
{{- end -}}
{{- end }}
