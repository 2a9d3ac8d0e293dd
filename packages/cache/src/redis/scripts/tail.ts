import { identityLua } from "./identity.js";
import { memberRecordLua } from "./member-record.js";

/**
 * Reads the log past a cursor and writes the caller's heartbeat.
 *
 * Input
 *   KEYS  gen, seq, log, rows, members
 *   ARGV  member id, lease in ms, generation of the cursor ('' for none), cursor, said (0 or 1), limit,
 *         ms after its lease at which a member is dropped
 *
 * Output
 *   { server time in ms, identity or nil, evicts (0 or 1),
 *     { ordinal, id, identity, founded at in ms } or nil,
 *     seq, token at the cursor or nil, own operation,
 *     { member, seq, token and row, ... },
 *     { member id, generation, cursor, said, operation, ms of lease left, ... } }
 *
 * Nothing is written where the log is not the caller's or was made on another server: such a log is
 * about to be replaced. Writes come last, so that a server that refuses them has changed nothing.
 */
export const tailLua: string = `
${identityLua}
${memberRecordLua}
local memberId, leaseMs, known = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local cursor, said, limit, droppedAfterMs = tonumber(ARGV[4]), ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7])

local now = serverTimeMs()
local identity = serverIdentity()
local policy = infoField('memory', 'maxmemory_policy')
local evicts = policy and string.find(policy, '^allkeys') and 1 or 0
local gen = redis.call('HMGET', KEYS[1], 'ordinal', 'id', 'identity', 'foundedAtMs')
if not gen[2] then return { now, identity, evicts, false, 0, false, 0, {}, {} } end

local record = readMember(KEYS[5], memberId)
local operation = record and record.generation == gen[2] and record.operation or 0
local token, entries = false, {}
if known == gen[2] then
  local at = redis.call('ZRANGEBYSCORE', KEYS[3], ARGV[4], ARGV[4], 'LIMIT', 0, 1)[1]
  local value = at and redis.call('HGET', KEYS[4], at)
  token = value and string.match(value, '^([^\\n]*)\\n') or false
  local past = redis.call('ZRANGEBYSCORE', KEYS[3], '(' .. ARGV[4], '+inf', 'WITHSCORES', 'LIMIT', 0, limit)
  for i = 1, #past, 2 do
    entries[#entries + 1] = past[i]
    entries[#entries + 1] = past[i + 1]
    entries[#entries + 1] = redis.call('HGET', KEYS[4], past[i]) or '\\n'
  end
  if gen[3] == (identity or '') then
    writeMember(KEYS[5], memberId, {
      generation = gen[2], cursor = cursor, said = said, operation = operation, lease = now + leaseMs
    })
    for _, id in ipairs(redis.call('HKEYS', KEYS[5])) do
      local member = readMember(KEYS[5], id)
      if not member or now - member.lease > droppedAfterMs then redis.call('HDEL', KEYS[5], id) end
    end
  end
end

local members = {}
for _, id in ipairs(redis.call('HKEYS', KEYS[5])) do
  local member = readMember(KEYS[5], id)
  if member then
    for _, field in ipairs({
      id, member.generation, member.cursor, member.said, member.operation, member.lease - now
    }) do members[#members + 1] = field end
  end
end
local seq = tonumber(redis.call('GET', KEYS[2]) or '0')
return { now, identity, evicts, gen, seq, token, operation, entries, members }
`;
