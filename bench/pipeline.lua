-- A point SELECT by primary key as a libSQL client sends it: one execute and the close of its stream.
local rows = tonumber(os.getenv("BENCH_ROWS") or "10000")
local token = os.getenv("BENCH_TOKEN") or "dev-token"
local headers = { ["Authorization"] = "Bearer " .. token, ["Content-Type"] = "application/json" }

request = function()
  local id = math.random(rows)
  local body = '{"baton":null,"requests":[{"type":"execute","stmt":{"sql":"SELECT id, name, balance FROM users WHERE id = ?1",'
    .. '"args":[{"type":"integer","value":"' .. id .. '"}],"named_args":[],"want_rows":true}},{"type":"close"}]}'
  return wrk.format("POST", nil, headers, body)
end

