# Sums up .trx files: what tests measured and printed, each skipped and each failed test with its reason, then "N passed, N failed, N skipped".
# A test host that died or hung counts as one failure; its sequence file names the tests that were running.
# Exits with 1 when a test failed or none ran.

function attribute(tag, name) {
  if (!match(tag, " " name "=\"[^\"]*\""))
    return ""
  return plain(substr(tag, RSTART + length(name) + 3, RLENGTH - length(name) - 4))
}

function plain(text) {
  gsub(/&#x[dD];|\r/, "", text)
  gsub(/&#x[aA];/, "\n", text)
  gsub(/&lt;/, "<", text)
  gsub(/&gt;/, ">", text)
  gsub(/&quot;/, "\"", text)
  gsub(/&apos;/, "'", text)
  gsub(/&amp;/, "\\&", text)
  return text
}

# A message of several lines is indented below its test.
function report(outcome, test, reason) {
  gsub(/\n/, "\n    ", reason)
  return outcome ": " test (reason == "" ? "" : "\n    " reason) "\n"
}

function finish() {
  if (output != "")
    outputs = outputs report("printed by", test, plain(output))
  if (outcome == "Passed")
    passed++
  else if (outcome == "NotExecuted") {
    skipped++
    skips = skips report("skipped", test, plain(message))
  } else {
    failed++
    failures = failures report("failed", test, plain(message))
  }
  test = ""
}

/<UnitTestResult / {
  test = attribute($0, "testName")
  outcome = attribute($0, "outcome")
  message = output = ""
  if ($0 ~ /\/>/)
    finish()
}

test != "" && /<Message>/ { reading = 1; sub(/.*<Message>/, "") }
reading {
  line = $0
  if (sub(/<\/Message>.*/, "", line))
    reading = 0
  message = message (message == "" ? "" : "\n") line
}

test != "" && /<StdOut>/ { writing = 1; sub(/.*<StdOut>/, "") }
writing {
  line = $0
  if (sub(/<\/StdOut>.*/, "", line))
    writing = 0
  output = output (output == "" ? "" : "\n") line
}

/<\/UnitTestResult>/ { finish() }

/<Text>The active test run was aborted/ {
  sub(/.*<Text>/, "")
  sub(/<\/Text>.*/, "")
  failed++
  failures = failures report("failed", "a test host of " FILENAME, plain($0))
}

/<Test .* Completed="False"/ { failures = failures "    running when its host died: " attribute($0, "DisplayName") "\n" }

END {
  printf "\n%s%s%s%d passed, %d failed, %d skipped\n", outputs, skips, failures, passed, failed, skipped
  exit failed > 0 || passed == 0
}
