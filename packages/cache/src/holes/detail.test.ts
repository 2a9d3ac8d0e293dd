import { articleSubject, detailHoles, runHoles } from "@holdfast/testkit";
import { createArticleRedis } from "./subjects.js";

runHoles({
  group: "detail",
  holes: detailHoles,
  subjects: [articleSubject(createArticleRedis)],
  subjectsUrl: new URL("./subjects.ts", import.meta.url),
});
