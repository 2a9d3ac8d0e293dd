/**
 * Defines `readMember` and `writeMember`. A record is five lines: generation, cursor, said,
 * operation, end of the lease in server time. Numbers are written by format, because Lua's own
 * conversion keeps 14 digits only.
 */
export const memberRecordLua: string = `
local function readMember(members, id)
  local text = redis.call('HGET', members, id)
  if not text then return false end
  local generation, cursor, said, operation, lease =
    string.match(text, '^([^\\n]*)\\n(%d+)\\n([01])\\n(%d+)\\n(-?%d+)$')
  if not generation then return false end
  return {
    generation = generation, cursor = tonumber(cursor), said = said,
    operation = tonumber(operation), lease = tonumber(lease)
  }
end

local function writeMember(members, id, record)
  redis.call('HSET', members, id, string.format('%s\\n%.0f\\n%s\\n%.0f\\n%.0f',
    record.generation, record.cursor, record.said, record.operation, record.lease))
end

local function serverTimeMs()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
`;
