const longest = 64;

/** A received value for an error text: short, on one line, and never the whole of something large. */
export function quote(value: unknown): string {
  switch (typeof value) {
    case "string":
      return value.length <= longest
        ? JSON.stringify(value)
        : `${JSON.stringify(value.slice(0, longest))}… (${value.length} characters)`;
    case "number":
    case "boolean":
    case "undefined":
      return Object.is(value, -0) ? "-0" : String(value);
    case "bigint":
      return `${shortened(value.toString())}n`;
    case "symbol":
      return shortened(value.toString());
    case "function":
      return "a function";
    case "object":
      if (value === null) return "null";
      return Array.isArray(value) ? `an array of ${value.length}` : "an object";
    default:
      return typeof value;
  }
}

function shortened(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}…`;
}
