import { setTimeout as pause } from "node:timers/promises";
import { openRawDatabase } from "@holdfast/sqlite/testing";
import { serveChild } from "../child/serve-child.js";

serveChild({
  /** Takes the write lock of each file, answers once it has them, and gives them back by itself. */
  hold(paths: readonly string[], forMs: number) {
    const databases = paths.map((path) => {
      const db = openRawDatabase(path);
      db.exec("PRAGMA busy_timeout = 2000");
      db.exec("BEGIN IMMEDIATE");
      return db;
    });
    void pause(forMs).then(() => {
      for (const db of databases) db.close();
    });
  },
});
