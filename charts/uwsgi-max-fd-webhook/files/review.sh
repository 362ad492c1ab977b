#!/bin/sh
# Sends real AdmissionReviews to the webhook's Service and judges the answers: the Pod of `helm test`
# runs it. Needs curl, sed and base64, and no more of the shell than POSIX asks for.
#
# WEBHOOK_URL     https://<service>.<namespace>.svc:<port>
# CA_FILE         the CA that the certificate must come from
# EXPECTED_VALUE  the max-fd that must be added
# REVIEWS         folder of uwsgi.json and other.json
set -u

failures=0

# ask POLICY FILE: the answer's body on standard output, or a message and status 1.
ask() {
    curl --silent --show-error --fail --max-time 10 --retry 5 --retry-connrefused --retry-delay 1 \
        --cacert "$CA_FILE" --header 'Content-Type: application/json' \
        --data-binary "@$REVIEWS/$2" "$WEBHOOK_URL/$1?timeout=10s"
}

# judge NAME ANSWER PATTERN…: every shell pattern must match the answer.
judge() {
    name=$1
    answer=$2
    shift 2
    for pattern in "$@"; do
        # shellcheck disable=SC2254  # The argument is meant as a pattern.
        case $answer in
        *$pattern*) ;;
        *)
            printf 'FAIL  %s: the answer has no %s\n      %s\n' "$name" "$pattern" "$answer"
            failures=$((failures + 1))
            return
            ;;
        esac
    done
    printf 'ok    %s\n' "$name"
}

# field NAME: the string value of a JSON field on standard input; nothing where it is absent.
field() {
    sed -n "s/.*\"$1\" *: *\"\([^\"]*\)\".*/\1/p"
}

# An answer's spaces and line breaks mean nothing here, and none of the expected texts has any.
flat() {
    tr -d ' \n\r\t'
}

if answer=$(ask mutate uwsgi.json | flat) && [ -n "$answer" ]; then
    judge 'mutate answers the review' "$answer" '"uid":"c3a5e1f2-1111-4222-8333-444455556666"' '"allowed":true'
    patch=$(printf '%s' "$answer" | field patch | base64 -d 2>/dev/null | flat)
    judge 'mutate adds the variable' "$patch" '"UWSGI_MAX_FD"' "\"value\":\"$EXPECTED_VALUE\""
else
    echo "FAIL  mutate: no answer from $WEBHOOK_URL/mutate"
    failures=$((failures + 1))
fi

if answer=$(ask strict uwsgi.json | flat) && [ -n "$answer" ]; then
    judge 'strict refuses the Pod' "$answer" '"allowed":false' '"code":403'
else
    echo "FAIL  strict: no answer from $WEBHOOK_URL/strict"
    failures=$((failures + 1))
fi

if answer=$(ask audit uwsgi.json | flat) && [ -n "$answer" ]; then
    judge 'audit admits the Pod with a warning' "$answer" '"allowed":true' '"warnings":['
else
    echo "FAIL  audit: no answer from $WEBHOOK_URL/audit"
    failures=$((failures + 1))
fi

if answer=$(ask mutate other.json | flat) && [ -n "$answer" ]; then
    judge 'mutate admits a Pod without uWSGI' "$answer" '"allowed":true'
    case $answer in
    *'"patch"'*)
        printf 'FAIL  mutate changes a Pod without uWSGI\n      %s\n' "$answer"
        failures=$((failures + 1))
        ;;
    *) echo 'ok    mutate leaves a Pod without uWSGI as it is' ;;
    esac
else
    echo "FAIL  mutate: no answer from $WEBHOOK_URL/mutate"
    failures=$((failures + 1))
fi

if [ "$failures" -gt 0 ]; then
    echo "$failures failed"
    exit 1
fi
echo 'The webhook answers as it should.'
