/**
 * Removes a member's record.
 *
 * Input
 *   KEYS  members
 *   ARGV  member id
 *
 * Output
 *   1 if it was on record, else 0
 */
export const leaveLua: string = `
return redis.call('HDEL', KEYS[1], ARGV[1])
`;
