# Finds a JDK that Kindred runs on and exports JAVA_HOME, or says what is missing and exits 3.
# Sourced by ./kindred and ./build.

# Builds before 25.0.3 can corrupt data with the G1 collector.
kindred_jdk_wanted="25.0.3"

# The version of the JDK in folder $1, such as 25.0.3; nothing where there is no JDK.
kindred_jdk_version() {
  local line
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] || return 0
  if [ -r "$1/release" ]; then
    while IFS= read -r line; do
      case "$line" in
        JAVA_VERSION=*)
          line="${line#JAVA_VERSION=}"
          line="${line//\"/}"
          printf '%s\n' "${line%%[-+_]*}"
          return 0
          ;;
      esac
    done <"$1/release"
  fi
  "$1/bin/java" -version 2>&1 | sed -n 's/.*version "\([0-9.]*\).*/\1/p' | head -n 1
}

# Whether version $1 is at least version $2, both up to three numbers.
kindred_version_at_least() {
  local a1 a2 a3 b1 b2 b3
  IFS=. read -r a1 a2 a3 _ <<<"$1"
  IFS=. read -r b1 b2 b3 _ <<<"$2"
  a1=${a1:-0} a2=${a2:-0} a3=${a3:-0} b1=${b1:-0} b2=${b2:-0} b3=${b3:-0}
  [ "$a1" -gt "$b1" ] && return 0
  [ "$a1" -lt "$b1" ] && return 1
  [ "$a2" -gt "$b2" ] && return 0
  [ "$a2" -lt "$b2" ] && return 1
  [ "$a3" -ge "$b3" ]
}

# The folders a JDK may be in, one a line, best first.
kindred_jdk_candidates() {
  local java folder
  [ -n "${JAVA_HOME:-}" ] && printf '%s\n' "$JAVA_HOME"
  java=$(command -v java 2>/dev/null) && java=$(readlink -f "$java" 2>/dev/null) && [ -n "$java" ] &&
    printf '%s\n' "${java%/bin/java}"
  for folder in /usr/lib/jvm/* /opt/* "${HOME:-/}"/.sdkman/candidates/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    [ -d "$folder" ] && printf '%s\n' "$folder"
  done
  return 0
}

kindred_find_jdk() {
  local folder version refused=""
  while IFS= read -r folder; do
    version=$(kindred_jdk_version "$folder")
    [ -n "$version" ] || continue
    if kindred_version_at_least "$version" "$kindred_jdk_wanted"; then
      JAVA_HOME="$folder"
      export JAVA_HOME
      return 0
    fi
    if kindred_version_at_least "$version" 25; then
      refused=" Refused JDK $version in $folder: a data corruption in its G1 collector is fixed in 25.0.3."
    fi
  done < <(kindred_jdk_candidates)
  echo "Kindred needs a JDK $kindred_jdk_wanted or newer and found none.$refused Get one: Temurin 25, 'apt install openjdk-25-jdk', or 'sdk install java 25-tem'; then, if it lies in an unusual place, set JAVA_HOME." >&2
  exit 3
}

kindred_find_jdk
