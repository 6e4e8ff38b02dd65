import { spawn } from 'node:child_process'
import type { Environment } from '@glia/platform'

/** Opens a page in the browser of whoever sits at this machine, if there is a screen. @param url http or https @returns whether it was tried */
export function openBrowser(url: string, env: Environment, platform: NodeJS.Platform): boolean {
  const [command, ...args] = opener(env, platform)
  if (command === undefined) return false
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true })
  // without such a program the link is on the screen anyway
  child.once('error', () => {})
  child.unref()
  return true
}

function opener(env: Environment, platform: NodeJS.Platform): string[] {
  if (env.SSH_CONNECTION) return []
  if (platform === 'darwin') return ['open']
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler']
  return env.DISPLAY || env.WAYLAND_DISPLAY ? ['xdg-open'] : []
}
