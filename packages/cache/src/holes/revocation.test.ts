import { articleSubject, revocationHoles, runHoles } from "@holdfast/testkit";
import { createArticleRedis } from "./subjects.js";

runHoles({
  group: "revocation",
  holes: revocationHoles,
  subjects: [articleSubject(createArticleRedis)],
  subjectsUrl: new URL("./subjects.ts", import.meta.url),
});
