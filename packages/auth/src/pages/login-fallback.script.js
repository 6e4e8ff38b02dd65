// Logs in by the Client-Server API and hands the answer to the app that shows the page.
const query = new URLSearchParams(location.search)
const loginToken = query.get('loginToken')
query.delete('loginToken')
// whoever goes back to this page does not use the token again
history.replaceState(null, '', query.size > 0 ? `?${query}` : location.pathname)

let tell = window.matrixLogin?.onLogin
let session
// apps put their function here when the page has loaded, which may be after the login
window.matrixLogin = Object.defineProperty({}, 'onLogin', {
  get: () => tell,
  set(given) {
    tell = given
    if (session) tell(session)
  },
})

const part = (id) => document.getElementById(id)
const show = (id) => {
  for (const other of ['waiting', 'ways', 'done']) part(other).hidden = other !== id
}

function complain(text) {
  part('problem').textContent = text
  part('problem').hidden = text === ''
}

async function ask(method, body) {
  const answer = await fetch('/_matrix/client/v3/login', { method, ...(body && { body: JSON.stringify(body) }) })
  const json = await answer.json()
  if (!answer.ok) throw new Error(json.error)
  return json
}

async function logIn(proof) {
  complain('')
  show('waiting')
  const options = {}
  for (const key of ['device_id', 'initial_device_display_name']) if (query.has(key)) options[key] = query.get(key)
  if (query.get('refresh_token') === 'true') options.refresh_token = true
  session = await ask('POST', { ...proof, ...options })
  show('done')
  tell?.(session)
}

async function offerWays() {
  const types = (await ask('GET')).flows.map(({ type }) => type)
  part('with-password').hidden = !types.includes('m.login.password')
  part('elsewhere').hidden = !types.includes('m.login.sso')
  part('no-way').hidden = types.includes('m.login.password') || types.includes('m.login.sso')
  part('sign-on').href = `/_matrix/client/v3/login/sso/redirect?redirectUrl=${encodeURIComponent(location.href)}`
  show('ways')
}

/** Says what went wrong and lets the user try again. */
async function orAgain(work) {
  try {
    await work
  } catch (error) {
    complain(error.message)
    await offerWays().catch(() => show('waiting'))
  }
}

part('with-password').addEventListener('submit', (event) => {
  event.preventDefault()
  const user = part('username').value.trim()
  const identifier = /.@/.test(user) ? { type: 'm.id.thirdparty', medium: 'email', address: user } : { type: 'm.id.user', user }
  orAgain(logIn({ type: 'm.login.password', identifier, password: part('password').value }))
})

orAgain(loginToken === null ? offerWays() : logIn({ type: 'm.login.token', token: loginToken }))
