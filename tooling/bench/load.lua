-- The request of every row that wrk measures, and its result as one line of JSON.
wrk.method = os.getenv("METHOD") or "GET"

function done(summary)
  local e = summary.errors
  io.write(string.format('REPORT {"requests":%d,"microseconds":%d,"errors":%d}\n', summary.requests,
    summary.duration, e.connect + e.read + e.write + e.status + e.timeout))
end
