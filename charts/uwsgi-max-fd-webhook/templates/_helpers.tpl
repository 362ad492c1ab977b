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

{{/* Namespace of the objects. */}}
{{- define "uwsgi-max-fd.namespace" -}}
{{- .Values.namespaceOverride | default .Release.Namespace -}}
{{- end -}}

{{- define "uwsgi-max-fd.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "uwsgi-max-fd.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
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

{{/* Security of a Pod. */}}
{{- define "uwsgi-max-fd.podSecurityContext" -}}
securityContext:
  runAsNonRoot: true
  seccompProfile:
    type: RuntimeDefault
  {{- range $key := list "runAsUser" "runAsGroup" "fsGroup" }}
  {{- /* Helm drops keys whose value is null, so a null shows as an absent key. */}}
  {{- with index $.Values.podSecurityContext $key }}
  {{ $key }}: {{ . | int64 }}
  {{- end }}
  {{- end }}
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
