import type { Acknowledge, RemovalTarget } from "../cache-contract.js";
import { checkOneOf, checkRecord, invalidOption } from "../options-check.js";
import { compileGlob } from "./glob.js";
import { checkKey, invalidName, nameFault } from "./key.js";
import { checkTag } from "./tag.js";

/** From the least to the most; each includes the ones before it. */
export const acknowledgeLevels: readonly Acknowledge[] = ["memory", "durable", "shared", "all"];

/**
 * The level asked for, `durable` where none is. A field that no write has is refused: a level that
 * was misspelt would be a weaker promise than the caller believes.
 *
 * @throws CacheError `invalid-option`.
 */
export function acknowledgeLevel(options: { readonly acknowledge?: Acknowledge }): Acknowledge {
  checkRecord("options", options, ["acknowledge", "tags", "copy"]);
  return checkOneOf("acknowledge", options.acknowledge ?? "durable", acknowledgeLevels);
}

/**
 * The single key that a target means, also where it is written as a glob; null: it may mean several.
 *
 * @throws CacheError `invalid-key`, `invalid-glob`, `invalid-tag`, or `invalid-option` for what is no
 *   target or more than one.
 */
export function literalKey(target: RemovalTarget): string | null {
  checkRecord("target", target, ["key", "glob", "tag", "namespace"]);
  if (Object.keys(target).length !== 1) {
    throw invalidOption("target", target, "an object of one of key, glob, tag and namespace");
  }
  if ("key" in target) {
    checkKey(target.key);
    return target.key;
  }
  if ("glob" in target) {
    const { literal } = compileGlob(target.glob);
    return literal === null || nameFault(literal) !== null ? null : literal;
  }
  if ("tag" in target) {
    checkTag(target.tag);
    return null;
  }
  const fault = nameFault(target.namespace);
  if (fault !== null) throw invalidName("invalid-key", "namespace", target.namespace, fault);
  return null;
}
