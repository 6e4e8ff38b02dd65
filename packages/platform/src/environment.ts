/** Variables of the process environment. */
export type Environment = Readonly<Record<string, string | undefined>>

export const systemEnvironment = (): Environment => process.env
