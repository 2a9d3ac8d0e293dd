import { z } from "zod";

/** The JSON schema that the server validates and serialises with. */
export function schemaOf(schema: z.ZodType): unknown {
  return z.toJSONSchema(schema, { target: "draft-7" });
}
