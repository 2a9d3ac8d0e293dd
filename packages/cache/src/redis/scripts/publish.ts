import { identityLua } from "./identity.js";
import { memberRecordLua } from "./member-record.js";

/**
 * Appends operations to the log, or says why none or only the first of them were.
 *
 * Input
 *   KEYS  gen, seq, log, rows, members
 *   ARGV  member id, generation, cursor, token at the cursor ('' for none), own operation,
 *         wake-up channel, then per operation: log member, barrier (0 or 1), token, row, operation number
 *
 * Output
 *   { 'published' | 'catch-up', seq before, place of each of the first operations, ... }
 *   { 'another-generation' }
 *
 * The first write is one that a full server refuses: a script is never cut short after its first.
 */
export const publishLua: string = `
${identityLua}
${memberRecordLua}
local memberId, generation, cursor = ARGV[1], ARGV[2], tonumber(ARGV[3])
local own = memberId .. '.'

local gen = redis.call('HMGET', KEYS[1], 'id', 'identity')
if gen[1] ~= generation or gen[2] ~= (serverIdentity() or '') then return { 'another-generation' } end
local seqBefore = tonumber(redis.call('GET', KEYS[2]) or '0')
if seqBefore < cursor then return { 'another-generation' } end

local function tokenOf(member)
  local value = redis.call('HGET', KEYS[4], member)
  return value and string.match(value, '^([^\\n]*)\\n') or ''
end

local at = redis.call('ZRANGEBYSCORE', KEYS[3], ARGV[3], ARGV[3], 'LIMIT', 0, 1)[1]
if at and tokenOf(at) ~= ARGV[4] then return { 'another-generation' } end

local record = readMember(KEYS[5], memberId)
local speaks = record and record.generation == generation
local last = speaks and record.operation or 0
if last < tonumber(ARGV[5]) then return { 'another-generation' } end

local function isOwn(member)
  return string.sub(tokenOf(member), 1, #own) == own
end

local anyUnread
local function isAnythingUnread()
  if anyUnread == nil then
    anyUnread = false
    local past = redis.call('ZRANGEBYSCORE', KEYS[3], '(' .. ARGV[3], string.format('%.0f', seqBefore))
    for _, member in ipairs(past) do
      if not isOwn(member) then anyUnread = true break end
    end
  end
  return anyUnread
end

local seq, written, places, word = seqBefore, {}, {}, 'published'
local function isUnread(member)
  local score = redis.call('ZSCORE', KEYS[3], member)
  return score and tonumber(score) > cursor and not written[member] and not isOwn(member)
end

local newLast = last
for i = 7, #ARGV, 5 do
  local member, barrier, operation = ARGV[i], ARGV[i + 1] == '1', tonumber(ARGV[i + 4])
  if operation > 0 and operation <= newLast then
    places[#places + 1] = 0
  elseif (barrier and isAnythingUnread()) or (not barrier and isUnread(member)) then
    word = 'catch-up'
    break
  else
    seq = seq + 1
    redis.call('ZADD', KEYS[3], string.format('%.0f', seq), member)
    redis.call('HSET', KEYS[4], member, ARGV[i + 2] .. '\\n' .. ARGV[i + 3])
    written[member] = true
    places[#places + 1] = seq
    if operation > 0 then newLast = operation end
  end
end

if newLast > last then
  writeMember(KEYS[5], memberId, {
    generation = generation,
    cursor = speaks and record.cursor or 0,
    said = speaks and record.said or '0',
    operation = newLast,
    lease = record and record.lease or serverTimeMs()
  })
end
if seq > seqBefore then
  redis.call('SET', KEYS[2], string.format('%.0f', seq))
  redis.pcall('PUBLISH', ARGV[6], memberId)
end
local reply = { word, seqBefore }
for _, place in ipairs(places) do reply[#reply + 1] = place end
return reply
`;
