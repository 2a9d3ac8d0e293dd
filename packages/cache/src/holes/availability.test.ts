import { articleSubject, availabilityHoles, runHoles } from "@holdfast/testkit";
import { createArticleRedis, holdfastSubject } from "../testing/holes/subjects.js";

runHoles({
  group: "availability",
  holes: availabilityHoles,
  subjects: [articleSubject(createArticleRedis), holdfastSubject],
  subjectsUrl: new URL("../testing/holes/subjects.ts", import.meta.url),
});
