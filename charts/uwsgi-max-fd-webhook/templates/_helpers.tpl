{{/* Base name of the objects. */}}
{{- define "uwsgi-max-fd.name" -}}
{{- default "uwsgi-max-fd" .Values.nameOverride | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{/* Full name of the objects: the release's name, and the base name unless the release's holds it. At
     most 50 characters, so that every suffix still fits into a DNS label. */}}
{{- define "uwsgi-max-fd.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- $name := include "uwsgi-max-fd.name" . -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Labels that select the server's Pods. They never change in the life of a release. */}}
{{- define "uwsgi-max-fd.selectorLabels" -}}
app.kubernetes.io/name: {{ include "uwsgi-max-fd.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: webhook
{{- end -}}

{{/* Labels of every object. The versions are kept out of the Pod template, so that a new chart
     version alone restarts nothing. */}}
{{- define "uwsgi-max-fd.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/name: {{ include "uwsgi-max-fd.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: uwsgi-max-fd
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "uwsgi-max-fd.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "uwsgi-max-fd.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "uwsgi-max-fd.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Ports that the server listens on. The kubelet owns 10250 in the node's network. */}}
{{- define "uwsgi-max-fd.port" -}}
{{- ternary .Values.hostNetwork.port .Values.port .Values.hostNetwork.enabled | int64 -}}
{{- end -}}
{{- define "uwsgi-max-fd.adminPort" -}}
{{- ternary .Values.hostNetwork.adminPort .Values.adminPort .Values.hostNetwork.enabled | int64 -}}
{{- end -}}

{{/* The default policy. YAML reads an unquoted off as false, so false means off. */}}
{{- define "uwsgi-max-fd.defaultPolicy" -}}
{{- .Values.defaultPolicy | default "off" -}}
{{- end -}}

{{/* Security of a container: the restricted Pod Security Standard, which no value can loosen. */}}
{{- define "uwsgi-max-fd.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities:
  drop: [ALL]
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{/* Refusals that the schema cannot word: every message names the key and the cure. */}}
{{- define "uwsgi-max-fd.validate" -}}
{{- with .Values -}}
{{- if and (eq .certificates.mode "existingSecret") (not .certificates.existingSecret.caBundle) -}}
{{- if not (or (index .webhooks.annotations "cert-manager.io/inject-ca-from") (index .webhooks.annotations "cert-manager.io/inject-ca-from-secret")) -}}
{{- fail "certificates.existingSecret.caBundle is empty, so the API server could trust no certificate: set it to the CA (PEM or base64), or let webhooks.annotations have it injected (cert-manager.io/inject-ca-from-secret)" -}}
{{- end -}}
{{- end -}}
{{- if not (or .webhooks.strict.mutating .webhooks.strict.validating) -}}
{{- fail "webhooks.strict.mutating and webhooks.strict.validating are both false, so the policy strict would do nothing: set one of them to true" -}}
{{- end -}}
{{- if gt (int64 .server.maxFd) (int64 .server.ceiling) -}}
{{- fail (printf "server.maxFd (%d) is above server.ceiling (%d), so the webhook would call its own value excessive: lower server.maxFd or raise server.ceiling" (int64 .server.maxFd) (int64 .server.ceiling)) -}}
{{- end -}}
{{- if and .autoscaling.enabled (gt (int64 .autoscaling.minReplicas) (int64 .autoscaling.maxReplicas)) -}}
{{- fail (printf "autoscaling.minReplicas (%d) is above autoscaling.maxReplicas (%d)" (int64 .autoscaling.minReplicas) (int64 .autoscaling.maxReplicas)) -}}
{{- end -}}
{{- if .clientAuth.enabled -}}
{{- if and .clientAuth.ca .clientAuth.existingConfigMap -}}
{{- fail "clientAuth.ca and clientAuth.existingConfigMap are both set: choose one" -}}
{{- end -}}
{{- if not (or .clientAuth.ca .clientAuth.existingConfigMap) -}}
{{- fail "clientAuth.enabled needs a CA: set clientAuth.ca or clientAuth.existingConfigMap" -}}
{{- end -}}
{{- end -}}
{{- if and .metrics.serviceMonitor.enabled (not .metrics.enabled) -}}
{{- fail "metrics.serviceMonitor.enabled needs the Service that metrics.enabled makes: set metrics.enabled to true" -}}
{{- end -}}
{{- if eq (include "uwsgi-max-fd.port" $) (include "uwsgi-max-fd.adminPort" $) -}}
{{- fail (printf "%s and %s are both %s: the two listeners need two ports" (ternary "hostNetwork.port" "port" .hostNetwork.enabled) (ternary "hostNetwork.adminPort" "adminPort" .hostNetwork.enabled) (include "uwsgi-max-fd.port" $)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
