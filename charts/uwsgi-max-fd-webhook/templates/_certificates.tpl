{{/* Name of the Secret with tls.crt and tls.key. */}}
{{- define "uwsgi-max-fd.tlsSecretName" -}}
{{- if eq .Values.certificates.mode "existingSecret" -}}
{{- .Values.certificates.existingSecret.name -}}
{{- else -}}
{{- include "uwsgi-max-fd.fullname" . }}-tls
{{- end -}}
{{- end -}}

{{/* DNS names of the Service. The API server verifies <service>.<namespace>.svc. */}}
{{- define "uwsgi-max-fd.dnsNames" -}}
{{- $name := include "uwsgi-max-fd.fullname" . -}}
- {{ $name }}.{{ include "uwsgi-max-fd.namespace" . }}.svc
- {{ $name }}.{{ include "uwsgi-max-fd.namespace" . }}.svc.cluster.local
- {{ $name }}.{{ include "uwsgi-max-fd.namespace" . }}
- {{ $name }}
{{- end -}}

{{/* Annotation that records which certificates.generated.generation a Secret was made for. */}}
{{- define "uwsgi-max-fd.generationAnnotation" -}}uwsgi-max-fd/certificate-generation{{- end -}}

{{/* The pair of certificates.mode=generated, as YAML with the base64 keys ca, cert and key. It is
     worked out once for a render and remembered, since every call of genCA gives another CA. */}}
{{- define "uwsgi-max-fd.generated" -}}
{{- if not (hasKey .Values "_generatedPair") -}}
{{- $_ := set .Values "_generatedPair" (include "uwsgi-max-fd.generatedOnce" .) -}}
{{- end -}}
{{- get .Values "_generatedPair" -}}
{{- end -}}

{{- define "uwsgi-max-fd.generatedOnce" -}}
{{- $settings := .Values.certificates.generated -}}
{{- $secretName := include "uwsgi-max-fd.tlsSecretName" . -}}
{{- $secret := lookup "v1" "Secret" (include "uwsgi-max-fd.namespace" .) $secretName | default dict -}}
{{- $data := $secret.data | default dict -}}
{{- $annotations := dig "metadata" "annotations" dict $secret | default dict -}}
{{- $complete := and (get $data "ca.crt") (get $data "tls.crt") (get $data "tls.key") -}}
{{- $generation := get $annotations (include "uwsgi-max-fd.generationAnnotation" .) -}}
{{- if and $complete (eq $generation (toString $settings.generation)) -}}
ca: {{ get $data "ca.crt" }}
cert: {{ get $data "tls.crt" }}
key: {{ get $data "tls.key" }}
{{- else -}}
{{- if and (not $complete) .Release.IsUpgrade (not $settings.createOnUpgrade) -}}
{{- fail (printf "certificates.mode is generated, but the Secret %s/%s with the certificate was not found on this upgrade. Either the cluster was not asked: to try an upgrade out, use helm upgrade --dry-run=server (not --dry-run=client), or helm diff upgrade --dry-run=server; under helm template or a GitOps tool that renders so, set certificates.mode to certManager, existingSecret or serviceCA. Or it was deleted or the mode was changed: then set certificates.generated.createOnUpgrade=true for this upgrade, which makes a new CA and certificate." (include "uwsgi-max-fd.namespace" .) $secretName) -}}
{{- end -}}
{{- if and (not $complete) (.Capabilities.APIVersions.Has "argoproj.io/v1alpha1/Application") (not (lookup "v1" "Namespace" "" "kube-system")) -}}
{{- fail "certificates.mode is generated, but this render cannot look into the cluster, as under Argo CD: every sync would make another certificate. Set certificates.mode to certManager, existingSecret or serviceCA." -}}
{{- end -}}
{{- $days := int $settings.days -}}
{{- $names := include "uwsgi-max-fd.dnsNames" . | fromYamlArray -}}
{{- $ca := genCAWithKey (printf "%s-ca" (include "uwsgi-max-fd.fullname" .)) $days (genPrivateKey "ecdsa") -}}
{{- $leaf := genSignedCertWithKey (first $names) nil $names $days $ca (genPrivateKey "ecdsa") -}}
{{- $bundle := $ca.Cert -}}
{{- if $complete -}}
{{- /* The CA of the pair that is being replaced stays trusted: replicas go on showing its
       certificate until the kubelet has brought them the new one. */ -}}
{{- $old := get $data "ca.crt" | b64dec | regexFind "(?s)-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----" -}}
{{- $bundle = printf "%s\n%s\n" (trim $ca.Cert) $old -}}
{{- end -}}
ca: {{ b64enc $bundle }}
cert: {{ b64enc $leaf.Cert }}
key: {{ b64enc $leaf.Key }}
{{- end -}}
{{- end -}}

{{/* The caBundle field's value in base64, or nothing where something else fills it in. */}}
{{- define "uwsgi-max-fd.caBundle" -}}
{{- if eq .Values.certificates.mode "generated" -}}
{{- (include "uwsgi-max-fd.generated" . | fromYaml).ca -}}
{{- else if eq .Values.certificates.mode "existingSecret" -}}
{{- $bundle := .Values.certificates.existingSecret.caBundle | trim -}}
{{- if hasPrefix "-----BEGIN" $bundle -}}
{{- printf "%s\n" $bundle | b64enc -}}
{{- else -}}
{{- $bundle -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Annotations of a webhook configuration, by which cert-manager or OpenShift fills in the CA, as YAML.
     Takes a dict of root and annotations: those of this configuration alone. */}}
{{- define "uwsgi-max-fd.webhookAnnotations" -}}
{{- $annotations := mergeOverwrite dict (deepCopy .root.Values.webhooks.annotations) (deepCopy .annotations) -}}
{{- $mode := .root.Values.certificates.mode -}}
{{- if eq $mode "certManager" -}}
{{- $_ := set $annotations "cert-manager.io/inject-ca-from" (printf "%s/%s" (include "uwsgi-max-fd.namespace" .root) (include "uwsgi-max-fd.fullname" .root)) -}}
{{- else if eq $mode "serviceCA" -}}
{{- $_ := set $annotations "service.beta.openshift.io/inject-cabundle" "true" -}}
{{- end -}}
{{- toYaml $annotations -}}
{{- end -}}
