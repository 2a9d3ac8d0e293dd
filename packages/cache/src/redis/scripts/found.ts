import { identityLua } from "./identity.js";
import { memberRecordLua } from "./member-record.js";

/**
 * Starts a new generation with an empty log if the present one is still the expected one.
 *
 * Input
 *   KEYS  gen, seq, log, rows
 *   ARGV  expected id ('' for none), ordinal, id, wake-up channel, member id of the caller
 *
 * Output
 *   1 if it was founded, else 0
 */
export const foundLua: string = `
${identityLua}
${memberRecordLua}
if (redis.call('HGET', KEYS[1], 'id') or '') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'ordinal', ARGV[2], 'id', ARGV[3], 'identity', serverIdentity() or '',
  'foundedAtMs', string.format('%.0f', serverTimeMs()))
redis.call('UNLINK', KEYS[2], KEYS[3], KEYS[4])
redis.pcall('PUBLISH', ARGV[4], ARGV[5])
return 1
`;
