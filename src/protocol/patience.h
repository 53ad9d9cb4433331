/* SPDX-License-Identifier: MIT */
/* patience.h: how long a client that keeps to the rules waits for an answer before it gives up.
 *
 * While somebody holds a reply our own time-outs stand still, but the client's do not: it is on another
 * computer, or in another program. SMTP tells clients the least they must wait (RFC 5321 §4.5.3.2). IMAP
 * and POP3 tell servers only how long they keep a silent client (RFC 9051 §5.4, RFC 1939 §3); a client that
 * waits as long is polite, and need not. */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint seconds;
  gboolean binding; /* the client must wait so long; else it is only fair */
  const char *what; /* "the answer to RCPT"; static, for people */
  const char *spec; /* "RFC 5321 §4.5.3.2.3"; static */
} GpoPatience;

/* What is granted while the answer to this command (NULL: the greeting) is not there. `protocol` is "smtp",
 * "imap" or "pop3", `verb` as in `line`
 * events. */
GpoPatience gpo_patience (const char *protocol, const char *verb);

G_END_DECLS
