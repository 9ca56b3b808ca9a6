/**
 * Milliseconds on the system's monotonic clock, which all processes of a machine share; it does not jump when the time of
 * day is set. They count from nowhere in particular.
 */
export function systemNowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
