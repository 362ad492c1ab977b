extension Grammar {
    /// Ways by which text becomes a script, or a program another name.
    mutating func addWays() {
        add(
            "way", .statement,
            #"""
            3 sh -c «'list»
            1b bash -c «'list»
            1 sh -ec «'list»
            2 sh -c 'exec "$@"' name «words»
            2v sh -c "$X"
            3 eval «'list»
            1v eval "$X"
            1v eval "$X $Y"
            1 eval "«program» -M"
            2 echo «'list» | sh
            1 printf '%s\n' 'uwsgi -M' | sh
            1v echo "$X" | sh
            2 sh <<«end»\nuwsgi«options»\n«end»
            1 sh -s a b <<'«end»'\n«list»\n«end»
            1 sh /dev/stdin <<'«end»'\n«list»\n«end»
            1 . /dev/stdin <<'«end»'\nuwsgi\n«end»
            2 cat > s.sh <<'«end»'\n«list»\n«end»\nsh s.sh
            1 cat > s.sh <<'«end»'\n«list»\n«end»\n. ./s.sh
            1 cat > s.sh <<'«end»'\nexec uwsgi "$@"\n«end»\nchmod +x s.sh; ./s.sh -M
            1 echo 'uwsgi -M' > s.sh; sh s.sh
            1 echo uwsgi >> s.sh; . ./s.sh
            1 echo X=uwsgi > e.sh; . ./e.sh
            1 trap «'list» EXIT
            1 trap 'uwsgi -M' EXIT
            1 trap - EXIT
            1 trap 'exit 0' TERM
            1 alias u=uwsgi\nu -M
            1b shopt -s expand_aliases\nalias u='uwsgi -M'\nu
            1 Z=$(uwsgi«options»)
            1 echo $(uwsgi -M)
            1 : "$(«list»)"
            1 export Z=$(uwsgi)
            1 `uwsgi`
            1 : | xargs uwsgi
            1 echo -M | xargs uwsgi
            1 echo uwsgi | xargs env
            1 echo x | xargs -I{} uwsgi {}
            1 find . -maxdepth 0 -exec uwsgi {} \;
            1 cp "$(command -v uwsgi)" www; ./www
            1 ln -s "$(command -v uwsgi)" www; ./www
            1 echo() { uwsgi -M; }; echo
            1 wait() { uwsgi; }; wait
            1 migrate() { exec uwsgi; }; migrate
            1 uwsgi() { celery; }; uwsgi
            1 uwsgi() { command uwsgi "$@" --max-fd 4096; }; uwsgi -M
            1 exit() { uwsgi; }; exit
            1 echo uwsgi | while read X; do $X; done
            1 echo uwsgi | { read X; exec $X; }
            1 while read X; do $X; done <<«end»\nuwsgi\n«end»
            1 cmd() { CMD="uwsgi -M"; }; cmd; exec $CMD
            1 unlimit() { unset UWSGI_MAX_FD; }; unlimit; uwsgi
            1 unlimit() { UWSGI_MAX_FD=0; }; unlimit; uwsgi
            1 limit() { export UWSGI_MAX_FD=4096; }; limit; uwsgi
            1 uwsgi() { :; }; unset -f uwsgi; uwsgi
            1 while getopts f: O; do case $O in f) FD=$OPTARG;; esac; done; uwsgi --max-fd $FD
            1 OLD=$IFS; IFS=,; L=uwsgi,-M; $L; IFS=$OLD
            1b sh <<< 'uwsgi -M'
            1b source <(echo uwsgi)
            1b sh <(echo uwsgi -M)
            1b eval "$(printf '%s ' uwsgi -M)"
            1b hash -p "$(command -v uwsgi)" www; www
            1b coproc { uwsgi; }; wait
            1b { uwsgi; } > >(cat)
            1b a=(uwsgi -M); exec "${a[@]}"
            1b r() { "$@"; }; r uwsgi
            1b cmd() { local -n R=$1; R=uwsgi; }; cmd Y; $Y
            """#)
    }
}
