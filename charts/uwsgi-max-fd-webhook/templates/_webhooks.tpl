{{/* Name of a webhook entry: <prefix>.uwsgi-max-fd.webhook. The API server wants three parts, and
     shows this name in denials, audit annotations and metrics. */}}
{{- define "uwsgi-max-fd.webhookSuffix" -}}uwsgi-max-fd.webhook{{- end -}}

{{/* clientConfig for a policy: the policy is the path. Takes a dict of root and policy. */}}
{{- define "uwsgi-max-fd.clientConfig" -}}
clientConfig:
  service:
    name: {{ include "uwsgi-max-fd.fullname" .root }}
    namespace: {{ .root.Release.Namespace }}
    path: /{{ .policy }}
    port: {{ .root.Values.service.port | int64 }}
  {{- with include "uwsgi-max-fd.caBundle" .root }}
  caBundle: {{ . }}
  {{- end }}
{{- end -}}

{{/* Which namespaces a policy covers. The first requirement is the policy; the others keep it away
     from the cluster's own namespaces and from this one, and no value can remove them. The two on
     control-plane and kubernetes.azure.com/managedby are those that AKS would add by itself. */}}
{{- define "uwsgi-max-fd.namespaceSelector" -}}
{{- $key := "uwsgi-max-fd/policy" -}}
namespaceSelector:
  matchExpressions:
    {{- if eq .policy (include "uwsgi-max-fd.defaultPolicy" .root) }}
    - key: {{ $key }}
      operator: NotIn
      values: {{ without (list "audit" "mutate" "off" "strict") .policy | toJson }}
    {{- else }}
    - key: {{ $key }}
      operator: In
      values: [{{ .policy | quote }}]
    {{- end }}
    - key: kubernetes.io/metadata.name
      operator: NotIn
      values: {{ concat (list "kube-system" "kube-public" "kube-node-lease" .root.Release.Namespace) .root.Values.webhooks.excludedNamespaces | uniq | toJson }}
    - key: control-plane
      operator: NotIn
      values: ["true"]
    - key: kubernetes.azure.com/managedby
      operator: NotIn
      values: ["aks"]
    {{- with .root.Values.webhooks.namespaceExpressions }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}

{{/* Which objects a policy covers: all but those with the skip label, which strict does not honour
     unless told to. */}}
{{- define "uwsgi-max-fd.objectSelector" -}}
{{- if or (ne .policy "strict") .root.Values.webhooks.strict.honourSkipLabel -}}
objectSelector:
  matchExpressions:
    - key: uwsgi-max-fd/skip
      operator: NotIn
      values: ["true"]
{{- else -}}
objectSelector: {}
{{- end -}}
{{- end -}}

{{/* One entry that sees Pods. Takes a dict of root and policy. */}}
{{- define "uwsgi-max-fd.podWebhook" -}}
{{- $settings := get .root.Values.webhooks .policy -}}
- name: {{ .policy }}.{{ include "uwsgi-max-fd.webhookSuffix" .root }}
  admissionReviewVersions: [v1]
  {{- include "uwsgi-max-fd.clientConfig" . | nindent 2 }}
  failurePolicy: {{ $settings.failurePolicy }}
  timeoutSeconds: {{ $settings.timeoutSeconds | int64 }}
  matchPolicy: Equivalent
  sideEffects: None
  {{- include "uwsgi-max-fd.namespaceSelector" . | nindent 2 }}
  {{- include "uwsgi-max-fd.objectSelector" . | nindent 2 }}
  rules:
    - apiGroups: [""]
      apiVersions: [v1]
      operations: [CREATE]
      resources: [pods]
      scope: Namespaced
    {{- if .root.Values.webhooks.ephemeralContainers }}
    - apiGroups: [""]
      apiVersions: [v1]
      operations: [UPDATE]
      resources: [pods/ephemeralcontainers]
      scope: Namespaced
    {{- end }}
  {{- with .root.Values.webhooks.matchConditions }}
  matchConditions:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{/* One entry that sees workloads: it can only warn, so it never stands in the way. */}}
{{- define "uwsgi-max-fd.workloadWebhook" -}}
{{- $chosen := .root.Values.webhooks.workloads.resources -}}
- name: {{ .policy }}.workloads.{{ include "uwsgi-max-fd.webhookSuffix" .root }}
  admissionReviewVersions: [v1]
  {{- include "uwsgi-max-fd.clientConfig" . | nindent 2 }}
  failurePolicy: Ignore
  timeoutSeconds: {{ .root.Values.webhooks.workloads.timeoutSeconds | int64 }}
  matchPolicy: Equivalent
  sideEffects: None
  {{- include "uwsgi-max-fd.namespaceSelector" . | nindent 2 }}
  {{- include "uwsgi-max-fd.objectSelector" . | nindent 2 }}
  rules:
    {{- range $group, $kinds := dict "apps" (list "deployments" "statefulsets" "daemonsets" "replicasets") "batch" (list "jobs" "cronjobs") }}
    {{- $resources := list }}
    {{- range $kinds }}
    {{- if has . $chosen }}{{ $resources = append $resources . }}{{ end }}
    {{- end }}
    {{- if $resources }}
    - apiGroups: [{{ $group }}]
      apiVersions: [v1]
      operations: [CREATE, UPDATE]
      resources: {{ toJson $resources }}
      scope: Namespaced
    {{- end }}
    {{- end }}
{{- end -}}
