/** Whom the sample upstream knows. The secrets are printed: nothing is protected by them. */
export const sampleUsers = {
  alice: { secret: "wonderland", attributes: { address: "10.20.0.7", rateMbit: 100 } },
  bob: { secret: "builder", attributes: { address: "10.20.0.8", rateMbit: 50 } },
  carol: { secret: "singer", attributes: { address: "10.20.0.9", rateMbit: 20 } },
} as const;

export interface SampleVerdict {
  readonly decision: "allow" | "deny";
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** What the sample upstream answers to the body of a question; null where it is none. */
export function sampleVerdict(body: string): SampleVerdict | null {
  const question = parsed(body);
  if (question === null) return null;
  const known = new Map<unknown, (typeof sampleUsers)[keyof typeof sampleUsers]>(
    Object.entries(sampleUsers),
  ).get(question["user"]);
  if (known === undefined || known.secret !== question["secret"]) {
    return { decision: "deny", attributes: {} };
  }
  return { decision: "allow", attributes: known.attributes };
}

function parsed(body: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== "object" || value === null) return null;
    return Object.fromEntries(Object.entries(value));
  } catch {
    return null;
  }
}
