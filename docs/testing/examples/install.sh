#!/bin/sh
# Installs the App, and creates its destination. Credentials go to curl over standard input, where no other program sees them.
set -eu
code=$(curl -sS -o /dev/null -w '%{redirect_url}' -G "$SEGCTL_ID_URL/oauth2/auth" -d response_type=code -d state=12345678 \
  -d "client_id=$CLIENT_ID" -d scope=destination/clearbrain --data-urlencode "redirect_uri=$SEGCTL_REDIRECT_URL" |
  sed 's/.*code=\([^&]*\).*/\1/')
answer=$(printf 'user = "%s:%s"\ndata = "grant_type=authorization_code&code=%s"\ndata-urlencode = "redirect_uri=%s"\n' \
  "$CLIENT_ID" "$CLIENT_SECRET" "$code" "$SEGCTL_REDIRECT_URL" | curl -fsS -K - "$SEGCTL_ID_URL/oauth2/token")
token=$(printf %s "$answer" | sed 's/.*"access_token": *"\([^"]*\)".*/\1/')
source=$(printf %s "$answer" | sed 's/.*"source_names": *\["\([^"]*\)".*/\1/')
destination=$source/destinations/clearbrain
created=$(printf 'header = "Authorization: Bearer %s"\n' "$token" | curl -fsS -K - "$SEGCTL_API_URL/v1beta/$source/destinations" -d \
  '{"destination":{"name":"'"$destination"'","enabled":true,"config":[{"name":"'"$destination"'/config/apiKey","value":"abcd1234"}]}}')
case $created in *'"enabled":true'*) echo "created $destination" ;; *) echo "not enabled: $created" >&2; exit 1 ;; esac
