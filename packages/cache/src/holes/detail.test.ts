import { articleSubject, detailHoles, runHoles } from "@holdfast/testkit";
import { createArticleRedis, holdfastSubject } from "../testing/holes/subjects.js";

runHoles({
  group: "detail",
  holes: detailHoles,
  subjects: [articleSubject(createArticleRedis), holdfastSubject],
  concurrency: 4,
  subjectsUrl: new URL("../testing/holes/subjects.ts", import.meta.url),
});
