/** Who has been in touch with a Redis, and since when without a gap. */
export class Heartbeats {
  readonly #gapMs: number;
  readonly #members = new Map<string, { readonly sinceMs: number; readonly lastMs: number }>();

  constructor(gapMs: number) {
    this.#gapMs = gapMs;
  }

  beat(memberId: string, nowMs: number): void {
    const before = this.#members.get(memberId);
    const goesOn = before !== undefined && nowMs - before.lastMs <= this.#gapMs;
    this.#members.set(memberId, { sinceMs: goesOn ? before.sinceMs : nowMs, lastMs: nowMs });
  }

  /** Members that have been in touch for all of that time. */
  *steadySince(sinceMs: number, nowMs: number): Iterable<string> {
    for (const [memberId, member] of this.#members) {
      if (member.sinceMs <= sinceMs && nowMs - member.lastMs <= this.#gapMs) yield memberId;
    }
  }
}
