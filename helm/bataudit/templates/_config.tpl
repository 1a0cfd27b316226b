{{/*
The variables of one part that are no secret, as a YAML map. In: root, name. Which exist, .env.example says; the check
compares.
*/}}
{{- define "bataudit.config" -}}
{{- $v := .root.Values -}}
{{- $part := include "bataudit.part" . | fromYaml -}}
{{- $own := index $v $part.values -}}
{{- $host := ternary (printf "[%s]" $v.listen) $v.listen (contains ":" $v.listen) -}}
BATAUDIT_LOG_FORMAT: {{ $v.log.format | quote }}
{{- with $v.log.filter }}
BATAUDIT_LOG: {{ . | quote }}
{{- end }}
{{- if has "kafka" $part.needs }}
{{ include "bataudit.config.kafka" . }}
{{- end }}
{{- if has "topics" $part.needs }}
BATAUDIT_KAFKA_PARTITIONS: {{ include "bataudit.text" $v.kafka.partitions }}
BATAUDIT_KAFKA_REPLICATION: {{ include "bataudit.kafka.replication" .root | quote }}
BATAUDIT_KAFKA_RETENTION_MS: {{ include "bataudit.text" $v.kafka.retentionMs }}
BATAUDIT_MIGRATE_WAIT_MS: {{ include "bataudit.text" $v.migrate.waitMs }}
{{- end }}
{{- if has "clickhouse" $part.needs }}
{{ include "bataudit.config.clickhouse" (dict "root" .root "account" $part.account) }}
{{- end }}
{{- if and (has "mail" $part.needs) $v.mail.host }}
{{ include "bataudit.config.mail" .root }}
{{- end }}
{{- if and (has "oidc" $part.needs) $v.oidc.issuer }}
{{ include "bataudit.config.oidc" .root }}
{{- end }}
{{- if and (has "owner" $part.needs) $v.owner.email }}
INITIAL_OWNER_EMAIL: {{ $v.owner.email | quote }}
INITIAL_OWNER_NAME: {{ $v.owner.name | quote }}
{{- end }}
{{ include (printf "bataudit.config.%s" .name) (dict "root" .root "own" $own "host" $host "part" $part) }}
{{- range $name, $value := $v.settings }}
{{ $name }}: {{ include "bataudit.text" $value }}
{{- end }}
{{- range $name, $value := $own.settings }}
{{ $name }}: {{ include "bataudit.text" $value }}
{{- end }}
{{- end }}

{{- define "bataudit.config.kafka" -}}
{{- $kafka := .root.Values.kafka -}}
BATAUDIT_KAFKA_BROKERS: {{ include "bataudit.kafka.brokers" .root | quote }}
BATAUDIT_KAFKA_TOPIC_PREFIX: {{ $kafka.topicPrefix | quote }}
BATAUDIT_PROCESSOR_GROUP: {{ include "bataudit.kafka.group" .root | quote }}
BATAUDIT_PROCESSOR_STREAM_EPOCH: {{ $kafka.streamEpoch | quote }}
{{- if eq $kafka.mode "bundled" }}
BATAUDIT_KAFKA_SECURITY_PROTOCOL: plaintext
{{- else }}
{{- with $kafka.external }}
BATAUDIT_KAFKA_SECURITY_PROTOCOL: {{ .securityProtocol | quote }}
{{- if hasPrefix "sasl_" .securityProtocol }}
BATAUDIT_KAFKA_SASL_MECHANISM: {{ .saslMechanism | quote }}
{{- end }}
{{- if .ca.existingSecret }}
BATAUDIT_KAFKA_SSL_CA_FILE: /etc/bataudit/kafka-ca/ca.crt
{{- end }}
{{- if .clientCertificate.existingSecret }}
BATAUDIT_KAFKA_SSL_CERT_FILE: /etc/bataudit/kafka-client/tls.crt
BATAUDIT_KAFKA_SSL_KEY_FILE: /etc/bataudit/kafka-client/tls.key
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "bataudit.config.clickhouse" -}}
{{- $clickhouse := .root.Values.clickhouse -}}
BATAUDIT_CLICKHOUSE_URL: {{ include "bataudit.clickhouse.url" .root | quote }}
{{- if eq $clickhouse.mode "bundled" }}
BATAUDIT_CLICKHOUSE_DATABASE: bataudit
BATAUDIT_CLICKHOUSE_USER: bataudit_{{ .account }}
{{- else }}
{{- with $clickhouse.external }}
BATAUDIT_CLICKHOUSE_DATABASE: {{ .database | quote }}
BATAUDIT_CLICKHOUSE_USER: {{ index .users $.account | quote }}
{{- if .cluster }}
BATAUDIT_CLICKHOUSE_CLUSTER: {{ .cluster | quote }}
{{- end }}
{{- if .ca.existingSecret }}
BATAUDIT_CLICKHOUSE_SSL_CA_FILE: /etc/bataudit/clickhouse-ca/ca.crt
{{- end }}
{{- if .clientCertificate.existingSecret }}
BATAUDIT_CLICKHOUSE_SSL_CERT_FILE: /etc/bataudit/clickhouse-client/tls.crt
BATAUDIT_CLICKHOUSE_SSL_KEY_FILE: /etc/bataudit/clickhouse-client/tls.key
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "bataudit.config.mail" -}}
{{- with .Values.mail -}}
BATAUDIT_SMTP_HOST: {{ .host | quote }}
BATAUDIT_SMTP_PORT: {{ include "bataudit.text" .port }}
BATAUDIT_SMTP_SECURITY: {{ .security | quote }}
BATAUDIT_SMTP_FROM: {{ .from | quote }}
{{- if .ca.existingSecret }}
BATAUDIT_SMTP_CA_FILE: /etc/bataudit/mail-ca/ca.crt
{{- end }}
{{- end }}
{{- end }}

{{- define "bataudit.config.oidc" -}}
{{- with .Values.oidc -}}
BATAUDIT_OIDC_ISSUER: {{ .issuer | quote }}
BATAUDIT_OIDC_CLIENT_ID: {{ .clientId | quote }}
BATAUDIT_OIDC_NAME: {{ .name | quote }}
BATAUDIT_OIDC_SCOPES: {{ .scopes | quote }}
BATAUDIT_OIDC_FIRST_SIGN_IN: {{ .firstSignIn | quote }}
BATAUDIT_OIDC_ALLOWED_DOMAINS: {{ .allowedDomains | quote }}
BATAUDIT_OIDC_GROUPS_CLAIM: {{ .groupsClaim | quote }}
BATAUDIT_OIDC_ROLES: {{ .roles | quote }}
{{- if .ca.existingSecret }}
BATAUDIT_OIDC_CA_FILE: /etc/bataudit/oidc-ca/ca.crt
{{- end }}
{{- end }}
{{- end }}

{{- define "bataudit.config.ingest" -}}
BATAUDIT_ENVIRONMENT: {{ .root.Values.environment | quote }}
BATAUDIT_INGEST_ADDRESS: {{ printf "%s:%v" .host .part.port | quote }}
BATAUDIT_INGEST_ADMIN_ADDRESS: {{ printf "%s:%v" .host .part.admin | quote }}
BATAUDIT_INGEST_DRAIN_DELAY_MS: {{ include "bataudit.text" .own.drain.delayMs }}
BATAUDIT_INGEST_DRAIN_MS: {{ include "bataudit.text" .own.drain.timeoutMs }}
{{- if .own.tls.existingSecret }}
BATAUDIT_INGEST_TLS_CERT_FILE: /etc/bataudit/tls/tls.crt
BATAUDIT_INGEST_TLS_KEY_FILE: /etc/bataudit/tls/tls.key
{{- end }}
{{- end }}

{{- define "bataudit.config.processor" -}}
BATAUDIT_PROCESSOR_ADMIN_ADDRESS: {{ printf "%s:%v" .host .part.admin | quote }}
BATAUDIT_PROCESSOR_DRAIN_TIMEOUT_MS: {{ include "bataudit.text" .own.drain.timeoutMs }}
{{- if .own.maskRules }}
BATAUDIT_PROCESSOR_MASK_RULES: /etc/bataudit/mask-rules/rules.json
{{- end }}
{{- end }}

{{- define "bataudit.config.query-api" -}}
{{- $v := .root.Values -}}
BATAUDIT_ENVIRONMENT: {{ $v.environment | quote }}
BATAUDIT_PUBLIC_URL: {{ $v.publicUrl | quote }}
BATAUDIT_QUERY_API_ADDRESS: {{ printf "%s:%v" .host .part.port | quote }}
BATAUDIT_QUERY_API_ADMIN_ADDRESS: {{ printf "%s:%v" .host .part.admin | quote }}
BATAUDIT_QUERY_API_TRUST_FORWARDED: {{ ternary .own.ingress.enabled .own.trustForwarded (kindIs "invalid" .own.trustForwarded) | quote }}
{{- if $v.clickhouse.console }}
BATAUDIT_CLICKHOUSE_CONSOLE_USER: {{ ternary $v.clickhouse.external.users.console "bataudit_console" (eq $v.clickhouse.mode "external") | quote }}
{{- end }}
{{- if .own.tls.existingSecret }}
BATAUDIT_QUERY_API_TLS_CERT_FILE: /etc/bataudit/tls/tls.crt
BATAUDIT_QUERY_API_TLS_KEY_FILE: /etc/bataudit/tls/tls.key
{{- end }}
{{- end }}

{{- define "bataudit.config.sentinel" -}}
BATAUDIT_SENTINEL_ADMIN_ADDRESS: {{ printf "%s:%v" .host .part.admin | quote }}
{{- if .own.ca.existingSecret }}
BATAUDIT_SENTINEL_CA_FILE: /etc/bataudit/outbound-ca/ca.crt
{{- end }}
{{- end }}

{{- define "bataudit.config.migrate" -}}
{{- end }}
