{{/*
The pod of one part. In: root, name, and for jobs: args, restartPolicy. A service's settings come from its ConfigMap; a
job that runs before the release exists has them inline.
*/}}
{{- define "bataudit.pod" -}}
{{- $v := .root.Values -}}
{{- $part := include "bataudit.part" . | fromYaml -}}
{{- $own := index $v $part.values -}}
{{- $files := (include "bataudit.files" . | fromYaml).files -}}
{{- $isService := hasKey $part "admin" -}}
metadata:
  labels:
    {{- include "bataudit.podLabels" . | nindent 4 }}
  annotations:
    # A pod reads its settings once: what changes them must start it anew.
    checksum/config: {{ include "bataudit.config" . | sha256sum }}
    {{- if and (eq .name "processor") $own.maskRules }}
    checksum/mask-rules: {{ $own.maskRules | sha256sum }}
    {{- end }}
    {{- with $own.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  {{- if $isService }}
  serviceAccountName: {{ include "bataudit.serviceAccount" .root }}
  {{- end }}
  # Nothing here talks to the API server.
  automountServiceAccountToken: false
  # Variables such as BATAUDIT_INGEST_PORT=tcp://… would stand among ours.
  enableServiceLinks: false
  {{- with .restartPolicy }}
  restartPolicy: {{ . }}
  {{- end }}
  {{- with $v.image.pullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  {{- with $v.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- if $isService }}
  terminationGracePeriodSeconds: {{ include "bataudit.grace" . }}
  {{- end }}
  {{- with include "bataudit.placement" (dict "root" .root "name" .name "own" $own "spread" $isService) | trim }}
  {{- . | nindent 2 }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    fsGroup: 10001
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile: { type: RuntimeDefault }
  containers:
    - name: {{ .name }}
      image: {{ include "bataudit.image" . | quote }}
      imagePullPolicy: {{ $v.image.pullPolicy }}
      {{- with .args }}
      args: {{ toJson . }}
      {{- end }}
      securityContext:
        {{- include "bataudit.confined" . | nindent 8 }}
      {{- if $isService }}
      envFrom:
        - configMapRef: { name: {{ include "bataudit.fullname" .root }}-{{ .name }} }
      {{- end }}
      {{- $env := include "bataudit.secretEnv" . | trim }}
      {{- if or $env (not $isService) }}
      env:
        {{- if not $isService }}
        {{- range $name, $value := include "bataudit.config" . | fromYaml }}
        - name: {{ $name }}
          value: {{ $value | quote }}
        {{- end }}
        {{- end }}
        {{- $env | nindent 8 }}
      {{- end }}
      {{- if $isService }}
      ports:
        {{- with $part.port }}
        - { name: http, containerPort: {{ . }} }
        {{- end }}
        - { name: admin, containerPort: {{ $part.admin }} }
      {{- include "bataudit.probes" . | nindent 6 }}
      {{- if $own.preStopSeconds }}
      lifecycle:
        preStop:
          exec: { command: ["sleep", {{ $own.preStopSeconds | quote }}] }
      {{- end }}
      {{- end }}
      resources:
        {{- toYaml $own.resources | nindent 8 }}
      volumeMounts:
        - { name: tmp, mountPath: /tmp }
        {{- range $files }}
        - { name: {{ .name }}, mountPath: /etc/bataudit/{{ .name }}, readOnly: true }
        {{- end }}
  volumes:
    - name: tmp
      emptyDir: { sizeLimit: 64Mi }
    {{- range $files }}
    - name: {{ .name }}
      {{- if .configMap }}
      configMap:
        name: {{ .configMap }}
      {{- else }}
      secret:
        secretName: {{ .secret }}
        defaultMode: 0440
      {{- end }}
        items:
          {{- range $key, $path := .items }}
          - { key: {{ $key }}, path: {{ $path }} }
          {{- end }}
    {{- end }}
{{- end }}

{{/* What no container of ours may do. */}}
{{- define "bataudit.confined" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{/* Live while it answers, ready when all it waits for is there. */}}
{{- define "bataudit.probes" -}}
readinessProbe:
  httpGet: { path: /ready, port: admin }
  periodSeconds: 5
  timeoutSeconds: 3
  failureThreshold: 2
livenessProbe:
  httpGet: { path: /live, port: admin }
  initialDelaySeconds: 10
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
{{- end }}

{{/*
Seconds until a stopping pod is killed: longer than its own deadlines, so that the service ends by itself. query-api and
sentinel have 8 s of their own at most. In: root, name.
*/}}
{{- define "bataudit.grace" -}}
{{- $own := index .root.Values (include "bataudit.part" . | fromYaml).values -}}
{{- $drain := $own.drain | default dict -}}
{{- $milliseconds := add (int64 ($drain.delayMs | default 0)) (int64 ($drain.timeoutMs | default 8000)) -}}
{{- add (div (add $milliseconds 999) 1000) (int64 ($own.preStopSeconds | default 0)) 15 -}}
{{- end }}

{{/* On which nodes. In: root, name, own, spread. */}}
{{- define "bataudit.placement" -}}
{{- with .own.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .own.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .own.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if .spread }}
topologySpreadConstraints:
{{- with .own.topologySpreadConstraints }}
  {{- toYaml . | nindent 2 }}
{{- else }}
  {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - topologyKey: {{ . }}
    maxSkew: 1
    # A cluster with too few nodes still runs all pods.
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "bataudit.selector" $ | nindent 8 }}
  {{- end }}
{{- end }}
{{- end }}
{{- end }}
