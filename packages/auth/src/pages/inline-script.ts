import type { Random } from '@glia/platform'
import { type Html, html } from '../html.ts'

const NONCE_BYTES = 16

/** The script of a page, and the nonce by which the policy of the page names it (`pageHeaders`). */
export function inlineScript(random: Random, script: Html): { scriptNonce: string; tag: Html } {
  const scriptNonce = random.bytes(NONCE_BYTES).toString('base64url')
  return { scriptNonce, tag: html`<script type="module" nonce="${scriptNonce}">\n${script}</script>` }
}
