{{/*
What the bundled stores have in common: a headless Service and a StatefulSet with one volume. In: root, name, user (id in
the image), ports (name: number), and of the pod: replicas, own (values), grace, container (YAML), volumes, annotations.
*/}}
{{- define "bataudit.bundled" -}}
{{- $fullname := include "bataudit.fullname" .root -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ $fullname }}-{{ .name }}
  labels:
    {{- include "bataudit.labels" . | nindent 4 }}
spec:
  clusterIP: None
  {{- if eq .name "kafka" }}
  # Brokers must find each other before they are ready.
  publishNotReadyAddresses: true
  {{- end }}
  selector:
    {{- include "bataudit.selector" . | nindent 4 }}
  ports:
    {{- range $name, $port := .ports }}
    - { name: {{ $name }}, port: {{ $port }}, targetPort: {{ $name }}, protocol: TCP }
    {{- end }}
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ $fullname }}-{{ .name }}
  labels:
    {{- include "bataudit.labels" . | nindent 4 }}
spec:
  replicas: {{ .replicas }}
  serviceName: {{ $fullname }}-{{ .name }}
  podManagementPolicy: Parallel
  {{- if gt (int .replicas) 1 }}
  # Before the next broker is taken down, the copies of this one have caught up, as far as one can tell from outside.
  minReadySeconds: 30
  {{- end }}
  selector:
    matchLabels:
      {{- include "bataudit.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "bataudit.podLabels" . | nindent 8 }}
      {{- with .checksum }}
      annotations:
        checksum/config: {{ . }}
      {{- end }}
    spec:
      serviceAccountName: {{ include "bataudit.serviceAccount" .root }}
      automountServiceAccountToken: false
      enableServiceLinks: false
      terminationGracePeriodSeconds: {{ .grace }}
      {{- with .root.Values.image.pullSecrets }}
      imagePullSecrets:
        {{- range . }}
        - name: {{ . }}
        {{- end }}
      {{- end }}
      {{- with .root.Values.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      {{- if gt (int .replicas) 1 }}
      topologySpreadConstraints:
        - topologyKey: kubernetes.io/hostname
          maxSkew: 1
          # Two copies on one node are one copy.
          whenUnsatisfiable: DoNotSchedule
          labelSelector:
            matchLabels:
              {{- include "bataudit.selector" . | nindent 14 }}
      {{- end }}
      securityContext:
        runAsNonRoot: true
        runAsUser: {{ .user }}
        runAsGroup: {{ .user }}
        fsGroup: {{ .user }}
        fsGroupChangePolicy: OnRootMismatch
        seccompProfile: { type: RuntimeDefault }
      containers:
        - name: {{ .name }}
          image: {{ .own.image | quote }}
          imagePullPolicy: {{ .root.Values.image.pullPolicy }}
          securityContext:
            {{- include "bataudit.confined" . | nindent 12 }}
          ports:
            {{- range $name, $port := .ports }}
            - { name: {{ $name }}, containerPort: {{ $port }} }
            {{- end }}
          resources:
            {{- toYaml .own.resources | nindent 12 }}
          {{- .container | nindent 10 }}
      volumes:
        {{- .volumes | nindent 8 }}
  volumeClaimTemplates:
    - metadata:
        name: data
      spec:
        accessModes: [ReadWriteOnce]
        {{- with .own.persistence.storageClass }}
        storageClassName: {{ . }}
        {{- end }}
        resources:
          requests: { storage: {{ .own.persistence.size }} }
{{- end }}
