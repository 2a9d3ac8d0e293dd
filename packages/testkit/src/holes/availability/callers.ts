import type { Hole } from "../hole.js";

/** What many callers at once do to the source. */
export const callerHoles: readonly Hole[] = [
  {
    id: "H12",
    title: "1,000 callers at once of one key that is not cached",
    async run(subject, lab) {
      const cache = await lab.open(subject);
      let loads = 0;
      const loader = async () => {
        loads += 1;
        await new Promise((resolve) => setTimeout(resolve, 20));
        return "ALLOW";
      };
      const callers = Array.from({ length: 1_000 }, () => cache.resolve("auth:cold", loader, 60));
      const answers = await Promise.all(callers);
      return { loads, allowed: answers.filter((answer) => answer === "ALLOW").length };
    },
    bad: ({ loads }) => loads === 1_000,
    good: ({ loads, allowed }) => loads === 1 && allowed === 1_000,
  },
];
