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
{{- if and .images.refresh.enabled (not .images.catalogue.existingConfigMap) -}}
{{- fail "images.refresh.enabled needs a ConfigMap to write: make one (kubectl create configmap images), and name it in images.catalogue.existingConfigMap" -}}
{{- end -}}
{{- if and .images.refresh.enabled (not .images.refresh.caConfigMap) -}}
{{- fail "images.refresh.enabled needs the CAs of the registries, as the image holds none: make a ConfigMap (kubectl create configmap registry-ca --from-file=ca.crt=/etc/ssl/certs/ca-certificates.crt), and name it in images.refresh.caConfigMap" -}}
{{- end -}}
{{- if and .images.catalogue.existingConfigMap .images.catalogue.image -}}
{{- fail "images.catalogue.existingConfigMap and images.catalogue.image are both set: choose one" -}}
{{- end -}}
{{- if and .images.read.enabled (not .images.read.caConfigMap) -}}
{{- fail "images.read.enabled needs the CAs of the registries, as the image holds none: make a ConfigMap (kubectl create configmap registry-ca --from-file=ca.crt=/etc/ssl/certs/ca-certificates.crt), and name it in images.read.caConfigMap" -}}
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
{{- if .images.read.enabled -}}
{{- $names = concat $names (list "registry-ca" "pull-secret" "registry-layers") -}}
{{- $paths = concat $paths (list "/etc/uwsgi-max-fd/registry-ca" "/etc/uwsgi-max-fd/registry" "/tmp") -}}
{{- end -}}
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

{{/* The chart's own default is a name that anyone may take: a cluster would look for it at its default registry. */}}
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
