export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Linear between the two nearest values: type 7 of Hyndman and Fan, as in most software. @param share 0 to 1 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const lower = sorted[Math.floor(place)] ?? Number.NaN;
  const upper = sorted[Math.ceil(place)] ?? Number.NaN;
  return lower + (upper - lower) * (place - Math.floor(place));
}

/**
 * The median of the ratios within each round. A slow spell of the machine hits both values of a round alike, so this
 * moves less than the ratio of two medians.
 */
export function medianRatio(values: readonly number[], others: readonly number[]): number {
  return median(values.map((value, round) => value / (others[round] ?? Number.NaN)));
}
