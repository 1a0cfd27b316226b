{{/* The variables of one part that come from Secrets or from the pod, as entries of `env`. In: root, name. */}}
{{- define "bataudit.secretEnv" -}}
{{- $v := .root.Values -}}
{{- $part := include "bataudit.part" . | fromYaml -}}
{{- if and (has "kafka" $part.needs) (include "bataudit.kafka.sasl" .root) }}
{{- $sasl := $v.kafka.external.sasl }}
{{- $secret := index $sasl.perService .name | default $sasl.existingSecret }}
{{ include "bataudit.fromSecret" (list "BATAUDIT_KAFKA_SASL_USERNAME" $secret $sasl.usernameKey) }}
{{ include "bataudit.fromSecret" (list "BATAUDIT_KAFKA_SASL_PASSWORD" $secret $sasl.passwordKey) }}
{{- end }}
{{- if has "clickhouse" $part.needs }}
{{- $secret := include "bataudit.secret" (dict "root" .root "given" $v.clickhouse.passwords.existingSecret "suffix" "clickhouse") }}
{{ include "bataudit.fromSecret" (list "BATAUDIT_CLICKHOUSE_PASSWORD" $secret (index $v.clickhouse.passwords (printf "%sKey" $part.account))) }}
{{- if and (eq .name "query-api") $v.clickhouse.console }}
{{ include "bataudit.fromSecret" (list "BATAUDIT_CLICKHOUSE_CONSOLE_PASSWORD" $secret $v.clickhouse.passwords.consoleKey) }}
{{- end }}
{{- end }}
{{- if has "control" $part.needs }}
{{- $secret := include "bataudit.secret" (dict "root" .root "given" $v.postgresql.connection.existingSecret "suffix" "postgresql") }}
{{ include "bataudit.fromSecret" (list "BATAUDIT_CONTROL_URL" $secret $v.postgresql.connection.key) }}
{{- end }}
{{- if and (has "mail" $part.needs) $v.mail.host $v.mail.credentials.existingSecret }}
{{ include "bataudit.fromSecret" (list "BATAUDIT_SMTP_USER" $v.mail.credentials.existingSecret $v.mail.credentials.usernameKey) }}
{{ include "bataudit.fromSecret" (list "BATAUDIT_SMTP_PASSWORD" $v.mail.credentials.existingSecret $v.mail.credentials.passwordKey) }}
{{- end }}
{{- if and (has "oidc" $part.needs) $v.oidc.issuer $v.oidc.clientSecret.existingSecret }}
{{ include "bataudit.fromSecret" (list "BATAUDIT_OIDC_CLIENT_SECRET" $v.oidc.clientSecret.existingSecret $v.oidc.clientSecret.key) }}
{{- end }}
{{- if has "session" $part.needs }}
{{- $secret := include "bataudit.secret" (dict "root" .root "given" $v.secrets.session.existingSecret "suffix" "session") }}
{{ include "bataudit.fromSecret" (list "JWT_SECRET" $secret $v.secrets.session.key) }}
{{ include "bataudit.fromSecret" (list "JWT_SECRET_PREVIOUS" $secret $v.secrets.session.previousKey) }}
      optional: true
{{- end }}
{{- if has "sealing" $part.needs }}
{{- $secret := include "bataudit.secret" (dict "root" .root "given" $v.secrets.sealing.existingSecret "suffix" "sealing") }}
{{ include "bataudit.fromSecret" (list "BATAUDIT_CONTROL_SEAL_SECRET" $secret $v.secrets.sealing.key) }}
{{ include "bataudit.fromSecret" (list "BATAUDIT_CONTROL_SEAL_SECRET_PREVIOUS" $secret $v.secrets.sealing.previousKey) }}
      optional: true
{{- end }}
{{- if and (has "owner" $part.needs) $v.owner.email }}
{{- $secret := include "bataudit.secret" (dict "root" .root "given" $v.secrets.owner.existingSecret "suffix" "owner") }}
{{ include "bataudit.fromSecret" (list "INITIAL_OWNER_PASSWORD" $secret $v.secrets.owner.key) }}
{{- end }}
{{- if eq .name "processor" }}
- name: BATAUDIT_PROCESSOR_INSTANCE_ID
  valueFrom: { fieldRef: { fieldPath: metadata.name } }
{{- end }}
{{- if eq .name "sentinel" }}
- name: BATAUDIT_SENTINEL_INSTANCE
  valueFrom: { fieldRef: { fieldPath: metadata.name } }
{{- end }}
{{- end }}

{{/* In: a list of variable, Secret, key. */}}
{{- define "bataudit.fromSecret" -}}
- name: {{ index . 0 }}
  valueFrom:
    secretKeyRef:
      name: {{ index . 1 }}
      key: {{ index . 2 }}
{{- end }}

{{/*
Files of one part, as a YAML list under `files`: name of the volume, Secret or ConfigMap, and keys by the names they get.
They are mounted at /etc/bataudit/<name>. In: root, name.
*/}}
{{- define "bataudit.files" -}}
{{- $v := .root.Values -}}
{{- $part := include "bataudit.part" . | fromYaml -}}
files:
{{- if and (has "kafka" $part.needs) (eq $v.kafka.mode "external") }}
{{- include "bataudit.caFile" (list "kafka-ca" $v.kafka.external.ca) }}
{{- include "bataudit.pairFile" (list "kafka-client" $v.kafka.external.clientCertificate) }}
{{- end }}
{{- if and (has "clickhouse" $part.needs) (eq $v.clickhouse.mode "external") }}
{{- include "bataudit.caFile" (list "clickhouse-ca" $v.clickhouse.external.ca) }}
{{- include "bataudit.pairFile" (list "clickhouse-client" $v.clickhouse.external.clientCertificate) }}
{{- end }}
{{- if has "control" $part.needs }}
{{- include "bataudit.caFile" (list "postgresql-ca" $v.postgresql.ca) }}
{{- end }}
{{- if and (has "mail" $part.needs) $v.mail.host }}
{{- include "bataudit.caFile" (list "mail-ca" $v.mail.ca) }}
{{- end }}
{{- if and (has "oidc" $part.needs) $v.oidc.issuer }}
{{- include "bataudit.caFile" (list "oidc-ca" $v.oidc.ca) }}
{{- end }}
{{- if eq .name "sentinel" }}
{{- include "bataudit.caFile" (list "outbound-ca" $v.sentinel.ca) }}
{{- end }}
{{- if has .name (list "ingest" "query-api") }}
{{- include "bataudit.pairFile" (list "tls" (index $v $part.values).tls) }}
{{- end }}
{{- if and (eq .name "processor") $v.processor.maskRules }}
  - name: mask-rules
    configMap: {{ include "bataudit.fullname" .root }}-mask-rules
    items: { rules.json: rules.json }
{{- end }}
{{- end }}

{{- define "bataudit.caFile" -}}
{{- $from := index . 1 }}
{{- if $from.existingSecret }}
  - name: {{ index . 0 }}
    secret: {{ $from.existingSecret }}
    items: { {{ $from.key | quote }}: ca.crt }
{{- end }}
{{- end }}

{{- define "bataudit.pairFile" -}}
{{- $from := index . 1 }}
{{- if $from.existingSecret }}
  - name: {{ index . 0 }}
    secret: {{ $from.existingSecret }}
    items: { tls.crt: tls.crt, tls.key: tls.key }
{{- end }}
{{- end }}
