{{/* Name of the DaemonSet and what belongs to it. */}}
{{- define "uwsgi-max-fd.nodesName" -}}
{{- include "uwsgi-max-fd.fullname" . }}-node
{{- end -}}

{{/* Its namespace, which must allow hostPID. */}}
{{- define "uwsgi-max-fd.nodesNamespace" -}}
{{- .Values.nodes.namespace | default (include "uwsgi-max-fd.namespace" .) -}}
{{- end -}}

{{/* Relabelings of its series, as YAML: the node's name first, by which alerts and dashboard know it, as
     the Prometheus operator itself gives it to the kubelet's series. Takes a monitor's relabelings. */}}
{{- define "uwsgi-max-fd.nodeRelabelings" -}}
- sourceLabels: [__meta_kubernetes_pod_node_name]
  targetLabel: node
{{- with . }}
{{ toYaml . }}
{{- end }}
{{- end -}}
