{{/* Scaling of the processors by what waits in Kafka. In: root, name. */}}
{{- define "bataudit.lagScaler" -}}
{{- $v := .root.Values -}}
{{- $keda := $v.processor.keda -}}
{{- $fullname := include "bataudit.fullname" .root -}}
{{- $external := eq $v.kafka.mode "external" -}}
{{- $protocol := ternary $v.kafka.external.securityProtocol "plaintext" $external -}}
{{- $sasl := hasPrefix "sasl_" $protocol -}}
{{- $tls := hasSuffix "ssl" $protocol -}}
{{- $ca := and $tls $v.kafka.external.ca.existingSecret -}}
{{- $pair := and $tls $v.kafka.external.clientCertificate.existingSecret -}}
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: {{ $fullname }}-processor
  labels:
    {{- include "bataudit.labels" . | nindent 4 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: StatefulSet
    name: {{ $fullname }}-processor
  minReplicaCount: {{ $keda.minReplicas }}
  maxReplicaCount: {{ $keda.maxReplicas }}
  pollingInterval: {{ $keda.pollingIntervalSeconds }}
  # Kafka away must not take the processors away.
  fallback:
    failureThreshold: 3
    replicas: {{ $keda.fallbackReplicas }}
  advanced:
    horizontalPodAutoscalerConfig:
      behavior:
        # Every change moves partitions: one replica less at a time, and only when it has been quiet.
        scaleDown:
          stabilizationWindowSeconds: 600
          policies: [{ type: Pods, value: 1, periodSeconds: 120 }]
  triggers:
    - type: kafka
      metadata:
        bootstrapServers: {{ include "bataudit.kafka.brokers" .root | quote }}
        consumerGroup: {{ include "bataudit.kafka.group" .root | quote }}
        topic: {{ printf "%s.events" $v.kafka.topicPrefix | quote }}
        lagThreshold: {{ include "bataudit.text" $keda.lagThreshold }}
        # A group that has committed nothing yet begins at the start of the log.
        offsetResetPolicy: earliest
        # Version of the protocol that KEDA speaks; its default is older than what Kafka 4 understands.
        version: 2.8.0
        {{- if $sasl }}
        sasl: {{ get (dict "SCRAM-SHA-512" "scram_sha512" "SCRAM-SHA-256" "scram_sha256" "PLAIN" "plaintext") $v.kafka.external.saslMechanism }}
        {{- end }}
        {{- if $tls }}
        tls: enable
        {{- end }}
      {{- if or $sasl $ca $pair }}
      authenticationRef:
        name: {{ $fullname }}-processor
      {{- end }}
{{- if or $sasl $ca $pair }}
---
apiVersion: keda.sh/v1alpha1
kind: TriggerAuthentication
metadata:
  name: {{ $fullname }}-processor
  labels:
    {{- include "bataudit.labels" . | nindent 4 }}
spec:
  secretTargetRef:
    {{- if $sasl }}
    {{- $given := $v.kafka.external.sasl }}
    {{- $secret := coalesce $keda.saslSecret $given.perService.processor $given.existingSecret }}
    - { parameter: username, name: {{ $secret }}, key: {{ $given.usernameKey }} }
    - { parameter: password, name: {{ $secret }}, key: {{ $given.passwordKey }} }
    {{- end }}
    {{- with $ca }}
    - { parameter: ca, name: {{ . }}, key: {{ $v.kafka.external.ca.key }} }
    {{- end }}
    {{- with $pair }}
    - { parameter: cert, name: {{ . }}, key: tls.crt }
    - { parameter: key, name: {{ . }}, key: tls.key }
    {{- end }}
{{- end }}
{{- end }}
