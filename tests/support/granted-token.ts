import { TestBrowser } from './browser.ts'
import type { TestServer, TestUser } from './start-server.ts'

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

/** An access token (`mat_…`) got by the device grant: a client is registered, the user signs in in a browser and agrees. */
export async function grantedToken(server: TestServer, user: TestUser, scope: string): Promise<string> {
  const registered = await server.api('POST', '/oauth2/registration', {
    body: {
      client_name: 'Admin tool',
      client_uri: 'https://tool.example/',
      grant_types: [DEVICE_GRANT, 'refresh_token'],
      application_type: 'native',
      token_endpoint_auth_method: 'none',
    },
  })
  const clientId: string = registered.body.client_id
  const grant = (await server.api('POST', '/oauth2/device', { form: { client_id: clientId, scope } })).body
  const browser = new TestBrowser(server.url)
  const page = await browser.signIn(await browser.open(grant.verification_uri_complete), user)
  await browser.submit(page, /^\/device\//, { action: 'consent', confirm_device: 'on' })
  const form = { grant_type: DEVICE_GRANT, device_code: grant.device_code, client_id: clientId }
  const answer = await server.api('POST', '/oauth2/token', { form })
  if (answer.status !== 200) throw new Error(`no token: ${JSON.stringify(answer.body)}`)
  return answer.body.access_token
}
