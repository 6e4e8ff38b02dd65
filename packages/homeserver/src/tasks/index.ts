export { taskAdminRoutes, tasksById } from './admin-routes.ts'
export { createRecurring, type RecurringJob } from './recurring.ts'
export {
  createTasks,
  type NewTask,
  type Task,
  type TaskContext,
  type TaskFilter,
  TaskLostError,
  type TaskResult,
  type TaskRunner,
  type Tasks,
  type TasksDeps,
} from './tasks.ts'
