-- A point SELECT by primary key over POST /<db>/query.
local rows = tonumber(os.getenv("BENCH_ROWS") or "10000")
local token = os.getenv("BENCH_TOKEN") or "dev-token"
local headers = { ["Authorization"] = "Bearer " .. token, ["Content-Type"] = "application/json" }

request = function()
  return wrk.format("POST", nil, headers,
    '{"sql":"SELECT id, name, balance FROM users WHERE id = ?1","args":[' .. math.random(rows) .. ']}')
end
