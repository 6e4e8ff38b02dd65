export interface TimeSeriesTables {
  /** One value for each series and hour; `at_ms` is the hour's begin. */
  time_series: { name: string; at_ms: number; value: number }
}
