import type { Hole } from "../hole.js";
import { patternHoles } from "./patterns.js";
import { timeHoles } from "./times.js";
import { valueHoles } from "./values.js";

/** Answers, expiry and metrics that are subtly wrong. */
export const detailHoles: readonly Hole[] = [...patternHoles, ...valueHoles, ...timeHoles];
