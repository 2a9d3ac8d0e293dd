/**
 * Defines `infoField` and `serverIdentity` for the scripts that need to know which server they run
 * on. One section per call, which is all that Redis 6.2 takes. A server that withholds INFO makes
 * the answer false, never an error.
 */
export const identityLua: string = `
local function infoField(section, field)
  local info = redis.pcall('INFO', section)
  if type(info) ~= 'string' then return false end
  return string.match(info, '\\n' .. field .. ':([^\\r\\n]+)') or false
end

local function serverIdentity()
  local run = infoField('server', 'run_id')
  local history = infoField('replication', 'master_replid')
  return run and history and run .. ':' .. history
end
`;
