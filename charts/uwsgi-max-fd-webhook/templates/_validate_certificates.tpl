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
