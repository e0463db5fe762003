# shellcheck shell=bash
# Checks of the sources themselves, each one test. Read by tests/run.

# check NAME COMMAND…: one test. What the command says is shown when it fails; then 1.
check () {
  local name=$1 said
  shift

  if said=$("$@" 2>&1); then
    echo "ok      $name"
    passed=$((passed + 1))
  else
    echo "not ok  $name"
    printf '%s\n' "$said" | sed 's/^/        /' | head -n 60
    failed=$((failed + 1))
    return 1
  fi
}

# What git tracks and what it would take; a source archive without git has all its files.
project_files () {
  if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    git ls-files -co --exclude-standard -- "$@" | while read -r file; do
      [ -f "$file" ] && echo "$file"
    done
  else
    local pattern
    for pattern; do
      find . -path './build*' -prune -o -type f -name "${pattern##*/}" -printf '%P\n'
    done
  fi
}

# nowhere REGEX FILES…: prints the lines that match; fails where there are any.
nowhere () {
  local regex=$1
  shift
  [ $# -eq 0 ] || ! grep -nHE -- "$regex" "$@"
}

check_format () {
  local files
  mapfile -t files < <(project_files '*.c' '*.h')
  clang-format --dry-run -Werror "${files[@]}"
}

check_editorconfig () {
  local files
  mapfile -t files < <(project_files '*.c' '*.h' '*.build' '*.sh' '*.py' '*.ui' '*.css')
  nowhere '[[:space:]]$|'$'\t' "${files[@]}"
}

# Includes point left. The include paths refuse most breaches; these are the rest.
check_includes () {
  local core ui paint all wrong=0
  mapfile -t all < <(project_files '*.c' '*.h')
  mapfile -t core < <(printf '%s\n' "${all[@]}" | grep '^core/')
  mapfile -t paint < <(printf '%s\n' "${all[@]}" | grep '^ui/paint/')
  mapfile -t ui < <(printf '%s\n' "${all[@]}" | grep '^ui/')

  nowhere '^#include "[^"]*/' "${all[@]}" || wrong=1
  nowhere '^#include <(gtk|gdk/|gsk|adwaita|cairo|pango)' "${core[@]}" || wrong=1
  nowhere '^#include <(gtk|gdk/|gsk|adwaita)' "${paint[@]}" || wrong=1
  nowhere '^#include "(network|parameters|trainer|weights|dataset|loader)\.h"' "${ui[@]}" \
    || wrong=1
  return "$wrong"
}

# A breach must not build: a core file that wants GTK, a ui file that wants tensors.
check_border_holds () {
  local flags

  for part in core/session/libsession.a.p ui/paint/libpaint.a.p; do
    flags=$(grep -F -A 6 "build $part/" build-tests/build.ninja | grep -m 1 'ARGS =')
    if [ -z "$flags" ]; then
      continue # a folder that has no sources yet has no flags
    fi
    case $flags in
      *gtk-4.0*) echo "$part sees GTK"; return 1 ;;
    esac
  done
  flags=$(grep -F -A 6 'build ui/libui.a.p/' build-tests/build.ninja | grep -m 1 'ARGS =')
  case $flags in
    *core/weights* | *core/images* | *core/nn*)
      echo 'ui sees more of core than the border'
      return 1
      ;;
  esac
}

check_marks () {
  local files
  mapfile -t files < <(project_files '*.c' '*.h' '*.md' '*.build' | grep -v '^tests/checks')
  nowhere '\b(TODO|FIXME|XXX|HACK)\b|not implemented' "${files[@]}"
}

check_shell () {
  local files
  # What is sourced is checked through the script that sources it.
  mapfile -t files < <(project_files 'run' '*/run' '*.sh' | xargs grep -lE '^#!.*bash')
  shellcheck -x -a "${files[@]}"
}

check_desktop () {
  desktop-file-validate build-tests/data/org.skipscope.Skipscope.desktop
}

check_metainfo () {
  appstreamcli validate --no-net --explain \
    build-tests/data/org.skipscope.Skipscope.metainfo.xml
}

check_xml () {
  local files
  mapfile -t files < <(project_files '*.xml' '*.ui' '*.svg')
  [ "${#files[@]}" -eq 0 ] || xmllint --noout --nonet "${files[@]}"
}

check_schema () {
  glib-compile-schemas --strict --dry-run data
}

# Every file with strings for people is listed, and every file listed is there.
check_translations () {
  local file files wrong=0
  while read -r file; do
    msgfmt --check --output-file=/dev/null "$file" || wrong=1
  done < <(project_files '*.po')
  while read -r file; do
    [ -f "$file" ] || { echo "data/po/POTFILES names $file, which is not there"; wrong=1; }
  done < <(grep -v '^#' data/po/POTFILES)
  # gettext knows PRId64 within a string, GLib's names end it.
  mapfile -t files < <(grep -E '\.c$' data/po/POTFILES)
  nowhere '_ \("[^)]*G_GU?INT64_FORMAT' "${files[@]}" || wrong=1
  while read -r file; do
    grep -qxF "$file" data/po/POTFILES || { echo "data/po/POTFILES lacks $file"; wrong=1; }
  done < <(project_files '*.c' '*.ui' | grep -v '^tests/' \
    | xargs -r grep -lE '(^|[^A-Za-z_])N?_ \("|translatable="')
  return "$wrong"
}

# Where there is no apt, app/run names the packages and stops.
check_other_systems () {
  local bin=$scratch/bare-bin tool said status

  mkdir -p "$bin"
  for tool in bash dirname; do
    ln -sf "$(command -v "$tool")" "$bin/$tool"
  done
  said=$(env -i PATH="$bin" HOME="$HOME" bash app/run --deps 2>&1)
  status=$?
  printf '%s\n' "$said"
  [ "$status" -eq 1 ] && [[ $said == *libgtk-4-dev* && $said == *Install* ]]
}

# What the build made of the templates, and what it lets each folder see.
run_build_checks () {
  check 'the border holds' check_border_holds
  check 'desktop entry' check_desktop
  check 'metainfo' check_metainfo
}

run_checks () {
  echo '# sources'
  check 'clang-format agrees with every C file' check_format
  check 'no tab, no trailing space' check_editorconfig
  check 'includes point left' check_includes
  check 'nothing is left as a mark' check_marks
  check 'shellcheck' check_shell
  check 'XML is well formed' check_xml
  check 'settings schema' check_schema
  check 'translations' check_translations
  check 'app/run says what to do on other systems' check_other_systems
}
