{{/* Name of a webhook entry: <prefix>.uwsgi-max-fd.webhook. The API server requires three parts, and
     shows this name in denials, audit annotations and metrics. */}}
{{- define "uwsgi-max-fd.webhookSuffix" -}}uwsgi-max-fd.webhook{{- end -}}

{{/* Namespaces that no entry sees, as a JSON list. No value can take one away. */}}
{{- define "uwsgi-max-fd.excludedNamespaces" -}}
{{- concat (list "kube-system" "kube-public" "kube-node-lease" .Release.Namespace (include "uwsgi-max-fd.namespace" .)) .Values.webhooks.excludedNamespaces | uniq | toJson -}}
{{- end -}}

{{/* Requirements on a namespace's labels that keep every entry away from what a platform runs itself: the
     two that AKS would add by itself. As YAML; the guard reads them here too. */}}
{{- define "uwsgi-max-fd.platformExpressions" -}}
- key: control-plane
  operator: NotIn
  values: ["true"]
- key: kubernetes.azure.com/managedby
  operator: NotIn
  values: ["aks"]
{{- end -}}

{{/* clientConfig for a policy: the policy is the path. Takes a dict of root and policy. */}}
{{- define "uwsgi-max-fd.clientConfig" -}}
clientConfig:
  service:
    name: {{ include "uwsgi-max-fd.fullname" .root }}
    namespace: {{ include "uwsgi-max-fd.namespace" .root }}
    path: /{{ .policy }}
    port: {{ .root.Values.service.port | int64 }}
  {{- with include "uwsgi-max-fd.caBundle" .root }}
  caBundle: {{ . }}
  {{- end }}
{{- end -}}

{{/* Whether the default policy refuses Pods while the webhook cannot be reached, and something is exempt from
     that (webhooks.bootstrap). Then the namespaces that chose that policy have an entry of their own, without
     the exemptions, and those without a label another. */}}
{{- define "uwsgi-max-fd.bootstraps" -}}
{{- $policy := include "uwsgi-max-fd.defaultPolicy" . -}}
{{- if ne $policy "off" -}}
{{- with .Values.webhooks -}}
{{- if and (eq (get . $policy).failurePolicy "Fail") (or .bootstrap.priorityClasses .bootstrap.namespaces) -}}
true
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Which namespaces an entry covers. Takes a dict of root, policy and part: all, or of a policy that is the
     default, `chosen` (namespaces that chose it) or `default` (namespaces that chose none). The first
     requirement is the policy; the others keep the entry away from the cluster's own namespaces and from
     this one, and no value can remove them. */}}
{{- define "uwsgi-max-fd.namespaceSelector" -}}
{{- $key := "uwsgi-max-fd/policy" -}}
{{- $excluded := include "uwsgi-max-fd.excludedNamespaces" .root | fromJsonArray -}}
{{- $policies := list "audit" "mutate" "off" "strict" -}}
namespaceSelector:
  matchExpressions:
    {{- if eq .part "default" }}
    {{- $excluded = concat $excluded .root.Values.webhooks.bootstrap.namespaces | uniq }}
    - key: {{ $key }}
      operator: NotIn
      values: {{ toJson $policies }}
    {{- else if and (eq .part "all") (eq .policy (include "uwsgi-max-fd.defaultPolicy" .root)) }}
    - key: {{ $key }}
      operator: NotIn
      values: {{ without $policies .policy | toJson }}
    {{- else }}
    - key: {{ $key }}
      operator: In
      values: [{{ .policy | quote }}]
    {{- end }}
    - key: kubernetes.io/metadata.name
      operator: NotIn
      values: {{ toJson $excluded }}
    {{- include "uwsgi-max-fd.platformExpressions" .root | nindent 4 }}
    {{- with concat .root.Values.webhooks.namespaceExpressions (get .root.Values.webhooks .policy).namespaceExpressions }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}

{{/* Which objects an entry covers: all but those with the skip label, which strict does not honour unless
     told to. Takes a dict of root, policy and expressions: further requirements. */}}
{{- define "uwsgi-max-fd.objectSelector" -}}
{{- $honours := or (ne .policy "strict") .root.Values.webhooks.strict.honourSkipLabel -}}
{{- if or $honours .expressions -}}
objectSelector:
  matchExpressions:
    {{- if $honours }}
    - key: uwsgi-max-fd/skip
      operator: NotIn
      values: ["true"]
    {{- end }}
    {{- with .expressions }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- else -}}
objectSelector: {}
{{- end -}}
{{- end -}}

{{/* What an entry leaves to CEL. Takes a dict of root, policy and part. */}}
{{- define "uwsgi-max-fd.matchConditions" -}}
{{- $webhooks := .root.Values.webhooks -}}
{{- $conditions := concat $webhooks.matchConditions (get $webhooks .policy).matchConditions -}}
{{- if and (eq .part "default") $webhooks.bootstrap.priorityClasses -}}
{{- $expression := printf "!has(object.spec.priorityClassName) || !(object.spec.priorityClassName in %s)" (toJson $webhooks.bootstrap.priorityClasses) -}}
{{- $conditions = append $conditions (dict "name" "not-system-critical" "expression" $expression) -}}
{{- end -}}
{{- with $conditions -}}
matchConditions:
  {{- toYaml . | nindent 2 }}
{{- end -}}
{{- end -}}

{{/* The entries of a policy that see Pods: one, or two where the default policy fails closed. Takes a dict of
     root, policy and reinvocationPolicy, which validating entries have none of. */}}
{{- define "uwsgi-max-fd.podWebhooks" -}}
{{- $isSplit := and (eq .policy (include "uwsgi-max-fd.defaultPolicy" .root)) (eq (include "uwsgi-max-fd.bootstraps" .root) "true") -}}
{{- range $isSplit | ternary (list "chosen" "default") (list "all") }}
{{ include "uwsgi-max-fd.podWebhook" (set $ "part" .) }}
{{- end }}
{{- end -}}

{{- define "uwsgi-max-fd.podWebhook" -}}
{{- $settings := get .root.Values.webhooks .policy -}}
- name: {{ .policy }}{{ if eq .part "default" }}.default{{ end }}.{{ include "uwsgi-max-fd.webhookSuffix" .root }}
  admissionReviewVersions: [v1]
  {{- include "uwsgi-max-fd.clientConfig" . | nindent 2 }}
  failurePolicy: {{ $settings.failurePolicy }}
  timeoutSeconds: {{ $settings.timeoutSeconds | int64 }}
  matchPolicy: Equivalent
  sideEffects: None
  {{- with .reinvocationPolicy }}
  reinvocationPolicy: {{ . }}
  {{- end }}
  {{- include "uwsgi-max-fd.namespaceSelector" . | nindent 2 }}
  {{- include "uwsgi-max-fd.objectSelector" (dict "root" .root "policy" .policy "expressions" $settings.objectExpressions) | nindent 2 }}
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
  {{- with include "uwsgi-max-fd.matchConditions" . }}
  {{- . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/* One entry that sees workloads: it can only warn, so it never stands in the way. Takes a dict of root and policy. */}}
{{- define "uwsgi-max-fd.workloadWebhook" -}}
{{- $chosen := .root.Values.webhooks.workloads.resources -}}
- name: {{ .policy }}.workloads.{{ include "uwsgi-max-fd.webhookSuffix" .root }}
  admissionReviewVersions: [v1]
  {{- include "uwsgi-max-fd.clientConfig" . | nindent 2 }}
  failurePolicy: Ignore
  timeoutSeconds: {{ .root.Values.webhooks.workloads.timeoutSeconds | int64 }}
  matchPolicy: Equivalent
  sideEffects: None
  {{- include "uwsgi-max-fd.namespaceSelector" (dict "root" .root "policy" .policy "part" "all") | nindent 2 }}
  {{- include "uwsgi-max-fd.objectSelector" (dict "root" .root "policy" .policy "expressions" list) | nindent 2 }}
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
