{{/*
The parts of BatAudit and what each needs. Settings, secrets, files and network policies all follow from this one table.
  values    the part's section in values.yaml
  admin     port of /live, /ready and /metrics
  port      port of its API
  needs     kafka, clickhouse, control (PostgreSQL), mail, oidc, session, sealing, owner, topics (how they are made)
  account   its user in ClickHouse
*/}}
{{- define "bataudit.parts" -}}
ingest:
  values: ingest
  port: 8081
  admin: 9081
  needs: [kafka]
processor:
  values: processor
  admin: 9083
  needs: [kafka, clickhouse]
  account: writer
query-api:
  values: queryApi
  port: 8082
  admin: 9082
  needs: [clickhouse, control, mail, oidc, session, sealing]
  account: reader
sentinel:
  values: sentinel
  admin: 9084
  needs: [kafka, clickhouse, control, mail, sealing]
  account: keeper
migrate:
  values: migrate
  needs: [kafka, topics, clickhouse, control, owner]
  account: admin
{{- end }}

{{/* One part with all that templates ask of it, as YAML. In: root, name. */}}
{{- define "bataudit.part" -}}
{{- index (include "bataudit.parts" .root | fromYaml) .name | toYaml -}}
{{- end }}

{{/* Brokers as the services are told. */}}
{{- define "bataudit.kafka.brokers" -}}
{{- if eq .Values.kafka.mode "external" -}}
{{- .Values.kafka.external.brokers -}}
{{- else -}}
{{- $name := printf "%s-kafka" (include "bataudit.fullname" .) -}}
{{- $brokers := list -}}
{{- range $id := until (int .Values.kafka.bundled.replicas) -}}
{{- $brokers = append $brokers (printf "%s-%d.%s.%s.svc:9092" $name $id $name $.Release.Namespace) -}}
{{- end -}}
{{- join "," $brokers -}}
{{- end -}}
{{- end }}

{{- define "bataudit.kafka.group" -}}
{{- .Values.kafka.group | default (printf "%s-processor" .Values.kafka.topicPrefix) -}}
{{- end }}

{{- define "bataudit.kafka.replication" -}}
{{- if .Values.kafka.replication -}}
{{- .Values.kafka.replication -}}
{{- else if and (eq .Values.kafka.mode "bundled") (lt (int .Values.kafka.bundled.replicas) 3) -}}
1
{{- else -}}
3
{{- end -}}
{{- end }}

{{/* Whether brokers want a user. */}}
{{- define "bataudit.kafka.sasl" -}}
{{- with .Values.kafka -}}
{{- if and (eq .mode "external") (hasPrefix "sasl_" .external.securityProtocol) }}true{{ end -}}
{{- end -}}
{{- end }}

{{- define "bataudit.clickhouse.url" -}}
{{- if eq .Values.clickhouse.mode "external" -}}
{{- .Values.clickhouse.external.url -}}
{{- else -}}
http://{{ include "bataudit.fullname" . }}-clickhouse:8123
{{- end -}}
{{- end }}

{{/* What must be said and is not, all at once. */}}
{{- define "bataudit.check" -}}
{{- $v := .Values -}}
{{- $missing := list -}}
{{- if eq $v.kafka.mode "external" -}}
{{- if not $v.kafka.external.brokers }}{{ $missing = append $missing "kafka.external.brokers: host:port of your brokers" }}{{ end -}}
{{- if and (include "bataudit.kafka.sasl" .) (not $v.kafka.external.sasl.existingSecret) -}}
{{- $missing = append $missing "kafka.external.sasl.existingSecret: the Secret with user and password for Kafka (or set kafka.external.securityProtocol to ssl or plaintext)" -}}
{{- end -}}
{{- end -}}
{{- if eq $v.clickhouse.mode "external" -}}
{{- if not $v.clickhouse.external.url }}{{ $missing = append $missing "clickhouse.external.url: the HTTP address of your ClickHouse" }}{{ end -}}
{{- if not $v.clickhouse.passwords.existingSecret }}{{ $missing = append $missing "clickhouse.passwords.existingSecret: the Secret with the passwords of its accounts" }}{{ end -}}
{{- end -}}
{{- if and (eq $v.postgresql.mode "external") (not $v.postgresql.connection.existingSecret) -}}
{{- $missing = append $missing "postgresql.connection.existingSecret: the Secret with the address of your PostgreSQL" -}}
{{- end -}}
{{- if not $v.secrets.generate -}}
{{- if not $v.secrets.session.existingSecret }}{{ $missing = append $missing "secrets.session.existingSecret, since secrets.generate is false" }}{{ end -}}
{{- if not $v.secrets.sealing.existingSecret }}{{ $missing = append $missing "secrets.sealing.existingSecret, since secrets.generate is false" }}{{ end -}}
{{- if and $v.owner.email (not $v.secrets.owner.existingSecret) }}{{ $missing = append $missing "secrets.owner.existingSecret, since secrets.generate is false (or an empty owner.email)" }}{{ end -}}
{{- if and (eq $v.clickhouse.mode "bundled") (not $v.clickhouse.passwords.existingSecret) }}{{ $missing = append $missing "clickhouse.passwords.existingSecret, since secrets.generate is false" }}{{ end -}}
{{- if and (eq $v.postgresql.mode "bundled") (not $v.postgresql.connection.existingSecret) }}{{ $missing = append $missing "postgresql.connection.existingSecret, since secrets.generate is false" }}{{ end -}}
{{- end -}}
{{- if and $v.mail.host (not $v.mail.from) }}{{ $missing = append $missing "mail.from: the sender of e-mails" }}{{ end -}}
{{- if and $v.oidc.issuer (not $v.oidc.clientId) }}{{ $missing = append $missing "oidc.clientId: the client id that the provider gave" }}{{ end -}}
{{- range $key := list "ingest" "queryApi" -}}
{{- $ingress := (index $v $key).ingress -}}
{{- if and $ingress.enabled (not $ingress.host) }}{{ $missing = append $missing (printf "%s.ingress.host: the name under which it is reached" $key) }}{{ end -}}
{{- end -}}
{{- if and $v.processor.keda.enabled (gt (int $v.processor.keda.maxReplicas) (int $v.kafka.partitions)) -}}
{{- $missing = append $missing "processor.keda.maxReplicas: at most kafka.partitions, since further replicas would have nothing to read" -}}
{{- end -}}
{{- with $missing }}{{ fail (printf "these values are needed:\n  - %s" (join "\n  - " .)) }}{{ end -}}
{{- end }}
