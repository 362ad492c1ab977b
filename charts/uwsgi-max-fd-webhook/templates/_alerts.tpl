{{/* Every alert that the chart has, as a JSON list. */}}
{{- define "uwsgi-max-fd.alertNames" -}}
{{- list "UwsgiMaxFdCertificateExpiring" "UwsgiMaxFdCertificateExpiringVerySoon" "UwsgiMaxFdCertificateReloadFailing"
    "UwsgiMaxFdReviewErrors" "UwsgiMaxFdFailOpen" "UwsgiMaxFdFailClosed" "UwsgiMaxFdSlow" "UwsgiMaxFdNoReplicaReady"
    "UwsgiMaxFdNodeLimitHuge" "UwsgiMaxFdRouterHuge" | toJson -}}
{{- end -}}

{{/* One alerting rule, as an item of a list. Takes a dict of root, name, expr, severity, summary, description
     and, where it has one, for. The dict's own severity gives way to alertLabels', since a key may be there once only. */}}
{{- define "uwsgi-max-fd.alert" -}}
{{- if not (has .name .root.Values.alerts.disabled) }}
- alert: {{ .name }}
  expr: {{ .expr | quote }}
  {{- with .for }}
  for: {{ . }}
  {{- end }}
  labels:
    {{- mergeOverwrite (dict "severity" .severity) (deepCopy .root.Values.metrics.prometheusRule.alertLabels) | toYaml | nindent 4 }}
  annotations:
    summary: {{ .summary | quote }}
    description: {{ .description | quote }}
    {{- with .root.Values.alerts.runbookURL }}
    runbook_url: {{ printf "%s#%s" (trimSuffix "#" .) (lower $.name) | quote }}
    {{- end }}
{{- end }}
{{- end -}}

{{/* Label matchers for the series of this release's own replicas, and of its DaemonSet. A PodMonitor's job is
     named for itself, and a ServiceMonitor's for the Service; where neither is made, a scrape most likely goes
     by the Service. */}}
{{- define "uwsgi-max-fd.ownSeries" -}}
{{- $name := include "uwsgi-max-fd.fullname" . -}}
{{- $namespace := include "uwsgi-max-fd.namespace" . -}}
{{- $job := .Values.metrics.podMonitor.enabled | ternary (printf "%s/%s" $namespace $name) (printf "%s-metrics" $name) -}}
{{- printf "job=%q,namespace=%q" $job $namespace -}}
{{- end -}}
{{- define "uwsgi-max-fd.nodeSeries" -}}
{{- $name := include "uwsgi-max-fd.nodesName" . -}}
{{- $namespace := include "uwsgi-max-fd.nodesNamespace" . -}}
{{- $job := .Values.metrics.podMonitor.enabled | ternary (printf "%s/%s" $namespace $name) $name -}}
{{- printf "job=%q,namespace=%q" $job $namespace -}}
{{- end -}}
