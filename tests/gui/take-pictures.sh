#!/bin/sh
# SPDX-License-Identifier: MIT
# take-pictures.sh BUILD: writes docs/pictures from the recorded trace of tests/gui, on a display of its own.
# With a second argument only those pictures whose names it begins: take-pictures.sh build map
set -eu
build=$(cd "${1:?usage: take-pictures.sh BUILD-FOLDER}" && pwd)
cd "$(dirname "$0")/../.."
mkdir -p docs/pictures
GPO_LABS=$PWD/labs
export GPO_LABS
XDG_CONFIG_HOME=$(mktemp -d) # what the window remembers is nobody's
export XDG_CONFIG_HOME
trap 'rm -rf "$XDG_CONFIG_HOME"' EXIT
trace=tests/gui/letters.trace
only=${2:-}
shot() { # name, width, height, style, event, subject, actions…
  picture=$1; shift
  case $picture in "$only"*) ;; *) return 0 ;; esac
  GSK_RENDERER=cairo GDK_BACKEND=x11 GTK_A11Y=none GSETTINGS_BACKEND=memory LC_ALL=C.UTF-8 \
    DBUS_SESSION_BUS_ADDRESS=disabled: xvfb-run -a -s '-screen 0 1920x1080x24 -noreset' \
    "$build/tests/gui/take-pictures" "$trace" "docs/pictures/$picture.png" "$@"
}
# The other two of a view's four: light on a wide screen, dark on a small one. name, event, subject, actions…
rest() {
  name=$1; shift
  shot "$name-light-wide" 1920 1080 light "$@"
  shot "$name-dark-small" 1280 800 dark "$@"
}
all() { # the same, and the first two
  name=$1; shift
  shot "$name-light" 1280 800 light "$@"
  shot "$name-dark" 1920 1080 dark "$@"
  rest "$name" "$@"
}
shot transcript-light 1280 800 light 330 session:4
shot transcript-dark 1920 1080 dark 330 everything
shot ladder-light 1280 800 light end letter:1 win.view::ladder
shot ladder-dark 1920 1080 dark 290 session:4 win.view::ladder
shot ladder-presented 1920 1080 light 290 session:4 win.view::ladder win.present
shot ladder-several 1280 800 dark 340 everything win.sessions'([uint32 1, 4, 5])' win.view::ladder
shot map-light 1280 800 light 125 letter:1 win.view::map
shot map-dark 1920 1080 dark 468 letter:3 win.view::map
shot map-presented 1920 1080 light 468 letter:3 win.view::map win.present
shot states-light 1280 800 light 250 session:4 win.view::states
shot states-dark 1920 1080 dark 270 letter:1 win.view::states
shot states-presented 1920 1080 dark 250 session:4 win.view::states win.present
rest transcript 330 session:4
rest ladder 290 session:4 win.view::ladder
rest map 468 letter:3 win.view::map
rest states 250 session:4 win.view::states
trace=traces/04-two-recipients-one-bad.trace
all compare end session:1 compare:traces/05-blind-copy.trace win.view::compare
trace=traces/20-imap-walk.trace
shot map-reading 1280 800 light 120 session:3 win.view::map
trace=labs/12-the-gateway-is-down/solution.trace
shot ladder-clock 1280 800 light 62 letter:3 win.view::ladder
trace=tests/gui/parts.trace # letters with more to see
shot letter-parts-light 1280 800 light end letter:3 win.view::letter win.letter-field::Subject
shot letter-parts-dark 1920 1080 dark end letter:3 win.view::letter win.letter-part'(uint32 3)' win.letter-field::Subject
shot letter-bytes-light 1920 1080 light end letter:3 win.letter-tab::bytes win.letter-form::both win.letter-field::Subject
shot letter-bytes-dark 1280 800 dark end letter:5 win.letter-tab::bytes win.letter-hex win.letter-field::Subject
shot letter-hops-light 1280 800 light end letter:3 win.letter-tab::hops
shot letter-hops-dark 1920 1080 dark end letter:4 win.letter-tab::hops
rest letter-parts end letter:3 win.view::letter win.letter-field::Subject
shot letter-bytes-light-small 1280 800 light end letter:3 win.letter-tab::bytes win.letter-form::both win.letter-field::Subject
shot letter-bytes-dark-wide 1920 1080 dark end letter:5 win.letter-tab::bytes win.letter-hex win.letter-field::Subject
rest letter-hops end letter:3 win.letter-tab::hops
# A running office: one host is taken down, another is to fail.
trace=office
shot map-faults 1280 800 dark end everything win.view::map win.host::sparta win.host-down win.host::gateway win.fault::rcpt-451
letter='printf "From: Alice <alice@athens.example>\\nTo: Bob <bob@sparta.example>\\nSubject: Olives\\n\\nDear Bob,\\n\\nthe olives are ripe.\\n\\nAlice\\n" |
  curl -s --crlf smtp://127.0.0.1:$SPARTA/reader --mail-from alice@athens.example --mail-rcpt bob@sparta.example -T -'
answer='printf "From: Bob <bob@sparta.example>\\nTo: Alice <alice@athens.example>\\nSubject: Re: Olives\\n\\nDear Alice,\\n\\nI come on Sunday.\\n\\nBob\\n" |
  curl -s --crlf smtp://127.0.0.1:$ATHENS/reader --mail-from bob@sparta.example --mail-rcpt alice@athens.example -T -'
all reader end everything "run:$answer" win.view::reader run:true win.read-go::next run:true
all terminal end everything win.view::terminal win.term-call run:true 'say:EHLO laptop.example' run:true \
  'say:MAIL FROM:<bob@sparta.example>' run:true 'say:RCPT TO:<nobody@athens.example>' run:true \
  'say:RCPT TO:<alice@athens.example>' run:true 'win.term-type::MAIL FROM:<bob@sparta.example>'
shot lab-light 1280 800 light end everything win.view::ladder win.lab win.lab-choose::01-first-letter "run:$letter" win.lab-next win.lab-next win.lab-next
shot lab-dark 1920 1080 dark end everything win.view::map win.lab win.lab-choose::01-first-letter "run:$letter" win.lab-next win.lab-next win.lab-next
shot lab-light-wide 1920 1080 light end everything win.view::ladder win.lab win.lab-choose::01-first-letter "run:$letter" win.lab-next
shot lab-dark-small 1280 800 dark end everything win.view::ladder win.lab win.lab-choose::01-first-letter "run:$letter" win.lab-next
held='win.hold run:true' # a client of whom each line and each reply is held; its RCPT was read, its 250 is not sent yet
shot hold-light 1280 800 light end everything win.view::ladder $held "run:$letter" win.step run:true win.step run:true win.step run:true \
  win.step run:true win.step run:true win.step run:true win.show-held win.edit-reply 'edit:451 4.3.0 Try again later'
trace=tests/gui/letters.trace
# High contrast, light and dark: colours are gone, signs, shapes and words tell the same.
contrast() { # name, event, subject, actions…
  name=$1; shift
  shot "$name-contrast" 1280 800 contrast "$@"
  shot "$name-contrast-dark" 1280 800 contrast-dark "$@"
}
contrast transcript 330 session:4
contrast ladder 330 session:4 win.view::ladder
contrast states 250 session:4 win.view::states
contrast map 468 letter:3 win.view::map
for card in 0 1 2 3; do
  shot "tour-$card-light" 1280 800 light 330 everything "tour:$card"
done
shot shortcuts-light 1280 800 light 330 everything shortcuts
trace=traces/04-two-recipients-one-bad.trace
contrast compare end session:1 compare:traces/05-blind-copy.trace win.view::compare
trace=tests/gui/parts.trace
contrast letter-parts end letter:3 win.view::letter win.letter-field::Subject
contrast letter-bytes end letter:3 win.letter-tab::bytes win.letter-form::both win.letter-field::Subject
contrast letter-hops end letter:3 win.letter-tab::hops
trace=office
contrast reader end everything "run:$answer" win.view::reader run:true win.read-go::next run:true
contrast terminal end everything win.view::terminal win.term-call run:true 'say:EHLO laptop.example' run:true \
  'say:MAIL FROM:<bob@sparta.example>' run:true 'say:RCPT TO:<nobody@athens.example>' run:true
contrast lab end everything win.view::map win.lab win.lab-choose::01-first-letter "run:$letter" win.lab-next win.lab-next
