import type { Hole } from "../hole.js";
import { callHoles } from "./calls.js";
import { globHoles } from "./globs.js";
import { instanceHoles } from "./instances.js";
import { outageHoles } from "./outages.js";

/** A user who was revoked or denied is allowed all the same. */
export const revocationHoles: readonly Hole[] = [
  ...instanceHoles,
  ...outageHoles,
  ...callHoles,
  ...globHoles,
];
