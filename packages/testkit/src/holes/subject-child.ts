import { serveChild } from "../child/serve-child.js";
import { articleSubject, type CreateArticleRedis } from "./article-subject.js";
import type { HoleCache, HolePlace, HoleSubject } from "./subject.js";

/** What the module behind `subjectsUrl` exports. */
interface SubjectsModule {
  readonly createArticleRedis: CreateArticleRedis;
  readonly holdfastSubject: HoleSubject;
}

const [moduleUrl = "", name = ""] = process.argv.slice(2);
let opened: HoleCache | undefined;

function cache(): HoleCache {
  if (opened === undefined) throw new Error("Cannot use the cache: it is not open");
  return opened;
}

serveChild({
  async open(place: HolePlace) {
    const known = (await import(moduleUrl)) as SubjectsModule;
    const subject =
      name === "article" ? articleSubject(known.createArticleRedis) : known.holdfastSubject;
    opened = await subject.open(place);
  },
  get: (key: string) => cache().get(key),
  set: (key: string, value: unknown, ttlSeconds: number) => cache().set(key, value, ttlSeconds),
  delMatching: (glob: string) => cache().delMatching(glob),
  isSettled: () => cache().isSettled(),
  stop: () => cache().stop(),
  /** Lets go of the test: from now on only what the cache left open keeps the process. */
  leave() {
    process.removeAllListeners("disconnect");
    // After the answer to this question has gone out.
    setImmediate(() => process.disconnect());
  },
});
