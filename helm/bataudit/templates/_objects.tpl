{{/* The Service of an API. In: root, name. */}}
{{- define "bataudit.service" -}}
{{- $part := include "bataudit.part" . | fromYaml -}}
{{- $service := (index .root.Values $part.values).service -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "bataudit.fullname" .root }}-{{ .name }}
  labels:
    {{- include "bataudit.labels" . | nindent 4 }}
  {{- with $service.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  type: {{ $service.type }}
  selector:
    {{- include "bataudit.selector" . | nindent 4 }}
  ports:
    - { name: http, port: {{ $service.port }}, targetPort: http, protocol: TCP }
{{- end }}

{{/* The Service of an admin port, for Prometheus: apart from the API's, so that no balancer ever publishes it. */}}
{{- define "bataudit.adminService" -}}
{{- $part := include "bataudit.part" . | fromYaml -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "bataudit.fullname" .root }}-{{ .name }}-admin
  labels:
    {{- include "bataudit.labels" . | nindent 4 }}
    # What Prometheus calls the job.
    bataudit.io/job: bataudit-{{ .name }}
spec:
  clusterIP: None
  # Who is not ready is looked at all the more.
  publishNotReadyAddresses: true
  selector:
    {{- include "bataudit.selector" . | nindent 4 }}
  ports:
    - { name: admin, port: {{ $part.admin }}, targetPort: admin, protocol: TCP }
{{- end }}

{{/* The settings of a service. In: root, name. */}}
{{- define "bataudit.configMap" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "bataudit.fullname" .root }}-{{ .name }}
  labels:
    {{- include "bataudit.labels" . | nindent 4 }}
data:
  {{- include "bataudit.config" . | nindent 2 }}
{{- end }}

{{/* A Deployment. In: root, name, and maxUnavailable while it is rolled. */}}
{{- define "bataudit.deployment" -}}
{{- $own := index .root.Values (include "bataudit.part" . | fromYaml).values -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "bataudit.fullname" .root }}-{{ .name }}
  labels:
    {{- include "bataudit.labels" . | nindent 4 }}
spec:
  {{- if not ($own.autoscaling | default dict).enabled }}
  replicas: {{ $own.replicas }}
  {{- end }}
  revisionHistoryLimit: 5
  strategy:
    type: RollingUpdate
    rollingUpdate: { maxSurge: 1, maxUnavailable: 0 }
  selector:
    matchLabels:
      {{- include "bataudit.selector" . | nindent 6 }}
  template:
    {{- include "bataudit.pod" . | nindent 4 }}
{{- end }}

{{/* An Ingress of an API. In: root, name. */}}
{{- define "bataudit.ingress" -}}
{{- $own := index .root.Values (include "bataudit.part" . | fromYaml).values -}}
{{- $ingress := $own.ingress -}}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ include "bataudit.fullname" .root }}-{{ .name }}
  labels:
    {{- include "bataudit.labels" . | nindent 4 }}
  {{- with $ingress.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- with $ingress.className }}
  ingressClassName: {{ . }}
  {{- end }}
  {{- with $ingress.tlsSecret }}
  tls:
    - hosts: [{{ $ingress.host | quote }}]
      secretName: {{ . }}
  {{- end }}
  rules:
    - host: {{ $ingress.host | quote }}
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: {{ include "bataudit.fullname" .root }}-{{ .name }}
                port: { name: http }
{{- end }}

{{/* Scaling by CPU. In: root, name. */}}
{{- define "bataudit.cpuScaler" -}}
{{- $scaling := (index .root.Values (include "bataudit.part" . | fromYaml).values).autoscaling -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ include "bataudit.fullname" .root }}-{{ .name }}
  labels:
    {{- include "bataudit.labels" . | nindent 4 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ include "bataudit.fullname" .root }}-{{ .name }}
  minReplicas: {{ $scaling.minReplicas }}
  maxReplicas: {{ $scaling.maxReplicas }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target: { type: Utilization, averageUtilization: {{ $scaling.cpu }} }
  behavior:
    # Up at once, down slowly: load that comes back must not wait for pods.
    scaleDown:
      stabilizationWindowSeconds: 300
      policies: [{ type: Percent, value: 25, periodSeconds: 60 }]
{{- end }}
