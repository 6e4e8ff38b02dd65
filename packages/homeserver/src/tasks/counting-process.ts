import { type DatabaseOptions, openDatabase } from '@glia/database'
import { createLogger, systemClock, systemRandom } from '@glia/platform'
import type { HomeserverSchema } from '../schema.ts'
import { SignalBus } from '../signals.ts'
import { countingTask } from './counting-task.ts'
import { createTasks } from './tasks.ts'

/** For tests: a process that does counting tasks, slowly, telling every step, until it is killed. */
const options = JSON.parse(process.argv[2]!) as DatabaseOptions
const database = await openDatabase<HomeserverSchema>(options, () => {})
const tasks = createTasks({
  database,
  signals: new SignalBus(),
  clock: systemClock,
  random: systemRandom,
  logger: createLogger({ level: 'silent', format: 'text' }),
  tellAdmins: async () => {},
  isSoleProcess: false,
})
const slowly = async (step: number) => {
  process.stdout.write(`${step}\n`)
  await new Promise((resolve) => setTimeout(resolve, 5))
}
tasks.register(
  'count',
  countingTask(slowly, (work) => database.transaction(work)),
)
await tasks.start()
setInterval(() => {}, 1000)
