import type { Effort } from "./effort.js";
import type { Finding } from "./finding.js";

/** Measures one kind of work; runs in a process of its own. */
export type Row = (effort: Effort) => Promise<readonly Finding[]>;
