/** What the link does to what passes over it. */
export type Fault =
  | { readonly t: "none" }
  /** Links are reset, new ones refused. */
  | { readonly t: "cut" }
  /** Links stay open and are accepted, what is sent disappears. */
  | { readonly t: "half-open" }
  /** As a cable pulled for a while: bytes wait and arrive when it is back. */
  | { readonly t: "held" }
  /** What the server answers disappears, then the link is reset. */
  | { readonly t: "replies-dropped"; readonly matching: string | undefined; readonly left: number }
  /** What the client sends disappears; what the server says still arrives. */
  | { readonly t: "requests-dropped" };

/** Which way bytes go: up to the server, down to the client. */
export type Direction = "up" | "down";

/** What to do with a piece that arrives. */
export type Verdict = "pass" | "swallow" | "swallow-and-reset";

/** `armed`: the link carried a request that the fault is about. */
export function judge(fault: Fault, direction: Direction, armed: boolean): Verdict {
  switch (fault.t) {
    case "none":
    case "held":
      return "pass";
    case "cut":
    case "half-open":
      return "swallow";
    case "requests-dropped":
      return direction === "up" ? "swallow" : "pass";
    case "replies-dropped":
      return direction === "down" && armed ? "swallow-and-reset" : "pass";
  }
}
