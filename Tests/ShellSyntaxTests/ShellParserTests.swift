import ShellSyntax
import Testing

/// What is read of each script, in the words of ``SyntaxDescription``.
@Suite struct ShellParserTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var script: String
        var expected: String
        var testDescription: String { script }

        init(_ script: String, _ expected: String) {
            self.script = script
            self.expected = expected
        }
    }

    private func expect(_ row: Row, _ dialects: [ShellDialect]) {
        for dialect in dialects {
            let script = ShellParser.parse(row.script, dialect: dialect)
            #expect(SyntaxDescription.of(script) == row.expected, "\(dialect)")
        }
    }

    @Test(arguments: posix) func `POSIX, read alike in both dialects`(row: Row) {
        expect(row, [.posix, .bash])
    }

    @Test(arguments: bash) func `bash only`(row: Row) { expect(row, [.bash]) }

    @Test(arguments: dash) func `What dash reads differently`(row: Row) { expect(row, [.posix]) }

    @Test(arguments: unread) func `What cannot be read is kept`(row: Row) { expect(row, [.posix, .bash]) }

    private static let posix = [
        // Lists and pipelines
        Row("", ""),
        Row(" # nothing", ""),
        Row("a b\tc", "[a b c]"),
        Row("a && b || c; d", "[a] && [b] || [c]; [d]"),
        Row("a && b && c & d & e", "[a]& && [b]& && [c]&; [d]&; [e]"),
        Row("a &&\n\n# comment\nb |\nc", "[a] && [b] | [c]"),
        Row("! a | b", "! [a] | [b]"),
        Row("a\nb;\nc &\n", "[a]; [b]; [c]&"),
        Row("a;b#c", "[a]; [b#c]"),
        Row("a ;#c\nb", "[a]; [b]"),
        // Words
        Row(#"'a b'"c d"e\ f"#, "['a bc d'e' 'f]"),
        Row(#"a "" '' b"" """#, "[a '' '' b'' '']"),
        Row(#""a\b\"\$\\\`""#, #"['a\b"$\`']"#),
        Row("a\\\nb \"c\\\nd\" 'e\\\nf'", "[ab 'cd' 'e\\\nf']"),
        Row(#"\é a\"#, #"['é' a'\']"#),
        Row("a\r\nb", "[a\r]; [b]"),
        Row("i\\\nf a; t\\\nhen b; fi", "if [a] then [b] fi"),
        Row("echo if then }", "[echo if then }]"),
        Row("{a} a{ }a", "[{a} a{ }a]"),
        // Parameters
        Row("$a ${b} \"$c\" $1 $10 ${10}", "[$a $b \"$c\" $1 $10 $10]"),
        Row("$@ $* $# $? $$ $! $- $0", "[$@ $* $# $? $$ $! $- $0]"),
        Row("a$ $ \"$\" $. \"a$b$\"", "[a$ $ '$' $. 'a'\"$b\"'$']"),
        Row("${#a} ${#} ${##} ${#-} ${#?}", "[${length a} $# ${length #} ${length -} ${length ?}]"),
        Row("${a-b} ${a:-b c} ${a=b} ${a:=b}", "[${a-b} ${a:-b c} ${a=b} ${a:=b}]"),
        Row("${a+b} ${a:+b} ${a?} ${a:?no $b}", "[${a+b} ${a:+b} ${a?} ${a:?no $b}]"),
        Row(
            "${a:-'b}' \"}\" \\} ${c}}",
            "[${a:-'b}' '}' '}' $c}]"),
        Row(#""${a:-'b' "c" \} $d}""#, #"["${a:-''b' c } '"$d"}"]"#),
        Row("${a#*/} ${a##*/} ${a%.*} ${a%%.*}", "[${a#*/} ${a##*/} ${a%.*} ${a%%.*}]"),
        Row(#""${a#'b*'"$c"$d*}""#, #"["${a#'b*'"$c"$d*}"]"#),
        Row("${1#-} ${@:-x} ${#:-x} ${-:-x}", "[${1#-} ${@:-x} ${#:-x} ${-:-x}]"),
        // Substitutions
        Row("$(a; b) \"$(c \"d\")\" $()", "[$([a]; [b]) \"$([c 'd'])\" $()]"),
        Row("`a \\`b \\\\\\`c\\\\\\`\\`` \"`d \\\"e\\\"`\"", "[$([a $([b $([c])])]) \"$([d 'e'])\"]"),
        Row("$(case a in b) c;; esac)", "[$(case a in b) [c];; esac)]"),
        Row("$((1 + $a * (2)))", "[$(('1 + '\"$a\"' * (2)'))]"),
        Row("$( (a) )", "[$(( [a] ))]"),
        Row("`a", "…{`a}"),
        // Assignments and redirections
        Row("a=1 b= c='x y' d e=f", "[a=1 b= c='x y' d e=f]"),
        Row("1a=b a-b=c", "[1a=b a-b=c]"),
        Row("a >b 2>>c <d 3<>e 2>&1 >&- <&$f 2>|g", "[a >b 2>>c <d 3<e 2dup1 dup- dup$f 2>g]"),
        Row(">a", "[>a]"),
        Row("2> a b 12 >c", "[b 12 2>a >c]"),
        Row("{ a; } >b 2>&1 | c", "{ [a] } >b 2dup1 | [c]"),
        // Here-documents
        Row("a <<E\nb $c\nE\nd", "[a <<'b '\"$c\"'\n']; [d]"),
        Row("a <<'E' <<\\F <<\"G H\"\n$b\nE\n$c\nF\n\\d\nG H\n", "[a <<'$b\n' <<'$c\n' <<'\\d\n']"),
        Row("a <<-E\n\tb\n\t\tc\n\tE\nd", "[a <<'b\nc\n']; [d]"),
        Row("a <<E | b && c <<F\n1\nE\n2\nF\nd", "[a <<'1\n'] | [b] && [c <<'2\n']; [d]"),
        Row("a <<E\nb\\\nE\nE", "[a <<'bE\n']"),
        Row("a <<E\n\\$b \\c \"d\" 'e' \\\\\nE", "[a <<'$b \\c \"d\" 'e' \\\n']"),
        Row("a <<E\n${b:-\"c\"} ${d:-'e'}\nE", "[a <<\"${b:-'c'}\"' '\"${d:-''e''}\"'\n']"),
        Row("a <<E\nb", "[a <<'b']"),
        Row("a <<E", "[a <<∅]"),
        Row("if a <<E; then\nb\nE\nc <<F\nd\nF\nfi", "if [a <<'b\n'] then [c <<'d\n'] fi"),
        Row("a=$(b <<E\n$(c <<F\n1\nF\n)\nE\n) d", "[a=$([b <<\"$([c <<'1\n'])\"'\n']) d]"),
        Row("while a; do\nb\ndone <<E\nc\nE", "while [a] do [b] done <<'c\n'"),
        Row("a <<E; b 'x\ny'\nc\nE", "[a <<'c\n']; [b 'x\ny']"),
        Row("`a <<E\n\\$b\nE\n`", "[$([a <<\"$b\"'\n'])]"),
        // Compound commands
        Row(
            "if a; then b; elif c; then d; elif e\nthen f; else g; fi",
            "if [a] then [b] elif [c] then [d] elif [e] then [f] else [g] fi"),
        Row(
            "while a; b; do c; done; until d\ndo e\ndone", "while [a]; [b] do [c] done; until [d] do [e] done"
        ),
        Row("for a in b 'c' $d; do e; done", "for a in b 'c' $d do [e] done"),
        Row(
            "for a; do b; done; for a do b; done; for a\ndo b; done",
            "for a do [b] done; for a do [b] done; for a do [b] done"),
        Row("for a in; do b; done; for a\nin b\ndo c; done", "for a in do [b] done; for a in b do [c] done"),
        Row(
            "case $a in b|'c') d;; (e*) f; g;; [h-j]) ;; *) k; esac",
            "case $a in b|'c') [d];; e*) [f]; [g];; [h-j]) ;; *) [k];; esac"),
        Row("case a in esac; case a\nin\nb)\nc\n;;\nesac", "case a in esac; case a in b) [c];; esac"),
        Row("(a; b) | { c; }", "( [a]; [b] ) | { [c] }"),
        Row("{ (a) }; if (b) then c; fi", "{ ( [a] ) }; if ( [b] ) then [c] fi"),
        Row(
            "f() { a; }; g () (b); h()\nif a; then b; fi >c",
            "f() { [a] }; g() ( [b] ); h() if [a] then [b] fi >c"),
    ]

    private static let bash = [
        Row("$((a) | (b))", "[$(( [a] ) | ( [b] ))]"),
        Row("a <<E\n`b\nE\nc", "[a <<\"…{`b\n}\"]; [c]"),
        Row("a <<E\n\\\nE\na <<F1\nF\\\n1\nb", "[a <<'']; [a <<'']; [b]"),
        Row("[[ a b ]]", "…{[[ a b ]]}"),
        Row("[[ -f ]]", "…{[[ -f ]]}"),
        Row("[[ ( a ]]", "…{[[ ( a ]]}"),
        Row("[[ a && ]]", "…{[[ a && ]]}"),
        Row("`if` b", "[$(…`if`) b]"),
        Row("a <<E | for b in c\n1\nE\ndo d; done", "[a <<'1\n'] | for b in c do [d] done"),
        Row(
            "a=(b \"$c\" 'd'\n# comment\ne) f+=(g) h[i+1]=j k+=l m",
            "[a=(b \"$c\" 'd' e) f+=(g) h[i+1]=j k+=l m]"),
        Row("a[$b]+=c d[e]* f", "[a[$b]+=c d[e]* f]"),
        Row("a=([b]=c)", "[a=\"…{([b]=c)}\"]"),
        Row(
            "declare -a a=(b c) d=e f[g]; export h+=(i)",
            "[declare -a array:a=(b c) d=e f[g]]; [export array:h+=(i)]"),
        Row(
            "${a[@]} ${a[*]} ${a[1]} ${a[$b]} ${#a[@]} \"${a[@]:1}\"",
            "[$a[@] $a[*] $a[1] $a[$b] ${length a[@]} \"${a[@] from '1'}\"]"),
        Row(
            "${a/b/c} ${a//b} ${a/#b/$c} ${a/%b/} ${a//\\//-}",
            "[${a replace first b by c} ${a replace all b} ${a replace atStart b by $c} ${a replace atEnd b by } ${a replace all '/' by -}]"
        ),
        Row(
            "${a:1} ${a:1:2} ${a: -1} ${a:(-1)} ${a:b?c:d:e} ${@:2}",
            "[${a from '1'} ${a from '1' for '2'} ${a from ' -1'} ${a from '(-1)'} ${a from 'b?c:d' for 'e'} ${@ from '2'}]"
        ),
        Row(
            "${a^} ${a^^} ${a,} ${a,,[b]}",
            "[${a upper first} ${a upper all} ${a lower first} ${a lower all [b]}]"),
        Row(
            "${!a} ${!1} ${!a*} ${!a@} ${!a[@]} ${!#}",
            "[${indirect a} ${indirect 1} ${names a} ${names a} ${names a[@]} ${indirect #}]"),
        Row("${a@Q} ${!a:-b} ${ a; } ${!} ${!-a}", "[${a…{@Q}} ${a…{:-b}} ${…{ a; }} $! ${!-a}]"),
        Row("((a + 1)) && $[b] || ((c) | (d))", "((\'a + 1\')) && [$((\'b\'))] || ( ( [c] ) | ( [d] ) )"),
        Row(
            "for ((a=0; a<3; a++)); do b; done; for ((;;)) { c; }",
            "for ((a=0; a<3; a++)) do [b] done; for ((;;)) do [c] done"),
        Row(
            "for a in b; { c; }; select d in e; do f; done",
            "for a in b do [c] done; select d in e do [f] done"),
        Row("[[ -f a && ! ( b < c ) || $d == e* ]]", "[[ -f a && ! ( b < c ) || $d == e* ]]"),
        Row("[[ $a =~ ^(b|c d)$ && e =~ (f) ]]", "[[ $a =~ ^(b|c d)$ && e =~ (f) ]]"),
        Row("[[ a == @(b|c) ]] && echo !(d|e)f", "[[ a == …{@(b|c)} ]] && [echo …{!(d|e)}f]"),
        Row("a <(b) --c=>(d)", "[a <([b]) --c=>([d])]"),
        Row("a &>b &>>c >&d <<<\"$e\" {f}>g >&'1'", "[a &>b &>>c &>d <<<\"$e\" {f}>g &>'1']"),
        Row("a |& b", "[a] | [b]"),
        Row("exit() { a; }; b-c() { d; }", "exit() { [a] }; b-c() { [d] }"),
        Row("case a in b) c;& d) e;;& f) ;; esac", "case a in b) [c];& d) [e];;& f) ;; esac"),
        Row(
            "function a { b; }; function c() (d); function e\n{ f; }", "a() { [b] }; c() ( [d] ); e() { [f] }"
        ),
        Row("coproc a b; coproc C { d; }", "( [a b]& ); ( { [d] }& )"),
        Row("time -p a | b; ! time c; time; ! ! d; !", "[a] | [b]; ! [c]; []; [d]; ! []"),
        Row(#"$'a\tb\'\x41\102\u0043' $"d $e""#, "['a\tb'ABC' 'd '\"$e\"]"),
        Row(#"$'\u00e9' $'a\0b' a$'\xff'"#, #"["…{$'\u00e9'}" "…{$'a\0b'}" a"…{�}"]"#),
    ]

    private static let dash = [
        Row("$((a) | (b))", "…{$((a) | (b))}"),
        Row("a <<E\n`b\nE\nc", "…{a <<E\n`b\nE\nc}"),
        Row("a <<E\n\\\nE\na <<F1\nF\\\n1\nb", "[a <<''] …{a <<F1\nF\\\n1\nb}"),
        Row("`if` b", "…{`if` b}"),
        Row("a <<E | for b in c\ndo d; done\n1\nE", "…{a <<E | for b in c\ndo d; done\n1\nE}"),
        Row("[[ a && b ]]", "[[[ a] && [b ]]]"),
        Row("((a)); a[1]=b c", "( ( [a] ) ); [a[1]=b c]"),
        Row("time a; select b; coproc c", "[time a]; [select b]; [coproc c]"),
        Row("a+=b; {c}>d", "[a+=b]; [{c} >d]"),
        Row("f() a; f", "f() [a]; [f]"),
        Row("a\nb; exit() { c; }\nd", "[a]; [b]; exit() { [c] }; [d] bash from 1"),
        Row("a\nb; c-d() { e; }", "[a] …{b; c-d() { e; }}"),
        Row("command() { a; }", "command() { [a] }"),
        Row("a &>b", "[a &>b]"),
        Row("$'a' $\"b\"", "[\"…{$'a'}\" \"…{$}\"'b']"),
        Row("a\nfunction f { b; }\nc", "[a] …{function f { b; }\nc}"),
        Row("a=(b)", "[a=(b)] bash from 0"),
        Row("a\ndeclare -A b=(c)", "[a]; [declare -A array:b=(c)] bash from 1"),
        Row("a <(b)", "…{a <(b)}"),
        Row("a\nb <<<c", "[a]; [b <<<c] bash from 1"),
        Row("a |& b", "…{a |& b}"),
        Row("! ! a", "…{! ! a}"),
        Row("case a in b) c;& d) e;; esac", "…{case a in b) c;& d) e;; esac}"),
        Row("for ((;;)); do a; done", "…{for ((;;)); do a; done}"),
        Row("echo @(a|b)", "…{echo @(a|b)}"),
    ]

    private static let unread = [
        Row("a\nif b; then\n", "[a] …{if b; then\n}"),
        Row("a; b 'c", "…{a; b 'c}"),
        Row("a\nb \"c", "[a] …{b \"c}"),
        Row("a\n; b", "[a] …{; b}"),
        Row("a & ; b", "…{a & ; b}"),
        Row("a && ; b", "…{a && ; b}"),
        Row("a ;; b", "…{a ;; b}"),
        Row("a | ! b", "…{a | ! b}"),
        Row("a )", "…{a )}"),
        Row("(a", "…{(a}"),
        Row("{ a }", "…{{ a }}"),
        Row("{ }", "…{{ }}"),
        Row("( )", "…{( )}"),
        Row("then a", "…{then a}"),
        Row("if a; then fi", "…{if a; then fi}"),
        Row("if ; then b; fi", "…{if ; then b; fi}"),
        Row("for 1a in b; do c; done", "…{for 1a in b; do c; done}"),
        Row("case a in b) c; d) e;; esac", "…{case a in b) c; d) e;; esac}"),
        Row("if a\r\nthen\r\nb\r\nfi\r\n", "…{if a\r\nthen\r\nb\r\nfi\r\n}"),
        Row("$(a", "…{$(a}"),
        Row("${a", "…{${a}"),
        Row("$(a <<E)\nb\nE\n", "…{$(a <<E)\nb\nE\n}"),
        Row("a >", "…{a >}"),
        Row("a <<", "…{a <<}"),
        Row("f() {", "…{f() {}"),
        Row("a; 'f'() { b; }", "…{a; 'f'() { b; }}"),
        Row("{ a; } b", "…{{ a; } b}"),

        Row("{ { a; } >b }", "…{{ { a; } >b }}"),
        Row("for ((a)); do b; done", "…{for ((a)); do b; done}"),
    ]
}
