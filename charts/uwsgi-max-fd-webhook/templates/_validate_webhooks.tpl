{{- define "uwsgi-max-fd.validateWebhooks" -}}
{{- with .Values.webhooks -}}
{{- if not (or .strict.mutating .strict.validating) -}}
{{- fail "webhooks.strict.mutating and webhooks.strict.validating are both false, so the policy strict would do nothing: set one of them to true" -}}
{{- end -}}
{{- include "uwsgi-max-fd.validateRequirements" (dict "path" "webhooks.namespaceExpressions" "requirements" .namespaceExpressions) -}}
{{- range $policy := list "mutate" "strict" "audit" -}}
{{- $own := get $.Values.webhooks $policy -}}
{{- include "uwsgi-max-fd.validateRequirements" (dict "path" (printf "webhooks.%s.namespaceExpressions" $policy) "requirements" $own.namespaceExpressions) -}}
{{- include "uwsgi-max-fd.validateRequirements" (dict "path" (printf "webhooks.%s.objectExpressions" $policy) "requirements" $own.objectExpressions) -}}
{{- include "uwsgi-max-fd.validateMatchConditions" (dict "path" (printf "webhooks.%s.matchConditions" $policy) "conditions" $own.matchConditions "before" $.Values.webhooks.matchConditions) -}}
{{- end -}}
{{- include "uwsgi-max-fd.validateMatchConditions" (dict "path" "webhooks.matchConditions" "conditions" .matchConditions "before" list) -}}
{{- end -}}
{{- end -}}

{{/* Requirements of a label selector, as the API server validates them (ValidateLabelSelectorRequirement). */}}
{{- define "uwsgi-max-fd.validateRequirements" -}}
{{- $path := .path -}}
{{- range $index, $requirement := .requirements -}}
{{- if not (regexMatch (include "uwsgi-max-fd.qualifiedName" $) $requirement.key) -}}
{{- fail (printf "%s[%d].key %q cannot be the key of a label: correct it" $path $index $requirement.key) -}}
{{- end -}}
{{- $needsValues := has $requirement.operator (list "In" "NotIn") -}}
{{- if and $needsValues (not $requirement.values) -}}
{{- fail (printf "%s[%d] has the operator %s and no values, which the API server refuses: set its values, or take Exists or DoesNotExist" $path $index $requirement.operator) -}}
{{- end -}}
{{- if and $requirement.values (not $needsValues) -}}
{{- fail (printf "%s[%d] has the operator %s and values, which the API server refuses: remove its values, or take In or NotIn" $path $index $requirement.operator) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Kubernetes' qualified names: those of labels and of match conditions. */}}
{{- define "uwsgi-max-fd.qualifiedName" -}}
^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$
{{- end -}}

{{/* Match conditions, as far as it can be said without CEL whether the API server takes them. Takes a dict
     of path, conditions, and before: those that stand before them in the same entries. */}}
{{- define "uwsgi-max-fd.validateMatchConditions" -}}
{{- $path := .path -}}
{{- /* The chart's own, which a default policy that fails closed has. */ -}}
{{- $taken := list "not-system-critical" -}}
{{- range .before -}}
{{- $taken = append $taken .name -}}
{{- end -}}
{{- if gt (add (len .before) (len .conditions)) 63 -}}
{{- fail (printf "%s has too many conditions, as an entry may have 64 and the chart adds one: join some by &&" $path) -}}
{{- end -}}
{{- range $index, $condition := .conditions -}}
{{- $where := printf "%s[%d]" $path $index -}}
{{- if not (regexMatch (include "uwsgi-max-fd.qualifiedName" $) $condition.name) -}}
{{- fail (printf "%s.name %q is refused by the API server: take letters, digits, '-', '_' and '.', at most 63, with a letter or digit at both ends" $where $condition.name) -}}
{{- end -}}
{{- if has $condition.name $taken -}}
{{- fail (printf "%s.name %q is there twice, which the API server refuses: choose another name" $where $condition.name) -}}
{{- end -}}
{{- $taken = append $taken $condition.name -}}
{{- include "uwsgi-max-fd.validateExpression" (dict "where" (printf "%s.expression" $where) "expression" $condition.expression) -}}
{{- end -}}
{{- end -}}

{{/* The mistakes in a CEL expression that can be seen without a parser, once its strings and comments are gone. */}}
{{- define "uwsgi-max-fd.validateExpression" -}}
{{- $where := .where -}}
{{- $strings := `(?s)[rR]?""".*?"""|[rR]?'''.*?'''|[rR]"[^"\n]*"|[rR]'[^'\n]*'|"(\\.|[^"\\\n])*"|'(\\.|[^'\\\n])*'|//[^\n]*` -}}
{{- $code := regexReplaceAllLiteral $strings .expression "0" | trim -}}
{{- if regexMatch `^[0\s]*$` $code -}}
{{- fail (printf "%s says nothing: write a CEL expression that is true or false, or remove the condition" $where) -}}
{{- end -}}
{{- if regexMatch `["']` $code -}}
{{- fail (printf "%s has a string that does not end: close its quotes" $where) -}}
{{- end -}}
{{- range list (list "(" ")") (list "[" "]") (list "{" "}") -}}
{{- if ne (len (splitList (first .) $code)) (len (splitList (last .) $code)) -}}
{{- fail (printf "%s has not as many %q as %q: close what is open" $where (first .) (last .)) -}}
{{- end -}}
{{- end -}}
{{- if regexMatch `(^|[^=!<>])=($|[^=])` $code -}}
{{- fail (printf "%s has a single =, and CEL compares by ==: write ==" $where) -}}
{{- end -}}
{{- if regexMatch `(^|[^&])&($|[^&])|(^|[^|])[|]($|[^|])` $code -}}
{{- fail (printf "%s has a single & or |, and CEL joins by && and ||: double it" $where) -}}
{{- end -}}
{{- with regexFind `(^|[^.A-Za-z0-9_])(namespaceObject|params|variables|oldSelf|self)([^A-Za-z0-9_]|$)` $code -}}
{{- fail (printf "%s uses %s, which is known to a ValidatingAdmissionPolicy only: a webhook's match condition knows object, oldObject, request and authorizer" $where (regexFind "[A-Za-z]+" .)) -}}
{{- end -}}
{{- end -}}
