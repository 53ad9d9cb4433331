/* SPDX-License-Identifier: MIT */
/* verb-words.c: the meanings of words, one table for each kind of word. */
#include "verb-words.h"
#include "i18n.h"
#include <string.h>

typedef struct
{
  const char *word, *meaning;
} Meaning;

/* RFC 5321 §4.1.1 and its extensions. */
static const Meaning smtp_commands[] = {
  { "EHLO", N_ ("the client says who it is and asks which extensions there are") },
  { "HELO", N_ ("the client says who it is, in the old way") },
  { "MAIL", N_ ("a letter begins: to whom reports about it go (the reverse-path)") },
  { "RCPT", N_ ("one recipient more for the envelope (a forward-path)") },
  { "DATA", N_ ("the client wants to send the letter itself") },
  { "BDAT", N_ ("a counted piece of the letter follows; no dot is needed") },
  { "end-of-data", N_ ("a line with a dot alone: the letter is complete") },
  { "RSET", N_ ("the envelope so far is forgotten") },
  { "NOOP", N_ ("nothing is to be done; is anybody there?") },
  { "QUIT", N_ ("the client takes its leave") },
  { "VRFY", N_ ("is there such a person?") },
  { "EXPN", N_ ("who is on that list?") },
  { "HELP", N_ ("the client asks for help") },
  { "STARTTLS", N_ ("from here on everything is to be encrypted") },
  { "AUTH", N_ ("the client logs in") },
};

/* RFC 3501 §6 and its extensions. */
static const Meaning imap_commands[] = {
  { "CAPABILITY", N_ ("the client asks which extensions there are") },
  { "NOOP", N_ ("nothing is to be done; is there any news of the mailbox?") },
  { "LOGOUT", N_ ("the client takes its leave") },
  { "STARTTLS", N_ ("from here on everything is to be encrypted") },
  { "AUTHENTICATE", N_ ("the client logs in, in a way that may hide the password") },
  { "LOGIN", N_ ("the client logs in with its name and its password") },
  { "SELECT", N_ ("a mailbox is opened, to read and to change") },
  { "EXAMINE", N_ ("a mailbox is opened to look at only") },
  { "CREATE", N_ ("a new mailbox is made") },
  { "DELETE", N_ ("a mailbox is removed, with its letters") },
  { "RENAME", N_ ("a mailbox gets another name") },
  { "SUBSCRIBE", N_ ("a mailbox is put on the list of those that readers show") },
  { "UNSUBSCRIBE", N_ ("a mailbox is taken off the list of those that readers show") },
  { "LIST", N_ ("the client asks which mailboxes there are") },
  { "LSUB", N_ ("the client asks which mailboxes are subscribed") },
  { "STATUS", N_ ("the client asks about a mailbox without opening it") },
  { "NAMESPACE", N_ ("the client asks where mailboxes of one’s own and of others begin") },
  { "APPEND", N_ ("the client puts a letter into a mailbox, with no SMTP at all") },
  { "CHECK", N_ ("the server is to make what it knows safe") },
  { "CLOSE", N_ ("the mailbox is closed, and letters marked \\Deleted are gone") },
  { "UNSELECT", N_ ("the mailbox is closed, and nothing is removed") },
  { "EXPUNGE", N_ ("letters marked \\Deleted are removed for good") },
  { "SEARCH", N_ ("the server looks for letters, so that the client need not fetch all") },
  { "FETCH", N_ ("the client asks for letters, or for parts of them") },
  { "STORE", N_ ("the client sets or takes away flags of letters") },
  { "COPY", N_ ("letters are copied into another mailbox") },
  { "MOVE", N_ ("letters are moved into another mailbox") },
  { "UID", N_ ("the command names letters by numbers that never change (UIDs)") },
  { "IDLE", N_ ("the client waits; the server tells news as it comes") },
  { "DONE", N_ ("the client has waited enough (the end of IDLE)") },
  { "ID", N_ ("client and server tell each other which programs they are") },
  { "ENABLE", N_ ("the client switches an extension on") },
};

/* RFC 1939 and 2449. */
static const Meaning pop3_commands[] = {
  { "USER", N_ ("the client says whose mailbox it wants") },
  { "PASS", N_ ("the password; if it is right, the mailbox is locked for this session") },
  { "APOP", N_ ("the client logs in with a digest, and the password stays hidden") },
  { "AUTH", N_ ("the client logs in, in a way that may hide the password") },
  { "CAPA", N_ ("the client asks which extensions there are") },
  { "STLS", N_ ("from here on everything is to be encrypted") },
  { "STAT", N_ ("how many letters are there, and how many bytes?") },
  { "LIST", N_ ("how many bytes has each letter?") },
  { "UIDL", N_ ("which letters are they? Each has a name that stays") },
  { "RETR", N_ ("the client fetches a letter whole") },
  { "TOP", N_ ("the client fetches a letter’s header and a few lines more") },
  { "DELE", N_ ("a letter is marked; it is deleted at QUIT only") },
  { "RSET", N_ ("all marks are taken away again") },
  { "NOOP", N_ ("nothing is to be done; is anybody there?") },
  { "QUIT", N_ ("the client takes its leave; marked letters are deleted now") },
};

/* RFC 3501 §7. */
static const Meaning responses[] = {
  { "OK", N_ ("it is done, or here is something good to know") },
  { "NO", N_ ("it cannot be done, or here is a warning") },
  { "BAD", N_ ("that was not understood, or not the moment for it") },
  { "PREAUTH", N_ ("no login is needed") },
  { "BYE", N_ ("the server ends the connection") },
  { "CAPABILITY", N_ ("these extensions there are") },
  { "ENABLED", N_ ("these extensions are on now") },
  { "LIST", N_ ("a mailbox, and what it is like") },
  { "LSUB", N_ ("a mailbox that is subscribed") },
  { "NAMESPACE", N_ ("where mailboxes of one’s own and of others begin") },
  { "STATUS", N_ ("the numbers of a mailbox that is not open") },
  { "SEARCH", N_ ("the numbers of the letters that were found") },
  { "ESEARCH", N_ ("what was found, in short form") },
  { "FLAGS", N_ ("the flags a letter may have in this mailbox") },
  { "EXISTS", N_ ("so many letters are in the mailbox") },
  { "RECENT", N_ ("so many of them no session has been told of before") },
  { "EXPUNGE", N_ ("this letter is gone; all behind it move up by one number") },
  { "FETCH", N_ ("what was asked of a letter, or flags that have changed") },
  { "ID", N_ ("which program the server is") },
};

/* Inputs of the machines that are no commands. */
static const Meaning inputs[] = {
  { "connect", N_ ("the server greets whoever has connected") },
  { "response", N_ ("one step of the login, in base64") },
  { "accepted", N_ ("the letter is safe on this host’s disk") },
  { "route", N_ ("the host looked for the letter’s next hop") },
  { "call", N_ ("the host called the next hop") },
  { "reply", N_ ("the answer came") },
  { "lost", N_ ("the connection was lost") },
  { "timeout", N_ ("the other side was silent for too long") },
  { "retry", N_ ("it is time to try again") },
  { "warn", N_ ("it takes long; the sender is told") },
  { "expire", N_ ("it has taken too long; the letter is given up") },
  { "hold", N_ ("somebody stopped the letter") },
  { "release", N_ ("somebody let the letter go on") },
  { "remove", N_ ("somebody threw the letter away") },
  { "connected", N_ ("the server was called") },
  { "handshake", N_ ("both sides agreed on keys, or did not") },
  { "shutdown", N_ ("the office is closing") },
  { "unknown", N_ ("a word came that is no command") },
  { "chunk-end", N_ ("a piece of the letter is complete") },
  { "last-chunk-end", N_ ("the last piece of the letter is complete") },
  { "literal-end", N_ ("the counted bytes (a literal) are complete") },
  { "gone", N_ ("the mailbox that was open is not there any more") },
  { "continue", N_ ("the server is ready for more") },
  { "updated", N_ ("the marked letters were deleted") },
  { "dot", N_ ("a line with a dot alone: the answer is complete") },
};

static const Meaning verdicts[] = {
  { "ok", N_ ("it is done") },
  { "more", N_ ("more is needed") },
  { "empty", N_ ("there is nothing to do") },
  { "partial", N_ ("it is done for some") },
  { "refused", N_ ("it is refused for good") },
  { "deferred", N_ ("not now; another time it may be done") },
  { "syntax", N_ ("it was not understood") },
  { "sequence", N_ ("it came out of order") },
  { "unknown", N_ ("there is no such thing here") },
  { "unsupported", N_ ("that is not offered here") },
  { "too-big", N_ ("it is too big") },
  { "too-long", N_ ("it is too long") },
  { "too-many", N_ ("there are too many") },
  { "needs-auth", N_ ("a login must come first") },
  { "needs-tls", N_ ("encryption must come first") },
  { "closing", N_ ("the connection ends") },
};

static const char *
look_up (const Meaning *table, gsize n, const char *word)
{
  for (gsize i = 0; word && i < n; i++)
    if (strcmp (table[i].word, word) == 0)
      return _ (table[i].meaning);
  return NULL;
}

const char *
gpo_command_meaning (GpoProtocol protocol, const char *verb)
{
  switch (protocol)
    {
    case GPO_PROTOCOL_IMAP:
      return look_up (imap_commands, G_N_ELEMENTS (imap_commands), verb);
    case GPO_PROTOCOL_POP3:
      return look_up (pop3_commands, G_N_ELEMENTS (pop3_commands), verb);
    default:
      return look_up (smtp_commands, G_N_ELEMENTS (smtp_commands), verb);
    }
}

const char *
gpo_response_meaning (const char *word)
{
  return look_up (responses, G_N_ELEMENTS (responses), word);
}

const char *
gpo_input_meaning (const char *input)
{
  return look_up (inputs, G_N_ELEMENTS (inputs), input);
}

const char *
gpo_verdict_meaning (const char *verdict)
{
  return look_up (verdicts, G_N_ELEMENTS (verdicts), verdict);
}
