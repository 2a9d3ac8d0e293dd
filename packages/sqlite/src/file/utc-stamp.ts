/** A time as it stands in file names: sortable, and no colon, which some file systems refuse. */
export function utcStamp(nowMs: number): string {
  return new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d+/g, "");
}

/** The time that {@link utcStamp} wrote, to the second; undefined for anything else. */
export function parseUtcStamp(stamp: string): number | undefined {
  const parts = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(stamp)?.slice(1);
  if (parts === undefined) return undefined;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts.map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
