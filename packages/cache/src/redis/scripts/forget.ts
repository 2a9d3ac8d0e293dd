/**
 * Removes log entries, each only where its place is still the one given.
 *
 * Input
 *   KEYS  gen, log, rows
 *   ARGV  generation, then per entry: log member, seq
 *
 * Output
 *   how many were removed; 0 where another generation is current
 */
export const forgetLua: string = `
if redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then return 0 end
local removed = 0
for i = 2, #ARGV, 2 do
  local score = redis.call('ZSCORE', KEYS[2], ARGV[i])
  if score and tonumber(score) == tonumber(ARGV[i + 1]) then
    redis.call('ZREM', KEYS[2], ARGV[i])
    redis.call('HDEL', KEYS[3], ARGV[i])
    removed = removed + 1
  end
end
return removed
`;
