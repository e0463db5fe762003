# shellcheck shell=bash
# Builds and runs the test programs, and counts their subtests. Read by tests/run.

# build FOLDER TARGETS… -- MESON-OPTIONS…: configures once, then builds. 1: it did not.
build () {
  local folder=$1 targets=() said
  shift
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    targets+=("$1")
    shift
  done
  shift

  if [ ! -f "$folder/build.ninja" ] || ! grep -qF -- "$root " "$folder/build.ninja"; then
    rm -rf "$folder"
    said=$(meson setup "$folder" "$@" 2>&1) || {
      printf '%s\n' "$said" | tail -n 40
      return 1
    }
  fi
  said=$(ninja -C "$folder" "${targets[@]}" 2>&1) || {
    printf '%s\n' "$said" | grep -vE '^\[[0-9]+/[0-9]+\] (Compiling|Linking)' | tail -n 60
    return 1
  }
}

# One program a line in Meson's log. A subtest counts by its TAP line; a program that
# failed without saying which (a crash, a timeout, too few lines) counts as one failure.
count_subtests () {
  awk '
    function count(text, pattern) { return gsub(pattern, "&", text) }
    {
      match($0, /"stdout": "([^"\\]|\\.)*"/)
      out = "\\n" substr($0, RSTART + 11, RLENGTH - 12)
      match($0, /"result": "[A-Z]*"/)
      result = substr($0, RSTART + 11, RLENGTH - 12)
      ok = count(out, "\\\\nok [0-9]+")
      bad = count(out, "\\\\nnot ok [0-9]+")
      skip = count(out, "\\\\nok [0-9]+[^\\\\]*# SKIP")
      if (ok + bad == 0 && result == "OK") ok = 1
      if (ok + bad == 0 && result == "SKIP") { ok = 1; skip = 1 }
      if (bad == 0 && result != "OK" && result != "SKIP") bad = 1
      passed += ok - skip; failed += bad; skipped += skip
    }
    END { print passed + 0, failed + 0, skipped + 0 }
  ' "$1"
}

# Why tests were skipped, each reason once.
list_skips () {
  grep -ohE 'ok [0-9]+ [^\\]*# SKIP[^\\"]*' "$1" | sed 's/^ok [0-9]* /skipped /' | sort -u
}

# run_programs FOLDER MESON-TEST-OPTIONS…: under a display of its own and a session bus.
run_programs () {
  local folder=$1 counts
  shift

  xvfb-run -a -s '-screen 0 1920x1080x24 -nolisten tcp' \
    dbus-run-session -- \
    env -u WAYLAND_DISPLAY GDK_BACKEND=x11 GSK_RENDERER=cairo \
    meson test -C "$folder" --no-rebuild --print-errorlogs "$@" </dev/null 2>&1 \
    | grep -vE '^(ninja: |Full log written|dbus-daemon|$)'
  if [ ! -s "$folder/meson-logs/testlog.json" ]; then
    echo "not ok  $folder: no test ran"
    failed=$((failed + 1))
    return
  fi
  read -r -a counts < <(count_subtests "$folder/meson-logs/testlog.json")
  list_skips "$folder/meson-logs/testlog.json"
  passed=$((passed + counts[0]))
  failed=$((failed + counts[1]))
  skipped=$((skipped + counts[2]))
}

run_suite () {
  local name=$1 folder=$2
  shift 2

  echo "# $name"
  check "$name builds without a warning" build "$folder" -- "$@" || return
  run_build_checks
  check 'meson install puts everything in its place' check_install "$folder"
  rm -f "$folder/meson-logs/testlog.json"
  run_programs "$folder" --num-processes 2 --timeout-multiplier 4
}

# Everything that must be there after an installation, and nothing outside the prefix.
check_install () {
  local place=$scratch/install file wrong=0

  meson install -C "$1" --no-rebuild --quiet --destdir "$place" || return 1
  for file in bin/skipscope \
    share/applications/org.skipscope.Skipscope.desktop \
    share/metainfo/org.skipscope.Skipscope.metainfo.xml \
    share/glib-2.0/schemas/org.skipscope.Skipscope.gschema.xml \
    share/icons/hicolor/scalable/apps/org.skipscope.Skipscope.svg \
    share/icons/hicolor/symbolic/apps/org.skipscope.Skipscope-symbolic.svg \
    share/locale/de/LC_MESSAGES/skipscope.mo \
    share/skipscope/catalog.ini share/skipscope/labels/imagenet.txt share/skipscope/labels/cifar10.txt \
    share/skipscope/weights/resnet20-cifar10.safetensors; do
    [ -s "$place/usr/local/$file" ] || { echo "missing: $file"; wrong=1; }
  done
  "$place/usr/local/bin/skipscope" --version || wrong=1
  return "$wrong"
}

# run_sanitized SANITIZER FOLDER: the suite of the same name, built with it. What reads
# bytes from outside runs under "address,undefined", what has threads under "thread".
run_sanitized () {
  local sanitizer=$1 folder=$2

  echo "# sanitizer: $sanitizer"
  check "builds with -fsanitize=$sanitizer" build "$folder" "tests-${sanitizer%,*}" -- \
    --buildtype=debugoptimized -Db_sanitize="$sanitizer" -Db_lundef=false || return
  rm -f "$folder/meson-logs/testlog.json"
  ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1 \
    UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
    TSAN_OPTIONS=halt_on_error=1:suppressions="$root/tests/thread.supp" \
    run_programs "$folder" --suite "${sanitizer%,*}" --num-processes 2 --timeout-multiplier 5
}

# Each fuzzer for a short while, from its seeds. FUZZ_SECONDS=600 for a long one.
run_fuzzers () {
  local folder=$1 fuzzer name seeds

  grep -qE "^  'fuzz-" tests/fuzz/meson.build || return 0
  echo '# fuzzing'
  CC=clang CFLAGS=-fsanitize=fuzzer-no-link check 'builds with libFuzzer' \
    build "$folder" fuzzers -- --buildtype=debugoptimized \
    -Db_sanitize=address,undefined -Db_lundef=false || return
  for fuzzer in "$folder"/tests/fuzz/fuzz-*; do
    if [ ! -f "$fuzzer" ] || [ ! -x "$fuzzer" ]; then
      continue
    fi
    name=${fuzzer##*/}
    mkdir -p "$scratch/$name"
    seeds=()
    [ -d "tests/fuzz/seeds/${name#fuzz-}" ] && seeds+=("tests/fuzz/seeds/${name#fuzz-}")
    check "$name for ${FUZZ_SECONDS:-15} s" "$fuzzer" -seed=1 -max_total_time="${FUZZ_SECONDS:-15}" \
      -rss_limit_mb=2048 -timeout=20 -print_final_stats=1 -verbosity=0 \
      -artifact_prefix="$scratch/$name-" "$scratch/$name" "${seeds[@]}"
  done
}
