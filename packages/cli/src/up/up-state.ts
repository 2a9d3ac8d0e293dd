/** What a part of the first minute can be told to be. */
export const linkModes = ["up", "down", "slow", "fail"] as const;
export type LinkMode = (typeof linkModes)[number];

/** How the parts that `holdfast up` runs are at the moment. */
export interface UpState {
  readonly upstream: { readonly mode: LinkMode; readonly asked: number };
  readonly redis: { readonly mode: LinkMode } | null;
  readonly control: { readonly pid: number; readonly restarts: number };
}

/** What `holdfast drill` can do. */
export type Drill =
  | { readonly target: "upstream" | "redis"; readonly action: LinkMode }
  | { readonly target: "control"; readonly action: "kill" };

/** What a drill has done, in a sentence, with the state after it. */
export interface DrillAnswer {
  readonly done: string;
  readonly state: UpState;
}
