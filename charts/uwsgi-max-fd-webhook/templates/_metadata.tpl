{{/* The metadata of an object. Takes a dict of root and, where they differ from the usual: name,
     clusterWide, namespace, component, labels and annotations. Maps that come from different values are
     merged before they are written, so that no key is ever written twice: strict decoders, such as the
     API server's and Flux', refuse an object with a key that is there twice. */}}
{{- define "uwsgi-max-fd.metadata" -}}
name: {{ .name | default (include "uwsgi-max-fd.fullname" .root) }}
{{- if not .clusterWide }}
namespace: {{ .namespace | default (include "uwsgi-max-fd.namespace" .root) }}
{{- end }}
labels:
  {{- include "uwsgi-max-fd.labels" . | nindent 2 }}
{{- with mergeOverwrite dict (deepCopy .root.Values.commonAnnotations) (deepCopy (.annotations | default dict)) }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Labels of an object, as for uwsgi-max-fd.metadata. Those that Helm and selectors go by come last, so
     that nothing can replace them. The versions are kept out of the Pod template, so that a new chart
     version alone restarts nothing. */}}
{{- define "uwsgi-max-fd.labels" -}}
{{- $root := .root -}}
{{- $usual := dict "app.kubernetes.io/version" $root.Chart.AppVersion "app.kubernetes.io/part-of" "uwsgi-max-fd" -}}
{{- $own := dict
    "helm.sh/chart" (printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-")
    "app.kubernetes.io/managed-by" $root.Release.Service
    "app.kubernetes.io/name" (include "uwsgi-max-fd.name" $root)
    "app.kubernetes.io/instance" $root.Release.Name -}}
{{- with .component -}}
{{- $_ := set $own "app.kubernetes.io/component" . -}}
{{- end -}}
{{- mergeOverwrite $usual (deepCopy $root.Values.commonLabels) (deepCopy (.labels | default dict)) $own | toYaml -}}
{{- end -}}

{{/* Labels that select the Pods of a component, in the root's dict. They never change in the life of a release. */}}
{{- define "uwsgi-max-fd.selectorLabels" -}}
app.kubernetes.io/name: {{ include "uwsgi-max-fd.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* The metadata of a Pod template. Takes a dict of root, component, labels and annotations. */}}
{{- define "uwsgi-max-fd.podMetadata" -}}
labels:
  {{- mergeOverwrite dict (deepCopy .labels) (include "uwsgi-max-fd.selectorLabels" . | fromYaml) | toYaml | nindent 2 }}
{{- with .annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Labels of one's own (`path` and `labels` in a dict) must leave alone those that the chart's selectors go by. */}}
{{- define "uwsgi-max-fd.validateLabels" -}}
{{- $path := .path -}}
{{- $labels := .labels -}}
{{- range list "app.kubernetes.io/name" "app.kubernetes.io/instance" "app.kubernetes.io/component" "app.kubernetes.io/managed-by" "helm.sh/chart" -}}
{{- if hasKey $labels . -}}
{{- fail (printf "%s has the label %s, which the chart sets itself because selectors and Helm go by it: remove it (nameOverride changes app.kubernetes.io/name)" $path .) -}}
{{- end -}}
{{- end -}}
{{- end -}}
