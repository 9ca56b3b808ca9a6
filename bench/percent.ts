/** Rounded down: what is not all is not 100 %. @param share 0 to 1 */
export function percent(share: number): string {
  return `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;
}
