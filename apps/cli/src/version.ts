import manifest from '../../../package.json' with { type: 'json' }

/** Version of this program. */
export const gliaVersion: string = manifest.version

export const userAgent = `glia/${gliaVersion}`
