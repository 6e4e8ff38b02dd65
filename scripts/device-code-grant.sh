#!/bin/sh
# Gets an access token on the command line: starts an OAuth 2.0 device grant (RFC 8628) at a Matrix homeserver and waits until
# somebody has confirmed it in a browser.
#
#   sh scripts/device-code-grant.sh HOMESERVER_URL [SCOPE...]
#
# Without a scope: urn:matrix:org.matrix.msc2967.client:api:*
# Needs curl and jq. Exit status: 0 a token was given, 1 something failed, 2 wrong use, 3 refused, 4 expired.

set -eu

DEVICE_CODE_GRANT='urn:ietf:params:oauth:grant-type:device_code'
DEFAULT_SCOPE='urn:matrix:org.matrix.msc2967.client:api:*'

usage() {
  cat <<USAGE
Usage: $0 HOMESERVER_URL [SCOPE...]

Example, for a token that may call the Admin API:
  $0 http://127.0.0.1:8008 'urn:matrix:org.matrix.msc2967.client:api:*' 'urn:synapse:admin:*'
USAGE
}

say() {
  printf '%s\n' "$*"
}

fail() {
  printf 'Error: %s\n' "$1" >&2
  exit "${2:-1}"
}

# request NAME CURL_ARGUMENT...: prints the JSON answer of an HTTP request that must succeed
request() {
  name=$1
  shift
  if ! answer=$(curl --silent --show-error --location --header 'Accept: application/json' --write-out '\n%{http_code}' "$@"); then
    fail "$name: the server cannot be reached"
  fi
  status=${answer##*
}
  body=${answer%
*}
  if ! printf '%s' "$body" | jq -e 'type == "object"' >/dev/null 2>&1; then
    fail "$name: the answer is not JSON (HTTP status $status)"
  fi
  case $status in
    2*) printf '%s' "$body" ;;
    *) fail "$name: HTTP status $status: $(error_text "$body")" ;;
  esac
}

error_text() {
  printf '%s' "$1" | jq -r '[.errcode, .error, .error_description] | map(select(. != null)) | join(": ")'
}

# member JSON NAME WHAT: prints a text or number out of an answer
member() {
  printf '%s' "$1" | jq -er --arg name "$2" '.[$name] // empty' || fail "$3 has no \"$2\""
}

case ${1:-} in
  -h | --help)
    usage
    exit 0
    ;;
  '')
    usage >&2
    exit 2
    ;;
esac

for tool in curl jq; do
  command -v "$tool" >/dev/null 2>&1 || fail "this script needs $tool; please install it"
done

homeserver=${1%/}
shift
scope=${*:-$DEFAULT_SCOPE}

case $homeserver in
  http://?* | https://?*) ;;
  *) fail "'$homeserver' is not the URL of a homeserver; it must begin with https:// or http://" 2 ;;
esac

metadata=$(request 'Discovery' "$homeserver/_matrix/client/unstable/org.matrix.msc2965/auth_metadata")
issuer=$(member "$metadata" issuer 'The metadata of the homeserver')
registration_endpoint=$(member "$metadata" registration_endpoint 'The metadata of the homeserver')
token_endpoint=$(member "$metadata" token_endpoint 'The metadata of the homeserver')
device_endpoint=$(printf '%s' "$metadata" | jq -r '.device_authorization_endpoint // empty')
[ -n "$device_endpoint" ] || fail 'this homeserver does not offer the device grant'

registration=$(jq -n --arg grant "$DEVICE_CODE_GRANT" --arg issuer "$issuer" '{
  client_name: "Glia device-code script",
  client_uri: $issuer,
  application_type: "native",
  grant_types: [$grant, "refresh_token"],
  token_endpoint_auth_method: "none"
}')
client=$(request 'Registration' --request POST --header 'Content-Type: application/json' --data "$registration" "$registration_endpoint")
client_id=$(member "$client" client_id 'The registration')

grant=$(request 'Device grant' --request POST \
  --data-urlencode "client_id=$client_id" --data-urlencode "scope=$scope" "$device_endpoint")
device_code=$(member "$grant" device_code 'The device grant')
user_code=$(member "$grant" user_code 'The device grant')
verification_uri=$(member "$grant" verification_uri 'The device grant')
link=$(printf '%s' "$grant" | jq -r '.verification_uri_complete // empty')
interval=$(printf '%s' "$grant" | jq -r '.interval // 5')
seconds_left=$(member "$grant" expires_in 'The device grant')

say "Homeserver:     $homeserver"
say "Issuer:         $issuer"
say "Device grant:   $device_endpoint"
say "Token endpoint: $token_endpoint"
say "Client id:      $client_id"
say "Scope:          $scope"
say ''
if [ -n "$link" ]; then
  say 'Open this link and confirm:'
  say "  $link"
  say ''
  say 'or type the code in yourself:'
else
  say 'Type the code in:'
fi
say "  address: $verification_uri"
say "  code:    $user_code"
say ''
say 'Waiting for authorization...'

while :; do
  [ "$seconds_left" -gt 0 ] || fail 'nobody confirmed in time; start again' 4
  sleep "$interval"
  seconds_left=$((seconds_left - interval))
  if ! answer=$(curl --silent --show-error --location --request POST --header 'Accept: application/json' \
    --data-urlencode "grant_type=$DEVICE_CODE_GRANT" \
    --data-urlencode "device_code=$device_code" \
    --data-urlencode "client_id=$client_id" \
    "$token_endpoint"); then
    # the server may be restarting: the code stays good
    continue
  fi
  error=$(printf '%s' "$answer" | jq -r '.error // empty' 2>/dev/null) || fail 'Token: the answer is not JSON'
  case $error in
    '') break ;;
    authorization_pending) ;;
    slow_down) interval=$((interval + 5)) ;;
    access_denied) fail 'the request was refused in the browser' 3 ;;
    expired_token) fail 'nobody confirmed in time; start again' 4 ;;
    *) fail "Token: $(error_text "$answer")" ;;
  esac
done

access_token=$(member "$answer" access_token 'The token answer')
say ''
printf '%s' "$answer" | jq .
say ''
say 'Access token:'
say "  $access_token"
lifetime=$(printf '%s' "$answer" | jq -r '
  if .expires_in == null then "until the session ends"
  else "\(.expires_in) seconds (\(.expires_in / 36 | round / 100) hours)" end')
say "Lifetime: $lifetime"
