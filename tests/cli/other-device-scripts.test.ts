import { execFile, spawn } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TestBrowser } from '../support/browser.ts'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

/**
 * The requests of the script that MAS's documentation has people run, with the same curl options and the same members read from the
 * answers; it stops at every status from 400 on, except while it polls.
 */
const SCRIPT = `
set -eu
request() { method=$1 url=$2; shift 2; curl -sL --fail-with-body -X "$method" -H 'Accept: application/json' "$@" "$url"; }
get() { printf '%s' "$1" | jq -r "$2"; }
homeserver=$1; shift
scope="$*"
metadata=$(request GET "$homeserver/_matrix/client/unstable/org.matrix.msc2965/auth_metadata")
client=$(request POST "$(get "$metadata" .registration_endpoint)" -H 'Content-Type: application/json' -d '{
  "client_name": "CLI tool", "client_uri": "https://github.com/element-hq/matrix-authentication-service/",
  "grant_types": ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"],
  "application_type": "native", "token_endpoint_auth_method": "none" }')
client_id=$(get "$client" .client_id)
grant=$(request POST "$(get "$metadata" .device_authorization_endpoint)" -d client_id="$client_id" --data-urlencode scope="$scope")
echo "LINK $(get "$grant" .verification_uri_complete)"
echo "CODE $(get "$grant" .verification_uri) $(get "$grant" .user_code)"
while :; do
  answer=$(request POST "$(get "$metadata" .token_endpoint)" -d grant_type=urn:ietf:params:oauth:grant-type:device_code \\
    -d device_code="$(get "$grant" .device_code)" -d client_id="$client_id" || true)
  [ "$(get "$answer" .error)" = authorization_pending ] || break
  echo pending
  sleep "$(get "$grant" .interval)"
done
echo "ANSWER $(get "$answer" 'tostring')"
`
const SCOPE_SETS = [
  ['urn:mas:admin'],
  ['urn:matrix:org.matrix.msc2967.client:api:*', 'urn:synapse:admin:*'],
  ['urn:matrix:org.matrix.msc2967.client:api:*', 'urn:synapse:admin:*', 'urn:mas:admin'],
]

let server: TestServer
let root: TestUser

beforeAll(async () => {
  server = await startTestServer()
  root = await server.register('root', { admin: true })
})
afterAll(() => server.remove())

test.each(SCOPE_SETS)('a script with curl and jq gets a token for %s %s %s', async (...scopes) => {
  const asked = scopes.filter((scope) => typeof scope === 'string')
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'device-code', server.url, ...asked])
  let out = ''
  const pending = new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (text) => {
      out += text
      if (out.includes('pending')) resolve()
    })
    child.once('close', () => reject(new Error(out)))
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  await pending
  const browser = new TestBrowser(server.url)
  const page = await browser.signIn(await browser.open(/^LINK (\S+)$/m.exec(out)![1]!), root)
  await browser.submit(page, /^\/device\//, { action: 'consent', confirm_device: 'on' })
  expect(await ended).toBe(0)
  const answer = JSON.parse(/^ANSWER (.*)$/m.exec(out)![1]!)
  expect(answer).toMatchObject({ token_type: 'Bearer', expires_in: 300, refresh_token: expect.any(String) })
  expect(answer.scope.split(' ').toSorted()).toEqual(asked.toSorted())
  if (!asked.includes('urn:synapse:admin:*')) return

  const url = `${server.url}/_synapse/admin/v2/users/${root.userId}`
  const { stdout } = await promisify(execFile)('curl', ['--fail', '-s', '-H', `Authorization: Bearer ${answer.access_token}`, url])
  expect(JSON.parse(stdout)).toMatchObject({ name: root.userId, admin: true })
})
