{{/* Every requirement on namespaces' labels that some entry has, apart from the policy, each once, as YAML. The
     name is left out, as the API server sets kubernetes.io/metadata.name itself. */}}
{{- define "uwsgi-max-fd.guardedExpressions" -}}
{{- $expressions := concat (include "uwsgi-max-fd.platformExpressions" . | fromYamlArray) .Values.webhooks.namespaceExpressions -}}
{{- range list "mutate" "strict" "audit" -}}
{{- $expressions = concat $expressions (get $.Values.webhooks .).namespaceExpressions -}}
{{- end -}}
{{- $guarded := list -}}
{{- range $expressions | uniq -}}
{{- if not (has .key (list "kubernetes.io/metadata.name" "uwsgi-max-fd/policy")) -}}
{{- $guarded = append $guarded . -}}
{{- end -}}
{{- end -}}
{{- toYaml $guarded -}}
{{- end -}}

{{/* Whether labels meet a requirement, in CEL. Takes a dict of requirement and labels (an expression). */}}
{{- define "uwsgi-max-fd.requirementInCEL" -}}
{{- $has := printf "%s in %s" (toJson .requirement.key) .labels -}}
{{- $in := printf "%s && %s[%s] in %s" $has .labels (toJson .requirement.key) (toJson .requirement.values) -}}
{{- $form := dict "In" (printf "(%s)" $in) "NotIn" (printf "(!(%s))" $in) "Exists" (printf "(%s)" $has) "DoesNotExist" (printf "(!(%s))" $has) -}}
{{- get $form .requirement.operator -}}
{{- end -}}
