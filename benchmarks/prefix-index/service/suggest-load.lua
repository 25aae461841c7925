-- Questions at about 2,000 a second: 40 connections that each pause 10 to 28 ms between an answer and the next question.
-- One in ten is about all tenants, the others about one of a hundred.

local paced = os.getenv("WAVETUNE_PACED") ~= "0"

if paced then
  function delay()
    return math.random(10, 28)
  end
end

function request()
  if math.random(10) == 1 then
    return wrk.format("GET", "/suggest?top_k=100")
  end
  return wrk.format("GET", "/suggest?top_k=100&tenant=tenant-" .. math.random(0, 99))
end

function done(summary, latency, requests)
  local failed = summary.errors.connect + summary.errors.read + summary.errors.write
    + summary.errors.status + summary.errors.timeout
  io.write(string.format(
    "RESULT %d %.3f %d %.3f %.3f %.3f %.3f\n",
    summary.requests, summary.duration / 1e6, failed,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    latency:percentile(99.9) / 1000, latency.max / 1000))
end
