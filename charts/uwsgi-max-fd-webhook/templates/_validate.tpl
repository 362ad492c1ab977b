{{/* Refusals that the schema cannot word: every message names the key and the cure. */}}
{{- define "uwsgi-max-fd.validate" -}}
{{- include "uwsgi-max-fd.validateImage" . -}}
{{- include "uwsgi-max-fd.validateGlobal" . -}}
{{- include "uwsgi-max-fd.validateCertificates" . -}}
{{- include "uwsgi-max-fd.validateWebhooks" . -}}
{{- include "uwsgi-max-fd.validateMonitoring" . -}}
{{- with .Values -}}
{{- include "uwsgi-max-fd.validateLabels" (dict "path" "commonLabels" "labels" .commonLabels) -}}
{{- include "uwsgi-max-fd.validateLabels" (dict "path" "podLabels" "labels" .podLabels) -}}
{{- include "uwsgi-max-fd.validateLabels" (dict "path" "nodes.podLabels" "labels" .nodes.podLabels) -}}
{{- include "uwsgi-max-fd.validateVolumes" . -}}
{{- range $key, $_ := .commonAnnotations -}}
{{- if hasPrefix "helm.sh/" $key -}}
{{- fail (printf "commonAnnotations has the annotation %s, by which Helm would treat every object of the release so: put it on the object that you mean (extraObjects)" $key) -}}
{{- end -}}
{{- end -}}
{{- range $name, $actions := dict "guard" .guard.actions "labelCheck" .labelCheck.actions -}}
{{- if and (has "Deny" $actions) (has "Warn" $actions) -}}
{{- fail (printf "%s.actions has both Deny and Warn, which the API server refuses: choose one (a refusal tells the user anyway)" $name) -}}
{{- end -}}
{{- end -}}
{{- if gt (int64 .server.maxFd) (int64 .server.ceiling) -}}
{{- fail (printf "server.maxFd (%d) is above server.ceiling (%d), so the webhook would call its own value excessive: lower server.maxFd or raise server.ceiling" (int64 .server.maxFd) (int64 .server.ceiling)) -}}
{{- end -}}
{{- if and .autoscaling.enabled (gt (int64 .autoscaling.minReplicas) (int64 .autoscaling.maxReplicas)) -}}
{{- fail (printf "autoscaling.minReplicas (%d) is above autoscaling.maxReplicas (%d): lower autoscaling.minReplicas or raise autoscaling.maxReplicas" (int64 .autoscaling.minReplicas) (int64 .autoscaling.maxReplicas)) -}}
{{- end -}}
{{- if .clientAuth.enabled -}}
{{- if and .clientAuth.ca .clientAuth.existingConfigMap -}}
{{- fail "clientAuth.ca and clientAuth.existingConfigMap are both set: choose one" -}}
{{- end -}}
{{- if not (or .clientAuth.ca .clientAuth.existingConfigMap) -}}
{{- fail "clientAuth.enabled needs a CA: set clientAuth.ca or clientAuth.existingConfigMap" -}}
{{- end -}}
{{- end -}}
{{- with .clientAuth.ca -}}
{{- include "uwsgi-max-fd.validatePEM" (dict "path" "clientAuth.ca" "text" .) -}}
{{- end -}}
{{- if eq (include "uwsgi-max-fd.port" $) (include "uwsgi-max-fd.adminPort" $) -}}
{{- fail (printf "%s and %s are both %s: the two listeners need two ports" (ternary "hostNetwork.port" "port" .hostNetwork.enabled) (ternary "hostNetwork.adminPort" "adminPort" .hostNetwork.enabled) (include "uwsgi-max-fd.port" $)) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Volumes of one's own: the kinds that restricted Pod Security allows, under names and paths that are free. */}}
{{- define "uwsgi-max-fd.validateVolumes" -}}
{{- $kinds := list "configMap" "csi" "downwardAPI" "emptyDir" "ephemeral" "persistentVolumeClaim" "projected" "secret" -}}
{{- $names := list "tls" "client-ca" "image-catalogue" -}}
{{- $paths := list "/etc/uwsgi-max-fd/tls" "/etc/uwsgi-max-fd/client-ca" "/etc/uwsgi-max-fd/images" -}}
{{- range $index, $volume := .extraVolumes -}}
{{- range keys (omit $volume "name") | sortAlpha -}}
{{- if not (has . $kinds) -}}
{{- fail (printf "extraVolumes[%d] is of the kind %s, which restricted Pod Security refuses: take one of %s" $index . (join ", " $kinds)) -}}
{{- end -}}
{{- end -}}
{{- if has $volume.name $names -}}
{{- fail (printf "extraVolumes[%d].name %q is there already: choose another name" $index $volume.name) -}}
{{- end -}}
{{- $names = append $names $volume.name -}}
{{- end -}}
{{- range $index, $mount := .extraVolumeMounts -}}
{{- if not (has $mount.name $names) -}}
{{- fail (printf "extraVolumeMounts[%d].name %q names no volume: add it to extraVolumes, or correct the name" $index $mount.name) -}}
{{- end -}}
{{- if has (trimSuffix "/" $mount.mountPath) $paths -}}
{{- fail (printf "extraVolumeMounts[%d].mountPath %q is taken already: choose another path" $index $mount.mountPath) -}}
{{- end -}}
{{- $paths = append $paths (trimSuffix "/" $mount.mountPath) -}}
{{- end -}}
{{- end -}}

{{/* The name that the chart carries by itself belongs to nobody: a cluster would look for it at its default registry. */}}
{{- define "uwsgi-max-fd.validateImage" -}}
{{- $repository := .Values.image.repository -}}
{{- if and (eq $repository "uwsgi-max-fd-webhook") (ne .Values.image.pullPolicy "Never") (not (.Values.global | default dict).imageRegistry) -}}
{{- fail "image.repository is still the placeholder uwsgi-max-fd-webhook, which no registry has: set image.repository to where you pushed the image (registry.example.org/tools/uwsgi-max-fd-webhook), or, where every node holds the image already, set image.pullPolicy=Never" -}}
{{- end -}}
{{- end -}}

{{/* Globals that the chart would ignore. In a chart of charts, where others may read them, they are let through. */}}
{{- define "uwsgi-max-fd.validateGlobal" -}}
{{- if not (contains "/charts/" .Template.BasePath) -}}
{{- range $key, $_ := .Values.global -}}
{{- if not (has $key (list "imageRegistry" "imagePullSecrets")) -}}
{{- fail (printf "global.%s would be ignored, as this chart reads global.imageRegistry and global.imagePullSecrets only: remove it, and set the value itself (image, commonLabels, commonAnnotations, …)" $key) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "uwsgi-max-fd.validateMonitoring" -}}
{{- $alerts := include "uwsgi-max-fd.alertNames" . | fromJsonArray -}}
{{- range .Values.alerts.disabled -}}
{{- if not (has . $alerts) -}}
{{- fail (printf "alerts.disabled names %s, which is not one of the chart's alerts: take %s" . (join ", " $alerts)) -}}
{{- end -}}
{{- end -}}
{{- with .Values.metrics -}}
{{- if and .serviceMonitor.enabled (not .enabled) -}}
{{- fail "metrics.serviceMonitor.enabled needs the Service that metrics.enabled makes: set metrics.enabled to true, or take metrics.podMonitor, which needs none" -}}
{{- end -}}
{{- if and .serviceMonitor.enabled .podMonitor.enabled -}}
{{- fail "metrics.serviceMonitor.enabled and metrics.podMonitor.enabled are both true, so every replica would be scraped twice: choose one" -}}
{{- end -}}
{{- range $name, $monitor := dict "serviceMonitor" .serviceMonitor "podMonitor" .podMonitor -}}
{{- include "uwsgi-max-fd.validateLabels" (dict "path" (printf "metrics.%s.labels" $name) "labels" $monitor.labels) -}}
{{- if gt (include "uwsgi-max-fd.milliseconds" $monitor.scrapeTimeout | int64) (include "uwsgi-max-fd.milliseconds" $monitor.interval | int64) -}}
{{- fail (printf "metrics.%s.scrapeTimeout (%s) is longer than metrics.%s.interval (%s), which Prometheus refuses: shorten it" $name $monitor.scrapeTimeout $name $monitor.interval) -}}
{{- end -}}
{{- end -}}
{{- include "uwsgi-max-fd.validateLabels" (dict "path" "metrics.prometheusRule.labels" "labels" .prometheusRule.labels) -}}
{{- include "uwsgi-max-fd.validateLabels" (dict "path" "metrics.dashboard.labels" "labels" .dashboard.labels) -}}
{{- end -}}
{{- end -}}

{{/* A duration such as 1h30m in whole milliseconds. */}}
{{- define "uwsgi-max-fd.milliseconds" -}}
{{- $units := dict "ms" 1.0 "s" 1000.0 "m" 60000.0 "h" 3600000.0 -}}
{{- $total := 0.0 -}}
{{- range regexFindAll "[0-9.]+(ms|s|m|h)" . -1 -}}
{{- $total = addf $total (mulf (regexFind "^[0-9.]+" . | float64) (get $units (regexFind "[a-z]+$" .))) -}}
{{- end -}}
{{- $total | int64 -}}
{{- end -}}

{{/* Text that must hold certificates in PEM, and nothing secret. Takes a dict of path and text. */}}
{{- define "uwsgi-max-fd.validatePEM" -}}
{{- if contains "PRIVATE KEY-----" .text -}}
{{- fail (printf "%s holds a private key, which everyone who may read the object would see: set it to the CA's certificate alone, and replace the key" .path) -}}
{{- end -}}
{{- if not (regexMatch "-----BEGIN CERTIFICATE-----\\s+[A-Za-z0-9+/=\\s]+-----END CERTIFICATE-----" .text) -}}
{{- fail (printf "%s holds no PEM certificate, so nothing would be trusted: set it to the CA as PEM (-----BEGIN CERTIFICATE-----…)%s" .path (.also | default "")) -}}
{{- end -}}
{{- end -}}

{{- define "uwsgi-max-fd.validateCertificates" -}}
{{- with .Values.certificates -}}
{{- if eq .mode "existingSecret" -}}
{{- $bundle := include "uwsgi-max-fd.caBundle" $ -}}
{{- if $bundle -}}
{{- include "uwsgi-max-fd.validatePEM" (dict "path" "certificates.existingSecret.caBundle" "text" ($bundle | b64dec) "also" " or as the base64 line that uwsgi-max-fd certs --ca-bundle prints") -}}
{{- else if not (or (index $.Values.webhooks.annotations "cert-manager.io/inject-ca-from") (index $.Values.webhooks.annotations "cert-manager.io/inject-ca-from-secret")) -}}
{{- fail "certificates.existingSecret.caBundle is empty, so the API server could trust no certificate: set it to the CA (PEM or base64), or let webhooks.annotations have it injected (cert-manager.io/inject-ca-from-secret)" -}}
{{- end -}}
{{- end -}}
{{- if eq .mode "certManager" -}}
{{- include "uwsgi-max-fd.validateLifetime" (dict "values" .certManager "duration" "duration" "renewBefore" "renewBefore") -}}
{{- if not .certManager.issuerRef.name -}}
{{- include "uwsgi-max-fd.validateLifetime" (dict "values" .certManager "duration" "caDuration" "renewBefore" "caRenewBefore") -}}
{{- if le (include "uwsgi-max-fd.milliseconds" .certManager.caRenewBefore | int64) (include "uwsgi-max-fd.milliseconds" .certManager.duration | int64) -}}
{{- fail (printf "certificates.certManager.caRenewBefore (%s) is not longer than certificates.certManager.duration (%s), so a certificate could outlive its CA: lengthen certificates.certManager.caRenewBefore or shorten certificates.certManager.duration" .certManager.caRenewBefore .certManager.duration) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What cert-manager itself asks of a Certificate's lifetime (its validation of Certificate.spec): an hour
     at least, renewed five minutes or more before the end, and later than at once. */}}
{{- define "uwsgi-max-fd.validateLifetime" -}}
{{- $duration := get .values .duration -}}
{{- $renewBefore := get .values .renewBefore -}}
{{- $longest := include "uwsgi-max-fd.milliseconds" $duration | int64 -}}
{{- $before := include "uwsgi-max-fd.milliseconds" $renewBefore | int64 -}}
{{- if lt $longest 3600000 -}}
{{- fail (printf "certificates.certManager.%s (%s) is shorter than an hour, which cert-manager refuses: lengthen it" .duration $duration) -}}
{{- end -}}
{{- if lt $before 300000 -}}
{{- fail (printf "certificates.certManager.%s (%s) is shorter than five minutes, which cert-manager refuses: lengthen it" .renewBefore $renewBefore) -}}
{{- end -}}
{{- if le $longest $before -}}
{{- fail (printf "certificates.certManager.%s (%s) is not longer than certificates.certManager.%s (%s), so the certificate would have to be renewed before it begins: lengthen the first or shorten the second (a third of it is usual)" .duration $duration .renewBefore $renewBefore) -}}
{{- end -}}
{{- end -}}

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
