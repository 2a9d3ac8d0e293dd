/** What a figure has to keep to. */
export type Bound =
  | { readonly t: "at-most"; readonly limit: number }
  | { readonly t: "at-least"; readonly limit: number }
  | { readonly t: "none" };

type Unit = "µs" | "ms" | "/s" | "MB" | "B" | "%" | "×";

export interface Figure {
  readonly value: number;
  readonly unit: Unit;
}

/** One line of the table: what was measured, beside what, and what is asked of it. */
export interface Finding {
  readonly what: string;
  readonly ours: Figure;
  /** The peer or floor of the same run. */
  readonly peer: (Figure & { readonly name: string }) | null;
  /** What the bound is about: a ratio to the peer, or our figure itself. */
  readonly measured: Figure;
  readonly bound: Bound;
}

/** Our figure against an absolute bound. */
export function absolute(what: string, ours: Figure, bound: Bound): Finding {
  return { what, ours, peer: null, measured: ours, bound };
}

/** Our figure as a multiple of the peer's. */
export function multiple(
  what: string,
  ours: Figure,
  peer: Figure & { readonly name: string },
  bound: Bound,
): Finding {
  return {
    what,
    ours,
    peer,
    measured: { value: ours.value / peer.value, unit: "×" },
    bound,
  };
}

/** How many times less we take than the peer. */
export function timesFaster(
  what: string,
  ours: Figure,
  peer: Figure & { readonly name: string },
  bound: Bound,
): Finding {
  return {
    what,
    ours,
    peer,
    measured: { value: peer.value / ours.value, unit: "×" },
    bound,
  };
}

export function atMost(limit: number): Bound {
  return { t: "at-most", limit };
}

export function atLeast(limit: number): Bound {
  return { t: "at-least", limit };
}

export const unbounded: Bound = { t: "none" };

/** Whether the bound is kept; null where there is none. */
export function passes({ measured, bound }: Finding): boolean | null {
  switch (bound.t) {
    case "at-most":
      return measured.value <= bound.limit;
    case "at-least":
      return measured.value >= bound.limit;
    case "none":
      return null;
  }
}
