{{- define "hearth.name" -}}
{{ .Values.fullnameOverride | default .Release.Name }}
{{- end -}}

{{- define "hearth.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}

{{- define "hearth.labels" -}}
app.kubernetes.io/name: hearth
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* What tells one part's pods from another's; a Deployment's selector can never change. */}}
{{- define "hearth.operatorSelector" -}}
app.kubernetes.io/name: hearth
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: operator
{{- end -}}

{{- define "hearth.gatewaySelector" -}}
app.kubernetes.io/name: hearth
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: gateway
{{- end -}}

{{- define "hearth.gatewayUrl" -}}
{{ .Values.gateway.url | default (printf "http://%s-gateway.%s.svc:%v" (include "hearth.name" .) .Release.Namespace .Values.gateway.service.port) }}
{{- end -}}

{{/* Flags that say how worker pods are made: the same for both parts that make them. */}}
{{- define "hearth.workerArgs" -}}
- --worker-image={{ include "hearth.image" . }}
- --worker-data-port={{ .Values.worker.ports.data }}
- --worker-control-port={{ .Values.worker.ports.control }}
{{- with .Values.worker.cacheHostPath }}
- --worker-cache-host-path={{ . }}
{{- end }}
- --log-format={{ .Values.log.format }}
- --log-level={{ .Values.log.level }}
{{- end -}}

{{- define "hearth.podSecurity" -}}
runAsNonRoot: true
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "hearth.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{- define "hearth.probes" -}}
startupProbe:
  httpGet: {path: /healthz, port: operations}
  periodSeconds: 1
  failureThreshold: 60
livenessProbe:
  httpGet: {path: /healthz, port: operations}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: {path: /readyz, port: operations}
  periodSeconds: 5
{{- end -}}
