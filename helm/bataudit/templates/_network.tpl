{{/* Where pods may connect to, as entries of `egress`. */}}

{{- define "bataudit.egress.dns" -}}
- ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]
{{- end }}

{{/* A store, bundled or external. In: root, store. */}}
{{- define "bataudit.egress.store" -}}
{{- if eq (index .root.Values .store).mode "bundled" -}}
- ports: [{ port: {{ get (dict "kafka" 9092 "clickhouse" 8123 "postgresql" 5432) .store }}, protocol: TCP }]
  to:
    - podSelector:
        matchLabels:
          {{- include "bataudit.selector" (dict "root" .root "name" .store) | nindent 10 }}
{{- else -}}
{{- include "bataudit.egress.to" (index .root.Values.networkPolicy .store) -}}
{{- end -}}
{{- end }}

{{/* In: ports, peers. No peers are any address. */}}
{{- define "bataudit.egress.to" -}}
- ports:
    {{- range .ports }}
    - { port: {{ . }}, protocol: TCP }
    {{- end }}
  {{- with .peers }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}

{{/* The public internet, and the peers given. In: ports, peers. */}}
{{- define "bataudit.egress.internet" -}}
- to:
    - ipBlock:
        cidr: 0.0.0.0/0
        except: [10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.168.0.0/16]
    - ipBlock: { cidr: "2000::/3" }
    {{- with .peers }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .ports }}
  ports:
    {{- range . }}
    - { port: {{ . }}, protocol: TCP }
    {{- end }}
  {{- end }}
{{- end }}
