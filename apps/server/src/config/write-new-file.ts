import { access, constants, link, mkdir, open, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Random } from '@glia/platform'

/** Filesystems without hard links answer one of these. */
const NO_LINKS = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK'])

/**
 * Writes a file that nobody but the owner can read, whole and on disk or not at all. A file that is already there is
 * kept, also when two processes write it at the same time.
 * @returns whether the file is the one written here.
 */
export async function writeNewFile(file: string, text: string, random: Random): Promise<boolean> {
  const folder = dirname(file)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const draft = join(folder, `.${basename(file)}.${random.text(8)}.tmp`)
  const handle = await open(draft, 'wx', 0o600)
  try {
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    return await publish(draft, file)
  } finally {
    await unlink(draft).catch(() => {}) // Gone already if it was renamed.
    await syncFolder(folder)
  }
}

async function publish(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file)
    return true
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    if (code === 'EEXIST') return false
    if (!NO_LINKS.has(code)) throw error
  }
  if (await exists(file)) return false
  await rename(draft, file)
  return true
}

export async function exists(file: string): Promise<boolean> {
  return access(file, constants.F_OK).then(
    () => true,
    () => false,
  )
}

/** Makes the folder's entries survive a power cut. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
