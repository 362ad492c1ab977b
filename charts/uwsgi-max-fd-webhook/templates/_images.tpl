{{/* An image's name. Takes a dict of root, image (repository, tag, digest) and tag (the one to take when
     there is none). global.imageRegistry takes the place of the repository's registry host, if it names one. */}}
{{- define "uwsgi-max-fd.imageName" -}}
{{- $repository := .image.repository -}}
{{- with (.root.Values.global | default dict).imageRegistry -}}
{{- /* As every client of registries has it: a first part with a dot or a port, or localhost, is a host. */ -}}
{{- $repository = printf "%s/%s" (trimSuffix "/" .) (regexReplaceAll "^([^/]*[.:][^/]*|localhost)/" $repository "") -}}
{{- end -}}
{{- if .image.digest -}}
{{ $repository }}@{{ .image.digest }}
{{- else -}}
{{ $repository }}:{{ .image.tag | default .tag }}
{{- end -}}
{{- end -}}

{{- define "uwsgi-max-fd.image" -}}
{{- include "uwsgi-max-fd.imageName" (dict "root" . "image" .Values.image "tag" .Chart.AppVersion) -}}
{{- end -}}

{{/* imagePullSecrets: the chart's own and global.imagePullSecrets, whose items may be names or objects with a name. */}}
{{- define "uwsgi-max-fd.imagePullSecrets" -}}
{{- $names := .Values.image.pullSecrets -}}
{{- range (.Values.global | default dict).imagePullSecrets -}}
{{- $names = append $names (kindIs "map" . | ternary (get (kindIs "map" . | ternary . dict) "name") .) -}}
{{- end -}}
{{- with $names | uniq -}}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end -}}
{{- end -}}

{{/* Egress rules for what asks registries: DNS, and a list of ports. */}}
{{- define "uwsgi-max-fd.registryEgress" -}}
- ports:
    - port: 53
      protocol: UDP
    - port: 53
      protocol: TCP
- ports:
    {{- range . }}
    - port: {{ . }}
      protocol: TCP
    {{- end }}
{{- end -}}
