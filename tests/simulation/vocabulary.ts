/** Few keys and many ways to mean them, so that things collide. */
export const keys: readonly string[] = ["a:1", "a:2", "b:1", "b:2"];

export const tags: readonly string[] = ["red", "blue"];

export const barriers: readonly string[] = [
  "g:a:*",
  "g:*:1",
  "g:?:2",
  "g:*",
  "t:red",
  "t:blue",
  "n:a",
  "n:b",
];
