import assert from "node:assert/strict";
import { test } from "node:test";
import { checkedTags, checkTag } from "./tag.js";

void test("tags are kept once each, in order, and cannot be changed", () => {
  const given = ["b", "a", "b"];
  const tags = checkedTags(given);
  given.push("c");
  assert.deepEqual(tags, ["a", "b"]);
  assert.ok(Object.isFrozen(tags));
  assert.deepEqual(checkedTags(undefined), []);
  assert.deepEqual(checkedTags([]), []);
});

void test("what cannot be a tag is refused and named", () => {
  const many = Array.from({ length: 17 }, (_, index) => `t${index}`);
  const rows: readonly [unknown, string, string][] = [
    ["a", "tags", 'Cannot use tags "a": it should be an array'],
    [null, "tags", "Cannot use tags null: it should be an array"],
    [many, "tags", "Cannot use tags an array of 17: at most 16 tags are allowed"],
    [["a", 7], "tags[1]", "Cannot use tags[1] 7: it should be a string"],
    [["a", ""], "tags[1]", 'Cannot use tags[1] "": it is empty'],
    [Array.from({ length: 2 }), "tags[0]", "Cannot use tags[0] undefined: it should be a string"],
  ];
  for (const [tags, argument, message] of rows) {
    assert.throws(() => checkedTags(tags), { code: "invalid-tag", argument, message });
  }
  assert.throws(() => checkTag("a\0"), { code: "invalid-tag", argument: "tag" });
});
