import { articleSubject, availabilityHoles, runHoles } from "@holdfast/testkit";
import { createArticleRedis } from "./subjects.js";

runHoles({
  group: "availability",
  holes: availabilityHoles,
  subjects: [articleSubject(createArticleRedis)],
  subjectsUrl: new URL("./subjects.ts", import.meta.url),
});
