import { invalidName, nameFault } from "./key.js";

/** The most tags of one entry. */
const maxTags = 16;

const none: readonly string[] = Object.freeze([]);

/** Refuses what cannot be a tag; tags are named like keys. Throws CacheError `invalid-tag`. */
export function checkTag(tag: unknown, argument = "tag"): asserts tag is string {
  const fault = nameFault(tag);
  if (fault !== null) throw invalidName("invalid-tag", argument, tag, fault);
}

/**
 * The tags as a set of their own, in one order, that the caller cannot change any more. Undefined
 * means none.
 *
 * @throws CacheError `invalid-tag`.
 */
export function checkedTags(tags: unknown, argument = "tags"): readonly string[] {
  if (tags === undefined) return none;
  if (!isList(tags)) throw invalidName("invalid-tag", argument, tags, "it should be an array");
  if (tags.length === 0) return none;
  if (tags.length > maxTags) {
    throw invalidName("invalid-tag", argument, tags, `at most ${maxTags} tags are allowed`);
  }
  const checked = new Set<string>();
  for (let index = 0; index < tags.length; index += 1) {
    const tag = tags[index];
    checkTag(tag, `${argument}[${index}]`);
    checked.add(tag);
  }
  return Object.freeze([...checked].toSorted());
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
