import { openDatabase } from '@glia/database'
import { silentLogger } from '@glia/platform'
import { emptyDatabase, onBothDatabases } from '@glia/testing'
import { expect, test } from 'vitest'
import type { Config } from './config/index.ts'
import { openServerDatabase } from './open-server-database.ts'

onBothDatabases('the database of a server', (dialect) => {
  async function place() {
    const { options, remove } = await emptyDatabase(dialect)
    const open = (name: string) => openServerDatabase({ database: configOf(options), server: { name } as Config['server'] }, silentLogger)
    return { options, open, remove }
  }

  test('is taken by the first server name, and refused to another', async () => {
    const { open, remove } = await place()
    await (await open('one.example')).close()
    await expect(open('two.example')).rejects.toThrow('the database belongs to one.example, and server_name is two.example')
    await (await open('one.example')).close()
    await remove()
  })

  test('is refused, and left as it is, when it holds tables of another program', async () => {
    const { options, open, remove } = await place()
    const foreign = await openDatabase<unknown>(options, () => {})
    await foreign.transaction((tx) => tx.db.schema.createTable('background_updates').addColumn('update_name', 'text').execute())
    await expect(open('one.example')).rejects.toThrow('holds tables of another program (background_updates …)')
    const tables = await foreign.transaction((tx) => tx.db.introspection.getTables())
    expect(tables.map(({ name }) => name)).toEqual(['background_updates'])
    await foreign.close()
    await remove()
  })
})

function configOf(options: Awaited<ReturnType<typeof emptyDatabase>>['options']): Config['database'] {
  if (options.kind === 'sqlite') return { kind: 'sqlite', path: options.file }
  const url = new URL(options.connection as string)
  return {
    kind: 'postgres',
    host: url.hostname,
    port: Number(url.port),
    user: url.username,
    password: null,
    database: url.pathname.slice(1),
    sslMode: 'prefer',
    sslRootCertificatePath: null,
    minConnections: 1,
    maxConnections: 2,
  }
}
